"""Calls out: the agent's webphone first, then the number, over one trunk after the other.

Only a trunk that cannot take the call (unavailable, congested, full) is followed by the next; an answer, a busy line,
nobody there and a refusal are final, as in the original.
"""

from collections.abc import Sequence
from dataclasses import replace

from omnileads.acd.core import internal, working_state
from omnileads.acd.core.commands import Connect, DialOut, HangUp, PlayRinging, RunDialplan
from omnileads.acd.core.config import CAMPAIGN_TYPES, AgentProfile, Queue
from omnileads.acd.core.dialplan import OutboundRoute, find_route
from omnileads.acd.core.events import AgentCallOut, Dialled
from omnileads.acd.core.matching import must_disposition, serve_agents, unpause_seconds
from omnileads.acd.core.model import Agent, Call, CallPhase, CallType, Dial
from omnileads.acd.core.recording import recording_path
from omnileads.acd.core.steps import (
    TELEPHONY_AWAY,
    Refusal,
    call_type,
    log_call,
    ring_own_webphone,
    seconds_since,
    state_refusal,
    talk_fields,
)
from omnileads.acd.core.world import Timer, World

_RESULT_OF_CAUSE = {16: "NOANSWER", 17: "BUSY", 18: "NOANSWER", 19: "NOANSWER", 21: "BUSY", 1: "OTHER", 28: "OTHER"}
"""Q.850 causes that are the called side's answer, as events of the call log; 21 is "call rejected"."""

_CONGESTION_CAUSES = frozenset({34, 38, 42, 44})
"""Q.850: no circuit, network out of order, switching congestion, channel not available."""


def call_out(world: World, event: AgentCallOut) -> None:
    """An agent wants to call a number. What cannot be is refused before anything rings."""
    agent = world.agent(event.agent_id)
    profile = world.config.agents.get(event.agent_id)
    queue = world.queue(event.campaign_id) if event.campaign_id > 0 else None
    refusal = state_refusal(agent, profile) or _refusal(agent, profile, queue, event)
    node = world.least_busy_node()
    if refusal is not None or profile is None or node is None:
        world.decision.refusal = refusal or TELEPHONY_AWAY
        return
    match = find_route(_routes(world, queue), event.number)
    call = world.put_call(
        Call(
            id=event.call_id,
            channel_id="",
            number=event.number,
            did="",
            started_at=world.now,
            entered_at=world.now,
            phase=CallPhase.CALLING_AGENT,
            since=world.now,
            campaign_id=event.campaign_id,
            agent_id=event.agent_id,
            contact_id=event.contact_id,
            is_outbound=True,
            is_answered=True,
            node=node,
        )
    )
    if event.is_blocked or match is None:
        event_name, refusal = ("BLACKLIST", _BLOCKED) if event.is_blocked else ("NONDIALPLAN", _NO_ROUTE)
        call = log_call(world, call, "DIAL", agent_id=profile.id)
        world.drop_call(log_call(world, call, event_name, agent_id=profile.id))
        world.decision.refusal = refusal
        return
    dial = Dial(
        sent=match.sent,
        trunk_ids=match.route.trunk_ids,
        ring_seconds=match.route.ring_seconds,
        generates_ringing=match.route.generates_ringing,
        talk_limit_ms=match.route.talk_limit_ms,
    )
    working_state.start_dialing(world, profile.id, call.id)
    ring_own_webphone(world, world.put_call(replace(call, dial=dial)), profile, _headers(call, profile, queue))


def agent_answered(world: World, call: Call) -> None:
    """The agent's webphone took its own call: dial. Or its leg is back from having its recording begun: connect."""
    if call.called_agent_id is not None:
        internal.caller_answered(world, call, call.called_agent_id)
    elif call.phase is CallPhase.TALKING:
        world.decision.commands.append(Connect(call.id, call.channel_id, call.leg_id or ""))
    elif call.phase is CallPhase.CALLING_AGENT:
        call = replace(call, phase=CallPhase.DIALING, offers=(), since=world.now, entered_at=world.now)
        call = log_call(world, call, "DIAL", agent_id=call.agent_id)
        _dial_next(world, call, "CHANUNAVAIL")


def agent_left(world: World, call: Call) -> None:
    """The agent hung up, or its webphone never took the call."""
    if call.phase is CallPhase.TALKING:
        call = log_call(world, call, "COMPLETEAGENT", **talk_fields(world, call))
        world.decision.commands.append(HangUp(call.id, call.channel_id))
        working_state.end_talk(world, call, hang_up_leg=False)
        return
    if call.channel_id:
        world.decision.commands.append(HangUp(call.id, call.channel_id))
    _fail(world, replace(call, leg_id=None), "CANCEL")


def dialled(world: World, event: Dialled) -> None:
    """A called number rings, plays something before the answer, or answers."""
    call = world.call_with_channel(event.channel_id)
    if call is None or call.dial is None or call.leg_id is None or call.phase is not CallPhase.DIALING:
        return
    dial, leg_id = replace(call.dial, is_alive=True), call.leg_id
    call = world.put_call(replace(call, dial=dial))
    match event.progress:
        case "ringing":
            world.decision.commands.append(PlayRinging(call.id, leg_id, is_on=True))
        case "early-media" if not dial.generates_ringing:
            world.decision.commands.append(PlayRinging(call.id, leg_id, is_on=False))
            world.decision.commands.append(Connect(call.id, call.channel_id, leg_id))
        case "early-media":
            pass
        case "answered":
            _answered(world, call, dial, leg_id)


def not_reached(world: World, call: Call, cause: int) -> None:
    """The channel to the number ended without an answer."""
    if cause in _RESULT_OF_CAUSE:
        _fail(world, call, _RESULT_OF_CAUSE[cause])
    else:
        _dial_next(world, call, "CONGESTION" if cause in _CONGESTION_CAUSES else "CHANUNAVAIL")


def dial_expired(world: World, call_id: str, due: int) -> None:
    """It rang for as long as the route allows; or the trunk gave no sign of life for as long, and is given up."""
    call = world.calls.get(call_id)
    if call is None or call.phase is not CallPhase.DIALING or call.dial is None or call.dial.ring_until != due:
        return
    world.decision.commands.append(HangUp(call.id, call.channel_id))
    if call.dial.is_alive:
        _fail(world, call, "NOANSWER")
    else:
        _dial_next(world, call, "CHANUNAVAIL")


def talk_expired(world: World, call_id: str, due: int) -> None:
    """The talk has lasted for as long as the route allows."""
    call = world.calls.get(call_id)
    if call is not None and call.dial is not None and call.dial.talk_until == due and call.phase is CallPhase.TALKING:
        agent_left(world, call)
        world.decision.commands.append(HangUp(call.id, call.leg_id or ""))


# --- steps -----------------------------------------------------------------------------------------------------------


def _routes(world: World, queue: Queue | None) -> Sequence[OutboundRoute]:
    """The routes to look for the number in: all, or the campaign's own."""
    if queue is None or queue.outbound_route_id is None:
        return world.config.outbound_routes
    return [route for route in world.config.outbound_routes if route.id == queue.outbound_route_id]


def _refusal(agent: Agent, profile: AgentProfile | None, queue: Queue | None, event: AgentCallOut) -> Refusal | None:
    """Why the agent cannot call out for this campaign, or for none."""
    if profile is None or (event.campaign_id == 0 and not profile.may_call_off_campaign):
        return _NOT_OFF_CAMPAIGN
    if event.campaign_id == 0:
        return None
    if queue is None or agent.id not in queue.members:
        return ("not-a-member", "You do not work in this campaign. Choose one of yours.")
    if queue.kind not in profile.manual_call_kinds:
        return ("campaign-kind-not-allowed", f"Your group may not call out for {queue.kind} campaigns.")
    if not queue.is_active:
        return ("campaign-paused", "This campaign is paused. Choose another one, or ask a supervisor.")
    return None


_NO_ROUTE = ("no-route", "No outbound route takes this number. Check it, or ask a supervisor.")
_BLOCKED = ("number-blocked", "This number is on a do-not-call list. It is not called.")
_NOT_OFF_CAMPAIGN = (
    "off-campaign-not-allowed",
    "Your group may not call outside of campaigns. Choose a campaign.",
)


def _headers(call: Call, profile: AgentProfile, queue: Queue | None) -> dict[str, str]:
    return {
        "Origin": "CLICK2CALL" if queue is not None else "withoutCamp",
        "IDCamp": str(call.campaign_id),
        "OMLCAMPNAME": queue.name if queue is not None else "",
        "OMLCAMPTYPE": str(CAMPAIGN_TYPES[queue.kind] if queue is not None else CallType.MANUAL.value),
        "OMLCALLTYPEIDTYPE": str(call_type(call, queue).value),
        "OMLOUTNUM": call.number,
        "AUTO_UNPAUSE": str(unpause_seconds(queue, profile)),
        "FORCE_DISPOSITION": str(queue is not None and must_disposition(queue, profile)),
    }


def _dial_next(world: World, call: Call, result: str) -> None:
    """Dial over the next trunk with a free channel; `result` is what to say when there is none."""
    call = world.put_call(replace(call, channel_id="", trunk_id=0))
    dial = call.dial
    assert dial is not None  # noqa: S101 - every call out has one
    queue = world.queue(call.campaign_id)
    for position, trunk_id in enumerate(dial.trunk_ids, start=1):
        trunk = world.config.trunks.get(trunk_id)
        if trunk is None or world.trunk_calls[trunk_id] >= trunk.max_channels:
            continue
        channel_id = f"{call.id}-out-{dial.attempts}"
        dial = replace(
            dial,
            trunk_ids=dial.trunk_ids[position:],
            attempts=dial.attempts + 1,
            is_alive=False,
            ring_until=world.now + dial.ring_seconds * 1000,
        )
        world.put_call(replace(call, dial=dial, channel_id=channel_id, trunk_id=trunk_id))
        world.set_timer(Timer(dial.ring_until, "dial", call.id))
        world.decision.commands.append(
            DialOut(
                call_id=call.id,
                channel_id=channel_id,
                leg_id=call.leg_id or "",
                trunk=trunk.name,
                number=dial.sent,
                caller_id=(queue.caller_id if queue else None) or trunk.caller_id,
                timeout_seconds=dial.ring_seconds + 2,
            )
        )
        return
    _fail(world, call, result)


def _answered(world: World, call: Call, dial: Dial, leg_id: str) -> None:
    queue, agent_id = world.queue(call.campaign_id), call.agent_id or 0
    is_recorded = queue is not None and queue.is_recorded
    path = recording_path(world, call, kind="manual", agent_id=agent_id, leg_id=leg_id) if is_recorded else None
    talk_until = world.now + dial.talk_limit_ms if dial.talk_limit_ms else None
    wait_seconds = seconds_since(world, call.entered_at)
    call = replace(
        call,
        phase=CallPhase.TALKING,
        since=world.now,
        recording=path,
        dial=replace(dial, talk_until=talk_until),
    )
    log_call(world, call, "ANSWER", agent_id=agent_id, wait_seconds=wait_seconds, recording=path)
    if talk_until is not None:
        world.set_timer(Timer(talk_until, "talk", call.id))
    working_state.start_talking(world, agent_id, call.id)
    world.decision.commands.append(PlayRinging(call.id, leg_id, is_on=False))
    if path is not None:
        # The recording begins in the dialplan of the agent's leg; it comes back as answered and is connected then.
        variables = {"OML_CALL_ID": call.id, "OML_LEG_ID": leg_id}
        world.decision.commands.append(RunDialplan(call.id, leg_id, "oml-agent-leg", variables, recording=path))
    else:
        world.decision.commands.append(Connect(call.id, call.channel_id, leg_id))


def _fail(world: World, call: Call, result: str) -> None:
    """Nobody was reached: note it, end the agent's leg, and let the agent go on."""
    call = log_call(world, call, result, agent_id=call.agent_id, wait_seconds=seconds_since(world, call.entered_at))
    if call.leg_id is not None:
        world.decision.commands.append(HangUp(call.id, call.leg_id))
    world.drop_call(call)
    agent_id = call.agent_id or 0
    world.put_agent(replace(world.agent(agent_id), last_result=result))
    if call.campaign_id > 0 and call.dial is not None and call.dial.attempts > 0:
        # In a campaign a number that was not reached is work done too, with a disposition of its own.
        working_state.start_wrap_up(world, agent_id, call, world.queue(call.campaign_id))
    else:
        working_state.release(world, agent_id)
        serve_agents(world, [agent_id])
