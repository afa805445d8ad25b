"""HTTP and websocket: the live state, and today's counters."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, WebSocket
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from omnileads.agents.console import console_configuration, find_agent, require_agent
from omnileads.agents.live import LIVE_AGENTS
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.campaigns.scope import CurrentScope, campaign_scope
from omnileads.kit.clock import epoch_ms
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction, runtime_of
from omnileads.kit.permissions import CurrentPrincipal, Principal, current_principal, requires
from omnileads.supervision.hub import LiveHub
from omnileads.supervision.schemas import CampaignsToday, LiveSnapshot
from omnileads.supervision.socket import LiveSocket, Visit
from omnileads.supervision.state import LiveState, Viewer
from omnileads.supervision.today import Today

WATCH = "supervision.read"

router = APIRouter(prefix="/live", tags=["live"])
websocket_router = APIRouter()


@router.get("", dependencies=[requires(WATCH, "agent.console")])
def get_live(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> LiveSnapshot:
    snapshot = _live_state(runtime.redis).snapshot(_viewer(session, principal), epoch_ms(runtime.clock.now()))
    return LiveSnapshot.model_validate(snapshot)


@router.get("/campaigns", dependencies=[requires(WATCH)])
def get_live_campaigns(session: Transaction, runtime: CurrentRuntime, scope: CurrentScope) -> CampaignsToday:
    """Today's counters of each inbound campaign; the parts about this moment are null while Redis is away."""
    try:
        live = _live_state(runtime.redis)
    except RedisError:
        live = None
    return Today(session, runtime.clock, live).campaigns(scope)


@websocket_router.websocket("/live", dependencies=[requires(WATCH, "agent.console")])
async def follow_live(websocket: WebSocket, runtime: CurrentRuntime, settings: CurrentSettings) -> None:
    """A snapshot, then every change the person may see, until the session ends.

    Messages: snapshot, agent, call, call-ended, message (what a supervisor says to this agent), session-changed (read
    `GET /session` and `GET /agent/session` again), session-ended, ping. Agents get their own agent and calls only.
    """
    visit = await run_in_threadpool(_visit, websocket)
    await websocket.accept()
    hub: LiveHub | None = getattr(websocket.app.state, "live_hub", None)
    if hub is None:
        hub = LiveHub(settings.redis, f"{settings.oml.instance}-live", runtime.clock)
        websocket.app.state.live_hub = hub
    await LiveSocket(websocket, hub, visit, lambda: _visit_again(websocket)).serve()


def _visit(websocket: WebSocket) -> Visit:
    principal = current_principal(websocket)
    with runtime_of(websocket).database.transaction() as session:
        viewer = _viewer(session, principal)
        works_by = console_configuration(session, viewer.agent_id) if viewer.agent_id is not None else ""
        return Visit(principal, viewer, works_by)


def _visit_again(websocket: WebSocket) -> Visit:
    """Raises AppError when the person is no longer signed in."""
    del websocket.state.principal
    return _visit(websocket)


def _viewer(session: Session, principal: Principal) -> Viewer:
    """Raises NotAnAgent for a person who neither supervises nor is an agent."""
    if principal.may(WATCH):
        agent = find_agent(session, principal.user_id)
        return Viewer(campaign_scope(session, principal), own_agent_id=agent.id if agent else None)
    return Viewer(frozenset(), require_agent(session, principal.user_id).id)


def _live_state(client: Redis) -> LiveState:
    """Raises RedisError."""
    agents = cast("dict[str, str]", client.hgetall(LIVE_AGENTS))
    calls = cast("dict[str, str]", client.hgetall(LIVE_CALLS))
    return LiveState.read(agents, calls)
