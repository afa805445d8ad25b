"""Calls between agents: the caller's webphone first, then it waits, like any caller, for the one agent it called."""

from dataclasses import replace

from omnileads.acd.core import working_state
from omnileads.acd.core.config import AgentProfile, Destination, DestinationType
from omnileads.acd.core.events import AgentCallAgent
from omnileads.acd.core.matching import serve_agents
from omnileads.acd.core.model import Call, CallPhase
from omnileads.acd.core.steps import TELEPHONY_AWAY, Refusal, ring_own_webphone, send_on, state_refusal
from omnileads.acd.core.world import World


def call_agent(world: World, event: AgentCallAgent) -> None:
    """An agent wants to call a colleague. What cannot be is refused before anything rings."""
    profile, colleague = world.config.agents.get(event.agent_id), world.config.agents.get(event.to_agent_id)
    refusal = _refusal(world, event, profile, colleague)
    node = world.least_busy_node()
    if refusal is not None or profile is None or colleague is None or node is None:
        world.decision.refusal = refusal or TELEPHONY_AWAY
        return
    call = Call(
        id=event.call_id,
        channel_id="",
        number=profile.extension,
        did=colleague.extension,
        started_at=world.now,
        entered_at=world.now,
        phase=CallPhase.CALLING_AGENT,
        since=world.now,
        agent_id=profile.id,
        caller_agent_id=profile.id,
        called_agent_id=colleague.id,
        is_outbound=True,
        is_answered=True,
        node=node,
    )
    working_state.start_dialing(world, profile.id, call.id)
    headers = {"Origin": "withoutCamp", "IDCamp": "0", "OMLCALLTYPEIDTYPE": "7", "OMLOUTNUM": colleague.extension}
    ring_own_webphone(world, world.put_call(call), profile, headers)


def caller_answered(world: World, call: Call, called_agent_id: int) -> None:
    """The caller's webphone took its own call: from now on it is the call's caller."""
    call = replace(
        call,
        channel_id=call.leg_id or "",
        leg_id=None,
        offers=(),
        agent_id=None,
        is_outbound=False,
        phase=CallPhase.CLOSING,
        since=world.now,
    )
    send_on(world, world.put_call(call), Destination(DestinationType.AGENT, called_agent_id))


def free_callers(world: World) -> None:
    """The agents of calls between agents that have just ended are ready again; such a call leaves nothing to do."""
    while world.freed:
        agent_id, result = world.freed.popleft()
        agent = world.put_agent(replace(world.agent(agent_id), last_result=result))
        working_state.release(world, agent_id)
        working_state.watch_webphone(world, world.agent(agent_id))
        serve_agents(world, [agent.id])


def _refusal(
    world: World, event: AgentCallAgent, profile: AgentProfile | None, colleague: AgentProfile | None
) -> Refusal | None:
    refusal = state_refusal(world.agent(event.agent_id), profile)
    if refusal is not None:
        return refusal
    if profile is None or not profile.may_call_agents:
        return ("calls-between-agents-not-allowed", "Your group may not call other agents.")
    if colleague is None or colleague.id == profile.id:
        return ("agent-not-found", "There is no such agent. Choose another one.")
    if not world.agent(colleague.id).is_ready:
        return ("agent-not-available", f"{colleague.name} cannot take a call now. Try again later.")
    return None
