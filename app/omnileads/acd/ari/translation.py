"""From Asterisk's events to the engine's. What Asterisk tells about other channels than ours is dropped here."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from omnileads.acd.core.config import DESTINATION_TYPES, Destination, DestinationType
from omnileads.acd.core.events import (
    CallArrived,
    CallerHungUp,
    Dialled,
    DialplanFailed,
    DigitPressed,
    Event,
    LegAnswered,
    LegEnded,
    PlaybackFinished,
)

JsonObject = Mapping[str, Any]

OUTBOUND_ID_PART = "-out-"
"""In the ids the engine gives to channels towards called numbers."""

_PROGRESS: Final[dict[str, Literal["ringing", "early-media", "answered"]]] = {
    "RINGING": "ringing",
    "PROGRESS": "early-media",
    "ANSWER": "answered",
}
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_MAX_DATA_VALUES = 32
_MAX_DATA_LENGTH = 512

LEG_NAME_PREFIX = "PJSIP/agents-"
"""Asterisk names a channel after its endpoint; ours towards the webphones is `agents`."""

_UNSAFE = re.compile(r"[^0-9A-Za-z+*#_.-]")
_MAX_NUMBER_LENGTH = 64


def translate(document: JsonObject, new_call_id: Callable[[], str]) -> Event | None:
    """The engine's event for an ARI event, None if it does not concern calls of ours."""
    if document.get("type") == "StasisStart":
        return entered(document["channel"], document.get("args", []), new_call_id)
    translator = _TRANSLATORS.get(str(document.get("type")))
    return translator(document) if translator is not None else None


def _hangup_requested(document: JsonObject) -> Event | None:
    """Comes before the end of an announcement that the hang-up cut short. A leg's cause comes only at its end."""
    channel = document["channel"]
    return None if is_agent_leg(channel) or is_outbound(channel) else CallerHungUp(channel_id=channel["id"])


def _destroyed(document: JsonObject) -> Event:
    channel, cause = document["channel"], int(document.get("cause", 0))
    if is_agent_leg(channel):
        return LegEnded(leg_id=channel["id"], cause=cause)
    return CallerHungUp(channel_id=channel["id"], cause=cause)


def _dial_progress(document: JsonObject) -> Event | None:
    progress = _PROGRESS.get(document.get("dialstatus", ""))
    return Dialled(document["peer"]["id"], progress) if progress and is_outbound(document["peer"]) else None


_TRANSLATORS: Final[dict[str, Callable[[JsonObject], Event | None]]] = {
    "ChannelHangupRequest": _hangup_requested,
    "ChannelDestroyed": _destroyed,
    "PlaybackFinished": lambda document: PlaybackFinished(playback_id=document["playback"]["id"]),
    "ChannelDtmfReceived": lambda document: DigitPressed(document["channel"]["id"], str(document["digit"])),
    "Dial": _dial_progress,
}


def entered(channel: JsonObject, arguments: list[str], new_call_id: Callable[[], str]) -> Event | None:
    """What it means that a channel entered our application with these arguments; None if it concerns nobody."""
    match arguments:
        case ["agent", *_]:
            return LegAnswered(leg_id=channel["id"])
        case ["failed", *_]:
            return DialplanFailed(channel_id=channel["id"])
        case _:
            return arrival(channel, arguments, new_call_id)


def arrival(channel: JsonObject, arguments: list[str], new_call_id: Callable[[], str]) -> CallArrived | None:
    """A caller's channel as the engine's event, None if the arguments of `Stasis()` are not a caller's.

    They are `inbound,<DID>,<trunk id>`, the same with `pbx`, or `destination,<type>,<id>,<data>` where a custom
    dialplan sends the caller on; its data is URL-encoded `name=value&...`. A type that is not served is a hang-up,
    better than silence. What the network said is reduced to harmless characters.
    """
    match arguments:
        case ["inbound" | "pbx" as entry, dialled, *rest]:
            trunk_id = int(rest[0]) if rest and rest[0].isdigit() else 0
            return CallArrived(
                call_id=new_call_id(),
                channel_id=channel["id"],
                did=clean_number(dialled),
                number=_caller_number(channel),
                trunk_id=trunk_id,
                is_from_pbx=entry == "pbx",
            )
        case ["destination", number, target, *rest]:
            destination_type = DESTINATION_TYPES.get(number, DestinationType.HANGUP)
            return CallArrived(
                call_id=new_call_id(),
                channel_id=channel["id"],
                did="",
                number=_caller_number(channel),
                destination=Destination(destination_type, int(target) if target.isdigit() else None),
                dialplan_data=_dialplan_data(rest[0] if rest else ""),
            )
        case _:
            return None


def _caller_number(channel: JsonObject) -> str:
    return clean_number(channel.get("caller", {}).get("number", ""))


def _dialplan_data(text: str) -> tuple[tuple[str, str], ...]:
    """What an integrator's dialplan wants on the agent's screen; only names that can be SIP headers."""
    pairs = parse_qsl(text, keep_blank_values=True)[:_MAX_DATA_VALUES]
    return tuple((name, value[:_MAX_DATA_LENGTH]) for name, value in pairs if _HEADER_NAME.fullmatch(name))


def clean_number(text: str) -> str:
    """Digits, letters and `+*#_.-`, at most 64 of them: fit for headers, file names and logs."""
    return _UNSAFE.sub("", text)[:_MAX_NUMBER_LENGTH]


def is_agent_leg(channel: JsonObject) -> bool:
    """Whether this channel goes to a webphone."""
    return str(channel.get("name", "")).startswith(LEG_NAME_PREFIX)


def is_outbound(channel: JsonObject) -> bool:
    """Whether this channel goes to a called number."""
    return OUTBOUND_ID_PART in str(channel.get("id", ""))


def stasis_arguments(channel: JsonObject) -> list[str] | None:
    """The arguments a listed channel entered our application with, None if it is not in it."""
    dialplan = channel.get("dialplan", {})
    if dialplan.get("app_name") != "Stasis":
        return None
    application, *arguments = str(dialplan.get("app_data", "")).split(",")
    return arguments if application == "omnileads" else None
