"""HTTP: the disposition of a call."""

from __future__ import annotations

from fastapi import APIRouter
from redis.exceptions import RedisError

from omnileads.agents.console import find_agent, require_agent
from omnileads.agents.engine import tell_engine
from omnileads.agents.live import LiveAgents
from omnileads.calls.ids import CallIdPath
from omnileads.campaigns.scope import campaign_scope
from omnileads.desk.visits import SiteVisits
from omnileads.dispositions.errors import StoredButNotTold
from omnileads.dispositions.schemas import DispositionOut, DispositionPut
from omnileads.dispositions.service import Dispositions
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires

router = APIRouter(prefix="/calls", tags=["dispositions"])


@router.put("/{call_id}/disposition", dependencies=[requires("agent.console")])
def put_disposition(
    runtime: CurrentRuntime, principal: CurrentPrincipal, call_id: CallIdPath, body: DispositionPut
) -> DispositionOut:
    """Store or change the answer about one's own call.

    The engine, which may hold the agent in wrap-up until the answer is there, is told after the commit. If it cannot
    be told the answer is 503 and the same request can be sent again.
    """
    with runtime.database.transaction() as session:
        agent = require_agent(session, principal.user_id)
        changes = ConfigurationChanges(session, runtime, principal)
        dispositions = Dispositions(session, LiveAgents(runtime.redis), runtime.clock, changes)
        stored = dispositions.put(agent, call_id, body)
        SiteVisits(session, runtime, agent, principal).dispositioned(call_id)
        agent_id = agent.id
    command = {"type": "agent.dispositioned", "agent_id": agent_id, "call_id": call_id}
    try:
        tell_engine(runtime.redis, runtime.clock, command)
    except RedisError as error:
        raise StoredButNotTold from error
    return stored


@router.get("/{call_id}/disposition", dependencies=[requires("agent.console", "calls.read")])
def get_disposition(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, call_id: CallIdPath
) -> DispositionOut:
    agent = None if principal.may("calls.read") else find_agent(session, principal.user_id)
    scope = campaign_scope(session, principal) if agent is None else None
    return Dispositions(session, LiveAgents(runtime.redis), runtime.clock).one(call_id, scope, agent)
