"""Where an agent may look at contacts: the active campaigns it is a member of, and the one of the call at hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.contacts.models import ContactBase
from omnileads.desk.errors import CampaignWithoutContacts
from omnileads.desk.restrictions import Restrictions
from omnileads.kit.errors import NotFound


@dataclass(frozen=True)
class Place:
    """A campaign and its base, with what this campaign's agents may do with the base's columns."""

    campaign: Campaign
    base: ContactBase
    restrictions: Restrictions


def campaign_of_agent(session: Session, live: LiveAgents, agent: Agent, campaign_id: int) -> Campaign:
    """Raises NotFound. A campaign that was paused in the middle of a call is still there for that call."""
    campaign = session.scalar(
        select(Campaign)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(Campaign.id == campaign_id, CampaignMember.agent_id == agent.id, Campaign.deleted_at.is_(None))
    )
    if campaign is None:
        raise NotFound
    if campaign.state != "active":
        present = live.one(agent.id)
        if present is None or present.call_id is None or present.campaign_id != campaign.id:
            raise NotFound
    return campaign


def place_of(session: Session, campaign: Campaign) -> Place:
    """Raises CampaignWithoutContacts."""
    base = session.get(ContactBase, campaign.contact_base_id) if campaign.contact_base_id else None
    if base is None or base.deleted_at is not None:
        raise CampaignWithoutContacts
    return Place(campaign, base, Restrictions(base.columns, campaign.field_rules))
