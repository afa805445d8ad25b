"""The caller's way before and between campaigns: where a destination leads, and what happens there.

`send_pending` is the only place that sends a call anywhere. A chain of time conditions and failovers is a loop here and
not a recursion, and it ends: after `MAX_HOPS` without a person having done anything the caller is told so and hung up.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from omnileads.acd.core import callers, dialogues
from omnileads.acd.core.commands import HangUp, RunDialplan
from omnileads.acd.core.config import (
    AgentProfile,
    CustomDestination,
    Destination,
    DestinationType,
    Identification,
    Ivr,
    Queue,
    RoutingConfig,
    VoicemailBox,
)
from omnileads.acd.core.events import CallArrived, DialplanFailed
from omnileads.acd.core.hours import is_open
from omnileads.acd.core.model import Away, Call, CallPhase
from omnileads.acd.core.recording import recording_path
from omnileads.acd.core.steps import announce_end, answer, hang_up_caller, log_call, send_on
from omnileads.acd.core.world import World

MAX_HOPS = 20


def hours_passed(config: RoutingConfig, destination: Destination, now: int) -> Iterator[Destination]:
    """A destination and, after each time condition, where it sends at this moment (epoch ms).

    Ends with the first that is no time condition, with a condition that does not exist, or after `MAX_HOPS`.
    """
    moment = datetime.fromtimestamp(now / 1000, tz=config.timezone)
    for _ in range(MAX_HOPS):
        yield destination
        condition = config.time_conditions.get(destination.id or 0)
        if destination.type is not DestinationType.TIME_CONDITION or condition is None:
            return
        destination = condition.match if is_open(condition.ranges, moment) else condition.otherwise


def arrived(world: World, event: CallArrived) -> None:
    """A caller from a trunk, or one that comes back from the dialplan. A repetition of either changes nothing."""
    known = world.call_with_channel(event.channel_id)
    if known is not None:
        if known.phase is CallPhase.AWAY and event.destination is not None:
            data = tuple({**dict(known.dialplan_data), **dict(event.dialplan_data)}.items())
            back = world.put_call(replace(known, away=None, dialplan_data=data, phase=CallPhase.CLOSING))
            send_on(world, back, event.destination)
        return
    if event.call_id in world.calls:
        return
    route = world.config.route_for(event.did)
    call = world.put_call(
        Call(
            id=event.call_id,
            channel_id=event.channel_id,
            number=event.number,
            did=event.did,
            started_at=world.now,
            phase=CallPhase.CLOSING,
            since=world.now,
            route_name=route.name if route else "",
            language=route.language if route else "en",
            trunk_id=event.trunk_id,
            dialplan_data=event.dialplan_data,
            node=event.node,
        )
    )
    if _is_full(world, event.trunk_id):
        log_call(world, call, "TRUNK-FULL")
        world.decision.commands.append(HangUp(call.id, call.channel_id, reason="congestion"))
        world.drop_call(call)
        return
    destination = event.destination or (route.destination if route else None)
    if destination is None and event.is_from_pbx:
        profile = world.config.agent_dialled(event.did)
        destination = Destination(DestinationType.AGENT, profile.id) if profile else None
    if destination is None:
        announce_end(world, log_call(world, call, "UNKNOWN-DID"))
    else:
        send_on(world, call, destination)


def dialplan_failed(world: World, event: DialplanFailed) -> None:
    """The integrator's place does not exist: the destination's failover takes the caller."""
    call = world.call_with_channel(event.channel_id)
    if call is not None and call.away is not None:
        failover = call.away.failover
        send_on(world, world.put_call(replace(call, away=None, phase=CallPhase.CLOSING)), failover)


def send_pending(world: World) -> None:
    """Send all calls on that the present step has left to be sent."""
    while world.to_send:
        call_id, destination = world.to_send.popleft()
        call = world.calls.get(call_id)
        if call is not None:
            _send(world, call, destination)


def _send(world: World, call: Call, destination: Destination | None) -> None:
    call = replace(call, hops=call.hops + 1, dialogue=None, playback_id=None)
    if destination is None:
        _end(world, call)
        return
    config = world.config
    for resolved in hours_passed(config, destination, world.now):
        world.decision.sent.append((call.id, resolved))
    if call.hops > MAX_HOPS:
        announce_end(world, call)
    else:
        _enter(world, call, resolved)


def _enter(world: World, call: Call, destination: Destination) -> None:
    if destination.type is DestinationType.HANGUP:
        _end(world, call)
        return
    match world.config.place(destination):
        case Queue(id=queue_id):
            callers.enter_campaign(world, call, queue_id)
        case AgentProfile(id=agent_id):
            callers.enter_campaign(world, call, -agent_id)
        case Ivr() | Identification():
            dialogues.ask(world, call, destination)
        case CustomDestination() as custom:
            _run_custom(world, call, custom)
        case VoicemailBox() as box:
            _take_message(world, call, box)
        case _:
            announce_end(world, call)


def _end(world: World, call: Call) -> None:
    """The configuration ends the call; it leaves a line in the call log if it has none yet."""
    if call.next_event == 0:
        call = log_call(world, call, "ENDFLOW")
    hang_up_caller(world, call)


def _run_custom(world: World, call: Call, custom: CustomDestination) -> None:
    call = replace(call, phase=CallPhase.AWAY, since=world.now, away=Away(failover=custom.failover))
    location = f"{custom.context},{custom.extension},{custom.priority}"
    world.put_call(call)
    world.decision.commands.append(
        RunDialplan(
            call.id,
            call.channel_id,
            "oml-custom-destination",
            {"OML_LOCATION": location, "CHANNEL(language)": call.language},
        )
    )


def _take_message(world: World, call: Call, box: VoicemailBox) -> None:
    path = recording_path(world, call, kind="voicemail", agent_id=None, leg_id=call.id)
    call = replace(answer(world, call), phase=CallPhase.AWAY, since=world.now, away=Away(recording=path))
    world.put_call(call)
    variables = {
        "OML_GREETING": (box.greeting_media or "sound:vm-intro").removeprefix("sound:"),
        "OML_MAX_SECONDS": str(box.max_seconds),
    }
    world.decision.commands.append(RunDialplan(call.id, call.channel_id, "oml-voicemail", variables, recording=path))


def _is_full(world: World, trunk_id: int) -> bool:
    """Whether the trunk has more calls than its channels, the one in question included."""
    trunk = world.config.trunks.get(trunk_id)
    return trunk is not None and world.trunk_calls[trunk_id] > trunk.max_channels
