"""Storing of events: rows of the log, then the calls and recordings they tell of, in one transaction.

Safe to run by several writers at once and to repeat: events are kept once by their key, and calls are computed again
from all events of the call while a lock per call is held, so the last writer to commit has seen every event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, and_, bindparam, case, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from omnileads.calls.bulk import Change, insert_rows
from omnileads.calls.followers import tell
from omnileads.calls.intake import AgentEventIn, CallEventIn
from omnileads.calls.models import AgentActivity, Call, CallContact, CallEvent, Recording
from omnileads.calls.projection import ENDED_BY, CallFacts, project
from omnileads.kit.clock import from_epoch_ms

RECORDING_SETTLE: Final = timedelta(seconds=2)
"""A finished call's file is looked at after this; Asterisk closes it when the channel is gone."""
RECORDING_GIVE_UP_WAITING: Final = timedelta(hours=12)
"""A recording whose call never reported its end is looked at after this."""

_LOCK_CALLS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(:keys) AS key").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)
_CALL_COLUMNS: Final = tuple(field.name for field in fields(CallFacts))
_IS_UNTOUCHED = and_(Recording.checks == 0, Recording.state == "pending")
_RECORDING_CHANGES: Final[dict[str, Change]] = {
    "state": lambda _: Recording.state,
    "message": lambda _: Recording.message,
    "checks": lambda _: Recording.checks,
    "check_at": lambda new: case((_IS_UNTOUCHED, new), else_=Recording.check_at),
}
"""Facts follow the events. When to look at the file follows them until it was looked at; what was found stays."""
_EVENTS_OF_CALLS = (
    select(
        CallEvent.call_id,
        CallEvent.sequence,
        CallEvent.time,
        CallEvent.event,
        CallEvent.campaign_id,
        CallEvent.agent_id,
        CallEvent.number,
        CallEvent.did,
        CallEvent.contact_id,
        CallEvent.wait_seconds,
        CallEvent.talk_seconds,
        CallEvent.recording,
    )
    .where(CallEvent.call_id.in_(bindparam("call_ids", expanding=True)))
    .order_by(CallEvent.call_id, CallEvent.sequence)
)
_ATTACHED = select(CallContact.call_id, CallContact.contact_id).where(
    CallContact.call_id.in_(bindparam("call_ids", expanding=True))
)


def store(session: Session, events: Sequence[CallEventIn | AgentEventIn], now: datetime) -> None:
    """Add events, whatever their order and number of repetitions, and bring calls and recordings up to date."""
    _store_activity(session, [event for event in events if isinstance(event, AgentEventIn)])
    call_events = [event for event in events if isinstance(event, CallEventIn)]
    if call_events:
        call_ids = sorted({event.call_id for event in call_events})
        lock_calls(session, call_ids)
        insert_rows(session, CallEvent, [_event_row(event) for event in call_events])
        tell(session, call_events, now)
        refresh_calls(session, call_ids, now)


def attach_contact(session: Session, call_id: str, contact_id: int, agent_id: int | None, now: datetime) -> None:
    """Say whom a call is with, for good: in the log, and whenever it is computed anew."""
    lock_calls(session, [call_id])
    values = {"contact_id": contact_id, "agent_id": agent_id, "attached_at": now}
    statement = insert(CallContact).values(call_id=call_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[CallContact.call_id], set_=values))
    session.execute(update(Call).where(Call.id == call_id).values(contact_id=contact_id))


def recognise_contact(session: Session, call_id: str, contact_id: int, now: datetime) -> None:
    """The same, unless somebody has said it already. The call is locked, and computed afterwards."""
    statement = insert(CallContact).values(call_id=call_id, contact_id=contact_id, attached_at=now)
    session.execute(statement.on_conflict_do_nothing())


def lock_calls(session: Session, call_ids: Collection[str]) -> None:
    """Until the transaction ends nobody else computes these calls."""
    session.execute(_LOCK_CALLS, {"keys": sorted(_lock_key(call_id) for call_id in call_ids)})


def refresh_calls(session: Session, call_ids: Sequence[str], now: datetime) -> None:
    """Compute the rows of `calls` and `recordings` of these calls again. The caller holds their locks."""
    calls: list[dict[str, Any]] = []
    recordings: dict[str, dict[str, Any]] = {}
    stored = session.execute(_EVENTS_OF_CALLS, {"call_ids": call_ids})
    attached = dict(session.execute(_ATTACHED, {"call_ids": call_ids}).all())
    for call_id, group in groupby(stored, key=lambda event: str(event.call_id)):
        events = list(group)
        call = project(events)
        if call_id in attached:
            call = replace(call, contact_id=attached[call_id])
        calls.append({"id": call_id, **{name: getattr(call, name) for name in _CALL_COLUMNS}})
        recordings |= {row["file"]: row for row in _recording_rows(call_id, call, events, now)}
    insert_rows(session, Call, calls, key=("id",))
    insert_rows(session, Recording, list(recordings.values()), key=("file",), changes=_RECORDING_CHANGES)


def _store_activity(session: Session, events: Iterable[AgentEventIn]) -> None:
    rows = [event.model_dump() | {"time": from_epoch_ms(event.time)} for event in events]
    insert_rows(session, AgentActivity, sorted(rows, key=lambda row: str(row["id"])))


def _lock_key(call_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(call_id.encode(), digest_size=8).digest(), signed=True)


def _event_row(event: CallEventIn) -> dict[str, Any]:
    return event.model_dump() | {"time": from_epoch_ms(event.time)}


def _recording_rows(call_id: str, call: CallFacts, events: Sequence[Any], now: datetime) -> Iterable[dict[str, Any]]:
    """One row per file the events name. The file is looked at when the talk that filled it is over."""
    files: Mapping[str, Any] = {event.recording: event for event in reversed(events) if event.recording}
    for file, first in files.items():
        is_over = call.ended_at is not None or any(
            event.recording == file and event.event in ENDED_BY for event in events
        )
        yield {
            "call_id": call_id,
            "file": file,
            "started_at": first.time,
            "campaign_id": first.campaign_id or call.campaign_id,
            "agent_id": first.agent_id if first.agent_id > 0 else call.agent_id,
            "number": call.number,
            "state": "pending",
            "message": "",
            "checks": 0,
            "check_at": now + (RECORDING_SETTLE if is_over else RECORDING_GIVE_UP_WAITING),
        }
