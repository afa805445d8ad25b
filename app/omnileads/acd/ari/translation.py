"""From Asterisk's events to the engine's. What Asterisk tells about other channels than ours is dropped here."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from omnileads.acd.core.config import Destination, DestinationType
from omnileads.acd.core.events import CallArrived, CallerHungUp, Event, LegAnswered, LegEnded, PlaybackFinished

JsonObject = Mapping[str, Any]

_DESTINATION_TYPES = {"1": DestinationType.INBOUND_CAMPAIGN, "5": DestinationType.HANGUP}
"""Destination types by the numbers that integrators use in `sub-oml-dst-switch`."""

LEG_NAME_PREFIX = "PJSIP/agents-"
"""Asterisk names a channel after its endpoint; ours towards the webphones is `agents`."""

_UNSAFE = re.compile(r"[^0-9A-Za-z+*#_.-]")
_MAX_NUMBER_LENGTH = 64


def translate(document: JsonObject, new_call_id: Callable[[], str]) -> Event | None:
    """The engine's event for an ARI event, None if it does not concern calls of ours."""
    match document.get("type"):
        case "StasisStart":
            return _entered(document["channel"], document.get("args", []), new_call_id)
        case "ChannelHangupRequest" if not is_agent_leg(document["channel"]):
            # Comes before the end of an announcement that the hang-up cut short; a leg's cause comes only at its end.
            return CallerHungUp(channel_id=document["channel"]["id"])
        case "ChannelDestroyed":
            channel = document["channel"]
            if is_agent_leg(channel):
                return LegEnded(leg_id=channel["id"], cause=int(document.get("cause", 0)))
            return CallerHungUp(channel_id=channel["id"])
        case "PlaybackFinished":
            return PlaybackFinished(playback_id=document["playback"]["id"])
        case _:
            return None


def arrival(channel: JsonObject, arguments: list[str], new_call_id: Callable[[], str]) -> CallArrived | None:
    """A caller's channel as the engine's event, None if the arguments of `Stasis()` are not a caller's.

    They are `inbound,<DID>`, or `destination,<type>,<id>` where a custom dialplan sends the caller on by itself; a type
    that is not served is a hang-up, better than silence. What the network said is reduced to harmless characters.
    """
    match arguments:
        case ["inbound", dialled, *_]:
            did, destination = clean_number(dialled), None
        case ["destination", number, target, *_]:
            destination_type = _DESTINATION_TYPES.get(number, DestinationType.HANGUP)
            did, destination = "", Destination(destination_type, int(target) if target.isdigit() else None)
        case _:
            return None
    return CallArrived(
        call_id=new_call_id(),
        channel_id=channel["id"],
        did=did,
        number=clean_number(channel.get("caller", {}).get("number", "")),
        destination=destination,
    )


def clean_number(text: str) -> str:
    """Digits, letters and `+*#_.-`, at most 64 of them: fit for headers, file names and logs."""
    return _UNSAFE.sub("", text)[:_MAX_NUMBER_LENGTH]


def is_agent_leg(channel: JsonObject) -> bool:
    """Whether this channel goes to a webphone."""
    return str(channel.get("name", "")).startswith(LEG_NAME_PREFIX)


def stasis_arguments(channel: JsonObject) -> list[str] | None:
    """The arguments a listed channel entered our application with, None if it is not in it."""
    dialplan = channel.get("dialplan", {})
    if dialplan.get("app_name") != "Stasis":
        return None
    application, *arguments = str(dialplan.get("app_data", "")).split(",")
    return arguments if application == "omnileads" else None


def _entered(channel: JsonObject, arguments: list[str], new_call_id: Callable[[], str]) -> Event | None:
    if arguments and arguments[0] == "agent":
        return LegAnswered(leg_id=channel["id"])
    return arrival(channel, arguments, new_call_id)
