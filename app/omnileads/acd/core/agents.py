"""The agent's day: login, ready, ringing, talking, wrap-up, pauses, webphone lost, logout."""

from collections.abc import Collection
from dataclasses import replace

from omnileads.acd.core import callers, working_state
from omnileads.acd.core.commands import HangUp
from omnileads.acd.core.events import (
    AgentDispositioned,
    AgentHangUp,
    AgentHold,
    AgentLogin,
    AgentLogout,
    AgentPause,
    AgentUnpause,
    WebphoneChanged,
)
from omnileads.acd.core.matching import serve_agents
from omnileads.acd.core.model import ACW_PAUSE_ID, Agent, CallPhase
from omnileads.acd.core.steps import log_call
from omnileads.acd.core.world import Timer, World


def login(world: World, event: AgentLogin) -> None:
    """Begin to work; doing it twice changes nothing."""
    agent = world.agent(event.agent_id)
    if event.agent_id not in world.config.agents:
        _refuse(world, "agent-not-found", "This agent is not active. Ask an administrator to activate it.")
    elif not agent.is_logged_in:
        agent = working_state.log(
            world, replace(agent, is_logged_in=True, since=world.now, owes_disposition=False), "ADDMEMBER"
        )
        working_state.watch_webphone(world, agent)
        serve_agents(world, [agent.id])


def logout(world: World, event: AgentLogout) -> None:
    """Stop working. Not while talking: the call would lose its agent."""
    agent = world.agent(event.agent_id)
    if agent.is_on_line:
        _refuse(world, "agent-on-call", "You are on a call. Hang up before you log out.")
    elif agent.is_logged_in:
        _log_out(world, agent)


def pause(world: World, event: AgentPause) -> None:
    """Pause now, or after the call that rings or talks; during wrap-up the pause replaces it."""
    agent = world.agent(event.agent_id)
    if not agent.is_logged_in:
        _refuse(world, "agent-offline", "You are not logged in to the campaigns. Start working first.")
    elif event.pause_id not in world.config.pauses:
        _refuse(world, "pause-not-found", "This pause does not exist any more. Choose another one.")
    elif agent.is_busy:
        world.put_agent(replace(agent, pending_pause_id=event.pause_id))
    else:
        if agent.pause_id is not None:
            agent = working_state.log(world, agent, "UNPAUSEALL", agent.pause_id)
        working_state.begin_pause(world, agent, event.pause_id)


def unpause(world: World, event: AgentUnpause) -> None:
    """End the pause or the wrap-up, unless a forced disposition is still owed."""
    agent = world.agent(event.agent_id)
    if agent.pending_pause_id is not None:
        agent = world.put_agent(replace(agent, pending_pause_id=None))
    if agent.pause_id is None:
        return
    if agent.owes_disposition:
        _refuse(world, "disposition-required", "Store the disposition of your last call before you go on.")
    else:
        _end_pause(world, agent)


def dispositioned(world: World, event: AgentDispositioned) -> None:
    """The disposition is stored; a wrap-up that waited only for it, or that the group ends with it, is over."""
    agent = world.agent(event.agent_id)
    if agent.call_id != event.call_id:
        return
    profile = world.config.agents.get(agent.id)
    agent = world.put_agent(replace(agent, dispositioned_call_id=event.call_id, owes_disposition=False))
    is_over = agent.acw_until is not None and agent.acw_until <= world.now
    if agent.pause_id == ACW_PAUSE_ID and (is_over or (profile is not None and profile.force_unpause)):
        _end_pause(world, agent)


def hang_up(world: World, event: AgentHangUp) -> None:
    """End the agent's leg; what follows from it is told when it has ended."""
    call = world.calls.get(world.agent(event.agent_id).call_id or "")
    leg_id = call.leg_of(event.agent_id) if call is not None else None
    if call is None or leg_id is None:
        _refuse(world, "no-call", "There is no call to hang up.")
    else:
        world.decision.commands.append(HangUp(call.id, leg_id))


def hold(world: World, event: AgentHold) -> None:
    """Note that the webphone holds the talk, or holds it no more; the holding is between it and Asterisk."""
    call = world.calls.get(event.call_id)
    leg_id = call.leg_of(event.agent_id) if call is not None else None
    if (
        call is None
        or leg_id is None
        or call.phase is not CallPhase.TALKING
        or call.watch_by(event.agent_id) is not None
    ):
        _refuse(world, "not-on-this-call", "You are not talking on this call.")
        return
    is_held = call.held_leg_id == leg_id
    call = world.put_call(replace(call, held_leg_id=None if is_held else leg_id))
    log_call(world, call, "UNHOLD" if is_held else "HOLD", agent_id=event.agent_id)


def webphone_changed(world: World, event: WebphoneChanged) -> None:
    """A webphone came or went. A call in progress is left alone: its audio does not need the registration."""
    agent_id = world.config.agents_by_extension.get(event.extension)
    if agent_id is None:
        return
    agent = world.agent(agent_id)
    if agent.is_registered == event.is_registered:
        return
    agent = world.put_agent(replace(agent, is_registered=event.is_registered, since=_kept_since(world, agent)))
    if not event.is_registered and agent.is_busy and agent.call_id is not None:
        call = world.calls.get(agent.call_id)
        offer = call.offer_to(agent_id) if call else None
        if offer is not None:
            callers.withdraw_offer(world, offer.leg_id)
    working_state.watch_webphone(world, world.agent(agent_id))
    serve_agents(world, [agent_id])


def acw_expired(world: World, agent_id: int, due: int) -> None:
    """After-call work is over, unless a disposition is owed (then it ends with the disposition)."""
    agent = world.agent(agent_id)
    if agent.pause_id == ACW_PAUSE_ID and agent.acw_until == due and not agent.owes_disposition:
        _end_pause(world, agent)


def pause_expired(world: World, agent_id: int, due: int) -> None:
    """The pause has lasted for as long as the group allows."""
    agent = world.agent(agent_id)
    if agent.pause_id is not None and agent.pause_until == due:
        _end_pause(world, agent)


def rest_expired(world: World, rests: Collection[Timer]) -> None:
    """These agents may be asked again by these queues, at the same moment: `ringall` then rings all of them again."""
    for rest in rests:
        if rest.queue_id in world.ready and rest.queue_id in world.config.memberships.get(rest.agent_id, ()):
            world.refresh_member(rest.queue_id, world.agent(rest.agent_id))
    serve_agents(world, [rest.agent_id for rest in rests])


def logout_expired(world: World, agent_id: int, due: int) -> None:
    """The webphone has been away for too long: the agent's working time ends."""
    agent = world.agent(agent_id)
    if agent.is_logged_in and not agent.is_registered and agent.logout_at == due and not agent.is_on_line:
        _log_out(world, agent)


# --- steps -----------------------------------------------------------------------------------------------------------


def _end_pause(world: World, agent: Agent) -> None:
    assert agent.pause_id is not None  # noqa: S101 - callers have checked it
    ended = replace(agent, pause_id=None, acw_until=None, pause_until=None, call_id=None, since=world.now)
    working_state.log(world, ended, "UNPAUSEALL", agent.pause_id)
    serve_agents(world, [agent.id])


def _log_out(world: World, agent: Agent) -> None:
    if agent.is_ringing and agent.call_id is not None:
        call = world.calls.get(agent.call_id)
        offer = call.offer_to(agent.id) if call else None
        agent = world.put_agent(replace(agent, is_logged_in=False))
        if offer is not None:
            callers.withdraw_offer(world, offer.leg_id)
        agent = world.agent(agent.id)
    if agent.pause_id is not None:
        agent = working_state.log(world, agent, "UNPAUSEALL", agent.pause_id)
    offline = replace(
        agent,
        is_logged_in=False,
        pause_id=None,
        pending_pause_id=None,
        acw_until=None,
        pause_until=None,
        logout_at=None,
        call_id=None,
        owes_disposition=False,
        since=world.now,
    )
    working_state.log(world, offline, "REMOVEMEMBER")


def _kept_since(world: World, agent: Agent) -> int:
    """A call's timer goes on through a registration that comes or goes; a ready agent's starts anew."""
    return agent.since if agent.is_on_line else world.now


def _refuse(world: World, code: str, message: str) -> None:
    world.decision.refusal = (code, message)
