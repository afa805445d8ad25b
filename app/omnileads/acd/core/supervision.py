"""Supervisors on an agent's call: listening, whispering to the agent, joining the talk, taking the call over.

The supervisor's own webphone is rung first and takes the call by itself, as for a call out. A watch lives on the call
it is about: `World.put_call` takes it off when the agent it is about is not on the call any more, and `end_watches`
then ends the supervisor's leg.
"""

from dataclasses import replace

from omnileads.acd.core import working_state
from omnileads.acd.core.commands import Connect, HangUp, JoinTalk, Listen, RingAgent, StopListening
from omnileads.acd.core.config import AgentProfile
from omnileads.acd.core.events import SuperviseAgent
from omnileads.acd.core.matching import serve_agents
from omnileads.acd.core.model import ACW_PAUSE_ID, Agent, Call, CallPhase, Watch
from omnileads.acd.core.recording import recording_path
from omnileads.acd.core.steps import OWN_RING_SECONDS, Refusal, log_call, talk_fields
from omnileads.acd.core.world import Timer, World


def supervise(world: World, event: SuperviseAgent) -> None:
    """A supervisor wants to be on an agent's call. What cannot be is refused before anything rings."""
    profile = world.config.agents.get(event.supervisor_id)
    agent = world.agent(event.agent_id)
    call = world.calls.get(agent.call_id or "")
    refusal = _supervisor_refusal(world.agent(event.supervisor_id), profile) or _call_refusal(agent, call, event)
    if refusal is not None or call is None or profile is None:
        world.decision.refusal = refusal
        return
    leg_id = f"{call.id}-{call.next_leg}"
    queue = world.queue(call.campaign_id)
    is_recorded = event.kind == "take" and queue is not None and queue.is_recorded
    kind = "manual" if call.is_outbound else "inbound"
    recording = recording_path(world, call, kind=kind, agent_id=profile.id, leg_id=leg_id) if is_recorded else None
    watch = Watch(
        leg_id=leg_id,
        supervisor_id=profile.id,
        agent_id=agent.id,
        agent_leg_id=call.leg_of(agent.id) or "",
        kind=event.kind,
        ring_until=world.now + OWN_RING_SECONDS * 1000,
        recording=recording,
    )
    world.put_call(replace(call, watches=(*call.watches, watch), next_leg=call.next_leg + 1))
    _keep_pause(world, world.agent(profile.id))
    working_state.start_dialing(world, profile.id, call.id)
    world.set_timer(Timer(watch.ring_until, "watch", leg_id))
    world.decision.commands.append(_ring(world, call, watch, profile))


def leg_answered(world: World, leg_id: str) -> bool:
    """The supervisor's webphone took its own call. False for a leg that is none of a supervisor's."""
    call, watch = _found(world, leg_id)
    if call is None or watch is None:
        return False
    if watch.is_on:
        return True
    if watch.kind == "take":
        _take(world, call, watch)
        return True
    world.put_call(_with_watch(call, replace(watch, is_on=True)))
    working_state.start_talking(world, watch.supervisor_id, call.id)
    if watch.kind == "join":
        world.decision.commands.append(JoinTalk(call.id, leg_id))
    else:
        world.decision.commands.append(Listen(call.id, leg_id, watch.agent_leg_id, whispers=watch.kind == "whisper"))
    return True


def leg_ended(world: World, leg_id: str) -> bool:
    """The supervisor hung up, or its webphone never took the call. False for a leg that is none of a supervisor's."""
    call, watch = _found(world, leg_id)
    if call is None or watch is None:
        return False
    world.put_call(replace(call, watches=tuple(other for other in call.watches if other is not watch)))
    if watch.is_on and watch.kind in ("listen", "whisper"):
        world.decision.commands.append(StopListening(call.id, leg_id))
    _free(world, watch)
    return True


def ring_expired(world: World, leg_id: str, due: int) -> None:
    """The supervisor's webphone did not take its own call."""
    call, watch = _found(world, leg_id)
    if call is not None and watch is not None and not watch.is_on and watch.ring_until == due:
        world.decision.commands.append(HangUp(call.id, leg_id))
        leg_ended(world, leg_id)


def end_watches(world: World) -> None:
    """The agents of these watches are not on their calls any more: the supervisors' legs end."""
    while world.unwatched:
        call_id, watch = world.unwatched.popleft()
        if watch.is_on and watch.kind in ("listen", "whisper"):
            world.decision.commands.append(StopListening(call_id, watch.leg_id))
        world.decision.commands.append(HangUp(call_id, watch.leg_id))
        _free(world, watch)


# --- steps -----------------------------------------------------------------------------------------------------------


def _found(world: World, leg_id: str) -> tuple[Call | None, Watch | None]:
    call = world.calls.get(world.call_of_watch.get(leg_id, ""))
    return call, call.watch_on(leg_id) if call is not None else None


def _with_watch(call: Call, watch: Watch) -> Call:
    """The call with a new version of one of its watches."""
    watches = tuple(watch if other.leg_id == watch.leg_id else other for other in call.watches)
    return replace(call, watches=watches)


def _supervisor_refusal(supervisor: Agent, profile: AgentProfile | None) -> Refusal | None:
    if profile is None:
        return ("no-webphone", "You have no webphone of your own. Ask an administrator for an agent profile.")
    if not supervisor.is_registered:
        return ("webphone-not-connected", "Your webphone is not connected. Open your agent console first.")
    if supervisor.is_busy:
        return ("not-ready", "You are on a call. Hang up first.")
    if supervisor.owes_disposition:
        return ("disposition-required", "Store the disposition of your last call before you go on.")
    return None


def _call_refusal(agent: Agent, call: Call | None, event: SuperviseAgent) -> Refusal | None:
    if agent.id == event.supervisor_id:
        return ("own-call", "This is your own call.")
    is_talking = call is not None and call.phase is CallPhase.TALKING and call.playback_id is None
    if call is None or not is_talking or not agent.is_talking or call.watch_by(agent.id) is not None:
        return ("agent-not-on-call", "This agent is not talking now. Try again when it is on a call.")
    if event.campaign_ids is not None and call.campaign_id not in event.campaign_ids:
        return ("call-not-supervised", "This call is of no campaign that you supervise.")
    if event.kind == "take" and (call.caller_agent_id is not None or call.campaign_id <= 0):
        return ("call-not-of-a-campaign", "Only calls of campaigns can be taken over.")
    return None


def _keep_pause(world: World, supervisor: Agent) -> None:
    """A pause goes on when the supervisor has left the call; being rung ends it for so long."""
    if supervisor.pause_id is not None and supervisor.pause_id != ACW_PAUSE_ID:
        world.put_agent(replace(supervisor, pending_pause_id=supervisor.pause_id))


def _ring(world: World, call: Call, watch: Watch, profile: AgentProfile) -> RingAgent:
    agent = world.config.agents.get(watch.agent_id)
    extension = agent.extension if agent is not None else ""
    return RingAgent(
        call_id=call.id,
        leg_id=watch.leg_id,
        extension=profile.extension,
        caller_id=extension,
        timeout_seconds=OWN_RING_SECONDS + 2,
        recording=watch.recording,
        headers={
            "OMLCALLID": call.id,
            "Origin": "withoutCamp",
            "IDCamp": "0",
            "OMLCALLTYPEIDTYPE": "7",
            "OMLOUTNUM": extension,
            "OMLSUPERVISION": watch.kind,
            "OML-Ring-Seconds": str(OWN_RING_SECONDS),
        },
    )


def _take(world: World, call: Call, watch: Watch) -> None:
    """The call goes on with the supervisor; the agent it is taken from gets its wrap-up.

    In the call log it is as if the agent had been lost: the talk ends, the caller is in the queue again and is taken.
    A call out has no queue; it is answered a second time.
    """
    call = replace(call, watches=tuple(other for other in call.watches if other is not watch))
    call = log_call(world, call, "COMPLETEAGENT", **talk_fields(world, call))
    agent_id, leg_id = call.agent_id, call.leg_id
    world.decision.commands.append(HangUp(call.id, leg_id or ""))
    call = replace(
        call,
        agent_id=watch.supervisor_id,
        leg_id=watch.leg_id,
        recording=watch.recording,
        entered_at=world.now,
        since=world.now,
    )
    if not call.is_outbound:
        call = log_call(world, call, "ENTERQUEUE-TRANSFER")
    taken = {"agent_id": watch.supervisor_id, "wait_seconds": 0.0, "recording": watch.recording}
    call = log_call(world, call, "ANSWER" if call.is_outbound else "CONNECT", **taken)
    if agent_id is not None:
        working_state.start_wrap_up(world, agent_id, call, world.queue(call.campaign_id))
    working_state.start_talking(world, watch.supervisor_id, call.id)
    world.decision.commands.append(Connect(call.id, call.channel_id, watch.leg_id))
    if agent_id is not None:
        serve_agents(world, [agent_id])


def _free(world: World, watch: Watch) -> None:
    world.freed.append((watch.supervisor_id, None))
