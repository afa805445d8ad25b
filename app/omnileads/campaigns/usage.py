"""What keeps a campaign from being taken away."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.names import listed
from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.telephony.models import InboundRoute


def who_sends_calls_to(session: Session, campaign_id: int) -> str:
    """The inbound routes and campaigns that send calls to this one, for a sentence; empty when none does."""
    routes = session.scalars(
        select(InboundRoute.name)
        .where(InboundRoute.destination_type == "inbound-campaign", InboundRoute.destination_id == campaign_id)
        .order_by(InboundRoute.name)
    ).all()
    campaigns = session.scalars(
        select(Campaign.name)
        .join(CampaignQueue, CampaignQueue.campaign_id == Campaign.id)
        .where(CampaignQueue.failover_id == campaign_id, Campaign.deleted_at.is_(None))
        .order_by(Campaign.name)
    ).all()
    parts = [
        f"{kind} {listed(names)}" for kind, names in (("Inbound routes", routes), ("campaigns", campaigns)) if names
    ]
    sentence = " and ".join(parts)
    return sentence[:1].upper() + sentence[1:]
