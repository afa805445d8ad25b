"""What a supervisor sees and does of a campaign's leads: look through them, reserve them for agents, free them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.orm import Session

from omnileads.agents.names import agent_names
from omnileads.campaigns.models import Campaign, CampaignMember, Lead, LeadState
from omnileads.campaigns.schemas.leads import LeadCounts, LeadOut
from omnileads.contacts.models import Contact
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.kit.pagination import Slice, decode_cursor, encode_cursor

_HELD: Final = ("pending", "delivered", "assigned")


class LeadDesk:
    """The leads of one campaign."""

    def __init__(self, session: Session, campaign: Campaign, now: datetime) -> None:
        self._session = session
        self._campaign = campaign
        self._now = now

    def counts(self) -> LeadCounts:
        rows = self._session.execute(
            select(Lead.state, Lead.is_enabled, func.count())
            .where(Lead.campaign_id == self._campaign.id)
            .group_by(Lead.state, Lead.is_enabled)
        ).all()
        counted = {(state, is_enabled): count for state, is_enabled, count in rows}
        return LeadCounts(
            pending=counted.get(("pending", True), 0),
            delivered=counted.get(("delivered", True), 0),
            assigned=counted.get(("assigned", True), 0),
            finished=counted.get(("finished", True), 0),
            disabled=sum(count for (_, is_enabled), count in counted.items() if not is_enabled),
        )

    def slice(self, cursor: str | None, size: int, state: LeadState | None, agent_id: int | None) -> Slice[LeadOut]:
        """In their order. Raises ValidationFailed (`cursor`)."""
        statement = self._leads()
        if state is not None:
            statement = statement.where(Lead.state == state)
        if agent_id is not None:
            statement = statement.where(Lead.agent_id == agent_id)
        if cursor:
            position, lead_id = decode_cursor(cursor, int, int)
            statement = statement.where(tuple_(Lead.position, Lead.id) > (position, lead_id))
        rows = self._session.execute(statement.limit(size + 1)).all()
        shown = rows[:size]
        names = agent_names(self._session, {row.Lead.agent_id for row in shown if row.Lead.agent_id})
        last = shown[-1].Lead if len(rows) > size else None
        return Slice(
            items=[_shown(row.Lead, row.Contact, names) for row in shown],
            next=encode_cursor(last.position, last.id) if last is not None else None,
        )

    def reserve(self, lead_ids: Sequence[int], agent_id: int) -> int:
        """Keep leads nobody works for a member. Raises ValidationFailed. Returns how many; worked ones are left."""
        member = self._session.get(CampaignMember, (self._campaign.id, agent_id))
        if member is None:
            problem = FieldProblem("agent_id", "unknown", "This agent is not one of the campaign's. Choose another.")
            raise ValidationFailed(fields=[problem])
        return self._change(lead_ids, ("pending",), agent_id)

    def release(self, lead_ids: Sequence[int]) -> int:
        """Free leads that are reserved, delivered or being called. Returns how many; finished ones are left."""
        return self._change(lead_ids, _HELD, None)

    def _change(self, lead_ids: Sequence[int], states: Sequence[str], agent_id: int | None) -> int:
        done = self._session.connection().execute(
            update(Lead)
            .where(Lead.campaign_id == self._campaign.id, Lead.id.in_(lead_ids), Lead.state.in_(states))
            .values(state="pending", agent_id=agent_id, changed_at=self._now)
        )
        return done.rowcount

    def _leads(self) -> Select[Lead, Contact]:
        return (
            select(Lead, Contact)
            .join(Contact, Contact.id == Lead.contact_id)
            .where(Lead.campaign_id == self._campaign.id)
            .order_by(Lead.position, Lead.id)
        )


def _shown(lead: Lead, contact: Contact, names: dict[int, str]) -> LeadOut:
    return LeadOut(
        id=lead.id,
        contact_id=lead.contact_id,
        phone=contact.phone,
        external_id=contact.external_id,
        state=lead.state,
        agent_id=lead.agent_id,
        agent_name=names.get(lead.agent_id or 0),
        is_enabled=lead.is_enabled,
        is_original=lead.is_original,
        changed_at=lead.changed_at,
    )
