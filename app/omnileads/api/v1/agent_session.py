"""The webphone's own requests: the agent's session in the call engine, its SIP credentials, whom it can transfer to.

Answers are 200; `status` says how it went.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from omnileads.accounts.sessions import CSRF_COOKIE, SESSION_COOKIE
from omnileads.accounts.wiring import CurrentSessions
from omnileads.agents.console import AgentConsole, check_pause, require_agent
from omnileads.agents.errors import EngineRefused, EngineUnavailable, PauseNotOffered
from omnileads.agents.live import LiveAgents
from omnileads.agents.schemas import AgentLive
from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, takes
from omnileads.api.v1.crm_calls import OwnAgentId, ask_engine, own_agent_id
from omnileads.api.v1.errors import Body, Refused
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings

router = APIRouter(tags=["agent session"], dependencies=[requires("agent.console")])

WRAP_UP = "0"
OK = {"status": "OK"}


class PauseReference(Fields):
    """`pause_id` is a pause's id, or 0 for the work after a call."""

    pause_id: str


async def _ask(runtime: Runtime, settings: Settings, command: dict[str, object]) -> Body:
    try:
        await ask_engine(runtime, settings, command)
    except (EngineRefused, EngineUnavailable) as error:
        raise Refused(200, {"status": "ERROR"}) from error
    return OK


@router.post("/asterisk_login")
async def log_in(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId) -> Body:
    """The agent is ready for calls of its campaigns."""
    return await _ask(runtime, settings, {"type": "agent.login", "agent_id": agent_id})


@router.post("/asterisk_logout")
async def log_out(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId) -> Body:
    return await _ask(runtime, settings, {"type": "agent.logout", "agent_id": agent_id})


@router.post("/asterisk_disabled")
async def disable(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId) -> Body:
    """A webphone without a microphone takes no calls: its agent is logged out."""
    return await _ask(runtime, settings, {"type": "agent.logout", "agent_id": agent_id})


def _pause_command(runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> dict[str, object]:
    """Raises Refused for a pause the agent's group does not have."""
    wanted = as_text(data.get("pause_id"))
    with runtime.database.transaction() as session:
        agent = require_agent(session, principal.user_id)
        if wanted == WRAP_UP:
            return {"agent_id": agent.id, "wrap_up": True}
        pause_id = as_id(wanted) or 0
        try:
            check_pause(session, agent, pause_id)
        except PauseNotOffered as error:
            raise Refused(200, {"status": "ERROR"}) from error
        return {"type": "agent.pause", "agent_id": agent.id, "pause_id": str(pause_id)}


@router.post("/asterisk_pause", openapi_extra=takes(PauseReference))
async def pause(
    runtime: CurrentRuntime, settings: CurrentSettings, command: Annotated[dict[str, object], Depends(_pause_command)]
) -> Body:
    """Begin a pause; during a call it begins when the call ends. Work after a call begins by itself."""
    if "wrap_up" in command:
        return OK
    return await _ask(runtime, settings, command)


@router.post("/asterisk_unpause", openapi_extra=takes(PauseReference))
async def unpause(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId) -> Body:
    """End the pause, or the work after a call, that the agent is in."""
    return await _ask(runtime, settings, {"type": "agent.unpause", "agent_id": agent_id})


@router.post("/asterisk_ringing")
def ringing(_agent_id: OwnAgentId) -> Body:
    """Taken note of by the engine itself, which makes the webphone ring."""
    return OK


@router.post("/asterisk_reject_call")
def reject_call(_agent_id: OwnAgentId) -> Body:
    """Taken note of by the engine itself, which gets the webphone's answer."""
    return OK


class HeldCall(Fields):
    callid: str


def _hold_command(runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> dict[str, object]:
    agent_id = own_agent_id(runtime, principal)
    return {"type": "agent.hold", "agent_id": agent_id, "call_id": (as_text(data.get("callid")) or "")[:32]}


@router.post("/evento_hold", openapi_extra=takes(HeldCall))
async def note_hold(
    runtime: CurrentRuntime, settings: CurrentSettings, command: Annotated[dict[str, object], Depends(_hold_command)]
) -> Body:
    """The webphone holds the agent's talk, or has taken it back: HOLD and UNHOLD, in turn, in the call log."""
    return await _ask(runtime, settings, command)


def _leave(response: Response, principal: CurrentPrincipal, sessions: CurrentSessions) -> None:
    """End the web session, if the request came with one."""
    if principal.session_id is not None:
        sessions.end_of_user(principal.user_id)
        for name in (SESSION_COOKIE, CSRF_COOKIE):
            response.delete_cookie(name, secure=True, samesite="strict")


async def _gone(
    runtime: CurrentRuntime, settings: CurrentSettings, agent_id: OwnAgentId, _left: Annotated[None, Depends(_leave)]
) -> Body:
    try:
        await ask_engine(runtime, settings, {"type": "agent.logout", "agent_id": agent_id})
    except (EngineRefused, EngineUnavailable):
        return {"status": "ERROR"}
    return OK


Gone = Annotated[Body, Depends(_gone)]


@router.post("/agente/logout")
def leave(gone: Gone) -> Body:
    """Log the agent out of the telephony and end its web session."""
    return gone


@router.get("/agente/logout")
def leave_by_link(gone: Gone) -> Body:
    """The same for a link."""
    return gone


@router.get("/sip/credentials/agent")
def sip_credentials(
    session: Transaction, runtime: CurrentRuntime, settings: CurrentSettings, principal: CurrentPrincipal
) -> Body:
    """What the webphone registers with, until the time that stands before the colon."""
    console = AgentConsole(session, settings, LiveAgents(runtime.redis), runtime.clock)
    sip = console.credentials_of(principal.user_id)
    return {"status": "OK", "sip_user": sip.authorization_user, "sip_password": sip.password}


@router.get("/agent/transfer_options")
def transfer_options(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> list[Body]:
    """The other agents at work, the ready ones first."""
    agent = require_agent(session, principal.user_id)
    found = [
        other
        for other in LiveAgents(runtime.redis).all()
        if other.agent_id != agent.id and other.status not in ("OFFLINE", "DISABLED")
    ]
    found.sort(key=lambda other: (other.status != "READY", other.name.casefold()))
    return [{"id": other.agent_id, "full_name": other.name, "status": other.status} for other in found]


@router.post("/calificar_llamada")
def may_leave_wrap_up(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Body:
    """Whether the last call has its disposition, if it needs one; else which call it is."""
    agent = require_agent(session, principal.user_id)
    live = LiveAgents(runtime.redis).one(agent.id)
    if live is None or not live.must_disposition:
        return {"calificada": "True"}
    return {"calificada": "False", "calldata": json.dumps(_call_data(live))}


def _call_data(live: AgentLive) -> dict[str, Any]:
    return {"call_id": live.call_id, "id_campana": live.campaign_id, "telefono": live.number}
