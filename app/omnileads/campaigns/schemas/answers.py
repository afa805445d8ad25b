"""Answers about campaigns: the whole of one, and a row of a list."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from omnileads.campaigns.models import (
    CampaignKind,
    CampaignState,
    DispositionKind,
    IncidenceMode,
    IncidenceOutcome,
    LeadSelection,
    QueueStrategy,
)
from omnileads.campaigns.schemas.requests import (
    CampaignFields,
    DialingFields,
    PreviewCampaign,
    QueueFields,
)
from omnileads.kit.clock import Instant
from omnileads.kit.derived import answer_of
from omnileads.kit.schemas import ResponseModel
from omnileads.telephony.schemas import DestinationOut
from omnileads.telephony.schemas.destinations import UserOut


class MemberOut(ResponseModel):
    agent_id: int
    penalty: int
    name: str
    extension: int | None


class DispositionOptionOut(ResponseModel):
    id: int
    name: str
    kind: DispositionKind
    form_id: int | None
    subdispositions: list[str]
    is_positive: bool
    is_hidden: bool
    calls_external_site: bool


class IncidenceRuleOut(ResponseModel):
    id: int
    outcome: IncidenceOutcome | None
    disposition: str | None
    max_attempts: int
    delay_seconds: int
    mode: IncidenceMode


@answer_of(CampaignFields, without={"groups"})
class CampaignOutBase(ResponseModel):
    """`waiting` is the number of callers waiting now; null when the live state is not reachable, 0 without a queue.

    `used_by` is what sends calls here.
    """

    id: int
    state: CampaignState
    is_hidden: bool
    lead_selection: LeadSelection
    recycled_from_id: int | None
    created_at: Instant
    contact_base_name: str | None
    members: list[MemberOut]
    dispositions: list[DispositionOptionOut]
    waiting: int | None
    used_by: list[UserOut]


@answer_of(QueueFields)
class QueueOut(ResponseModel):
    failover: DestinationOut | None


@answer_of(DialingFields)
class DialingOut(ResponseModel):
    answered: DestinationOut | None
    incidence_rules: list[IncidenceRuleOut]


class ManualCampaignOut(CampaignOutBase):
    kind: Literal["manual"]


@answer_of(PreviewCampaign, without={*CampaignFields.model_fields, "distribution"})
class PreviewCampaignOut(CampaignOutBase):
    kind: Literal["preview"]


class DialerCampaignOut(CampaignOutBase, QueueOut, DialingOut):
    kind: Literal["dialer"]


class InboundCampaignOut(CampaignOutBase, QueueOut):
    kind: Literal["inbound"]


AnyCampaignOut = ManualCampaignOut | PreviewCampaignOut | DialerCampaignOut | InboundCampaignOut
CampaignOut = Annotated[AnyCampaignOut, Field(discriminator="kind")]


class CampaignRow(ResponseModel):
    """A campaign in a list. What its kind does not have is null. `waiting` as in a whole campaign.

    `positive_count` is how many dispositions count toward the objective; null without an objective.
    """

    id: int
    kind: CampaignKind
    name: str
    state: CampaignState
    is_hidden: bool
    objective: int
    positive_count: int | None
    member_count: int
    contact_base_id: int | None
    contact_base_name: str | None
    strategy: QueueStrategy | None
    failover: DestinationOut | None
    starts_on: date | None
    ends_on: date | None
    created_at: Instant
    waiting: int | None
