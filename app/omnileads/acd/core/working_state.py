"""An agent's working state: the steps from ready over ringing and talking to wrap-up and pause.

Each step writes the record and the activity log; none looks for the next caller, that is the callers' and agents' part.
"""

from dataclasses import replace

from omnileads.acd.core.config import Queue
from omnileads.acd.core.matching import must_disposition, unpause_seconds
from omnileads.acd.core.model import ACW_PAUSE_ID, Agent, AgentEvent, Call
from omnileads.acd.core.world import Timer, World


def start_talking(world: World, agent_id: int, call_id: str) -> None:
    """The agent's leg was answered."""
    agent = world.agent(agent_id)
    world.put_agent(replace(agent, is_ringing=False, is_talking=True, call_id=call_id, since=world.now))


def stop_ringing(world: World, agent_id: int) -> None:
    """The offer is over without a talk; a pause asked for meanwhile begins."""
    agent = world.put_agent(replace(world.agent(agent_id), is_ringing=False, call_id=None, since=world.now))
    if agent.pending_pause_id is not None and agent.is_logged_in:
        begin_pause(world, replace(agent, pending_pause_id=None), agent.pending_pause_id)


def start_wrap_up(world: World, agent_id: int, call: Call, queue: Queue | None) -> None:
    """The talk is over: count it, and begin after-call work (or the pause the agent asked for during the call)."""
    agent, profile = world.agent(agent_id), world.config.agents.get(agent_id)
    is_dispositioned = agent.dispositioned_call_id == call.id
    acw_until = None
    owes_disposition = False
    if queue is not None:
        stats = world.member(queue.id, agent_id)
        stats.calls += 1
        stats.last_call_ended_at = world.now
        stats.resting_until = world.now + queue.wrapup_seconds * 1000
    if queue is not None and profile is not None:
        owes_disposition = must_disposition(queue, profile) and not is_dispositioned
        seconds = unpause_seconds(queue, profile)
        acw_until = world.now + seconds * 1000 if seconds else None
    agent = replace(agent, is_talking=False, is_ringing=False, call_id=call.id, owes_disposition=owes_disposition)
    if agent.pending_pause_id is not None:
        begin_pause(world, replace(agent, pending_pause_id=None), agent.pending_pause_id)
    else:
        agent = log(world, replace(agent, pause_id=ACW_PAUSE_ID, acw_until=acw_until, since=world.now), "PAUSEALL")
        if acw_until is not None:
            world.set_timer(Timer(acw_until, "acw", agent_id=agent_id))
    watch_webphone(world, world.agent(agent_id))


def begin_pause(world: World, agent: Agent, pause_id: str) -> None:
    """A pause of its own choice begins; it also replaces a wrap-up."""
    agent = replace(agent, pause_id=pause_id, acw_until=None, since=world.now)
    log(world, agent, "PAUSEALL", pause_id)


def watch_webphone(world: World, agent: Agent) -> None:
    """Start or stop the clock that logs out an agent whose webphone is away."""
    if agent.is_registered or not agent.is_logged_in:
        if agent.logout_at is not None:
            world.put_agent(replace(agent, logout_at=None))
    elif agent.logout_at is None and not agent.is_talking:
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
