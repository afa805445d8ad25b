"""What a waiting caller hears beside the music (its place, the expected wait, a message), and the way out by a key.

The place and the wait are told at once to a caller for whom no agent is free, and then every `announce_seconds`; the
message comes every `periodic_seconds`. Intervals count from the end of the last announcement.
"""

from dataclasses import replace

from omnileads.acd.core.commands import StartMusic, StopAnnouncement
from omnileads.acd.core.config import Destination, DestinationType, Queue
from omnileads.acd.core.model import Call, CallPhase
from omnileads.acd.core.steps import log_call, play, seconds_since, send_on
from omnileads.acd.core.world import Timer, World

_NEW_SHARE = 0.25
"""Weight of the newest caller in a queue's expected wait."""


def begin(world: World, call_id: str) -> None:
    """A caller has just joined a queue, and may be ringing at an agent already."""
    call = world.calls[call_id]
    queue = world.queue(call.campaign_id)
    if queue is None or call.phase is not CallPhase.QUEUED:
        return
    call = _schedule(world, call, queue)
    if call.position_at is not None and not call.offers:
        call = replace(call, position_at=world.now)
    if call.announce_at is not None:
        _wait(world, world.put_call(call))


def expired(world: World, call_id: str, due: int) -> None:
    """It is time to tell the caller something."""
    call = world.calls.get(call_id)
    queue = world.queue(call.campaign_id) if call is not None else None
    if call is None or queue is None or call.phase is not CallPhase.QUEUED or call.playback_id is not None:
        return
    media: list[str] = []
    if call.position_at is not None and call.position_at <= due:
        media += _position_media(world, call, queue)
        call = replace(call, position_at=None, has_heard_wait=True)
    if call.periodic_at is not None and call.periodic_at <= due and queue.periodic_media is not None:
        media.append(queue.periodic_media)
        call = replace(call, periodic_at=None)
    if media:
        play(world, call, call.channel_id, ",".join(media))
    else:
        _wait(world, world.put_call(_schedule(world, call, queue)))


def announced(world: World, call: Call, queue: Queue) -> None:
    """The announcement is over: music again, and the next one in its time."""
    world.decision.commands.append(StartMusic(call.id, call.channel_id, queue.moh_class))
    _wait(world, world.put_call(_schedule(world, replace(call, playback_id=None), queue)))


def hush(world: World, call: Call) -> Call:
    """Nothing more is announced to this caller, who leaves the queue; the record is for the caller to store."""
    if call.playback_id is not None:
        world.decision.commands.append(StopAnnouncement(call.id, call.playback_id))
    return replace(call, playback_id=None, position_at=None, periodic_at=None, has_heard_wait=False)


def leave_by_key(world: World, call: Call, queue: Queue) -> bool:
    """A key takes the caller out of the queue, if the campaign says where to. Returns whether it does."""
    if queue.exit_ivr_id is None or queue.exit_ivr_id not in world.config.ivrs:
        return False
    call = replace(
        hush(world, call), phase=CallPhase.CLOSING, offers=(), wait_until=None, since=world.now, hops=0, visited=()
    )
    call = log_call(world, call, "EXITWITHKEY", wait_seconds=seconds_since(world, call.entered_at))
    send_on(world, call, Destination(DestinationType.IVR, queue.exit_ivr_id))
    return True


def learn(world: World, queue: Queue, wait_seconds: float) -> None:
    """A caller was answered after this wait: the queue's expected wait follows, as `app_queue`'s does."""
    known = world.expected_waits.get(queue.id, wait_seconds)
    world.expected_waits[queue.id] = known + (wait_seconds - known) * _NEW_SHARE


# --- steps -----------------------------------------------------------------------------------------------------------


def _schedule(world: World, call: Call, queue: Queue) -> Call:
    """Set the times that are not set."""
    tells = queue.announce_seconds > 0 and (queue.announce_position or _tells_wait(call, queue))
    position_at, periodic_at = call.position_at, call.periodic_at
    if position_at is None and tells:
        position_at = world.now + queue.announce_seconds * 1000
    if periodic_at is None and queue.periodic_media is not None and queue.periodic_seconds > 0:
        periodic_at = world.now + queue.periodic_seconds * 1000
    return replace(call, position_at=position_at, periodic_at=periodic_at)


def _tells_wait(call: Call, queue: Queue) -> bool:
    return queue.announce_hold_time == "yes" or (queue.announce_hold_time == "once" and not call.has_heard_wait)


def _wait(world: World, call: Call) -> None:
    due = call.announce_at
    if due is not None:
        world.set_timer(Timer(due, "announce", call.id))


def _position_media(world: World, call: Call, queue: Queue) -> list[str]:
    """Asterisk's own words, which it has in every language it speaks."""
    media: list[str] = []
    if queue.announce_position:
        place = world.place_in_queue(call)
        media += ["sound:queue-youarenext"] if place == 1 else _sentence("queue-thereare", place, "queue-callswaiting")
    expected = world.expected_waits.get(queue.id, 0.0) - seconds_since(world, call.entered_at)
    minutes = int((expected + 30) // 60)
    if _tells_wait(call, queue) and minutes >= 1:
        media += _sentence("queue-holdtime", minutes, "queue-minute" if minutes == 1 else "queue-minutes")
    return [*media, "sound:queue-thankyou"] if media else []


def _sentence(before: str, number: int, after: str) -> list[str]:
    return [f"sound:{before}", f"number:{number}", f"sound:{after}"]
