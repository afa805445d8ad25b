"""Leads given to the agents of a preview campaign, each to one at a time.

An agent who asks keeps the lead it is calling; else the one it looks at goes back and the next in order comes. Rows are
locked and locked ones skipped, so agents who ask together never wait for one another and never get the same lead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from omnileads.campaigns.errors import CampaignNotWorked, LeadLost, NoLeadLeft
from omnileads.campaigns.models import Campaign, CampaignMember, Lead, LeadState
from omnileads.kit.errors import NotFound

ASSIGNED_FOR: Final = timedelta(minutes=30)
"""How long an agent keeps a lead it said it was calling."""
DEFAULT_RESERVATION_MINUTES: Final = 30


class LeadDelivery:
    """Leads for one agent. The caller owns the transaction; `now` is when it happens."""

    def __init__(self, session: Session, agent_id: int, now: datetime) -> None:
        self._session = session
        self._agent_id = agent_id
        self._now = now

    def next_lead(self, campaign_id: int) -> Lead:
        """The lead to look at now. Raises NotFound, CampaignNotWorked, NoLeadLeft."""
        self._join(campaign_id)
        held = self._held(campaign_id)
        assigned = next((lead for lead in held if lead.state == "assigned"), None)
        if assigned is not None:
            return assigned
        for lead in held:
            self._set(lead, "pending", None)
        self._session.flush()
        after = (held[-1].position, held[-1].id) if held else None
        found = self._free(campaign_id, after)
        if found is None:
            raise NoLeadLeft
        self._set(found, "delivered", self._agent_id)
        self._session.flush()
        return found

    def validate(self, lead_id: int) -> Lead:
        """Keep the lead because it is being called. Raises LeadLost when somebody else has it by now."""
        lead = self._own(lead_id)
        self._set(lead, "assigned", self._agent_id)
        self._session.flush()
        return lead

    def release(self, lead_id: int) -> None:
        """Give the lead back to everybody. Raises LeadLost."""
        self._set(self._own(lead_id), "pending", None)
        self._session.flush()

    def _join(self, campaign_id: int) -> None:
        """Check that the agent works in the campaign, and let nobody ask for the same agent at the same time."""
        member = self._session.scalar(
            select(CampaignMember)
            .where(CampaignMember.campaign_id == campaign_id, CampaignMember.agent_id == self._agent_id)
            .with_for_update()
        )
        campaign = self._session.execute(
            select(Campaign.kind, Campaign.state).where(Campaign.id == campaign_id, Campaign.deleted_at.is_(None))
        ).one_or_none()
        if member is None or campaign is None or campaign.kind != "preview":
            raise NotFound
        if campaign.state != "active":
            raise CampaignNotWorked

    def _held(self, campaign_id: int) -> list[Lead]:
        statement = (
            select(Lead)
            .where(
                Lead.campaign_id == campaign_id,
                Lead.agent_id == self._agent_id,
                Lead.state.in_(("delivered", "assigned")),
            )
            .order_by(Lead.position, Lead.id)
        )
        return list(self._session.scalars(statement.with_for_update()))

    def _free(self, campaign_id: int, after: tuple[int, int] | None) -> Lead | None:
        """The first free lead after that place in the order, going round; free are those of nobody and one's own."""
        free = (
            select(Lead)
            .where(
                Lead.campaign_id == campaign_id,
                Lead.state == "pending",
                Lead.is_enabled,
                or_(Lead.agent_id.is_(None), Lead.agent_id == self._agent_id),
            )
            .order_by(Lead.position, Lead.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if after is not None:
            following = self._first(free.where(tuple_(Lead.position, Lead.id) > after))
            if following is not None:
                return following
        return self._first(free)

    def _first(self, statement: Select[Lead]) -> Lead | None:
        return self._session.scalars(statement.execution_options(populate_existing=True)).first()

    def _own(self, lead_id: int) -> Lead:
        lead = self._session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
        if lead is None or lead.agent_id != self._agent_id or lead.state not in ("delivered", "assigned"):
            raise LeadLost
        return lead

    def _set(self, lead: Lead, state: LeadState, agent_id: int | None) -> None:
        lead.state, lead.agent_id, lead.changed_at = state, agent_id, self._now


def finish(session: Session, campaign_id: int, contact_id: int, agent_id: int, now: datetime) -> None:
    """The contact was dispositioned in the campaign."""
    session.execute(
        update(Lead)
        .where(Lead.campaign_id == campaign_id, Lead.contact_id == contact_id)
        .values(state="finished", agent_id=agent_id, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def expire(session: Session, now: datetime) -> int:
    """Free the leads that agents forgot. Returns how many."""
    minutes = func.coalesce(Campaign.reservation_minutes, DEFAULT_RESERVATION_MINUTES)
    is_old = or_(
        and_(Lead.state == "delivered", Lead.changed_at < now - func.make_interval(0, 0, 0, 0, 0, minutes)),
        and_(Lead.state == "assigned", Lead.changed_at < now - ASSIGNED_FOR),
    )
    found = select(Lead.id).join(Campaign, Campaign.id == Lead.campaign_id).where(Campaign.kind == "preview", is_old)
    done = session.connection().execute(
        update(Lead)
        .where(Lead.id.in_(found.with_for_update(of=Lead, skip_locked=True)))
        .values(state="pending", agent_id=None, changed_at=now)
    )
    return done.rowcount
