"""Asterisk's events become the engine's."""

from typing import Any

import pytest

from omnileads.acd.ari.translation import clean_number, stasis_arguments, translate
from omnileads.acd.core.config import Destination, DestinationType
from omnileads.acd.core.events import CallArrived, CallerHungUp, LegAnswered, LegEnded, PlaybackFinished

CALLER = {"id": "17.1", "name": "PJSIP/carrier-00000001", "caller": {"number": "+54 9 351<script>"}}
LEG = {"id": "C1-0", "name": "PJSIP/agents-00000002", "caller": {"number": ""}}


@pytest.mark.parametrize(
    ("document", "event"),
    [
        (
            {"type": "StasisStart", "channel": CALLER, "args": ["inbound", "1000"]},
            CallArrived("new", "17.1", did="1000", number="+549351script"),
        ),
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
        ({"type": "ChannelDtmfReceived"}, None),
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
