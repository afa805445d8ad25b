"""Dispositions as integrations store them: about a contact of a campaign, one for each, with or without a call of ours.

A call the agent took is dispositioned with them, as the console does it; otherwise the answer stands for itself under a
call id that is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy import and_, bindparam, insert, select
from sqlalchemy.orm import Session

from omnileads.agents.console import AGENT_ID, require_agent_id
from omnileads.agents.engine import tell_engine
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.calls.own import campaign_of_own_call
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
from omnileads.kit.db import Reader, after_commit, table_of
from omnileads.kit.errors import AppError, Conflict, NotFound
from omnileads.kit.ids import is_id, new_id
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


class Told(NamedTuple):
    """An answer as integrations are told it."""

    id: int
    contact_id: int | None
    call_id: str | None
    option_id: int
    comment: str


class Stored(NamedTuple):
    """An answer as it is in the database."""

    id: int
    contact_id: int | None
    given_call_id: str | None
    call_id: str
    option_id: int
    comment: str

    @classmethod
    def of(cls, disposition: Disposition) -> Stored:
        return cls._make(getattr(disposition, name) for name in cls._fields)


_dispositions = table_of(Disposition)
_AGENT_ID: Final = AGENT_ID.scalar_subquery()
_COLUMNS: Final = select(*(_dispositions.c[name] for name in Stored._fields))
_ANSWERS: Final = (
    _COLUMNS.where(_dispositions.c.agent_id == bindparam("agent_id"), _dispositions.c.contact_id.is_not(None))
    .order_by(_dispositions.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
"""By the agent's id and not by who that is: PostgreSQL must see how few of the rows are the agent's."""

_ANSWER: Final = _COLUMNS.where(_dispositions.c.agent_id == _AGENT_ID, _dispositions.c.id == bindparam("id"))


def answers_of(reader: Reader, user_id: int, limit: int, offset: int) -> list[Told]:
    """What the agent that this user is answered about contacts, the oldest first. Raises NotAnAgent."""
    agent_id = require_agent_id(reader, user_id)
    found = reader.execute(_ANSWERS, {"agent_id": agent_id, "limit": limit, "offset": offset})
    return [_told(*row) for row in found]


def answer_of(reader: Reader, user_id: int, disposition_id: int) -> Told:
    """One of them. Raises NotAnAgent, NotFound for one of somebody else."""
    row = reader.execute(_ANSWER, {"user_id": user_id, "id": disposition_id}).one_or_none()
    if row is None:
        require_agent_id(reader, user_id)
        raise NotFound
    return _told(*row)


def told(stored: Stored) -> Told:
    return _told(*stored)


def _told(
    answer_id: int, contact_id: int | None, given: str | None, call_id: str, option_id: int, comment: str
) -> Told:
    """With what the integration calls the call, else our id of it, if there is a call."""
    if given is None and not call_id.startswith(MADE_UP):
        given = call_id
    return Told(answer_id, contact_id, given, option_id, comment)


@dataclass(frozen=True)
class Target:
    """The campaign an answer belongs to, as far as it matters here."""

    campaign_id: int
    kind: str
    contact_base_id: int | None


_options, _campaigns, _members = table_of(DispositionOption), table_of(Campaign), table_of(CampaignMember)
_contacts, _changes = table_of(Contact), table_of(DispositionChange)
_OPTION: Final = (
    select(
        _options.c.campaign_id,
        _options.c.is_hidden,
        _campaigns.c.kind,
        _campaigns.c.contact_base_id,
        _members.c.agent_id.is_not(None).label("is_member"),
        _AGENT_ID.label("agent_id"),
    )
    .join_from(_options, _campaigns, and_(_campaigns.c.id == _options.c.campaign_id, _campaigns.c.deleted_at.is_(None)))
    .outerjoin(_members, and_(_members.c.campaign_id == _campaigns.c.id, _members.c.agent_id == _AGENT_ID))
    .where(_options.c.id == bindparam("option_id"))
)
_IN_BASE: Final = select(_contacts.c.id).where(_contacts.c.base_id == bindparam("base_id")).with_for_update()
_BY_ID: Final = _IN_BASE.where(_contacts.c.id == bindparam("id"))
_BY_EXTERNAL_ID: Final = _IN_BASE.where(_contacts.c.external_id == bindparam("external_id"))
_OTHERS: Final = select(_dispositions.c.id).where(
    _dispositions.c.campaign_id == bindparam("campaign_id"), _dispositions.c.contact_id == bindparam("contact_id")
)
_REMEMBER: Final = insert(_changes)
_FIRST: Final = ("call_id", "option_id", "agent_id", "comment")
"""What of an answer is in the history too."""

_ADDED: Final = (
    insert(_dispositions)
    .values(
        call_id=bindparam("call_id"),
        given_call_id=bindparam("given_call_id"),
        campaign_id=bindparam("campaign_id"),
        option_id=bindparam("option_id"),
        agent_id=bindparam("agent_id"),
        contact_id=bindparam("contact_id"),
        comment=bindparam("comment"),
        answers={},
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(*(_dispositions.c[name] for name in ("id", *_FIRST, "created_at")))
    .cte("added")
)
_REMEMBERED: Final = (
    insert(_changes)
    .from_select(
        [*_FIRST, "changed_at"],
        select(*(_ADDED.c[name] for name in (*_FIRST, "created_at"))),
    )
    .cte("remembered")
)
_ADD: Final = select(_ADDED.c.id).add_cte(_REMEMBERED)
"""An answer and its first entry in the history, in one statement."""


def lock_contact(session: Session, base_id: int | None, contact_id: int | None) -> int | None:
    """The contact of the base, so that of two answers about it at the same time one finds the other."""
    if base_id is None or contact_id is None:
        return None
    return session.scalar(_BY_ID, {"base_id": base_id, "id": contact_id})


def lock_contact_of_system(session: Session, base_id: int | None, external_id: str | None) -> int | None:
    """The same, for what an external system calls the contact."""
    if base_id is None or not external_id:
        return None
    return session.scalar(_BY_EXTERNAL_ID, {"base_id": base_id, "external_id": external_id})


class ContactDispositions:
    """Contacts that are answered about are locked already: see `lock_contact`."""

    def __init__(self, session: Session, runtime: Runtime, actor: Principal) -> None:
        self._session = session
        self._redis = runtime.redis
        self._clock = runtime.clock
        self._changes = ConfigurationChanges(session, runtime, actor)
        self._actor = actor

    @cached_property
    def _agent_id(self) -> int:
        """Raises NotAnAgent."""
        return require_agent_id(self._session, self._actor.user_id)

    def one(self, disposition_id: int) -> Disposition:
        """Raises NotFound for one of somebody else."""
        found = self._session.scalar(
            select(Disposition)
            .where(Disposition.id == disposition_id, Disposition.agent_id == self._agent_id)
            .with_for_update(of=Disposition)
        )
        if found is None:
            raise NotFound
        return found

    def target(self, option_id: int | None, present: Disposition | None = None) -> Target:
        """Where an answer with this option belongs.

        Raises NotAnAgent, OptionUnknown for one that is hidden, unless it is the present one, or not of the agent's
        campaigns.
        """
        row = self._session.execute(_OPTION, {"option_id": option_id, "user_id": self._actor.user_id}).one_or_none()
        if row is None or row.agent_id is None:
            require_agent_id(self._session, self._actor.user_id)
            raise OptionUnknown
        self._agent_id = row.agent_id
        is_kept = present is not None and present.option_id == option_id
        is_elsewhere = present is not None and present.campaign_id != row.campaign_id
        if is_elsewhere or (not is_kept and (row.is_hidden or not row.is_member)):
            raise OptionUnknown
        return Target(row.campaign_id, row.kind, row.contact_base_id)

    def create(self, target: Target, contact_id: int, answer: Answer) -> Stored:
        """Raises AlreadyDispositioned."""
        self._refuse_second(target.campaign_id, contact_id, None)
        call_id = self._answered_call(target, answer)
        if call_id is None:
            stored = self._add(target, contact_id, answer)
        else:
            answered = self._session.get_one(Disposition, call_id)
            answered.contact_id, answered.given_call_id = contact_id, answer.call_id
            self._session.flush()
            stored = Stored.of(answered)
        self._finish_lead(target, stored)
        self._record("disposition.created", stored, None)
        return stored

    def change(self, present: Disposition, target: Target, contact_id: int, answer: Answer) -> Stored:
        """Raises AlreadyDispositioned."""
        self._refuse_second(present.campaign_id, contact_id, present.id)
        before = _snapshot(Stored.of(present))
        is_other = (present.option_id, present.comment) != (answer.option_id, answer.comment)
        present.contact_id, present.option_id, present.comment = contact_id, answer.option_id, answer.comment
        present.given_call_id = answer.call_id or present.given_call_id
        present.updated_at = self._clock.now()
        self._session.flush()
        if is_other:
            self._remember(present.call_id, answer, present.updated_at)
        stored = Stored.of(present)
        self._finish_lead(target, stored)
        self._record("disposition.changed", stored, before)
        return stored

    def _refuse_second(self, campaign_id: int, contact_id: int, but: int | None) -> None:
        others = self._session.scalars(_OTHERS, {"campaign_id": campaign_id, "contact_id": contact_id})
        if any(found != but for found in others):
            raise AlreadyDispositioned

    def _answered_call(self, target: Target, answer: Answer) -> str | None:
        """Disposition the call itself, if it is one this agent took in the campaign and nobody answered about."""
        call_id, live = answer.call_id, LiveAgents(self._redis)
        if call_id is None or not is_id(call_id):
            return None
        try:
            if campaign_of_own_call(self._session, live, self._agent_id, call_id) != target.campaign_id:
                return None
            agent, known = self._session.get_one(Agent, self._agent_id), self._session.get(Disposition, call_id)
            if known is not None:
                return None
            with self._session.begin_nested():
                request = DispositionPut(option_id=answer.option_id, comment=answer.comment)
                Dispositions(self._session, live, self._clock).put(agent, call_id, request, asks_form=False)
        except AppError:
            return None
        command = {"type": "agent.dispositioned", "agent_id": self._agent_id, "call_id": call_id}
        after_commit(self._session, lambda: tell_engine(self._redis, self._clock, command))
        return call_id

    def _add(self, target: Target, contact_id: int, answer: Answer) -> Stored:
        """An answer that stands for itself."""
        now = self._clock.now()
        call_id = MADE_UP + new_id(epoch_ms(now))
        values = {
            "call_id": call_id,
            "given_call_id": answer.call_id,
            "campaign_id": target.campaign_id,
            "option_id": answer.option_id,
            "agent_id": self._agent_id,
            "contact_id": contact_id,
            "comment": answer.comment,
            "now": now,
        }
        added: int = self._session.execute(_ADD, values).scalar_one()
        return Stored(added, contact_id, answer.call_id, call_id, answer.option_id, answer.comment)

    def _remember(self, call_id: str, answer: Answer, now: datetime) -> None:
        values = {
            "call_id": call_id,
            "option_id": answer.option_id,
            "agent_id": self._agent_id,
            "comment": answer.comment,
            "changed_at": now,
        }
        self._session.execute(_REMEMBER, values)

    def _finish_lead(self, target: Target, stored: Stored) -> None:
        """The contact is worked out in the campaign, which may be over with it."""
        if stored.contact_id is None or target.kind not in WITH_LEADS:
            return
        finish_lead(self._session, target.campaign_id, stored.contact_id, self._agent_id, self._clock.now())
        finish_worked_out(self._session, self._changes, target.campaign_id)

    def _record(self, action: str, stored: Stored, before: dict[str, object] | None) -> None:
        AuditLog(self._session, self._clock).record(
            action, "disposition", stored.id, actor=self._actor, before=before, after=_snapshot(stored)
        )


def _snapshot(stored: Stored) -> dict[str, object]:
    return {
        "contact_id": stored.contact_id,
        "option_id": stored.option_id,
        "call_id": stored.call_id,
        "comment": stored.comment,
    }
