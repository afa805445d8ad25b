"""Dispositions as integrations store them: about a contact of a campaign, one for each, with or without a call of ours.

A call the agent took is dispositioned with them, as the console does it; otherwise the answer stands for itself under a
call id that is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, lazyload

from omnileads.agents.engine import tell_engine
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.campaigns.leads.delivery import finish as finish_lead
from omnileads.campaigns.leads.housekeeping import finish_worked_out
from omnileads.campaigns.models import Campaign, CampaignMember, DispositionOption
from omnileads.campaigns.states import WITH_LEADS
from omnileads.contacts.models import Contact
from omnileads.dispositions.errors import OptionUnknown
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.dispositions.schemas import DispositionPut
from omnileads.dispositions.service import Dispositions
from omnileads.kit.audit import AuditLog
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import epoch_ms
from omnileads.kit.db import after_commit
from omnileads.kit.errors import AppError, Conflict, NotFound
from omnileads.kit.ids import new_id
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

MADE_UP: Final = "v1-"
"""Beginning of call ids that are no call's."""


class AlreadyDispositioned(Conflict):
    code = "already-dispositioned"
    message = "This contact has a disposition in this campaign already. Change that one."


@dataclass(frozen=True)
class Answer:
    option_id: int
    comment: str
    call_id: str | None
    """What the integration calls the call; ours where it got it from the call's header."""


@dataclass(frozen=True)
class Told:
    """An answer as integrations are told it."""

    id: int
    contact_id: int | None
    call_id: str | None
    option_id: int
    comment: str


_TOLD: Final = (
    Disposition.id,
    Disposition.contact_id,
    Disposition.given_call_id,
    Disposition.call_id,
    Disposition.option_id,
    Disposition.comment,
)


def answers_of(session: Session, agent_id: int, limit: int, offset: int) -> list[Told]:
    """An agent's answers about contacts, the oldest first."""
    statement = (
        select(*_TOLD)
        .where(Disposition.agent_id == agent_id, Disposition.contact_id.is_not(None))
        .order_by(Disposition.id)
    )
    return [told(row) for row in session.execute(statement.limit(limit).offset(offset))]


def answer_of(session: Session, agent_id: int, disposition_id: int) -> Told:
    """Raises NotFound for one of somebody else."""
    statement = select(*_TOLD).where(Disposition.id == disposition_id, Disposition.agent_id == agent_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return told(row)


def told(answer: Disposition | Row[*tuple[Any, ...]]) -> Told:
    """With what the integration calls the call, else our id of it, if there is a call.

    `answer` may be a row of `_TOLD`.
    """
    own = None if answer.call_id.startswith(MADE_UP) else answer.call_id
    given = answer.given_call_id
    return Told(answer.id, answer.contact_id, given if given is not None else own, answer.option_id, answer.comment)


class ContactDispositions:
    def __init__(self, session: Session, runtime: Runtime, actor: Principal, agent: Agent) -> None:
        self._session = session
        self._redis = runtime.redis
        self._clock = runtime.clock
        self._changes = ConfigurationChanges(session, runtime, actor)
        self._actor = actor
        self._agent = agent

    def one(self, disposition_id: int) -> Disposition:
        """Raises NotFound for one of somebody else."""
        found = self._session.scalar(
            select(Disposition)
            .where(Disposition.id == disposition_id, Disposition.agent_id == self._agent.id)
            .with_for_update(of=Disposition)
        )
        if found is None:
            raise NotFound
        return found

    def campaign_of_option(self, option_id: int | None, present: Disposition | None = None) -> Campaign:
        """The campaign an answer belongs to.

        Raises OptionUnknown for one that is hidden, unless it is the present one, or not of the agent's campaigns.
        """
        option = self._session.get(DispositionOption, option_id) if option_id else None
        # Of a campaign no more than its row is needed here.
        campaign = self._session.get(Campaign, option.campaign_id, options=[lazyload("*")]) if option else None
        if option is None or campaign is None or campaign.deleted_at is not None:
            raise OptionUnknown
        is_kept = present is not None and present.option_id == option.id
        if option.is_hidden and not is_kept:
            raise OptionUnknown
        if present is not None and present.campaign_id != campaign.id:
            raise OptionUnknown
        if not is_kept and self._session.get(CampaignMember, (campaign.id, self._agent.id)) is None:
            raise OptionUnknown
        return campaign

    def create(self, campaign: Campaign, contact: Contact, answer: Answer) -> Disposition:
        """Raises AlreadyDispositioned."""
        self._refuse_second(campaign.id, contact.id, None)
        call_id = self._answered_call(campaign, answer)
        if call_id is None:
            stored = self._add(campaign, contact, answer)
        else:
            stored = self._session.get_one(Disposition, call_id)
            stored.contact_id, stored.given_call_id = contact.id, answer.call_id
            self._session.flush()
        self._finish_lead(stored)
        self._record("disposition.created", stored, None)
        return stored

    def change(self, present: Disposition, contact: Contact, answer: Answer) -> Disposition:
        """Raises AlreadyDispositioned."""
        self._refuse_second(present.campaign_id, contact.id, present.id)
        before = _snapshot(present)
        is_other = (present.option_id, present.comment) != (answer.option_id, answer.comment)
        present.contact_id, present.option_id, present.comment = contact.id, answer.option_id, answer.comment
        present.given_call_id = answer.call_id or present.given_call_id
        present.updated_at = self._clock.now()
        if is_other:
            self._remember(present.call_id, answer)
        self._session.flush()
        self._finish_lead(present)
        self._record("disposition.changed", present, before)
        return present

    def _refuse_second(self, campaign_id: int, contact_id: int, but: int | None) -> None:
        """The contact is locked, so of two answers at the same time one finds the other."""
        self._session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update())
        others = select(Disposition.id).where(
            Disposition.campaign_id == campaign_id, Disposition.contact_id == contact_id
        )
        if any(found != but for found in self._session.scalars(others)):
            raise AlreadyDispositioned

    def _answered_call(self, campaign: Campaign, answer: Answer) -> str | None:
        """Disposition the call itself, if it is one this agent took in the campaign and nobody answered about."""
        call_id = answer.call_id
        if not call_id or len(call_id) > 32 or self._session.get(Disposition, call_id) is not None:
            return None
        service = Dispositions(self._session, LiveAgents(self._redis), self._clock)
        try:
            with self._session.begin_nested():
                request = DispositionPut(option_id=answer.option_id, comment=answer.comment)
                stored = service.put(self._agent, call_id, request, asks_form=False)
                if stored.campaign_id != campaign.id:
                    raise NotFound
        except AppError:
            return None
        command = {"type": "agent.dispositioned", "agent_id": self._agent.id, "call_id": call_id}
        after_commit(self._session, lambda: tell_engine(self._redis, self._clock, command))
        return call_id

    def _add(self, campaign: Campaign, contact: Contact, answer: Answer) -> Disposition:
        """An answer that stands for itself."""
        now = self._clock.now()
        stored = Disposition(
            call_id=MADE_UP + new_id(epoch_ms(now)),
            given_call_id=answer.call_id,
            campaign_id=campaign.id,
            option_id=answer.option_id,
            agent_id=self._agent.id,
            contact_id=contact.id,
            comment=answer.comment,
            created_at=now,
            updated_at=now,
        )
        self._session.add(stored)
        self._session.flush()
        self._remember(stored.call_id, answer)
        return stored

    def _remember(self, call_id: str, answer: Answer) -> None:
        self._session.add(
            DispositionChange(
                call_id=call_id,
                option_id=answer.option_id,
                agent_id=self._agent.id,
                comment=answer.comment,
                changed_at=self._clock.now(),
            )
        )

    def _finish_lead(self, stored: Disposition) -> None:
        """The contact is worked out in the campaign, which may be over with it."""
        campaign = self._session.get_one(Campaign, stored.campaign_id)
        if stored.contact_id is None or campaign.kind not in WITH_LEADS:
            return
        finish_lead(self._session, stored.campaign_id, stored.contact_id, self._agent.id, self._clock.now())
        finish_worked_out(self._session, self._changes, stored.campaign_id)

    def _record(self, action: str, stored: Disposition, before: dict[str, object] | None) -> None:
        AuditLog(self._session, self._clock).record(
            action, "disposition", stored.id, actor=self._actor, before=before, after=_snapshot(stored)
        )


def _snapshot(disposition: Disposition) -> dict[str, object]:
    return {
        "contact_id": disposition.contact_id,
        "option_id": disposition.option_id,
        "call_id": disposition.call_id,
        "comment": disposition.comment,
    }
