"""Rows of other domains, for tests that only need them to exist."""

from __future__ import annotations

from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign, CampaignQueue


def make_campaign(session: Session, name: str) -> Campaign:
    """An active inbound campaign with an empty queue."""
    campaign = Campaign(kind="inbound", name=name, state="active", queue=CampaignQueue())
    session.add(campaign)
    session.flush()
    return campaign
