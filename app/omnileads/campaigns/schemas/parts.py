"""The parts of a campaign's request: members, dispositions, rules about columns, incidence rules."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, model_validator

from omnileads.campaigns.models import DispositionKind, IncidenceMode, IncidenceOutcome
from omnileads.kit.schemas import Id, RequestModel

Penalty = Annotated[int, Field(ge=0, le=9, description="Lower is called first.")]
OptionName = Annotated[str, Field(min_length=1, max_length=50)]
ColumnKey = Annotated[str, Field(min_length=1, max_length=64, description="Key of a column of the contact base.")]

LONGEST_DELAY_SECONDS: Final = 2_592_000


class MemberIn(RequestModel):
    agent_id: Id
    penalty: Penalty = 0


class GroupIn(RequestModel):
    """All agents the group has now; those who join it later are not added by themselves."""

    group_id: Id
    penalty: Penalty = 0


class DispositionOptionIn(RequestModel):
    """Without `id` a new option; an option that is left out is removed, or refused when it was used.

    `form_id` is for kind "engaged". `calls_external_site`: choosing it calls the campaign's external site, which must
    have the trigger "disposition".
    """

    id: Id | None = None
    name: OptionName
    kind: DispositionKind
    form_id: Id | None = None
    subdispositions: Annotated[list[OptionName], Field(max_length=100)] = Field(default_factory=list)
    is_positive: bool = False
    is_hidden: bool = False
    calls_external_site: bool = False


class FieldRule(RequestModel):
    """What agents may do with a column. Only a locked one can be hidden; locked ones of a new contact are filled in."""

    locked: bool = False
    hidden: bool = False
    required: bool = False


class IncidenceRuleIn(RequestModel):
    """When a lead is dialled again: after an `outcome`, or after the disposition option named `disposition`.

    `mode` "fixed" waits `delay_seconds` each time, "multiply" that many times the number of the attempt.
    """

    outcome: IncidenceOutcome | None = None
    disposition: OptionName | None = None
    max_attempts: Annotated[int, Field(ge=1, le=100)]
    delay_seconds: Annotated[int, Field(ge=1, le=LONGEST_DELAY_SECONDS)]
    mode: IncidenceMode = "fixed"

    @model_validator(mode="after")
    def _has_one_cause(self) -> IncidenceRuleIn:
        if (self.outcome is None) == (self.disposition is None):
            raise ValueError("Say either the outcome or the disposition this rule is about.")
        return self
