"""The caller's way: welcome, queue, agent, end."""

from dataclasses import replace
from typing import Any

from omnileads.acd.core import working_state
from omnileads.acd.core.commands import AnswerCaller, Connect, HangUp, PlayAnnouncement, StartMusic, Unbridge
from omnileads.acd.core.config import Destination, DestinationType, Queue
from omnileads.acd.core.events import CallArrived, CallerHungUp, LegAnswered, LegEnded, PlaybackFinished
from omnileads.acd.core.matching import serve_agents, serve_queue
from omnileads.acd.core.model import Call, CallEvent, CallPhase, Offer
from omnileads.acd.core.world import Timer, World

NOT_IN_SERVICE = "sound:ss-noservice"
"""Asterisk's own "the number you have dialed is not in service", in the channel's language."""

REJECTED_CAUSES = frozenset({17, 21})
"""Q.850 user busy and call rejected: the agent refused, it did not just let it ring."""

LOST_CAUSES = frozenset({27, 38, 41, 44})
"""Q.850 causes of a leg that broke: destination out of order, network out of order, temporary failure, and 44, with
which Asterisk ends a leg whose RTP stopped."""

NORMAL_CAUSES = frozenset({0, 16})
"""Q.850 normal clearing: somebody pressed the button."""


def arrived(world: World, event: CallArrived) -> None:
    """A caller from a trunk. One already known (reported again after a reconnection) is left alone."""
    if event.call_id in world.calls or event.channel_id in world.call_of_channel:
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
        )
    )
    destination = event.destination or (route.destination if route else None)
    if destination is None:
        call = _log(world, call, "UNKNOWN-DID")
        _announce(world, call, CallPhase.CLOSING, NOT_IN_SERVICE)
    else:
        send_to(world, call, destination)


def send_to(world: World, call: Call, destination: Destination | None) -> None:
    """Send a caller to a destination; without one, or back into a campaign it has left, the call ends."""
    if destination is None or destination.type is DestinationType.HANGUP:
        _hang_up_caller(world, call)
        return
    queue = world.queue(destination.id or 0)
    if queue is None or queue.id in call.visited:
        _announce(world, call, CallPhase.CLOSING, NOT_IN_SERVICE)
        return
    call = world.put_call(replace(call, campaign_id=queue.id, visited=(*call.visited, queue.id), entered_at=world.now))
    is_full = queue.max_waiting > 0 and world.queued[queue.id] >= queue.max_waiting
    if is_full or not queue.is_active:
        call = _log(world, call, "ENTERQUEUE")
        _leave_queue_by_timeout(world, call, queue)
    elif queue.welcome_media is not None:
        _announce(world, call, CallPhase.WELCOME, queue.welcome_media)
    else:
        _enter_queue(world, call, queue, "ENTERQUEUE")


def playback_finished(world: World, event: PlaybackFinished) -> None:
    """After the welcome comes the queue; after a closing announcement, the end."""
    call = world.call_with_playback(event.playback_id)
    if call is None:
        return
    queue = world.queue(call.campaign_id)
    if call.phase is CallPhase.WELCOME and queue is not None:
        _enter_queue(world, call, queue, "ENTERQUEUE")
    else:
        _hang_up_caller(world, call)


def hung_up(world: World, event: CallerHungUp) -> None:
    """The caller is gone: note why it matters, and free whoever was busy with it."""
    call = world.call_with_channel(event.channel_id)
    if call is None:
        return
    match call.phase:
        case CallPhase.WELCOME:
            call = _log(world, call, "ABANDONWEL")
        case CallPhase.QUEUED:
            call = _log(world, call, "ABANDON", wait_seconds=_since(world, call.entered_at))
        case CallPhase.TALKING:
            call = _log(world, call, "COMPLETEOUTNUM", **_talk(world, call))
            _end_talk(world, call, hang_up_leg=True)
            return
        case CallPhase.CLOSING:
            pass
    offers = call.offers
    world.drop_call(call)
    _withdraw(world, call, offers)


def leg_answered(world: World, event: LegAnswered) -> None:
    """An agent took the call: it is connected, the other offers are withdrawn."""
    call = world.call_with_leg(event.leg_id)
    offer = call.offer_of(event.leg_id) if call else None
    if call is None or offer is None:
        if call is None or call.leg_id != event.leg_id:
            world.decision.commands.append(HangUp(call_id=call.id if call else event.leg_id, channel_id=event.leg_id))
        return
    others = tuple(other for other in call.offers if other is not offer)
    wait_seconds = _since(world, call.entered_at)
    call = replace(
        call,
        phase=CallPhase.TALKING,
        since=world.now,
        offers=(),
        wait_until=None,
        agent_id=offer.agent_id,
        leg_id=offer.leg_id,
        recording=offer.recording,
        is_priority=False,
    )
    call = _log(world, call, "CONNECT", agent_id=offer.agent_id, wait_seconds=wait_seconds, recording=offer.recording)
    world.decision.commands.append(Connect(call_id=call.id, channel_id=call.channel_id, leg_id=offer.leg_id))
    working_state.start_talking(world, offer.agent_id, call.id)
    _withdraw(world, call, others)


def leg_ended(world: World, event: LegEnded) -> None:
    """An agent's leg ended: unanswered (the next agent is asked), hung up, or broken (the caller queues again)."""
    call = world.call_with_leg(event.leg_id)
    if call is None:
        return
    offer = call.offer_of(event.leg_id)
    if offer is not None:
        _not_taken(world, call, offer, is_rejected=event.cause in REJECTED_CAUSES)
        return
    agent = world.agent(call.agent_id or 0)
    is_lost = event.cause in LOST_CAUSES or (not agent.is_registered and event.cause not in NORMAL_CAUSES)
    queue = world.queue(call.campaign_id)
    call = _log(world, call, "COMPLETEAGENT", **_talk(world, call))
    if is_lost and queue is not None:
        _return_to_queue(world, call, queue)
    else:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.channel_id))
        _end_talk(world, call, hang_up_leg=False)


def ring_expired(world: World, leg_id: str, due: int) -> None:
    """An agent let it ring for the whole ring time."""
    call = world.call_with_leg(leg_id)
    offer = call.offer_of(leg_id) if call else None
    if call is None or offer is None or offer.ring_until != due:
        return
    world.decision.commands.append(HangUp(call_id=call.id, channel_id=leg_id))
    _not_taken(world, call, offer, is_rejected=False)


def withdraw_offer(world: World, leg_id: str) -> None:
    """The agent cannot take the call any more (it went away): hang up its leg, count it as not taken, ask the next."""
    call = world.call_with_leg(leg_id)
    offer = call.offer_of(leg_id) if call else None
    if call is not None and offer is not None:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=leg_id))
        _not_taken(world, call, offer, is_rejected=False)


def wait_expired(world: World, call_id: str, due: int) -> None:
    """The caller has waited for as long as the campaign allows."""
    call = world.calls.get(call_id)
    if call is not None and call.phase is CallPhase.QUEUED and call.wait_until == due:
        _leave_queue_by_timeout(world, call, world.queue(call.campaign_id))


def queue_removed(world: World, call: Call) -> None:
    """The campaign is gone from the configuration while this caller waited in it."""
    _leave_queue_by_timeout(world, call, None)


# --- steps -----------------------------------------------------------------------------------------------------------


def _enter_queue(world: World, call: Call, queue: Queue, event: str, *, is_priority: bool = False) -> None:
    call = _answer(world, call)
    wait_until = world.now + queue.max_wait_seconds * 1000 if queue.max_wait_seconds else None
    call = replace(
        call,
        phase=CallPhase.QUEUED,
        since=world.now,
        entered_at=world.now,
        wait_until=wait_until,
        playback_id=None,
        is_priority=is_priority,
    )
    call = _log(world, call, event)
    if wait_until is not None:
        world.set_timer(Timer(wait_until, "wait", call.id))
    world.decision.commands.append(StartMusic(call.id, call.channel_id, queue.moh_class))
    serve_queue(world, queue.id)


def _leave_queue_by_timeout(world: World, call: Call, queue: Queue | None) -> None:
    offers = call.offers
    call = replace(call, phase=CallPhase.CLOSING, offers=(), wait_until=None, since=world.now)
    call = _log(world, call, "EXITWITHTIMEOUT", wait_seconds=_since(world, call.entered_at))
    send_to(world, call, queue.failover if queue else None)
    _withdraw(world, call, offers)


def _return_to_queue(world: World, call: Call, queue: Queue) -> None:
    """The agent's browser or network died: the caller keeps its place, before everybody else."""
    agent_id = call.agent_id
    world.decision.commands.append(Unbridge(call_id=call.id))
    call = replace(call, agent_id=None, leg_id=None, recording=None)
    if agent_id is not None:
        working_state.start_wrap_up(world, agent_id, call, queue)
    _enter_queue(world, world.put_call(call), queue, "ENTERQUEUE-TRANSFER", is_priority=True)


def _not_taken(world: World, call: Call, offer: Offer, *, is_rejected: bool) -> None:
    call = replace(call, offers=tuple(other for other in call.offers if other is not offer))
    rejected_by = offer.agent_id if is_rejected else None
    call = _log(world, call, "RINGNOANSWER", agent_id=offer.agent_id, agent_extra_id=rejected_by)
    queue = world.queue(call.campaign_id)
    if queue is not None:
        # At least a second, or a webphone that fails at once would be rung in a tight loop.
        rest_seconds = max(queue.retry_seconds, 1)
        world.member(queue.id, offer.agent_id).resting_until = world.now + rest_seconds * 1000
    working_state.stop_ringing(world, offer.agent_id)
    serve_queue(world, call.campaign_id)
    serve_agents(world, [offer.agent_id])


def _withdraw(world: World, call: Call, offers: tuple[Offer, ...]) -> None:
    """Stop ringing the agents of these offers, none of whom is to blame, and let them serve others."""
    for offer in offers:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=offer.leg_id))
        working_state.stop_ringing(world, offer.agent_id)
    serve_agents(world, [offer.agent_id for offer in offers])


def _end_talk(world: World, call: Call, *, hang_up_leg: bool) -> None:
    world.drop_call(call)
    world.decision.commands.append(Unbridge(call_id=call.id))
    if hang_up_leg and call.leg_id is not None:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.leg_id))
    if call.agent_id is not None:
        working_state.start_wrap_up(world, call.agent_id, call, world.queue(call.campaign_id))


def _announce(world: World, call: Call, phase: CallPhase, media: str) -> None:
    call = _answer(world, call)
    playback_id = f"{call.id}-{phase}-{len(call.visited)}"
    call = world.put_call(replace(call, phase=phase, since=world.now, playback_id=playback_id))
    world.decision.commands.append(PlayAnnouncement(call.id, call.channel_id, playback_id, media))


def _answer(world: World, call: Call) -> Call:
    if call.is_answered:
        return call
    world.decision.commands.append(AnswerCaller(call.id, call.channel_id, call.language))
    return replace(call, is_answered=True)


def _hang_up_caller(world: World, call: Call) -> None:
    world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.channel_id))
    world.drop_call(call)


def _log(world: World, call: Call, event: str, **fields: Any) -> Call:
    """Write a line of the call log and store the call with its next sequence number."""
    world.decision.log.append(
        CallEvent(
            id=f"{call.id}:{call.next_event}",
            time=world.now,
            call_id=call.id,
            event=event,
            campaign_id=call.campaign_id,
            number=call.number,
            did=call.did,
            **fields,
        )
    )
    return world.put_call(replace(call, next_event=call.next_event + 1))


def _talk(world: World, call: Call) -> dict[str, Any]:
    return {
        "agent_id": call.agent_id if call.agent_id is not None else -1,
        "wait_seconds": max(0.0, round((call.since - call.entered_at) / 1000, 3)),
        "talk_seconds": _since(world, call.since),
        "recording": call.recording,
    }


def _since(world: World, start: int) -> float:
    return max(0.0, round((world.now - start) / 1000, 3))
