"""`campaign/{id}/agents`, `campaign/agents_update`, `agent/campaigns_update`: who works in which campaign."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.agents.names import DISPLAY_NAME
from omnileads.api.v1.bodies import Data, Fields, as_id, takes
from omnileads.api.v1.errors import Body, Refused, sentence_of
from omnileads.api.v1.language import say
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.campaigns.routes.services import CurrentCampaigns
from omnileads.campaigns.schemas import CampaignPatch
from omnileads.campaigns.scope import CurrentScope, Scope
from omnileads.campaigns.service import Campaigns
from omnileads.kit.edge import Transaction
from omnileads.kit.errors import Conflict, NotFound, ValidationFailed
from omnileads.kit.permissions import requires

router = APIRouter(tags=["campaigns"], dependencies=[requires("campaigns.read")])
writes: Final = [requires("campaigns.write")]

Members = dict[int, int]
"""Agent id -> penalty."""


class MemberFields(Fields):
    agent_id: int
    agent_penalty: int = 0


class CampaignAgents(Fields):
    """All agents of the campaign: who is not named works there no more."""

    campaign_id: int
    agents: list[MemberFields]


class AgentCampaigns(Fields):
    """All campaigns of the agent, among those the caller sees."""

    agent_id: int
    campaigns: list[int]


@router.get("/campaign/{campaign_id}/agents")
def campaign_agents(session: Transaction, service: CurrentCampaigns, campaign_id: str) -> Body:
    found = _campaign(service, campaign_id)
    rows = session.execute(
        select(Agent.id, Agent.extension, User.username, DISPLAY_NAME, CampaignMember.penalty)
        .join(CampaignMember, CampaignMember.agent_id == Agent.id)
        .join(User, User.id == Agent.user_id)
        .where(CampaignMember.campaign_id == found.id, Agent.deleted_at.is_(None))
        .order_by(Agent.id)
    )
    members = [
        {
            "agent_id": number,
            "agent_username": username,
            "agent_full_name": name,
            "agent_sip_id": extension,
            "agent_penalty": penalty,
        }
        for number, extension, username, name, penalty in rows
    ]
    return {"status": "SUCCESS", "agentsCampaign": members, "campaign": {"id": found.id, "nombre": found.name}}


@router.post("/campaign/agents_update", dependencies=writes, openapi_extra=takes(CampaignAgents))
def update_campaign_agents(service: CurrentCampaigns, data: Data) -> Body:
    """The campaign's agents are these from now on."""
    found = _campaign(service, data.get("campaign_id"))
    try:
        wanted = CampaignAgents.model_validate(data)
    except ValidationError as error:
        raise _refused(say("Datos de agentes inválidos", "The data of the agents is not valid")) from error
    _write(service, found, {member.agent_id: member.agent_penalty for member in wanted.agents})
    return _done()


@router.post("/agent/campaigns_update", dependencies=writes, openapi_extra=takes(AgentCampaigns))
def update_agents_campaigns(session: Transaction, service: CurrentCampaigns, scope: CurrentScope, data: Data) -> Body:
    """The agent works in these campaigns from now on: all are changed, or none."""
    number = as_id(data.get("agent_id"))
    agent = session.get(Agent, number) if number else None
    if agent is None or agent.deleted_at is not None:
        raise _refused(say("Agente inexistente", "There is no such agent"))
    sent = data.get("campaigns")
    ids = [as_id(value) for value in sent] if isinstance(sent, list) else [None]
    wanted = {campaign_id for campaign_id in ids if campaign_id is not None}
    if None in ids:
        raise _refused(say("Se esperaba una lista de campañas", "Expected a list of campaigns"))
    present = _campaigns_of(session, agent.id, scope)
    for campaign_id in sorted(wanted ^ present):
        found = _campaign(service, campaign_id, 400)
        members = {member.agent_id: member.penalty for member in found.members if member.agent_id != agent.id}
        _write(service, found, {**members, agent.id: 0} if campaign_id in wanted else members)
    return _done()


def _campaigns_of(session: Session, agent_id: int, scope: Scope) -> set[int]:
    statement = (
        select(Campaign.id)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.agent_id == agent_id, Campaign.deleted_at.is_(None), Campaign.state != "finished")
    )
    return set(session.scalars(statement if scope is None else statement.where(Campaign.id.in_(scope))))


def _campaign(service: Campaigns, campaign_id: Any, status: int = 404) -> Campaign:
    """Raises Refused for one that is not there or that the caller does not see."""
    number = as_id(campaign_id)
    try:
        if number is not None:
            return service.find(number)
    except NotFound:
        pass
    raise _refused(say("Campaña inexistente.", "There is no such campaign."), status)


def _write(service: Campaigns, campaign: Campaign, members: Members) -> None:
    """Raises Refused: 400 with what is wrong."""
    entries = [{"agent_id": agent_id, "penalty": penalty} for agent_id, penalty in members.items()]
    try:
        service.change(campaign.id, CampaignPatch.model_validate({"members": entries}))
    except ValidationError as error:
        raise _refused(say("Datos de agentes inválidos", "The data of the agents is not valid")) from error
    except ValidationFailed as error:
        problem = error.fields[0] if error.fields else None
        raise _refused(sentence_of(problem.code, problem.message) if problem else error.text) from error
    except Conflict as error:
        raise _refused(sentence_of(error.code, error.text)) from error


def _refused(message: str, status: int = 400) -> Refused:
    return Refused(status, {"status": "ERROR", "message": message})


def _done() -> Body:
    return {"status": "SUCCESS", "message": say("Se actualizó de forma exitosa", "Changed")}
