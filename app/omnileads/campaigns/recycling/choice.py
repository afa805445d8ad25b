"""Which contacts of a campaign are recycled, and how many there are of each sort."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, model_validator

from omnileads.campaigns.schemas.requests import CampaignCreate
from omnileads.kit.schemas import Id, RequestModel, ResponseModel

RecycledOutcome = Literal[
    "answered",
    "abandoned",
    "abandoned-welcome",
    "timeout",
    "voicemail",
    "left-flow",
    "ended-flow",
    "trunk-full",
    "busy",
    "no-answer",
    "cancelled",
    "unavailable",
    "congestion",
    "no-route",
    "blocked",
    "failed",
    "unknown",
]
"""Outcomes of calls that are over (`calls.models.CallOutcome`)."""

OUTCOMES: Final[tuple[RecycledOutcome, ...]] = get_args(RecycledOutcome)


class RecyclingChoice(RequestModel):
    """Every contact of a campaign is of one sort: dispositioned (its latest disposition in the campaign counts), called
    without a disposition (the outcome of its last call counts), or never called.
    """

    option_ids: Annotated[list[Id], Field(max_length=200, description="Disposition options of the campaign.")] = Field(
        default_factory=list
    )
    outcomes: Annotated[list[RecycledOutcome], Field(max_length=len(OUTCOMES))] = Field(default_factory=list)
    never_called: bool = False

    @model_validator(mode="after")
    def _chooses_something(self) -> RecyclingChoice:
        if not (self.option_ids or self.outcomes or self.never_called):
            raise ValueError("Choose at least one disposition or outcome, or the contacts that were never called.")
        return self


class Recycling(RecyclingChoice):
    """`campaign` is the request for a new campaign with these contacts, of the same kind and with the same base;
    without it they are worked again in this campaign.
    """

    campaign: CampaignCreate | None = None


class OptionCount(ResponseModel):
    option_id: int
    name: str
    count: int


class OutcomeCount(ResponseModel):
    outcome: RecycledOutcome
    count: int


class RecyclingCounts(ResponseModel):
    """How many contacts there are of each sort; sorts without contacts are left out."""

    dispositions: list[OptionCount]
    outcomes: list[OutcomeCount]
    never_called: int
