"""`call_record`, `grabacion/archivo`: recordings by the id of their call, and their files."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, Response

from omnileads.agents.console import require_agent
from omnileads.api.v1.errors import Body, Refused, missing
from omnileads.api.v1.prefix import PREFIX
from omnileads.calls.models import Recording
from omnileads.calls.playback import Playback
from omnileads.calls.recording_edge import CurrentRecordings
from omnileads.calls.sound_response import sound_response
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.schemas import PlainText

router = APIRouter(tags=["recordings"], dependencies=[requires("recordings.listen", "agent.console")])

HEARS_ALL: Final = "recordings.listen"


def hears_only(session: Session, principal: Principal) -> int | None:
    """The agent whose recordings alone the caller hears; None for all in scope. Raises Refused (404)."""
    if principal.may(HEARS_ALL):
        return None
    agent = require_agent(session, principal.user_id)
    if not agent.group.allow_recordings:
        raise missing()
    return agent.id


@router.get("/call_record/{call_id}")
def call_record(session: Transaction, principal: CurrentPrincipal, scope: CurrentScope, call_id: str) -> Body:
    """The address of the recording of a call."""
    statement = select(Recording).where(Recording.call_id == call_id, Recording.state == "available")
    if not principal.may(HEARS_ALL):
        agent = require_agent(session, principal.user_id)
        statement = statement.where(Recording.agent_id == (agent.id if agent.group.allow_recordings else None))
    elif scope is not None:
        statement = statement.where(Recording.campaign_id.in_(scope))
    found = session.scalar(statement.order_by(Recording.id).limit(1))
    if found is None:
        raise Refused(404, {"status": "ERROR"})
    return {"status": "OK", "record": f"{PREFIX}/grabacion/archivo/?filename={quote(found.file)}"}


@router.get("/grabacion/archivo", response_class=FileResponse, responses={200: {"content": {"audio/wav": {}}}})
def recording_file(
    session: Transaction,
    runtime: CurrentRuntime,
    files: CurrentRecordings,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    filename: Annotated[PlainText, Query(max_length=500)],
) -> Response:
    """A recording's file by the name that `call_record` told; names of other files are not found."""
    own_agent_id = hears_only(session, principal)
    recording_id = session.scalar(select(Recording.id).where(Recording.file == filename))
    if recording_id is None:
        raise missing()
    sound = Playback(session, files, runtime.clock).open(recording_id, principal, scope, own_agent_id)
    return sound_response(sound, "attachment")
