"""Questions to the call log: lists of calls, one call's events, lists of recordings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, and_, exists, false, select, union
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.calls.models import Call, CallEvent, Recording
from omnileads.calls.own import is_own
from omnileads.calls.schemas import CallDisposition, CallEventOut, CallOut, ColleagueRef, NamedRef, RecordingOut
from omnileads.campaigns.models import DispositionOption
from omnileads.campaigns.scope import Scope
from omnileads.dispositions.models import Disposition
from omnileads.kit.clock import midnight
from omnileads.kit.errors import NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, paginate
from omnileads.telephony.destinations import campaign_names

T = TypeVar("T")
INTERNAL: Final = 7
"""Call type of calls between agents, as the original numbers it."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Null means: any. `since` is included, `until` is not; `number` is a part of the caller's number."""

    since: datetime | None = None
    until: datetime | None = None
    campaign_id: int | None = None
    agent_id: int | None = None
    number: str | None = None
    event: str | None = None
    call_id: str | None = None


def find_calls(session: Session, wanted: CallFilter, scope: Scope, query: PageQuery) -> Page[CallOut]:
    """Calls the person may see, the newest first."""
    statement = select(Call).where(*_conditions(Call, Call.id, wanted, scope))
    if wanted.event is not None:
        statement = statement.where(_has_event(Call.id, CallEvent.event == wanted.event))
    rows, total = paginate(session, statement.order_by(Call.started_at.desc(), Call.id.desc()), query)
    return _page(_present_calls(session, rows), total, query)


def find_agent_calls(session: Session, agent: Agent, day: date, query: PageQuery) -> Page[CallOut]:
    """An agent's calls on a day of the installation's time zone, the newest first; those to colleagues too."""
    since, until = _day(day)
    of_day = and_(CallEvent.time >= since, CallEvent.time < until)
    own = select(CallEvent.call_id).where(is_own(agent.id), of_day)
    to_colleagues = select(Call.id).where(
        Call.number == str(agent.extension),
        Call.started_at >= since,
        Call.started_at < until,
        _has_event(Call.id, CallEvent.call_type == INTERNAL),
    )
    statement = select(Call).where(Call.id.in_(union(own, to_colleagues)))
    rows, total = paginate(session, statement.order_by(Call.started_at.desc(), Call.id.desc()), query)
    return _page(_present_calls(session, rows, agent), total, query)


def one_agent_call(session: Session, agent: Agent, call_id: str) -> CallOut:
    """A call of the agent's. Raises NotFound."""
    call = session.scalar(select(Call).where(Call.id == call_id, _has_event(Call.id, is_own(agent.id))))
    if call is None:
        raise NotFound
    return _present_calls(session, [call], agent)[0]


def call_events(session: Session, call_id: str, scope: Scope) -> list[CallEventOut]:
    """A call's events in their order. Raises NotFound for a call the person may not see."""
    visible = select(Call.id).where(*_conditions(Call, Call.id, CallFilter(call_id=call_id), scope))
    if session.scalar(visible) is None:
        raise NotFound
    events = session.scalars(select(CallEvent).where(CallEvent.call_id == call_id).order_by(CallEvent.sequence)).all()
    campaigns = campaign_names(session, {event.campaign_id for event in events if event.campaign_id})
    agents = agent_names(session, {event.agent_id for event in events if event.agent_id > 0})
    return [
        CallEventOut(
            id=f"{event.call_id}:{event.sequence}",
            time=event.time,
            event=event.event,
            campaign=_ref(event.campaign_id or None, campaigns),
            agent=_ref(event.agent_id if event.agent_id > 0 else None, agents),
            number=event.number,
            did=event.did,
            wait_seconds=event.wait_seconds,
            talk_seconds=event.talk_seconds,
            recording=event.recording,
        )
        for event in events
    ]


def find_recordings(
    session: Session, wanted: CallFilter, scope: Scope, own_agent_id: int | None, query: PageQuery
) -> Page[RecordingOut]:
    """Recordings the person may see, the newest first; `own_agent_id` limits to recordings of this agent."""
    visible = None if own_agent_id is not None else scope
    statement = select(Recording).where(*_conditions(Recording, Recording.call_id, wanted, visible))
    if own_agent_id is not None:
        statement = statement.where(Recording.agent_id == own_agent_id)
    statement = statement.order_by(Recording.started_at.desc(), Recording.id.desc())
    rows, total = paginate(session, statement, query)
    campaigns = campaign_names(session, {row.campaign_id for row in rows if row.campaign_id})
    agents = agent_names(session, {row.agent_id for row in rows if row.agent_id})
    items = [
        RecordingOut(
            id=row.id,
            call_id=row.call_id,
            started_at=row.started_at,
            campaign=_ref(row.campaign_id, campaigns),
            agent=_ref(row.agent_id, agents),
            number=row.number,
            duration_seconds=row.duration_seconds,
            state=row.state,
            message=row.message,
        )
        for row in rows
    ]
    return _page(items, total, query)


def in_scope(column: Any, scope: Scope) -> ColumnElement[bool] | None:
    """The condition that keeps rows of other campaigns out; None when the person sees everything."""
    if scope is None:
        return None
    return column.in_(scope) if scope else false()


def _conditions(
    table: type[Call] | type[Recording], call_id: Any, wanted: CallFilter, scope: Scope
) -> list[ColumnElement[bool]]:
    make: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "since": lambda value: table.started_at >= value,
        "until": lambda value: table.started_at < value,
        "campaign_id": lambda value: table.campaign_id == value,
        "agent_id": lambda value: table.agent_id == value,
        "number": lambda value: table.number.like(contains(value), escape="\\"),
        "call_id": lambda value: call_id == value,
    }
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    conditions = [make[name](value) for name, value in values.items() if name in make and value is not None]
    scoped = in_scope(table.campaign_id, scope)
    return conditions if scoped is None else [*conditions, scoped]


def _has_event(call_id: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(CallEvent.call_id).where(CallEvent.call_id == call_id, condition))


def _day(day: date) -> tuple[datetime, datetime]:
    """The day's start and end in the time zone of the installation (`TZ`)."""
    return midnight(day), midnight(day + timedelta(days=1))


def _present_calls(session: Session, calls: Sequence[Call], viewer: Agent | None = None) -> list[CallOut]:
    """As `viewer` sees them, for whom a call to a colleague goes out."""
    ids = [call.id for call in calls]
    internal = _internal(session, ids)
    colleagues = _colleagues(session, [call for call in calls if call.id in internal], viewer)
    campaigns = campaign_names(session, {call.campaign_id for call in calls if call.campaign_id})
    agents = agent_names(session, {call.agent_id for call in calls if call.agent_id})
    dispositions = _dispositions(session, ids)
    recorded = set(
        session.scalars(select(Recording.call_id).where(Recording.call_id.in_(ids), Recording.state == "available"))
    )
    return [
        CallOut(
            id=call.id,
            started_at=call.started_at,
            campaign=_ref(call.campaign_id, campaigns),
            did=call.did,
            number=call.number,
            agent=_ref(call.agent_id, agents),
            direction="outbound" if call.id in internal and _is_caller(call, viewer) else call.direction,
            is_internal=call.id in internal,
            colleague=colleagues.get(call.id),
            outcome=call.outcome,
            wait_seconds=call.wait_seconds,
            talk_seconds=call.talk_seconds,
            ended_by=call.ended_by,
            disposition=dispositions.get(call.id),
            has_recording=call.id in recorded,
        )
        for call in calls
    ]


def _internal(session: Session, call_ids: Collection[str]) -> set[str]:
    statement = select(CallEvent.call_id).where(CallEvent.call_id.in_(call_ids), CallEvent.call_type == INTERNAL)
    return set(session.scalars(statement.distinct()))


def _is_caller(call: Call, viewer: Agent | None) -> bool:
    return viewer is not None and call.number == str(viewer.extension)


def _colleagues(session: Session, calls: Sequence[Call], viewer: Agent | None) -> dict[str, ColleagueRef]:
    """Who is on the other side of calls between agents, by the extension that stands for a number in them."""
    others = {call.id: (call.did if _is_caller(call, viewer) else call.number) or "" for call in calls}
    extensions = [int(extension) for extension in others.values() if extension.isascii() and extension.isdigit()]
    statement = select(Agent.id, Agent.extension).where(Agent.extension.in_(extensions), Agent.deleted_at.is_(None))
    ids = {str(extension): agent_id for agent_id, extension in session.execute(statement)} if extensions else {}
    names = agent_names(session, ids.values())
    return {
        call_id: ColleagueRef(agent_id=ids[extension], name=names.get(ids[extension], ""), extension=int(extension))
        for call_id, extension in others.items()
        if extension in ids
    }


def _dispositions(session: Session, call_ids: Collection[str]) -> dict[str, CallDisposition]:
    statement = (
        select(Disposition, DispositionOption.name)
        .join(DispositionOption, DispositionOption.id == Disposition.option_id)
        .where(Disposition.call_id.in_(call_ids))
    )
    return {
        given.call_id: CallDisposition(
            option_id=given.option_id,
            name=name,
            subdisposition=given.subdisposition,
            comment=given.comment,
            answers=given.answers,
        )
        for given, name in session.execute(statement)
    }


def _ref(item_id: int | None, names: dict[int, str]) -> NamedRef | None:
    return None if item_id is None else NamedRef(id=item_id, name=names.get(item_id, f"#{item_id}"))


def _page(items: list[T], total: int, query: PageQuery) -> Page[T]:
    return Page(items=items, total=total, page=query.page, page_size=query.page_size)
