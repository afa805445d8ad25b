"""Which campaigns a person may see: the one answer every domain asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy import select, union
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.campaigns.models import Campaign, CampaignMember, CampaignSupervisor
from omnileads.kit.edge import Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal

Scope = frozenset[int] | None
"""Campaign ids, or None for every campaign."""


def campaign_scope(session: Session, principal: Principal) -> Scope:
    """All for who sees everything; else the campaigns the person supervises or works in, deleted ones left out."""
    if principal.sees_everything:
        return None
    supervised = select(CampaignSupervisor.campaign_id).where(CampaignSupervisor.user_id == principal.user_id)
    worked_in = (
        select(CampaignMember.campaign_id)
        .join(Agent, Agent.id == CampaignMember.agent_id)
        .where(Agent.user_id == principal.user_id, Agent.deleted_at.is_(None))
    )
    ids = union(supervised, worked_in).subquery()
    return frozenset(
        session.scalars(select(Campaign.id).where(Campaign.id.in_(select(ids)), Campaign.deleted_at.is_(None)))
    )


def sees(scope: Scope, campaign_id: int | None) -> bool:
    return scope is None or campaign_id in scope


def find_seen(session: Session, scope: Scope, campaign_id: int | None) -> Campaign | None:
    """The campaign; None for one that is not there, deleted, or not the person's to see."""
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    if campaign is None or campaign.deleted_at is not None or not sees(scope, campaign.id):
        return None
    return campaign


def _current_scope(session: Transaction, principal: CurrentPrincipal) -> Scope:
    return campaign_scope(session, principal)


CurrentScope = Annotated[Scope, Depends(_current_scope)]
