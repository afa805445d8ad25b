"""The states of campaigns: which moves there are, where they lead, and why one is refused. Nothing here does anything.

A dialer campaign begins "inactive", the others "active". `activate` and `pause` go to and fro; `finish` ends the work.
A finished campaign can only be deleted, or recycled into the same campaign, which then is as one just made. A deleted
one has no state: it is hidden and kept for the reports. Being hidden from lists is no state either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from omnileads.campaigns.models import CampaignKind, CampaignState

Move = Literal["activate", "pause", "finish", "recycle", "delete"]

MOVES: Final[tuple[Move, ...]] = ("activate", "pause", "finish", "recycle", "delete")
BEGINS: Final[Mapping[CampaignKind, CampaignState]] = {
    "manual": "active",
    "preview": "active",
    "dialer": "inactive",
    "inbound": "active",
}
WITH_LEADS: Final[frozenset[CampaignKind]] = frozenset({"preview", "dialer"})
"""Kinds that work the contacts of a base one after the other."""

_FROM: Final[Mapping[Move, frozenset[CampaignState]]] = {
    "activate": frozenset({"inactive", "paused"}),
    "pause": frozenset({"active"}),
    "finish": frozenset({"active", "paused"}),
    "recycle": frozenset({"inactive", "active", "paused", "finished"}),
    "delete": frozenset({"inactive", "active", "paused", "finished"}),
}
_DONE: Final[Mapping[Move, str]] = {
    "activate": "activated",
    "pause": "paused",
    "finish": "finished",
    "recycle": "recycled",
    "delete": "deleted",
}


@dataclass(frozen=True)
class Situation:
    """What a move depends on. The last four matter when a dialer or preview campaign is activated."""

    kind: CampaignKind
    state: CampaignState
    has_members: bool = True
    has_options: bool = True
    has_leads: bool = True
    is_over: bool = False
    """The last day of dialling is past."""


@dataclass(frozen=True)
class Refusal:
    """Why a move cannot be made: a code for programs, and a sentence that says what to do."""

    code: str
    sentence: str


def state_after(move: Move, situation: Situation) -> CampaignState | None:
    """The state a move leads to; None for what is deleted. Ask `refusal` first."""
    if move == "delete":
        return None
    if move == "recycle":
        return BEGINS[situation.kind] if situation.state == "finished" else situation.state
    results: Mapping[Move, CampaignState] = {"activate": "active", "pause": "paused", "finish": "finished"}
    return results[move]


def refusal(move: Move, situation: Situation) -> Refusal | None:
    """Why this cannot be done now; None when it can."""
    if move == "recycle" and situation.kind not in WITH_LEADS:
        sentence = "Only preview and dialer campaigns are recycled: the others have no contacts to work one by one."
        return Refusal("without-leads", sentence)
    if situation.state not in _FROM[move]:
        return _out_of_order(move, situation)
    if move == "activate" and situation.kind in WITH_LEADS:
        return _not_ready(situation)
    return None


def _out_of_order(move: Move, situation: Situation) -> Refusal:
    if situation.state == "finished":
        advice = "delete it or recycle it" if situation.kind in WITH_LEADS else "delete it or create a new one"
        return Refusal("finished", f"This campaign is finished and stays so; {advice}.")
    if situation.state == "inactive":
        sentence = f"This campaign was not activated yet, so it cannot be {_DONE[move]}. Activate or delete it."
        return Refusal("inactive", sentence)
    sentence = f"This campaign is {situation.state}; it cannot be {_DONE[move]}. Load the page again."
    return Refusal(situation.state, sentence)


def _not_ready(situation: Situation) -> Refusal | None:
    lacking = (
        (situation.is_over, "over", "Its last day of dialling is past. Choose a later one first."),
        (not situation.has_members, "no-agents", "It has no agents. Add at least one first."),
        (
            not situation.has_options,
            "no-dispositions",
            "It has no disposition that agents could choose. Add one first.",
        ),
        (
            not situation.has_leads,
            "no-contacts",
            "It has no contact left to work. Add contacts to its base, or recycle it.",
        ),
    )
    return next((Refusal(code, sentence) for is_lacking, code, sentence in lacking if is_lacking), None)
