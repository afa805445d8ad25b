"""The states of campaigns, over random sequences of moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.campaigns.models import CampaignKind, CampaignState
from omnileads.campaigns.states import BEGINS, MOVES, WITH_LEADS, Move, Situation, refusal, state_after

KINDS = get_args(CampaignKind)
STATES = get_args(CampaignState)
SITUATIONS = st.builds(
    Situation,
    kind=st.sampled_from(KINDS),
    state=st.sampled_from(STATES),
    has_members=st.booleans(),
    has_options=st.booleans(),
    has_leads=st.booleans(),
    is_over=st.booleans(),
)


@given(kind=st.sampled_from(KINDS), moves=st.lists(st.sampled_from(MOVES), max_size=30))
def test_random_moves_keep_the_rules(kind: CampaignKind, moves: list[Move]) -> None:
    situation = Situation(kind=kind, state=BEGINS[kind])
    for move in moves:
        if refusal(move, situation) is not None:
            continue
        after = state_after(move, situation)
        if after is None:
            assert move == "delete"
            return
        if situation.state == "finished":
            assert move == "recycle", "a finished campaign is only deleted or recycled"
            assert after == BEGINS[kind]
        if after == "inactive":
            assert kind == "dialer"
        assert after in STATES
        situation = replace(situation, state=after)


@given(situation=SITUATIONS, move=st.sampled_from(MOVES))
def test_a_refusal_says_what_to_do(situation: Situation, move: Move) -> None:
    reason = refusal(move, situation)
    if reason is not None:
        assert reason.sentence.endswith(".")
        assert reason.code
    elif move == "activate":
        assert situation.state in ("inactive", "paused")
        if situation.kind in WITH_LEADS:
            assert situation.has_members
            assert situation.has_options
            assert situation.has_leads
            assert not situation.is_over


@given(situation=SITUATIONS)
def test_everything_can_be_deleted(situation: Situation) -> None:
    assert refusal("delete", situation) is None
    assert state_after("delete", situation) is None


@pytest.mark.parametrize(
    ("lacking", "code", "words"),
    [
        ({"is_over": True}, "over", "last day"),
        ({"has_members": False}, "no-agents", "no agents"),
        ({"has_options": False}, "no-dispositions", "no disposition"),
        ({"has_leads": False}, "no-contacts", "no contact left"),
    ],
)
def test_a_dialer_campaign_needs_all_it_works_with(lacking: dict[str, Any], code: str, words: str) -> None:
    ready = Situation(kind="dialer", state="inactive")
    assert refusal("activate", ready) is None
    reason = refusal("activate", replace(ready, **lacking))
    assert reason is not None
    assert reason.code == code
    assert words in reason.sentence
    assert refusal("activate", replace(Situation(kind="inbound", state="paused"), **lacking)) is None


@pytest.mark.parametrize(
    ("kind", "state", "move", "words"),
    [
        ("manual", "finished", "activate", "create a new one"),
        ("dialer", "finished", "activate", "recycle it"),
        ("dialer", "inactive", "pause", "was not activated yet"),
        ("inbound", "active", "activate", "This campaign is active"),
        ("manual", "active", "recycle", "Only preview and dialer"),
    ],
)
def test_reasons(kind: CampaignKind, state: CampaignState, move: Move, words: str) -> None:
    assert words in str(refusal(move, Situation(kind=kind, state=state)))
