"""Today's counters of inbound campaigns, computed from the events of the call log, beside their state now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import Session

from omnileads.calls.models import CallEvent
from omnileads.calls.projection import ENTER_QUEUE
from omnileads.campaigns.models import Campaign, CampaignQueue, DispositionOption
from omnileads.campaigns.scope import Scope
from omnileads.dispositions.models import Disposition
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.supervision.schemas import CampaignsToday, CampaignToday
from omnileads.supervision.state import Document, LiveState

ONLINE: Final = frozenset({"READY", "DIALING", "RINGING", "ONCALL", "PAUSE", "ACW"})
PAUSED: Final = frozenset({"PAUSE", "ACW"})


class Today:
    """`live` is the state now, None when Redis is not reachable."""

    def __init__(self, session: Session, clock: Clock, live: LiveState | None) -> None:
        self._session = session
        self._clock = clock
        self._live = live

    def campaigns(self, scope: Scope) -> CampaignsToday:
        """Every inbound campaign in scope that is not finished, by name."""
        now = self._clock.now()
        since = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        statement = select(Campaign).where(
            Campaign.kind == "inbound", Campaign.deleted_at.is_(None), Campaign.state != "finished"
        )
        if scope is not None:
            statement = statement.where(Campaign.id.in_(scope))
        campaigns = self._session.scalars(statement.order_by(func.lower(Campaign.name))).unique().all()
        ids = [campaign.id for campaign in campaigns]
        counted = {row.campaign_id: row for row in self._count_events(ids, since)}
        answered = {row.campaign_id: row for row in self._count_dispositions(ids, since)}
        return CampaignsToday(
            since=epoch_ms(since),
            now=epoch_ms(now),
            campaigns=[
                CampaignToday(
                    campaign_id=campaign.id,
                    name=campaign.name,
                    objective=campaign.objective,
                    service_level_seconds=campaign.queue.service_level_seconds if campaign.queue is not None else 0,
                    **_event_columns(counted.get(campaign.id)),
                    **_disposition_columns(answered.get(campaign.id), campaign.objective),
                    **_now_columns(campaign.id, self._live),
                )
                for campaign in campaigns
            ],
        )

    def _count_events(self, campaign_ids: Sequence[int], since: datetime) -> Iterable[Row[Any]]:
        connected = CallEvent.event == "CONNECT"
        in_time = and_(connected, CallEvent.wait_seconds <= CampaignQueue.service_level_seconds)
        statement = (
            select(
                CallEvent.campaign_id,
                _count(CallEvent.event.in_(ENTER_QUEUE)).label("received"),
                _count(connected).label("attended"),
                _count(in_time).label("in_time"),
                _count(CallEvent.event == "ABANDON").label("abandoned"),
                _count(CallEvent.event == "ABANDONWEL").label("abandoned_welcome"),
                _count(CallEvent.event == "EXITWITHTIMEOUT").label("expired"),
                func.avg(CallEvent.wait_seconds).filter(connected).label("average_wait"),
                func.avg(CallEvent.wait_seconds).filter(CallEvent.event == "ABANDON").label("average_abandon"),
            )
            .join(CampaignQueue, CampaignQueue.campaign_id == CallEvent.campaign_id)
            .where(CallEvent.campaign_id.in_(campaign_ids), CallEvent.time >= since)
            .group_by(CallEvent.campaign_id)
        )
        return self._session.execute(statement)

    def _count_dispositions(self, campaign_ids: Sequence[int], since: datetime) -> Iterable[Row[Any]]:
        is_today = Disposition.updated_at >= since
        statement = (
            select(
                Disposition.campaign_id,
                _count(and_(is_today, DispositionOption.kind == "engaged")).label("engaged"),
                _count(and_(is_today, DispositionOption.is_positive)).label("positive"),
                _count(DispositionOption.is_positive.is_(True)).label("positive_ever"),
            )
            .join(DispositionOption, DispositionOption.id == Disposition.option_id)
            .where(Disposition.campaign_id.in_(campaign_ids))
            .group_by(Disposition.campaign_id)
        )
        return self._session.execute(statement)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _event_columns(row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        counts = ("received", "attended", "abandoned", "abandoned_welcome", "expired")
        averages = ("average_wait_seconds", "average_abandon_seconds", "service_level", "abandoned_percent")
        return {**dict.fromkeys(counts, 0), **dict.fromkeys(averages)}
    decided = row.attended + row.abandoned + row.expired
    return {
        "received": row.received,
        "attended": row.attended,
        "abandoned": row.abandoned,
        "abandoned_welcome": row.abandoned_welcome,
        "expired": row.expired,
        "average_wait_seconds": _rounded(row.average_wait),
        "average_abandon_seconds": _rounded(row.average_abandon),
        "service_level": _ratio(row.in_time, decided),
        "abandoned_percent": _percent(row.abandoned, decided),
    }


def _disposition_columns(row: Row[Any] | None, objective: int) -> dict[str, Any]:
    return {
        "engaged": row.engaged if row else 0,
        "positive": row.positive if row else 0,
        "objective_percent": _percent(row.positive_ever if row else 0, objective),
    }


def _now_columns(campaign_id: int, live: LiveState | None) -> dict[str, Any]:
    if live is None:
        names = ("waiting", "longest_waiting_since", "agents_online", "agents_on_call", "agents_paused")
        return dict.fromkeys(names)
    waiting = [
        call
        for call in live.calls.values()
        if call.get("campaign_id") == campaign_id and call.get("state") in ("waiting", "ringing")
    ]
    agents = [agent for agent in live.agents.values() if campaign_id in (agent.get("campaigns") or ())]
    return {
        "waiting": len(waiting),
        "longest_waiting_since": min((call["entered_at"] for call in waiting), default=None),
        "agents_online": _count_status(agents, ONLINE),
        "agents_on_call": sum(
            agent.get("status") == "ONCALL" and agent.get("campaign_id") == campaign_id for agent in agents
        ),
        "agents_paused": _count_status(agents, PAUSED),
    }


def _count_status(agents: Iterable[Document], statuses: frozenset[str]) -> int:
    return sum(agent.get("status") in statuses for agent in agents)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
