"""Requests and answers about leads: the supervisor's list, and what an agent is given."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from omnileads.campaigns.models import LeadState
from omnileads.contacts.models import ColumnRole
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel, ResponseModel

MAX_LEADS_AT_ONCE: Final = 1_000
LeadId = Annotated[int, Field(ge=1, le=2**63 - 1)]
LeadIds = Annotated[list[LeadId], Field(min_length=1, max_length=MAX_LEADS_AT_ONCE)]


class LeadOut(ResponseModel):
    """`agent_id` of a pending lead is whom it is reserved for, of a delivered or assigned one who has it, of a finished
    one who dispositioned it.
    """

    id: int
    contact_id: int
    phone: str
    external_id: str | None
    state: LeadState
    agent_id: int | None
    agent_name: str | None
    is_enabled: bool
    is_original: bool
    changed_at: Instant


class LeadCounts(ResponseModel):
    """How many leads there are of each state; disabled ones are counted there alone."""

    pending: int
    delivered: int
    assigned: int
    finished: int
    disabled: int


class LeadReservation(RequestModel):
    lead_ids: LeadIds
    agent_id: Id


class LeadRelease(RequestModel):
    lead_ids: LeadIds


class LeadDistribution(RequestModel):
    """`random`: in random order; else agents take turns. Each gets the same number either way."""

    kind: Literal["proportional", "random"]


class LeadsChanged(ResponseModel):
    """How many leads were changed; null when there are so many that it is done in the background."""

    count: int | None


class LeadValue(ResponseModel):
    """A value of the contact; `is_locked` may not be changed by the agent."""

    key: str
    name: str
    role: ColumnRole
    value: str
    is_locked: bool
    is_required: bool


class AgentLead(ResponseModel):
    """A lead as its agent sees it, without hidden columns. State "assigned": the agent was calling it already."""

    id: int
    campaign_id: int
    contact_id: int
    state: LeadState
    phone: str
    values: list[LeadValue]
