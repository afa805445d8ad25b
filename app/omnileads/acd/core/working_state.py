"""An agent's working state: the steps from ready over ringing and talking to wrap-up and pause.

Each step writes the record and the activity log; none looks for the next caller, that is the callers' and agents' part.
"""

from dataclasses import replace

from omnileads.acd.core.commands import HangUp, Unbridge
from omnileads.acd.core.config import Queue
from omnileads.acd.core.matching import must_disposition, unpause_seconds
from omnileads.acd.core.model import ACW_PAUSE_ID, Agent, AgentEvent, Call
from omnileads.acd.core.world import Timer, World


def start_talking(world: World, agent_id: int, call_id: str) -> None:
    """The agent's leg was answered."""
    agent = world.agent(agent_id)
    world.put_agent(
        replace(agent, is_ringing=False, is_dialing=False, is_talking=True, call_id=call_id, since=world.now)
    )


def start_dialing(world: World, agent_id: int, call_id: str) -> None:
    """The agent calls out; a pause or wrap-up it was in is over."""
    agent = world.agent(agent_id)
    if agent.pause_id is not None:
        agent = log(world, agent, "UNPAUSEALL", agent.pause_id)
    world.put_agent(
        replace(
            agent,
            pause_id=None,
            pause_until=None,
            acw_until=None,
            is_dialing=True,
            call_id=call_id,
            last_result=None,
            since=world.now,
        )
    )


def release(world: World, agent_id: int) -> None:
    """The offer, or the agent's own call, leaves nothing to do; a pause asked for meanwhile begins."""
    agent = replace(
        world.agent(agent_id), is_ringing=False, is_dialing=False, is_talking=False, call_id=None, since=world.now
    )
    agent = world.put_agent(agent)
    if agent.pending_pause_id is not None and agent.is_logged_in:
        begin_pause(world, replace(agent, pending_pause_id=None), agent.pending_pause_id)


def end_talk(world: World, call: Call, *, hang_up_leg: bool) -> None:
    """Forget a call whose talk is over, take its bridge apart and begin the agent's wrap-up."""
    world.drop_call(call)
    world.decision.commands.append(Unbridge(call_id=call.id))
    if hang_up_leg and call.leg_id is not None:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.leg_id))
    if call.agent_id is not None and call.caller_agent_id is None:
        start_wrap_up(world, call.agent_id, call, world.queue(call.campaign_id))


def start_wrap_up(world: World, agent_id: int, call: Call, queue: Queue | None) -> None:
    """The call is over: count it, and begin after-call work (or the pause the agent asked for during the call).

    A supervisor who took a call without working in the campaigns has no after-call work.
    """
    if not world.agent(agent_id).is_logged_in:
        release(world, agent_id)
        return
    agent, profile = world.agent(agent_id), world.config.agents.get(agent_id)
    acw_until = None
    owes_disposition = False
    if queue is not None and not call.is_outbound:
        stats = world.member(queue.id, agent_id)
        stats.calls += 1
        stats.last_call_ended_at = world.now
        stats.resting_until = world.now + queue.wrapup_seconds * 1000
    if profile is not None:
        is_dispositioned = agent.dispositioned_call_id == call.id
        owes_disposition = queue is not None and must_disposition(queue, profile) and not is_dispositioned
        seconds = unpause_seconds(queue, profile)
        acw_until = world.now + seconds * 1000 if seconds else None
    agent = replace(
        agent,
        is_talking=False,
        is_ringing=False,
        is_dialing=False,
        call_id=call.id,
        wrap_up_campaign_id=max(call.campaign_id, 0),
        wrap_up_number=call.number,
        owes_disposition=owes_disposition,
    )
    if agent.pending_pause_id is not None:
        begin_pause(world, replace(agent, pending_pause_id=None), agent.pending_pause_id)
    else:
        agent = log(world, replace(agent, pause_id=ACW_PAUSE_ID, acw_until=acw_until, since=world.now), "PAUSEALL")
        if acw_until is not None:
            world.set_timer(Timer(acw_until, "acw", agent_id=agent_id))
    watch_webphone(world, world.agent(agent_id))


def begin_pause(world: World, agent: Agent, pause_id: str) -> None:
    """A pause of its own choice begins; it also replaces a wrap-up. It ends by itself where the group limits it."""
    profile = world.config.agents.get(agent.id)
    limit = profile.pause_limits.get(pause_id, 0) if profile else 0
    until = world.now + limit * 1000 if limit else None
    agent = replace(agent, pause_id=pause_id, acw_until=None, pause_until=until, since=world.now)
    log(world, agent, "PAUSEALL", pause_id)
    if until is not None:
        world.set_timer(Timer(until, "pause", agent_id=agent.id))


def watch_webphone(world: World, agent: Agent) -> None:
    """Start or stop the clock that logs out an agent whose webphone is away."""
    if agent.is_registered or not agent.is_logged_in:
        if agent.logout_at is not None:
            world.put_agent(replace(agent, logout_at=None))
    elif agent.logout_at is None and not agent.is_on_line:
        due = world.now + world.unavailable_logout_ms
        world.put_agent(replace(agent, logout_at=due))
        world.set_timer(Timer(due, "logout", agent_id=agent.id))


def log(world: World, agent: Agent, event: str, pause_id: str | None = None) -> Agent:
    """Write a line of the activity log and store the agent."""
    logged_pause = agent.pause_id if pause_id is None and event == "PAUSEALL" else pause_id
    world.decision.log.append(
        AgentEvent(
            id=f"agent:{agent.id}:{world.now}:{agent.next_event}",
            time=world.now,
            agent_id=agent.id,
            event=event,
            pause_id=logged_pause or "",
        )
    )
    return world.put_agent(replace(agent, next_event=agent.next_event + 1))
