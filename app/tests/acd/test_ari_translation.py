"""Asterisk's events become the engine's."""

from typing import Any

import pytest

from omnileads.acd.ari.translation import clean_number, stasis_arguments, translate
from omnileads.acd.core.config import Destination, DestinationType
from omnileads.acd.core.events import (
    CallArrived,
    CallerHungUp,
    Dialled,
    DialplanFailed,
    DigitPressed,
    LegAnswered,
    LegEnded,
    PlaybackFinished,
)

CALLER = {"id": "17.1", "name": "PJSIP/carrier-00000001", "caller": {"number": "+54 9 351<script>"}}
OUT = {"id": "C1-out-0", "name": "PJSIP/carrier-00000003", "caller": {"number": ""}}
LEG = {"id": "C1-0", "name": "PJSIP/agents-00000002", "caller": {"number": ""}}


@pytest.mark.parametrize(
    ("document", "event"),
    [
        (
            {"type": "StasisStart", "channel": CALLER, "args": ["inbound", "1000"]},
            CallArrived("new", "17.1", did="1000", number="+549351script"),
        ),
        (
            {"type": "StasisStart", "channel": CALLER, "args": ["pbx", "10017", "4"]},
            CallArrived("new", "17.1", did="10017", number="+549351script", trunk_id=4, is_from_pbx=True),
        ),
        (
            {
                "type": "StasisStart",
                "channel": CALLER,
                "args": ["destination", "3", "12", "Omlcrmplan=a%2Cb%20c&bad%20n=1"],
            },
            CallArrived(
                "new",
                "17.1",
                "",
                "+549351script",
                Destination(DestinationType.IVR, 12),
                dialplan_data=(("Omlcrmplan", "a,b c"),),
            ),
        ),
        ({"type": "StasisStart", "channel": CALLER, "args": ["failed"]}, DialplanFailed("17.1")),
        (
            {"type": "StasisStart", "channel": CALLER, "args": ["destination", "1", "12"]},
            CallArrived("new", "17.1", "", "+549351script", Destination(DestinationType.INBOUND_CAMPAIGN, 12)),
        ),
        (
            {"type": "StasisStart", "channel": CALLER, "args": ["destination", "99", ""]},
            CallArrived("new", "17.1", "", "+549351script", Destination(DestinationType.HANGUP)),
        ),
        ({"type": "StasisStart", "channel": LEG, "args": ["agent", "C1", "C1-0"]}, LegAnswered("C1-0")),
        ({"type": "StasisStart", "channel": CALLER, "args": []}, None),
        ({"type": "ChannelDestroyed", "channel": CALLER, "cause": 16}, CallerHungUp("17.1")),
        ({"type": "ChannelHangupRequest", "channel": CALLER}, CallerHungUp("17.1")),
        ({"type": "ChannelHangupRequest", "channel": LEG}, None),
        ({"type": "ChannelDestroyed", "channel": LEG, "cause": 44}, LegEnded("C1-0", 44)),
        ({"type": "PlaybackFinished", "playback": {"id": "p1"}}, PlaybackFinished("p1")),
        ({"type": "ChannelDtmfReceived", "channel": CALLER, "digit": "5"}, DigitPressed("17.1", "5")),
        ({"type": "ChannelHangupRequest", "channel": OUT}, None),
        ({"type": "ChannelDestroyed", "channel": OUT, "cause": 17}, CallerHungUp("C1-out-0", 17)),
        ({"type": "Dial", "peer": OUT, "dialstatus": "RINGING"}, Dialled("C1-out-0", "ringing")),
        ({"type": "Dial", "peer": OUT, "dialstatus": "PROGRESS"}, Dialled("C1-out-0", "early-media")),
        ({"type": "Dial", "peer": OUT, "dialstatus": "ANSWER"}, Dialled("C1-out-0", "answered")),
        ({"type": "Dial", "peer": OUT, "dialstatus": ""}, None),
        ({"type": "Dial", "peer": LEG, "dialstatus": "ANSWER"}, None),
        ({"type": "ChannelVarset"}, None),
    ],
)
def test_events(document: dict[str, Any], event: object) -> None:
    assert translate(document, lambda: "new") == event


def test_a_caller_cannot_smuggle_anything_in_its_number() -> None:
    assert clean_number('5551"\r\nX-Evil: 1,${SHELL(id)}') == "5551X-Evil1SHELLid"
    assert len(clean_number("5" * 500)) == 64


@pytest.mark.parametrize(
    ("dialplan", "arguments"),
    [
        ({"app_name": "Stasis", "app_data": "omnileads,inbound,1000"}, ["inbound", "1000"]),
        ({"app_name": "Stasis", "app_data": "other,inbound,1000"}, None),
        ({"app_name": "Wait", "app_data": "1"}, None),
    ],
)
def test_a_listed_channel_tells_how_it_entered(dialplan: dict[str, str], arguments: list[str] | None) -> None:
    assert stasis_arguments({"dialplan": dialplan}) == arguments
