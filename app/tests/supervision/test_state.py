"""The live state and who sees which part of it, without Redis."""

from __future__ import annotations

import json
from typing import Any

import pytest

from omnileads.supervision.state import LiveState, Viewer, encode

EVERYTHING = Viewer(None)


def agent(agent_id: int = 1, *campaigns: int, **fields: Any) -> dict[str, Any]:
    return {"agent_id": agent_id, "campaigns": list(campaigns), **fields}


def call(call_id: str = "c1", campaign_id: int = 1, *agent_ids: int) -> dict[str, Any]:
    return {"call_id": call_id, "campaign_id": campaign_id, "agent_ids": list(agent_ids)}


@pytest.fixture
def state() -> LiveState:
    return LiveState.read(
        {"1": json.dumps(agent(1, 7)), "2": json.dumps(agent(2, 8)), "3": "rubbish", "4": "[]"},
        {"c1": json.dumps(call("c1", 7, 1)), "c2": json.dumps(call("c2", 8))},
    )


@pytest.mark.parametrize(
    ("viewer", "agents", "calls"),
    [
        (EVERYTHING, [1, 2], ["c1", "c2"]),
        (Viewer(frozenset({8})), [2], ["c2"]),
        (Viewer(frozenset()), [], []),
        (Viewer(frozenset({7, 8}), only_agent_id=1), [1], ["c1"]),
        (Viewer(frozenset({7, 8}), only_agent_id=2), [2], []),
        (Viewer(frozenset(), own_agent_id=1), [1], ["c1"]),
        (Viewer(frozenset({8}), own_agent_id=1), [1, 2], ["c1", "c2"]),
    ],
)
def test_a_snapshot_has_what_the_viewer_may_see(
    state: LiveState, viewer: Viewer, agents: list[int], calls: list[str]
) -> None:
    snapshot = state.snapshot(viewer, 5)
    assert [item["agent_id"] for item in snapshot["agents"]] == agents
    assert [item["call_id"] for item in snapshot["calls"]] == calls
    assert (snapshot["type"], snapshot["now"]) == ("snapshot", 5)


def apply(state: LiveState, message: dict[str, Any], viewer: Viewer = EVERYTHING) -> dict[str, Any] | None:
    update = state.apply(encode(message))
    return None if update is None else update.message_for(viewer)


def test_changes_are_passed_on_and_kept(state: LiveState) -> None:
    message = {"type": "agent", "agent": agent(1, 7, status="ONCALL")}
    assert apply(state, message) == message
    assert state.agents["1"]["status"] == "ONCALL"
    message = {"type": "call", "call": call("c3", 7)}
    assert apply(state, message) == message
    assert apply(state, {"type": "call-ended", "call_id": "c1", "agent_ids": [1]}) == {
        "type": "call-ended",
        "call_id": "c1",
        "agent_ids": [1],
    }
    assert "c1" not in state.calls


def test_others_are_not_told(state: LiveState) -> None:
    viewer = Viewer(frozenset({8}))
    assert apply(state, {"type": "agent", "agent": agent(1, 7)}, viewer) is None
    assert apply(state, {"type": "call", "call": call("c9", 7)}, viewer) is None
    assert apply(state, {"type": "call-ended", "call_id": "c1"}, viewer) is None


def test_a_call_that_leaves_the_view_ends_there(state: LiveState) -> None:
    left = apply(state, {"type": "call", "call": call("c2", 7)}, Viewer(frozenset({8})))
    assert left == {"type": "call-ended", "call_id": "c2", "agent_ids": []}
    left = apply(state, {"type": "call", "call": call("c1", 7, 2)}, Viewer(frozenset(), only_agent_id=1))
    assert left == {"type": "call-ended", "call_id": "c1", "agent_ids": [1]}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type":"moon"}', '{"type":"agent"}', '{"type":"call","call":[]}'])
def test_what_is_no_message_is_left_alone(state: LiveState, text: str) -> None:
    assert state.apply(text) is None


def test_the_end_of_an_unknown_call_is_nothing(state: LiveState) -> None:
    assert apply(state, {"type": "call-ended", "call_id": "c77"}) is None


def test_an_agent_who_leaves_the_view_says_nothing(state: LiveState) -> None:
    assert apply(state, {"type": "agent", "agent": agent(2)}, Viewer(frozenset({8}))) is None
