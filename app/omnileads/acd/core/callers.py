"""The caller in a campaign: welcome, queue, agent, end."""

from dataclasses import replace

from omnileads.acd.core import dialogues, outbound, supervision, waiting, working_state
from omnileads.acd.core.commands import Connect, HangUp, PlayRinging, StartMusic, Unbridge
from omnileads.acd.core.config import Queue
from omnileads.acd.core.events import CallerHungUp, DigitPressed, LegAnswered, LegEnded, PlaybackFinished
from omnileads.acd.core.matching import serve_agents, serve_queue
from omnileads.acd.core.model import FLOW_PHASES, Call, CallPhase, Offer
from omnileads.acd.core.steps import (
    announce,
    announce_end,
    answer,
    hang_up_caller,
    log_call,
    play,
    seconds_since,
    send_on,
    talk_fields,
)
from omnileads.acd.core.world import Timer, World

REJECTED_CAUSES = frozenset({17, 21})
"""Q.850 user busy and call rejected: the agent refused, it did not just let it ring."""

LOST_CAUSES = frozenset({27, 38, 41, 44})
"""Q.850 causes of a leg that broke: destination out of order, network out of order, temporary failure, and 44, with
which Asterisk ends a leg whose RTP stopped."""

NORMAL_CAUSES = frozenset({0, 16})
"""Q.850 normal clearing: somebody pressed the button."""


def enter_campaign(world: World, call: Call, queue_id: int) -> None:
    """Into the queue of a campaign, or (negative id) of one agent's direct calls; never back into one it has left."""
    queue = world.queue(queue_id)
    if queue is None or queue.id in call.visited:
        announce_end(world, call)
        return
    call = world.put_call(replace(call, campaign_id=queue.id, visited=(*call.visited, queue.id), entered_at=world.now))
    is_full = queue.max_waiting > 0 and world.queued[queue.id] >= queue.max_waiting
    if is_full or not queue.is_active:
        call = log_call(world, call, "ENTERQUEUE")
        _leave_queue_by_timeout(world, call, queue)
    elif queue.welcome_media is not None:
        announce(world, call, CallPhase.WELCOME, queue.welcome_media)
    else:
        _enter_queue(world, call, queue, "ENTERQUEUE")


def playback_finished(world: World, event: PlaybackFinished) -> None:
    """After the welcome comes the queue, after a prompt the digits, after what the agent heard first the caller."""
    call = world.call_with_playback(event.playback_id)
    if call is None:
        return
    queue = world.queue(call.campaign_id)
    if call.phase is CallPhase.WELCOME and queue is not None:
        _enter_queue(world, call, queue, "ENTERQUEUE")
    elif call.phase is CallPhase.QUEUED and queue is not None:
        waiting.announced(world, call, queue)
    elif call.phase is CallPhase.TALKING:
        _connect(world, replace(call, playback_id=None))
    elif call.phase is CallPhase.ASKING:
        dialogues.prompt_ended(world, call)
    else:
        hang_up_caller(world, call)


def digit_pressed(world: World, event: DigitPressed) -> None:
    """A key counts where something is asked, and in a queue that has a way out."""
    call = world.call_with_channel(event.channel_id)
    queue = world.queue(call.campaign_id) if call is not None and call.phase is CallPhase.QUEUED else None
    if call is None or queue is None:
        dialogues.digit_pressed(world, event)
    elif waiting.leave_by_key(world, call, queue):
        _withdraw(world, world.calls[call.id], call.offers)


def hung_up(world: World, event: CallerHungUp) -> None:
    """The caller is gone: note why it matters, and free whoever was busy with it."""
    call = world.call_with_channel(event.channel_id)
    if call is None:
        return
    match call.phase:
        case CallPhase.WELCOME:
            call = log_call(world, call, "ABANDONWEL")
        case CallPhase.QUEUED:
            call = log_call(world, call, "ABANDON", wait_seconds=seconds_since(world, call.entered_at))
        case CallPhase.TALKING:
            call = log_call(world, call, "COMPLETEOUTNUM", **talk_fields(world, call))
            working_state.end_talk(world, call, hang_up_leg=True)
            return
        case CallPhase.DIALING:
            outbound.not_reached(world, call, event.cause)
            return
        case CallPhase.AWAY if call.away is not None and call.away.recording is not None:
            seconds = seconds_since(world, call.since)
            call = log_call(world, call, "VOICEMAIL", talk_seconds=seconds, recording=call.away.recording)
        case phase if phase in FLOW_PHASES and call.next_event == 0:
            call = log_call(world, call, "LEFTFLOW")
    offers = call.offers
    world.drop_call(call)
    _withdraw(world, call, offers)


def leg_answered(world: World, event: LegAnswered) -> None:
    """An agent took the call: it is connected, the other offers are withdrawn."""
    if supervision.leg_answered(world, event.leg_id):
        return
    call = world.call_with_leg(event.leg_id)
    if call is not None and call.is_outbound:
        outbound.agent_answered(world, call)
        return
    if world.call_with_channel(event.leg_id) is not None:
        return
    offer = call.offer_of(event.leg_id) if call else None
    if call is None or offer is None:
        if call is None or call.leg_id != event.leg_id:
            world.decision.commands.append(HangUp(call_id=call.id if call else event.leg_id, channel_id=event.leg_id))
        return
    others = tuple(other for other in call.offers if other is not offer)
    wait_seconds = seconds_since(world, call.entered_at)
    queue = world.queue(call.campaign_id)
    call = replace(
        waiting.hush(world, call),
        phase=CallPhase.TALKING,
        since=world.now,
        offers=(),
        wait_until=None,
        agent_id=offer.agent_id,
        leg_id=offer.leg_id,
        recording=offer.recording,
        is_priority=False,
    )
    call = log_call(
        world, call, "CONNECT", agent_id=offer.agent_id, wait_seconds=wait_seconds, recording=offer.recording
    )
    if queue is not None:
        waiting.learn(world, queue, wait_seconds)
    if queue is not None and queue.agent_media is not None:
        play(world, call, offer.leg_id, queue.agent_media)
    else:
        _connect(world, call)
    working_state.start_talking(world, offer.agent_id, call.id)
    _withdraw(world, call, others)


def leg_ended(world: World, event: LegEnded) -> None:
    """An agent's leg ended: unanswered (the next agent is asked), hung up, or broken (the caller queues again)."""
    if supervision.leg_ended(world, event.leg_id):
        return
    call = world.call_with_leg(event.leg_id)
    if call is None:
        # In a call between agents, the caller's channel is a webphone's leg too.
        hung_up(world, CallerHungUp(event.leg_id, event.cause))
        return
    if call.is_outbound:
        outbound.agent_left(world, call)
        return
    offer = call.offer_of(event.leg_id)
    if offer is not None:
        _not_taken(world, call, offer, is_rejected=event.cause in REJECTED_CAUSES)
        return
    agent = world.agent(call.agent_id or 0)
    is_lost = event.cause in LOST_CAUSES or (not agent.is_registered and event.cause not in NORMAL_CAUSES)
    queue = world.queue(call.campaign_id)
    call = log_call(world, call, "COMPLETEAGENT", **talk_fields(world, call))
    if is_lost and queue is not None and call.caller_agent_id is None:
        _return_to_queue(world, call, queue)
    else:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=call.channel_id))
        working_state.end_talk(world, call, hang_up_leg=False)


def ring_expired(world: World, leg_id: str, due: int) -> None:
    """An agent let it ring for the whole ring time."""
    call = world.call_with_leg(leg_id)
    offer = call.offer_of(leg_id) if call else None
    if call is None or offer is None or offer.ring_until != due:
        return
    world.decision.commands.append(HangUp(call_id=call.id, channel_id=leg_id))
    _give_up_offer(world, call, offer)


def withdraw_offer(world: World, leg_id: str) -> None:
    """The agent cannot take the call any more (it went away): hang up its leg, count it as not taken, ask the next."""
    call = world.call_with_leg(leg_id)
    offer = call.offer_of(leg_id) if call else None
    if call is not None and offer is not None:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=leg_id))
        _give_up_offer(world, call, offer)


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
    call = answer(world, call)
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
    call = log_call(world, call, event)
    if wait_until is not None:
        world.set_timer(Timer(wait_until, "wait", call.id))
    if call.caller_agent_id is not None:
        world.decision.commands.append(PlayRinging(call.id, call.channel_id, is_on=True))
    else:
        world.decision.commands.append(StartMusic(call.id, call.channel_id, queue.moh_class))
    serve_queue(world, queue.id)
    waiting.begin(world, call.id)


def _connect(world: World, call: Call) -> None:
    call = world.put_call(call)
    if call.caller_agent_id is not None:
        world.decision.commands.append(PlayRinging(call.id, call.channel_id, is_on=False))
        working_state.start_talking(world, call.caller_agent_id, call.id)
    world.decision.commands.append(Connect(call.id, call.channel_id, call.leg_id or ""))


def _leave_queue_by_timeout(world: World, call: Call, queue: Queue | None) -> None:
    offers = call.offers
    call = replace(waiting.hush(world, call), phase=CallPhase.CLOSING, offers=(), wait_until=None, since=world.now)
    call = log_call(world, call, "EXITWITHTIMEOUT", wait_seconds=seconds_since(world, call.entered_at))
    send_on(world, call, queue.failover if queue else None)
    _withdraw(world, call, offers)


def _return_to_queue(world: World, call: Call, queue: Queue) -> None:
    """The agent's browser or network died: the caller keeps its place, before everybody else."""
    agent_id = call.agent_id
    world.decision.commands.append(Unbridge(call_id=call.id))
    call = replace(call, agent_id=None, leg_id=None, recording=None)
    if agent_id is not None:
        working_state.start_wrap_up(world, agent_id, call, queue)
    _enter_queue(world, world.put_call(call), queue, "ENTERQUEUE-TRANSFER", is_priority=True)


def _give_up_offer(world: World, call: Call, offer: Offer) -> None:
    if call.is_outbound:
        outbound.agent_left(world, call)
    else:
        _not_taken(world, call, offer, is_rejected=False)


def _not_taken(world: World, call: Call, offer: Offer, *, is_rejected: bool) -> None:
    call = replace(call, offers=tuple(other for other in call.offers if other is not offer))
    rejected_by = offer.agent_id if is_rejected else None
    call = log_call(world, call, "RINGNOANSWER", agent_id=offer.agent_id, agent_extra_id=rejected_by)
    queue = world.queue(call.campaign_id)
    if queue is not None:
        # At least a second, or a webphone that fails at once would be rung in a tight loop.
        rest_seconds = max(queue.retry_seconds, 1)
        world.member(queue.id, offer.agent_id).resting_until = world.now + rest_seconds * 1000
    working_state.release(world, offer.agent_id)
    serve_queue(world, call.campaign_id)
    serve_agents(world, [offer.agent_id])


def _withdraw(world: World, call: Call, offers: tuple[Offer, ...]) -> None:
    """Stop ringing the agents of these offers, none of whom is to blame, and let them serve others."""
    for offer in offers:
        world.decision.commands.append(HangUp(call_id=call.id, channel_id=offer.leg_id))
        working_state.release(world, offer.agent_id)
    serve_agents(world, [offer.agent_id for offer in offers])
