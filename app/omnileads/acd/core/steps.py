"""The small steps that every part of a call's way is made of: log, announce, answer, send on, hang up."""

from dataclasses import replace
from typing import Any

from omnileads.acd.core.commands import AnswerCaller, HangUp, PlayAnnouncement
from omnileads.acd.core.config import Destination
from omnileads.acd.core.model import Call, CallEvent, CallPhase, CallType
from omnileads.acd.core.world import World

NOT_IN_SERVICE = "sound:ss-noservice"
"""Asterisk's own "the number you have dialed is not in service", in the channel's language."""


def send_on(world: World, call: Call, destination: Destination | None) -> None:
    """Have the call sent to a destination when the present step is done; without one it ends."""
    world.to_send.append((call.id, destination))


def announce(world: World, call: Call, phase: CallPhase, media: str) -> Call:
    """Play something to the caller; the phase says what follows when it is over."""
    call = answer(world, call)
    playback_id = f"{call.id}-play-{call.next_playback}"
    call = replace(call, phase=phase, since=world.now, playback_id=playback_id, next_playback=call.next_playback + 1)
    world.decision.commands.append(PlayAnnouncement(call.id, call.channel_id, playback_id, media))
    return world.put_call(call)


def announce_end(world: World, call: Call) -> None:
    """Tell the caller that there is nothing behind this number, and hang up."""
    announce(world, call, CallPhase.CLOSING, NOT_IN_SERVICE)


def answer(world: World, call: Call) -> Call:
    """Answer the caller's channel once; the record is for the caller of this step to store."""
    if call.is_answered:
        return call
    world.decision.commands.append(AnswerCaller(call.id, call.channel_id, call.language))
    return replace(call, is_answered=True)


def hang_up_caller(world: World, call: Call) -> None:
    """End the caller's channel and forget the call."""
    world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.channel_id))
    world.drop_call(call)


def log_call(world: World, call: Call, event: str, **fields: Any) -> Call:
    """Write a line of the call log and store the call with its next sequence number."""
    world.decision.log.append(
        CallEvent(
            id=f"{call.id}:{call.next_event}",
            time=world.now,
            call_id=call.id,
            event=event,
            campaign_id=max(call.campaign_id, 0),
            number=call.number,
            did=call.did,
            call_type=CallType.MANUAL if call.is_outbound else CallType.INBOUND,
            **fields,
        )
    )
    return world.put_call(replace(call, next_event=call.next_event + 1))


def talk_fields(world: World, call: Call) -> dict[str, Any]:
    """The fields of a line about a talk that ends now."""
    return {
        "agent_id": call.agent_id if call.agent_id is not None else -1,
        "wait_seconds": max(0.0, round((call.since - call.entered_at) / 1000, 3)),
        "talk_seconds": seconds_since(world, call.since),
        "recording": call.recording,
    }


def seconds_since(world: World, start: int) -> float:
    """Seconds, to the millisecond, from `start` (epoch ms) until now; never negative."""
    return max(0.0, round((world.now - start) / 1000, 3))
