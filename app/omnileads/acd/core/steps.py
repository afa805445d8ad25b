"""The small steps that every part of a call's way is made of: log, announce, answer, send on, hang up."""

from dataclasses import replace
from typing import Any

from omnileads.acd.core.commands import AnswerCaller, HangUp, PlayAnnouncement, RingAgent
from omnileads.acd.core.config import CAMPAIGN_TYPES, AgentProfile, Destination, Queue
from omnileads.acd.core.model import Agent, Call, CallEvent, CallPhase, CallType, Offer
from omnileads.acd.core.world import Timer, World

OWN_RING_SECONDS = 15
"""How long an agent's own webphone may take to answer its own call."""

NOT_IN_SERVICE = "sound:ss-noservice"
"""Asterisk's own "the number you have dialed is not in service", in the channel's language."""


def send_on(world: World, call: Call, destination: Destination | None) -> None:
    """Have the call sent to a destination when the present step is done; without one it ends."""
    world.to_send.append((call.id, destination))


def announce(world: World, call: Call, phase: CallPhase, media: str) -> Call:
    """Play something to the caller; the phase says what follows when it is over."""
    return play(world, replace(answer(world, call), phase=phase, since=world.now), call.channel_id, media)


def play(world: World, call: Call, channel_id: str, media: str) -> Call:
    """Play something on one of the call's channels; its end is told by the playback that the record now names."""
    playback_id = f"{call.id}-play-{call.next_playback}"
    world.decision.commands.append(PlayAnnouncement(call.id, channel_id, playback_id, media))
    return world.put_call(replace(call, playback_id=playback_id, next_playback=call.next_playback + 1))


def announce_end(world: World, call: Call) -> None:
    """Tell the caller that there is nothing behind this number, and hang up."""
    announce(world, call, CallPhase.CLOSING, NOT_IN_SERVICE)


def answer(world: World, call: Call) -> Call:
    """Answer the caller's channel once; the record is for the caller of this step to store."""
    if call.is_answered:
        return call
    world.decision.commands.append(AnswerCaller(call.id, call.channel_id, call.language))
    return replace(call, is_answered=True)


def ring_own_webphone(world: World, call: Call, profile: AgentProfile, headers: dict[str, str]) -> None:
    """Ring the agent who calls; the webphone answers this by itself, since it is the agent's own wish."""
    leg_id = f"{call.id}-{call.next_leg}"
    offer = Offer(leg_id, profile.id, world.now + OWN_RING_SECONDS * 1000, recording=None)
    world.put_call(replace(call, offers=(offer,), leg_id=leg_id, next_leg=call.next_leg + 1))
    world.set_timer(Timer(offer.ring_until, "ring", leg_id))
    world.decision.commands.append(
        RingAgent(
            call_id=call.id,
            leg_id=leg_id,
            extension=profile.extension,
            caller_id=headers["OMLOUTNUM"],
            timeout_seconds=OWN_RING_SECONDS + 2,
            recording=None,
            headers={"OMLCALLID": call.id, **headers, "OML-Ring-Seconds": str(OWN_RING_SECONDS)},
        )
    )


Refusal = tuple[str, str]
"""(kebab-case code, sentence)"""


def state_refusal(agent: Agent, profile: AgentProfile | None) -> Refusal | None:
    """Why an agent cannot call anybody now."""
    if profile is None or not agent.is_logged_in or not agent.is_registered:
        return ("not-ready", "You are not logged in, or your webphone is not connected. Start working first.")
    if agent.is_busy:
        return ("not-ready", "You are on a call. Hang up before you call out.")
    if agent.owes_disposition:
        return ("disposition-required", "Store the disposition of your last call before you go on.")
    return None


TELEPHONY_AWAY: Refusal = ("telephony-away", "The telephony is not available now. Try again in a moment.")


def hang_up_caller(world: World, call: Call) -> None:
    """End the caller's channel and forget the call."""
    world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.channel_id))
    world.drop_call(call)


def call_type(call: Call, queue: Queue | None) -> CallType:
    """What kind of call this is in the call log."""
    if call.caller_agent_id is not None:
        return CallType.INTERNAL
    if not call.is_outbound:
        return CallType.INBOUND
    return CallType.PREVIEW if queue is not None and queue.kind == "preview" else CallType.MANUAL


def log_call(world: World, call: Call, event: str, **fields: Any) -> Call:
    """Write a line of the call log and store the call with its next sequence number."""
    queue = world.queue(call.campaign_id)
    kind = call_type(call, queue)
    world.decision.log.append(
        CallEvent(
            id=f"{call.id}:{call.next_event}",
            time=world.now,
            call_id=call.id,
            event=event,
            campaign_id=max(call.campaign_id, 0),
            number=call.number,
            did=call.did,
            contact_id=call.contact_id,
            campaign_type=CAMPAIGN_TYPES[queue.kind] if queue is not None else kind,
            call_type=kind,
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
