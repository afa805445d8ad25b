"""HTTP: the leads of preview campaigns, for their agents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from omnileads.agents.console import require_agent
from omnileads.campaigns.leads.agent_view import agent_lead
from omnileads.campaigns.leads.delivery import LeadDelivery
from omnileads.campaigns.schemas.leads import AgentLead
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/agent", tags=["agent-console"], dependencies=[requires("agent.console")])

LeadPath = Annotated[int, Path(ge=1, le=2**63 - 1)]


def _delivery(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> LeadDelivery:
    return LeadDelivery(session, require_agent(session, principal.user_id).id, runtime.clock.now())


CurrentDelivery = Annotated[LeadDelivery, Depends(_delivery)]


@router.post("/campaigns/{campaign_id}/next-lead")
def next_lead(session: Transaction, delivery: CurrentDelivery, campaign_id: PathId) -> AgentLead:
    """The contact to look at now: the one that is being called, or the next one. The one before goes back."""
    return agent_lead(session, delivery.next_lead(campaign_id))


@router.post("/leads/{lead_id}/validate")
def validate_lead(session: Transaction, delivery: CurrentDelivery, lead_id: LeadPath) -> AgentLead:
    """Just before the call: keep the contact until it is dispositioned. 409 when it is somebody else's by now."""
    return agent_lead(session, delivery.validate(lead_id))


@router.post("/leads/{lead_id}/release", status_code=204)
def release_lead(delivery: CurrentDelivery, lead_id: LeadPath) -> None:
    """Give the contact back, so that anybody can have it."""
    delivery.release(lead_id)
