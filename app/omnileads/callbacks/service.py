"""Callbacks: asked for by agents, given to another agent by supervisors, over when the agent says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.callbacks.errors import CallbackExists, GlobalCallback
from omnileads.callbacks.models import Callback
from omnileads.callbacks.schemas import CallbackOut, CallbackPut
from omnileads.callbacks.search import shown
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.campaigns.scope import Scope, find_seen
from omnileads.contacts.models import Contact
from omnileads.contacts.phones import PHONE_RULE, clean
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, paginate
from omnileads.kit.permissions import Principal


class Callbacks:
    def __init__(self, session: Session, clock: Clock, actor: Principal) -> None:
        self._session = session
        self._clock = clock
        self._actor = actor
        self._audit = AuditLog(session, clock)

    def page_of(
        self, agent: Agent, query: PageQuery, since: datetime | None, until: datetime | None
    ) -> Page[CallbackOut]:
        """The agent's own, the next one first; `since` is included, `until` is not."""
        statement = select(Callback).where(Callback.agent_id == agent.id)
        if since is not None:
            statement = statement.where(Callback.due_at >= since)
        if until is not None:
            statement = statement.where(Callback.due_at < until)
        rows, total = paginate(self._session, statement.order_by(Callback.due_at, Callback.id), query)
        return Page(items=shown(self._session, rows), total=total, page=query.page, page_size=query.page_size)

    def put(self, agent: Agent, wanted: CallbackPut) -> tuple[CallbackOut, bool]:
        """Make the agent's callback of this contact, or change it, and whether it was made. Raises ValidationFailed."""
        self._lock(agent.id)
        campaign, contact = self._campaign(agent, wanted), self._contact(wanted)
        if contact.base_id != campaign.contact_base_id:
            raise _unknown_contact()
        phone = clean(wanted.phone) if wanted.phone else contact.phone
        if phone is None:
            raise ValidationFailed.of("phone", "not-a-phone", PHONE_RULE)
        present = self._session.scalar(
            select(Callback)
            .where(
                Callback.campaign_id == campaign.id,
                Callback.contact_id == contact.id,
                Callback.agent_id == agent.id,
            )
            .with_for_update()
        )
        self._check_limits(agent, campaign, wanted, present)
        values = {"kind": wanted.kind, "due_at": wanted.due_at, "phone": phone, "note": wanted.note}
        before = _snapshot(present) if present is not None else None
        callback = present or Callback(
            campaign_id=campaign.id, contact_id=contact.id, agent_id=agent.id, created_at=self._clock.now()
        )
        for name, value in values.items():
            setattr(callback, name, value)
        callback.updated_at = self._clock.now()
        self._session.add(callback)
        self._session.flush()
        self._record("callback.changed" if present else "callback.created", callback, before)
        return self._one(callback), present is None

    def delete(self, agent: Agent, callback_id: int) -> None:
        """The agent is done with one of its own. Raises NotFound."""
        callback = self._session.get(Callback, callback_id, with_for_update=True)
        if callback is None or callback.agent_id != agent.id:
            raise NotFound
        self._remove(callback)

    def take_away(self, callback_id: int, scope: Scope) -> None:
        """Nobody is to call. Raises NotFound."""
        self._remove(self.seen(callback_id, scope, is_locked=True))

    def one(self, callback_id: int, scope: Scope) -> CallbackOut:
        """Raises NotFound, also for one of a campaign the person does not see."""
        return self._one(self.seen(callback_id, scope))

    def give_to(self, callback_id: int, agent_id: int, scope: Scope) -> CallbackOut:
        """Another agent of the campaign is to call.

        Raises NotFound, GlobalCallback, ValidationFailed, CallbackExists.
        """
        # The agent before the callback, as `put` does: two who wait for each other would be refused by the database.
        self._lock(agent_id)
        callback = self.seen(callback_id, scope, is_locked=True)
        if callback.kind == "global":
            raise GlobalCallback
        agent = self._session.get(Agent, agent_id)
        is_member = self._session.get(CampaignMember, (callback.campaign_id, agent_id)) is not None
        if agent is None or agent.deleted_at is not None or not is_member:
            message = "This agent does not work in the callback's campaign. Choose one of its agents."
            raise ValidationFailed.of("agent_id", "not-a-member", message)
        taken = select(Callback.id).where(
            Callback.campaign_id == callback.campaign_id,
            Callback.contact_id == callback.contact_id,
            Callback.agent_id == agent_id,
            Callback.id != callback.id,
        )
        if self._session.scalar(taken) is not None:
            raise CallbackExists
        before = _snapshot(callback)
        callback.agent_id, callback.updated_at = agent_id, self._clock.now()
        self._session.flush()
        self._record("callback.reassigned", callback, before)
        return self._one(callback)

    def _lock(self, agent_id: int) -> None:
        """One change at a time for each agent: what its group limits is counted, and it has one of each contact."""
        self._session.execute(select(Agent.id).where(Agent.id == agent_id).with_for_update())

    def seen(self, callback_id: int, scope: Scope, *, is_locked: bool = False) -> Callback:
        """Raises NotFound, also for one of a campaign that is deleted or that the person does not see."""
        callback = self._session.get(Callback, callback_id, with_for_update=is_locked or None)
        if callback is None or find_seen(self._session, scope, callback.campaign_id) is None:
            raise NotFound
        return callback

    def _one(self, callback: Callback) -> CallbackOut:
        return shown(self._session, [callback])[0]

    def _remove(self, callback: Callback) -> None:
        before = _snapshot(callback)
        self._session.delete(callback)
        self._session.flush()
        self._audit.record("callback.deleted", "callback", callback.id, actor=self._actor, before=before)

    def _campaign(self, agent: Agent, wanted: CallbackPut) -> Campaign:
        campaign = self._session.get(Campaign, wanted.campaign_id)
        is_live = campaign is not None and campaign.deleted_at is None and campaign.state != "finished"
        if campaign is None or not is_live or self._session.get(CampaignMember, (campaign.id, agent.id)) is None:
            message = "You do not work in this campaign. Choose one of yours."
            raise ValidationFailed.of("campaign_id", "unknown", message)
        return campaign

    def _contact(self, wanted: CallbackPut) -> Contact:
        contact = self._session.get(Contact, wanted.contact_id)
        if contact is None:
            raise _unknown_contact()
        return contact

    def _check_limits(self, agent: Agent, campaign: Campaign, wanted: CallbackPut, present: Callback | None) -> None:
        """What the campaign's kind and the agent's group allow."""
        today = self._clock.now().astimezone().date()
        day = wanted.due_at.astimezone().date()
        if day < today:
            raise ValidationFailed.of("due_at", "callback-in-past", "This day is over. Choose a day to come.")
        if wanted.kind == "global":
            if campaign.kind != "dialer":
                message = "Global callbacks are for dialer campaigns. Make a personal one."
                raise ValidationFailed.of("kind", "not-a-dialer", message)
            return
        days, limit = agent.group.personal_callback_days, agent.group.personal_callback_limit
        if days is not None and day > today + timedelta(days=days):
            message = f"Your group's callbacks are at most {days} days ahead. Choose an earlier day."
            raise ValidationFailed.of("due_at", "callback-too-late", message)
        if limit is None or (present is not None and present.kind == "personal"):
            return
        own = select(func.count()).where(Callback.agent_id == agent.id, Callback.kind == "personal")
        if (self._session.scalar(own) or 0) >= limit:
            message = f"You have {limit} callbacks, as many as your group may. Finish one of them first."
            raise ValidationFailed.of("kind", "too-many-callbacks", message)

    def _record(self, action: str, callback: Callback, before: dict[str, object] | None) -> None:
        self._audit.record(action, "callback", callback.id, actor=self._actor, before=before, after=_snapshot(callback))


def _unknown_contact() -> ValidationFailed:
    return ValidationFailed.of("contact_id", "unknown", "This contact is not one of the campaign's. Search it again.")


def _snapshot(callback: Callback) -> dict[str, object]:
    return {
        "kind": callback.kind,
        "campaign_id": callback.campaign_id,
        "contact_id": callback.contact_id,
        "agent_id": callback.agent_id,
        "due_at": callback.due_at.isoformat(),
        "phone": callback.phone,
        "note": callback.note,
    }
