"""HTTP: the call log, the agent's own calls, and recordings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, Response

from omnileads.agents.console import require_agent
from omnileads.calls.errors import RecordingsNotAllowed
from omnileads.calls.ids import CallIdPath
from omnileads.calls.playback import Playback
from omnileads.calls.recording_edge import CurrentRecordings
from omnileads.calls.schemas import CallEventOut, CallOut, RecordingOut
from omnileads.calls.search import (
    CallFilter,
    call_events,
    find_agent_calls,
    find_calls,
    find_recordings,
    one_agent_call,
)
from omnileads.calls.sound_response import sound_response
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.schemas import MAX_INTEGER, PathId, PlainText

calls = APIRouter(prefix="/calls", tags=["calls"], dependencies=[requires("calls.read")])
agent_calls = APIRouter(prefix="/agent/calls", tags=["agent-console"], dependencies=[requires("agent.console")])
recordings = APIRouter(prefix="/recordings", tags=["recordings"])

QueryId = Annotated[int | None, Query(ge=1, le=MAX_INTEGER)]


def _filter(
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Start, included; ISO 8601.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="End, not included; ISO 8601.")] = None,
    campaign_id: QueryId = None,
    agent_id: QueryId = None,
    number: Annotated[PlainText | None, Query(max_length=40, description="A part of the caller's number.")] = None,
    event: Annotated[str | None, Query(pattern=r"^[A-Z-]{1,32}$", description="Calls that have this event.")] = None,
    call_id: Annotated[PlainText | None, Query(max_length=32)] = None,
) -> CallFilter:
    return CallFilter(since, until, campaign_id, agent_id, (number or "").strip() or None, event, call_id)


CurrentFilter = Annotated[CallFilter, Depends(_filter)]


@calls.get("")
def list_calls(session: Transaction, scope: CurrentScope, wanted: CurrentFilter, paging: Paging) -> Page[CallOut]:
    return find_calls(session, wanted, scope, paging)


@calls.get("/{call_id}/events")
def list_call_events(session: Transaction, scope: CurrentScope, call_id: CallIdPath) -> list[CallEventOut]:
    return call_events(session, call_id, scope)


@agent_calls.get("")
def list_own_calls(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    paging: Paging,
    day: Annotated[str, Query(max_length=10, description='"today" or a date, as in 2026-11-22.')] = "today",
) -> Page[CallOut]:
    agent = require_agent(session, principal.user_id)
    return find_agent_calls(session, agent, _day_of(day, runtime.clock.now()), paging)


@agent_calls.get("/{call_id}")
def get_own_call(session: Transaction, principal: CurrentPrincipal, call_id: CallIdPath) -> CallOut:
    return one_agent_call(session, require_agent(session, principal.user_id), call_id)


def _own_agent_id(session: Session, principal: Principal, permission: str) -> int | None:
    """The agent whose recordings alone the person may use; None for who has the permission for all in scope.

    Raises RecordingsNotAllowed for an agent whose group does not allow it.
    """
    if principal.may(permission):
        return None
    agent = require_agent(session, principal.user_id)
    if not agent.group.allow_recordings:
        raise RecordingsNotAllowed
    return agent.id


@recordings.get("", dependencies=[requires("recordings.read", "agent.console")])
def list_recordings(
    session: Transaction, principal: CurrentPrincipal, scope: CurrentScope, wanted: CurrentFilter, paging: Paging
) -> Page[RecordingOut]:
    own_agent_id = _own_agent_id(session, principal, "recordings.read")
    return find_recordings(session, wanted, scope, own_agent_id, paging)


@recordings.get(
    "/{recording_id}/audio",
    dependencies=[requires("recordings.listen", "agent.console")],
    response_class=FileResponse,
    responses={200: {"content": {"audio/wav": {}}}, 206: {"description": "The part that was asked for by Range."}},
)
def get_recording_audio(
    session: Transaction,
    runtime: CurrentRuntime,
    files: CurrentRecordings,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    recording_id: PathId,
) -> Response:
    own_agent_id = _own_agent_id(session, principal, "recordings.listen")
    sound = Playback(session, files, runtime.clock).open(recording_id, principal, scope, own_agent_id)
    return sound_response(sound, "inline")


def _day_of(day: str, now: datetime) -> date:
    """The date that is meant, in the time zone of the installation. Raises ValidationFailed."""
    if day == "today":
        return now.astimezone().date()
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise ValidationFailed.of("day", "invalid", 'Send "today" or a date, as in 2026-11-22.') from None
