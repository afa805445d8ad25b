"""`supervision/enviar_mensaje_agentes`: what a supervisor says to an agent, a group, or a campaign's agents."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import structlog
from fastapi import APIRouter, Depends
from pydantic import Field
from redis.exceptions import RedisError
from sqlalchemy import Select, select

from omnileads.agents.models import Agent, AgentGroup
from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, takes
from omnileads.api.v1.errors import Body
from omnileads.api.v1.supervision import in_scope
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.campaigns.scope import CurrentScope, Scope
from omnileads.kit.audit import AuditLog
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.supervision.messages import MAX_MESSAGE, send_message

log = structlog.get_logger(__name__)

router = APIRouter(tags=["supervision"], dependencies=[requires("supervision.read"), requires("supervision.act")])

OK: Final[Body] = {"status": "OK"}
ERROR: Final[Body] = {"status": "ERROR"}


class WantedMessage(Fields):
    """`recipient-id` is an agent's id, or the name of a group or campaign."""

    recipient_type: Literal["agent", "group", "campaign"] = Field(alias="recipient-type")
    recipient_id: str = Field(alias="recipient-id")
    message_text: str = Field(alias="message-text", max_length=MAX_MESSAGE)


def _recipients(scope: CurrentScope, data: Data) -> Select[int] | None:
    """The agents the caller sees among those meant; None for what is no kind of recipient."""
    kind, name = data.get("recipient-type"), as_text(data.get("recipient-id")) or ""
    statement = select(Agent.id).where(Agent.deleted_at.is_(None), *in_scope(scope))
    if kind == "agent":
        return statement.where(Agent.id == (as_id(name) or 0))
    if kind == "group":
        return statement.join(AgentGroup, AgentGroup.id == Agent.group_id).where(AgentGroup.name == name)
    if kind == "campaign":
        return statement.where(Agent.id.in_(_members(scope, name)))
    return None


def _members(scope: Scope, name: str) -> Select[int]:
    members = (
        select(CampaignMember.agent_id)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(Campaign.name == name, Campaign.deleted_at.is_(None))
    )
    return members if scope is None else members.where(Campaign.id.in_(scope))


@router.post("/supervision/enviar_mensaje_agentes", openapi_extra=takes(WantedMessage))
def send_to_agents(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    data: Data,
    recipients: Annotated[Select[int] | None, Depends(_recipients)],
) -> Body:
    """Show a message in the consoles that are open; ERROR when there is nobody to say it to, or nothing to say."""
    text = as_text(data.get("message-text")) or ""
    agent_ids = session.scalars(recipients).all() if recipients is not None else []
    if not agent_ids or not 0 < len(text) <= MAX_MESSAGE:
        return ERROR
    subject = f"{data.get('recipient-type')}:{as_text(data.get('recipient-id'))}"[:64]
    AuditLog(session, runtime.clock).record(
        "agents.messaged", "agents", subject, actor=principal, after={"agents": len(agent_ids), "text": text}
    )
    try:
        send_message(runtime.redis, runtime.clock, agent_ids, principal.username, text)
    except RedisError as error:
        log.warning("live.redis-away", error=type(error).__name__)
        return ERROR
    return OK
