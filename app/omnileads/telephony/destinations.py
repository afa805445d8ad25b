"""Destinations of calls: what they can be, whether the caller may use them, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.agents.names import DISPLAY_NAME, agent_names
from omnileads.campaigns.models import Campaign
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains
from omnileads.telephony.models import (
    CustomDestination,
    CustomerIdentification,
    DestinationType,
    Ivr,
    NamedRow,
    TimeCondition,
    VoicemailBox,
)
from omnileads.telephony.schemas.destinations import Destination, DestinationChoice, DestinationOut

Ref = tuple[DestinationType, int]
Scope = frozenset[int] | None
"""Campaign ids the caller sees, None for all."""

TABLES: Final[Mapping[DestinationType, type[NamedRow]]] = {
    "time-condition": TimeCondition,
    "ivr": Ivr,
    "custom-destination": CustomDestination,
    "voicemail": VoicemailBox,
    "customer-identification": CustomerIdentification,
}
"""The types that are rows of one table with a name; campaigns and agents have rules of their own."""

_CALL_FLOW_LOCK: Final = 5_060_001


def lock_call_flow(session: Session) -> None:
    """Let nobody else change where calls go until the transaction ends.

    Two changes that are each right could else make a loop together. Take it before any row is locked.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CALL_FLOW_LOCK})


def ref_of(destination: Destination | None) -> Ref | None:
    """None for no destination and for "hangup"."""
    if destination is None or destination.id is None:
        return None
    return destination.type, destination.id


def check_destinations(
    session: Session, wanted: Mapping[str, Destination], scope: Scope, present: Collection[Ref] = ()
) -> None:
    """Raise ValidationFailed with every field that calls cannot be sent to.

    `wanted` maps a field to its destination. `present` are those the item has already: a caller who does not see them
    may leave them as they are. What is accepted is locked against being deleted until the transaction ends.
    """
    problems = [destination_problem(session, item, scope, field, present) for field, item in wanted.items()]
    found = [problem for problem in problems if problem is not None]
    if found:
        raise ValidationFailed(fields=found)


def destination_problem(
    session: Session, destination: Destination, scope: Scope, field: str, present: Collection[Ref] = ()
) -> FieldProblem | None:
    """Why calls cannot be sent there (`field` + ".id"), or None; then it is locked as `check_destinations` says."""
    where = f"{field}.id"
    if destination.type == "hangup":
        return FieldProblem(where, "not-null", 'A "hangup" has no id; send null.') if destination.id else None
    ref = ref_of(destination)
    if ref is None:
        return FieldProblem(where, "missing", "Choose where exactly the calls go.")
    if destination.type == "inbound-campaign":
        return _campaign_problem(session, ref, scope, where, present)
    if destination.type == "agent":
        exists = select(Agent.id).where(Agent.id == ref[1], Agent.deleted_at.is_(None))
        found = session.scalar(exists.with_for_update(read=True))
    else:
        table = TABLES[destination.type]
        found = session.scalar(select(table.id).where(table.id == ref[1]).with_for_update(read=True))
    if found is None:
        return FieldProblem(where, "unknown", "This destination does not exist. Choose another one.")
    return None


def _campaign_problem(
    session: Session, ref: Ref, scope: Scope, where: str, present: Collection[Ref]
) -> FieldProblem | None:
    state = session.scalar(
        select(Campaign.state)
        .where(Campaign.id == ref[1], Campaign.kind == "inbound", Campaign.deleted_at.is_(None))
        .with_for_update(read=True, of=Campaign)
    )
    if state is None or not (scope is None or ref[1] in scope or ref in present):
        return FieldProblem(where, "unknown", "This campaign does not exist. Choose another one.")
    if state == "finished":
        return FieldProblem(where, "finished", "This campaign is finished. Choose another one.")
    return None


class DestinationNames:
    """What destinations are called, read for many at once."""

    def __init__(self, session: Session, refs: Iterable[Ref | None]) -> None:
        wanted: defaultdict[DestinationType, set[int]] = defaultdict(set)
        for ref in refs:
            if ref is not None:
                wanted[ref[0]].add(ref[1])
        self._names = {
            (kind, item_id): name
            for kind, ids in wanted.items()
            for item_id, name in _names(session, kind, ids).items()
        }

    def __getitem__(self, ref: Ref) -> str | None:
        """None for what is not there."""
        return self._names.get(ref)

    def answer(self, kind: DestinationType, item_id: int | None) -> DestinationOut:
        return DestinationOut(type=kind, id=item_id, name=None if item_id is None else self[kind, item_id])


def _names(session: Session, kind: DestinationType, ids: Collection[int]) -> dict[int, str]:
    """Deleted campaigns and agents included: history and what still refers to them must be readable."""
    if kind == "agent":
        return agent_names(session, ids)
    if kind == "inbound-campaign":
        return campaign_names(session, ids)
    table = TABLES[kind]
    return dict(session.execute(select(table.id, table.name).where(table.id.in_(ids))).all())


def campaign_names(session: Session, campaign_ids: Collection[int]) -> dict[int, str]:
    """Names of these campaigns, deleted ones included."""
    if not campaign_ids:
        return {}
    rows = session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(set(campaign_ids))))
    return dict(rows.all())


class Destinations:
    """What calls can be sent to, for pickers."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def page(self, query: PageQuery, kind: DestinationType | None) -> Page[DestinationChoice]:
        """By name. "hangup" needs no choosing, so it is never in the list."""
        kinds = [kind] if kind is not None else ["inbound-campaign", "agent", *TABLES]
        statements = [self._choices(each) for each in kinds if each != "hangup"]
        if not statements:
            return Page(items=[], total=0, page=query.page, page_size=query.page_size)
        choices = union_all(*statements).subquery()
        statement = select(choices)
        if query.search:
            statement = statement.where(choices.c.name.ilike(contains(query.search), escape="\\"))
        total = self._session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
        ordered = statement.order_by(func.lower(choices.c.name), choices.c.type, choices.c.id)
        rows = self._session.execute(ordered.limit(query.page_size).offset(query.offset))
        items = [DestinationChoice(type=row.type, id=row.id, name=row.name) for row in rows]
        return Page(items=items, total=total, page=query.page, page_size=query.page_size)

    def _choices(self, kind: DestinationType) -> Select[str, int, str]:
        if kind == "agent":
            agents = _choice(kind, Agent.id, DISPLAY_NAME).join(User, User.id == Agent.user_id)
            return agents.where(Agent.deleted_at.is_(None))
        if kind != "inbound-campaign":
            return _choice(kind, TABLES[kind].id, TABLES[kind].name)
        campaigns = _choice(kind, Campaign.id, Campaign.name).where(
            Campaign.kind == "inbound", Campaign.deleted_at.is_(None), Campaign.state != "finished"
        )
        return campaigns if self._scope is None else campaigns.where(Campaign.id.in_(self._scope))


def _choice(kind: DestinationType, item_id: Any, name: ColumnElement[Any] | Any) -> Select[str, int, str]:
    return select(literal(kind).label("type"), item_id.label("id"), name.label("name"))
