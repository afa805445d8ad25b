"""Today's counters of the campaigns agents call out for, computed from the events of the call log."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from omnileads.calls.models import CallEvent
from omnileads.calls.projection import NOT_REACHED
from omnileads.campaigns.models import Campaign, DispositionOption
from omnileads.campaigns.scope import Scope
from omnileads.dispositions.models import Disposition
from omnileads.kit.clock import Clock

KINDS: Final = ("manual", "preview")


class OutboundToday:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def campaigns(self, scope: Scope) -> list[dict[str, Any]]:
        """Every manual and preview campaign in scope that is not finished, by name, in the contract's words."""
        since = self._clock.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        calls = (
            select(
                CallEvent.campaign_id,
                _count(CallEvent.event == "DIAL").label("dialled"),
                _count(CallEvent.event == "ANSWER").label("answered"),
                _count(CallEvent.event.in_(NOT_REACHED)).label("missed"),
            )
            .where(CallEvent.time >= since)
            .group_by(CallEvent.campaign_id)
            .subquery()
        )
        engaged = and_(Disposition.updated_at >= since, DispositionOption.kind == "engaged")
        answers = (
            select(
                Disposition.campaign_id,
                _count(engaged).label("engaged"),
                _count(DispositionOption.is_positive.is_(True)).label("positive"),
            )
            .join(DispositionOption, DispositionOption.id == Disposition.option_id)
            .group_by(Disposition.campaign_id)
            .subquery()
        )
        statement = (
            select(
                Campaign.id,
                Campaign.name,
                Campaign.objective,
                *(func.coalesce(column, 0) for column in (calls.c.dialled, calls.c.answered, calls.c.missed)),
                *(func.coalesce(column, 0) for column in (answers.c.engaged, answers.c.positive)),
            )
            .outerjoin(calls, calls.c.campaign_id == Campaign.id)
            .outerjoin(answers, answers.c.campaign_id == Campaign.id)
            .where(Campaign.kind.in_(KINDS), Campaign.deleted_at.is_(None), Campaign.state != "finished")
        )
        if scope is not None:
            statement = statement.where(Campaign.id.in_(scope))
        return [
            {
                "id": number,
                "nombre": name,
                "efectuadas": dialled,
                "conectadas": answered,
                "no_conectadas": missed,
                "gestiones": engaged_today,
                "porcentaje_objetivo": round(100 * positive / objective, 1) if objective else None,
            }
            for number, name, objective, dialled, answered, missed, engaged_today, positive in self._session.execute(
                statement.order_by(func.lower(Campaign.name))
            )
        ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
