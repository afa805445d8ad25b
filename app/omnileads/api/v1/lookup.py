"""Campaigns, agents and contacts as requests name them: by our ids, or by those of an external system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.console import find_agent
from omnileads.agents.models import Agent
from omnileads.api.v1.bodies import Fields, as_id, as_text
from omnileads.api.v1.errors import Refused, errors_in_data
from omnileads.api.v1.language import say
from omnileads.campaigns.models import Campaign, CampaignMember, CampaignSupervisor
from omnileads.contacts.models import Contact, ContactBase
from omnileads.crm.models import ExternalSystem
from omnileads.kit.permissions import Principal


class CampaignReference(Fields):
    """`idCampaign` is ours, or with `idExternalSystem` the one of that system."""

    idCampaign: str
    idExternalSystem: int | None = None


@dataclass(frozen=True)
class Place:
    """A campaign the caller works in or supervises, its contact base, and the caller if that is an agent."""

    campaign: Campaign
    base: ContactBase
    agent: Agent | None


def is_sent(data: Mapping[str, Any], field: str) -> bool:
    return data.get(field) not in (None, "")


def sent_system(session: Session, data: Mapping[str, Any]) -> int | None:
    """The external system a request names; None when it names none. Raises Refused."""
    if not is_sent(data, "idExternalSystem"):
        return None
    system_id = as_id(data["idExternalSystem"])
    if system_id is None or session.get(ExternalSystem, system_id) is None:
        raise errors_in_data({"idExternalSystem": [say("Sistema externo inexistente.", "Unknown external system.")]})
    return system_id


def sent_place(session: Session, principal: Principal, data: Mapping[str, Any]) -> Place:
    """Where a contact is to be read or made. Raises Refused with what is wrong with the two ids."""
    campaign = _sent_campaign(session, data)
    agent = find_agent(session, principal.user_id)
    takes_part = is_member(session, campaign, agent) if agent else _supervises(session, campaign, principal)
    if not takes_part:
        text = say("No tiene permiso para editar la campaña.", "You may not change this campaign.")
        raise _wrong_campaign(text)
    base = session.get(ContactBase, campaign.contact_base_id) if campaign.contact_base_id else None
    if base is None or base.deleted_at is not None:
        text = say("La campaña no tiene base de datos de contactos.", "The campaign has no contact base.")
        raise _wrong_campaign(text)
    return Place(campaign, base, agent)


def _sent_campaign(session: Session, data: Mapping[str, Any]) -> Campaign:
    system_id = sent_system(session, data)
    if system_id is not None:
        campaign = campaign_of_system(session, system_id, data.get("idCampaign"))
    else:
        campaign_id = as_id(data.get("idCampaign"))
        if campaign_id is None:
            raise _wrong_campaign(say("Debe indicar un idCampaign válido.", "Send a valid idCampaign."))
        campaign = active_campaign(session, campaign_id)
    if campaign is None:
        raise _wrong_campaign(say("Campaña inexistente.", "Unknown campaign."))
    return campaign


def _wrong_campaign(text: str) -> Refused:
    return errors_in_data({"idCampaign": [text]})


def active_campaign(session: Session, campaign_id: int) -> Campaign | None:
    return session.scalar(
        select(Campaign).where(Campaign.id == campaign_id, Campaign.state == "active", Campaign.deleted_at.is_(None))
    )


def campaign_of_system(session: Session, system_id: int, external_id: Any) -> Campaign | None:
    """The active campaign that an external system calls so."""
    text = as_text(external_id)
    if not text:
        return None
    return session.scalar(
        select(Campaign).where(
            Campaign.external_system_id == system_id,
            Campaign.external_id == text,
            Campaign.state == "active",
            Campaign.deleted_at.is_(None),
        )
    )


def is_member(session: Session, campaign: Campaign, agent: Agent) -> bool:
    return session.get(CampaignMember, (campaign.id, agent.id)) is not None


def _supervises(session: Session, campaign: Campaign, principal: Principal) -> bool:
    return session.get(CampaignSupervisor, (campaign.id, principal.user_id)) is not None


def contact_of(session: Session, base_id: int | None, sent: Any, *, is_external: bool) -> Contact | None:
    """A contact of the base by our id or by its external id."""
    if base_id is None:
        return None
    statement = select(Contact).where(Contact.base_id == base_id)
    if is_external:
        text = as_text(sent)
        return session.scalar(statement.where(Contact.external_id == text)) if text else None
    contact_id = as_id(sent)
    return session.scalar(statement.where(Contact.id == contact_id)) if contact_id else None
