"""Storing of events: rows of the log, then the calls and recordings they tell of, in one transaction.

Safe to run by several writers at once and to repeat: events are kept once by their key, and calls are computed again
from all events of the call while a lock per call is held, so the last writer to commit has seen every event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, and_, bindparam, case, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from omnileads.calls.intake import AgentEventIn, CallEventIn
from omnileads.calls.models import AgentActivity, Call, CallEvent, Recording
from omnileads.calls.projection import ENDED_BY, CallFacts, project
from omnileads.kit.clock import from_epoch_ms

RECORDING_SETTLE: Final = timedelta(seconds=2)
"""A finished call's file is looked at after this; Asterisk closes it when the channel is gone."""
RECORDING_GIVE_UP_WAITING: Final = timedelta(hours=12)
"""A recording whose call never reported its end is looked at after this."""

_LOCK_CALLS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(:keys) AS key").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)


def store(session: Session, events: Sequence[CallEventIn | AgentEventIn], now: datetime) -> None:
    """Add events, whatever their order and number of repetitions, and bring calls and recordings up to date."""
    _store_activity(session, [event for event in events if isinstance(event, AgentEventIn)])
    call_events = [event for event in events if isinstance(event, CallEventIn)]
    if call_events:
        call_ids = sorted({event.call_id for event in call_events})
        session.execute(_LOCK_CALLS, {"keys": sorted(_lock_key(call_id) for call_id in call_ids)})
        session.execute(insert(CallEvent).on_conflict_do_nothing(), [_event_row(event) for event in call_events])
        refresh_calls(session, call_ids, now)


def refresh_calls(session: Session, call_ids: Iterable[str], now: datetime) -> None:
    """Compute the rows of `calls` and `recordings` of these calls again. The caller holds their locks."""
    statement = (
        select(CallEvent).where(CallEvent.call_id.in_(list(call_ids))).order_by(CallEvent.call_id, CallEvent.sequence)
    )
    stored = session.scalars(statement.execution_options(populate_existing=True)).all()
    calls: list[dict[str, Any]] = []
    recordings: list[dict[str, Any]] = []
    for call_id, group in groupby(stored, key=lambda event: event.call_id):
        events = list(group)
        call = project(events)
        calls.append(_call_row(call_id, call))
        recordings += _recording_rows(call_id, call, events, now)
    _upsert_calls(session, calls)
    if recordings:
        _upsert_recordings(session, recordings)


def _store_activity(session: Session, events: Iterable[AgentEventIn]) -> None:
    rows = [event.model_dump() | {"time": from_epoch_ms(event.time)} for event in events]
    if rows:
        rows.sort(key=lambda row: str(row["id"]))
        session.execute(insert(AgentActivity).on_conflict_do_nothing(), rows)


def _lock_key(call_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(call_id.encode(), digest_size=8).digest(), signed=True)


def _event_row(event: CallEventIn) -> dict[str, Any]:
    return event.model_dump() | {"time": from_epoch_ms(event.time)}


def _call_row(call_id: str, call: CallFacts) -> dict[str, Any]:
    return {
        "id": call_id,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "campaign_id": call.campaign_id,
        "did": call.did,
        "number": call.number,
        "agent_id": call.agent_id,
        "outcome": call.outcome,
        "wait_seconds": call.wait_seconds,
        "talk_seconds": call.talk_seconds,
        "ended_by": call.ended_by,
    }


def _upsert_calls(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    statement = insert(Call)
    columns = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    session.execute(statement.on_conflict_do_update(index_elements=[Call.id], set_=columns), rows)


def _recording_rows(
    call_id: str, call: CallFacts, events: Sequence[CallEvent], now: datetime
) -> Iterable[dict[str, Any]]:
    """One row per file the events name. The file is looked at when the talk that filled it is over."""
    files = {event.recording: event for event in reversed(events) if event.recording}
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
            "check_at": now + (RECORDING_SETTLE if is_over else RECORDING_GIVE_UP_WAITING),
        }


def _upsert_recordings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Facts follow the events; when to look at the file follows them only until it was looked at."""
    statement = insert(Recording)
    excluded = statement.excluded
    facts = {name: excluded[name] for name in ("call_id", "started_at", "campaign_id", "agent_id", "number")}
    is_untouched = and_(Recording.checks == 0, Recording.state == "pending")
    check_at = case((is_untouched, excluded.check_at), else_=Recording.check_at)
    changes = {**facts, "check_at": check_at}
    session.execute(statement.on_conflict_do_update(index_elements=[Recording.file], set_=changes), rows)
