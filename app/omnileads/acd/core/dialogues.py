"""Asking the caller: IVR menus and customer identification.

A digit cuts a prompt short. Time-out is counted from the end of the prompt, and between digits. As long as something is
asked something plays, if only silence: see `LISTENING`.
"""

from dataclasses import replace

from omnileads.acd.core.commands import AskCrm, StopAnnouncement
from omnileads.acd.core.config import Destination, DestinationType, Identification, Ivr
from omnileads.acd.core.events import CrmAnswered, DigitPressed
from omnileads.acd.core.model import Call, CallPhase, Dialogue
from omnileads.acd.core.steps import announce, hang_up_caller, play, send_on
from omnileads.acd.core.world import Timer, World

CRM_SECONDS = 10
"""How long a CRM is waited for; the shell gives up a little earlier."""

LISTENING = ",".join(["sound:silence/10"] * 6)
"""A minute of silence, played while digits are awaited.

While something plays, Asterisk reports each digit once, when its end arrives. Where nothing plays, it first draws out
digits that came too close together, as a stuttering network delivers them, and then reports the drawn out ones again.
"""


def ask(world: World, call: Call, destination: Destination) -> None:
    """Begin to ask; the destination is an IVR or an identification that exists."""
    call = replace(call, dialogue=Dialogue(destination.type, destination.id or 0))
    subject = _subject(world, call)
    if subject is None:
        hang_up_caller(world, call)
    else:
        announce(world, call, CallPhase.ASKING, subject.media)


def prompt_ended(world: World, call: Call) -> None:
    """The caller has heard everything: the clock starts."""
    subject, dialogue = _subject(world, call), call.dialogue
    call = replace(call, playback_id=None)
    if subject is None or dialogue is None or dialogue.leads_to is not None:
        send_on(world, call, dialogue.leads_to if dialogue else None)
    elif dialogue.due is None:
        _wait_for_digit(world, call, dialogue, subject.timeout_seconds)
    else:
        play(world, call, call.channel_id, LISTENING)  # the silence ended before the time did


def digit_pressed(world: World, event: DigitPressed) -> None:
    """A key, which counts only while something is asked."""
    call = world.call_with_channel(event.channel_id)
    if call is None or call.phase is not CallPhase.ASKING:
        return
    dialogue = call.dialogue
    if dialogue is None or dialogue.leads_to is not None:
        return
    # A person is there, so the way may lead back to where the call has been.
    call = world.put_call(replace(call, hops=0, visited=()))
    match _subject(world, call):
        case Ivr() as ivr:
            _choose(world, call, dialogue, ivr, event.digit)
        case Identification() as identification:
            _collect(world, call, dialogue, identification, event.digit)
        case None:
            _lead_on(world, call, None)


def expired(world: World, call_id: str, due: int) -> None:
    """No further digit came in time, or no answer from the CRM."""
    call = world.calls.get(call_id)
    if call is None or call.dialogue is None or call.dialogue.due != due:
        return
    match _subject(world, call):
        case Identification() as identification if call.phase is CallPhase.LOOKUP:
            send_on(world, call, identification.unidentified)
        case Identification() as identification:
            _judge(world, call, call.dialogue, identification)
        case Ivr() as ivr if call.dialogue.digits in ivr.options:
            _lead_on(world, call, ivr.options[call.dialogue.digits])
        case Ivr() as ivr:
            _failed(world, call, ivr, is_timeout=not call.dialogue.digits)
        case None:
            _lead_on(world, call, None)


def crm_answered(world: World, event: CrmAnswered) -> None:
    """The CRM's word, where it keeps to what its mode allows and names a destination that exists."""
    call = world.calls.get(event.call_id)
    if call is None or call.phase is not CallPhase.LOOKUP:
        return
    identification = _subject(world, call)
    if not isinstance(identification, Identification):
        send_on(world, call, None)
    elif event.answer == "identified":
        send_on(world, call, identification.identified)
    elif (
        isinstance(event.answer, Destination)
        and identification.mode == "crm-routes"
        and (event.answer.type is DestinationType.HANGUP or world.config.place(event.answer) is not None)
    ):
        send_on(world, call, event.answer)
    else:
        send_on(world, call, identification.unidentified)


# --- steps -----------------------------------------------------------------------------------------------------------


def _subject(world: World, call: Call) -> Ivr | Identification | None:
    """What is asked; None when it has left the configuration meanwhile."""
    if call.dialogue is None:
        return None
    if call.dialogue.type is DestinationType.IVR:
        return world.config.ivrs.get(call.dialogue.id)
    return world.config.identifications.get(call.dialogue.id)


def _choose(world: World, call: Call, dialogue: Dialogue, ivr: Ivr, digit: str) -> None:
    """Go where the keys so far lead, unless a longer choice begins with them: then the caller may press another one."""
    digits = dialogue.digits + digit
    begins_longer = any(option != digits and option.startswith(digits) for option in ivr.options)
    if begins_longer:
        _wait_for_digit(world, call, replace(dialogue, digits=digits), ivr.timeout_seconds)
    elif digits in ivr.options:
        _lead_on(world, call, ivr.options[digits])
    else:
        _failed(world, call, ivr, is_timeout=False)


def _failed(world: World, call: Call, ivr: Ivr, *, is_timeout: bool) -> None:
    """A wrong digit or none: ask again, or give up after the retries."""
    assert call.dialogue is not None  # noqa: S101 - callers have checked it
    dialogue = replace(
        call.dialogue,
        digits="",
        due=None,
        timeouts=call.dialogue.timeouts + (1 if is_timeout else 0),
        invalids=call.dialogue.invalids + (0 if is_timeout else 1),
    )
    failures, retries, media, destination = (
        (dialogue.timeouts, ivr.timeout_retries, ivr.timeout_media, ivr.timeout)
        if is_timeout
        else (dialogue.invalids, ivr.invalid_retries, ivr.invalid_media, ivr.invalid)
    )
    call = replace(call, dialogue=dialogue)
    if failures <= retries:
        _say(world, call, f"{media},{ivr.media}" if media else ivr.media)
    elif media:
        # The reason is said before the caller is sent away; the dialogue is over when it has been heard.
        _say(world, replace(call, dialogue=replace(dialogue, leads_to=destination)), media)
    else:
        _lead_on(world, call, destination)


def _collect(world: World, call: Call, dialogue: Dialogue, identification: Identification, digit: str) -> None:
    if digit == "#":
        _judge(world, call, dialogue, identification)
        return
    dialogue = replace(dialogue, digits=dialogue.digits + digit)
    if len(dialogue.digits) >= (identification.length or _LONGEST_ID):
        _judge(world, call, dialogue, identification)
    else:
        _wait_for_digit(world, call, dialogue, identification.timeout_seconds)


_LONGEST_ID = 30


def _judge(world: World, call: Call, dialogue: Dialogue, identification: Identification) -> None:
    """The caller is done: take the number, ask again, or give up."""
    digits = dialogue.digits
    if digits and identification.length in (0, len(digits)):
        call = replace(call, customer_id=digits)
        if identification.mode == "ask-only":
            _lead_on(world, call, identification.identified)
        else:
            due = world.now + CRM_SECONDS * 1000
            call = _hush(world, call)
            call = replace(call, phase=CallPhase.LOOKUP, since=world.now, dialogue=replace(dialogue, due=due))
            world.put_call(call)
            world.set_timer(Timer(due, "digits", call.id))
            world.decision.commands.append(AskCrm(call.id, identification.url, digits))
        return
    dialogue = replace(dialogue, digits="", due=None, invalids=dialogue.invalids + 1)
    call = replace(call, dialogue=dialogue)
    if dialogue.invalids < identification.attempts:
        _say(world, call, identification.media)
    else:
        _lead_on(world, call, identification.unidentified)


def _wait_for_digit(world: World, call: Call, dialogue: Dialogue, seconds: int) -> None:
    """Listen, and set the clock; a prompt that still plays is cut short."""
    due = world.now + seconds * 1000
    is_listening = dialogue.due is not None and call.playback_id is not None
    prompt, call = call.playback_id, replace(call, dialogue=replace(dialogue, due=due))
    if is_listening:
        world.put_call(call)
    else:
        play(world, call, call.channel_id, LISTENING)
        _stop(world, call, prompt)
    world.set_timer(Timer(due, "digits", call.id))


def _say(world: World, call: Call, media: str) -> None:
    """Play a prompt, at once."""
    earlier = call.playback_id
    announce(world, call, CallPhase.ASKING, media)
    _stop(world, call, earlier)


def _lead_on(world: World, call: Call, destination: Destination | None) -> None:
    """The dialogue is over."""
    send_on(world, world.put_call(_hush(world, call)), destination)


def _hush(world: World, call: Call) -> Call:
    _stop(world, call, call.playback_id)
    return replace(call, playback_id=None)


def _stop(world: World, call: Call, playback_id: str | None) -> None:
    """Cut something short. What follows it has been given to Asterisk before, so that no moment lies between."""
    if playback_id is not None:
        world.decision.commands.append(StopAnnouncement(call.id, playback_id))
