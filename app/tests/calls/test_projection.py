"""The projection of events to calls: what each sequence means, and that order and repetition do not matter."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnileads.calls.models import CallEvent
from omnileads.calls.projection import project

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def event(sequence: int, name: str, *, after: float = 0, **data: Any) -> CallEvent:
    values: dict[str, Any] = {
        "campaign_id": 7,
        "agent_id": -1,
        "number": "351",
        "did": "100",
        "wait_seconds": None,
        "talk_seconds": None,
        **data,
    }
    return CallEvent(
        call_id="c", sequence=sequence, event=name, time=START + timedelta(seconds=after or sequence), **values
    )


def test_an_answered_call() -> None:
    call = project(
        [
            event(0, "ENTERQUEUE"),
            event(1, "RINGNOANSWER", agent_id=4),
            event(2, "CONNECT", agent_id=5, wait_seconds=2.5),
            event(3, "COMPLETEOUTNUM", agent_id=5, talk_seconds=60.0, after=65),
        ]
    )
    assert (call.outcome, call.agent_id, call.ended_by) == ("answered", 5, "caller")
    assert (call.wait_seconds, call.talk_seconds) == (2.5, 60.0)
    assert call.started_at == START
    assert call.ended_at == START + timedelta(seconds=65)
    assert (call.campaign_id, call.number, call.did) == (7, "351", "100")


@pytest.mark.parametrize(
    ("events", "outcome", "ended_by"),
    [
        (["ENTERQUEUE"], "waiting", None),
        (["ENTERQUEUE", "CONNECT"], "talking", None),
        (["ENTERQUEUE", "CONNECT", "COMPLETEAGENT"], "answered", "agent"),
        (["ENTERQUEUE", "ABANDON"], "abandoned", "caller"),
        (["ABANDONWEL"], "abandoned-welcome", "caller"),
        (["ENTERQUEUE", "EXITWITHTIMEOUT"], "timeout", None),
        (["ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE-TRANSFER"], "waiting", None),
        (["UNKNOWN-DID"], "unknown-did", None),
        (["TRUNK-FULL"], "trunk-full", None),
        (["VOICEMAIL"], "voicemail", "caller"),
        (["LEFTFLOW"], "left-flow", "caller"),
        (["ENDFLOW"], "ended-flow", None),
        (["ENTERQUEUE", "EXITWITHTIMEOUT", "VOICEMAIL"], "voicemail", "caller"),
        (["DIAL"], "dialing", None),
        (["DIAL", "ANSWER"], "talking", None),
        (["DIAL", "ANSWER", "COMPLETEOUTNUM"], "answered", "caller"),
        (["DIAL", "BUSY"], "busy", None),
        (["DIAL", "NOANSWER"], "no-answer", None),
        (["DIAL", "CANCEL"], "cancelled", "agent"),
        (["DIAL", "CHANUNAVAIL"], "unavailable", None),
        (["DIAL", "CONGESTION"], "congestion", None),
        (["DIAL", "NONDIALPLAN"], "no-route", None),
        (["DIAL", "BLACKLIST"], "blocked", None),
        (["DIAL", "OTHER"], "failed", None),
        (["RINGNOANSWER"], "unknown", None),
        (["SOMETHING-NEW"], "unknown", None),
    ],
)
def test_outcomes(events: list[str], outcome: str, ended_by: str | None) -> None:
    call = project([event(index, name) for index, name in enumerate(events)])
    assert (call.outcome, call.ended_by) == (outcome, ended_by)
    assert (call.ended_at is None) == (outcome in ("waiting", "dialing", "talking", "unknown"))
    assert call.direction == ("outbound" if events[0] == "DIAL" else "inbound")


def test_a_call_that_went_on_belongs_to_where_it_ended() -> None:
    call = project(
        [
            event(0, "ENTERQUEUE", campaign_id=1),
            event(1, "EXITWITHTIMEOUT", campaign_id=1, wait_seconds=30.0),
            event(2, "ENTERQUEUE", campaign_id=2),
            event(3, "CONNECT", campaign_id=2, agent_id=9, wait_seconds=4.0),
        ]
    )
    assert (call.campaign_id, call.agent_id, call.wait_seconds) == (2, 9, 4.0)


def test_a_call_has_events() -> None:
    with pytest.raises(ValueError, match="at least one event"):
        project([])


NAMES = [
    "ENTERQUEUE",
    "ENTERQUEUE-TRANSFER",
    "CONNECT",
    "COMPLETEAGENT",
    "COMPLETEOUTNUM",
    "ABANDON",
    "ABANDONWEL",
    "EXITWITHTIMEOUT",
    "RINGNOANSWER",
    "UNKNOWN-DID",
    "DIAL",
    "ANSWER",
    "BUSY",
    "VOICEMAIL",
    "HOLD",
]
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "campaign_id": st.integers(0, 3),
            "agent_id": st.sampled_from([-1, 1, 2]),
            "number": st.sampled_from(["", "351", "352"]),
            "did": st.sampled_from([None, "", "100"]),
            "wait_seconds": st.none() | st.floats(0, 100),
            "talk_seconds": st.none() | st.floats(0, 100),
            "after": st.floats(-100, 100),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(documents: list[dict[str, Any]], chance: random.Random) -> None:
    events = [event(index, **document) for index, document in enumerate(documents)]
    expected = project(events)
    shuffled = [*events, *chance.choices(events, k=3)]
    chance.shuffle(shuffled)
    # The log keeps each event once, by its sequence; that is what the projection is given.
    kept = {item.sequence: item for item in shuffled}
    assert project(kept.values()) == expected
    assert project(reversed(events)) == expected
