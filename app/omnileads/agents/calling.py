"""What the call engine must be told of a call an agent wants: whose number it is, and whether it may be called."""

from __future__ import annotations

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.agents.schemas import CallRequest
from omnileads.campaigns.models import Campaign
from omnileads.contacts.blacklists import blocking_list
from omnileads.contacts.models import Contact
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.models import OutboundPattern

Command = dict[str, object]


def call_command(session: Session, agent: Agent, call_id: str, request: CallRequest) -> Command:
    """The engine's command. Raises ValidationFailed for a contact that is not one of the campaign's base."""
    if request.contact_id is not None:
        _check_contact(session, request.contact_id, request.campaign_id)
    return {
        "type": "agent.call",
        "agent_id": agent.id,
        "call_id": call_id,
        "number": request.number,
        "campaign_id": request.campaign_id,
        "contact_id": request.contact_id,
        "is_blocked": _is_blocked(session, request.number, request.campaign_id),
    }


def _check_contact(session: Session, contact_id: int, campaign_id: int | None) -> None:
    campaign = session.get(Campaign, campaign_id) if campaign_id is not None else None
    contact = session.get(Contact, contact_id)
    if campaign is None or contact is None or contact.base_id != campaign.contact_base_id:
        message = "This contact is not one of the campaign's. Search it again."
        raise ValidationFailed(fields=[FieldProblem("contact_id", "unknown", message)])


def _is_blocked(session: Session, number: str, campaign_id: int | None) -> bool:
    """Whether a do-not-call list has the number, as dialled or without the prefix that a route takes off."""
    prefixes = session.scalars(
        select(OutboundPattern.prefix)
        .distinct()
        .where(OutboundPattern.prefix != "", func.starts_with(literal(number), OutboundPattern.prefix))
    )
    candidates = {number, *(number.removeprefix(prefix) for prefix in prefixes)}
    return any(blocking_list(session, candidate, campaign_id) is not None for candidate in candidates)
