"""The report of what became of each contact of a campaign's list."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from omnileads.calls.models import Call, CallOutcome
from omnileads.calls.projection import LOST, NOT_REACHED
from omnileads.campaigns.models import DispositionOption, Lead
from omnileads.contacts.models import Contact
from omnileads.dispositions.models import Disposition
from omnileads.exports.contacted import REASONS
from omnileads.exports.report import AT_ONCE, Cursor, Ground, Report

OUTCOMES: dict[CallOutcome, tuple[str, str]] = {
    "answered": ("Contactado", "Answered"),
    "talking": ("En conversación", "Talking"),
    "dialing": ("Llamando", "Dialling"),
    "waiting": ("En espera", "Waiting"),
    **{outcome: REASONS[event] for event, outcome in {**LOST, **NOT_REACHED}.items() if event in REASONS},
}
"""What became of a contact's last call; the rest is told as the call log has it."""


class BaseResults(Report):
    """The contacts the list began with. `is_all`: also those nobody has called or dispositioned."""

    def __init__(self, ground: Ground, *, is_all: bool) -> None:
        super().__init__(ground)
        self._is_all = is_all

    def header(self) -> list[str]:
        say = self.ground.say
        return [
            "ID",
            *self.contact_headings(),
            say("Calificación", "Disposition"),
            say("Subcalificación", "Subdisposition"),
            say("Resultado de contactación", "Result"),
            say("Intentos", "Attempts"),
        ]

    def total(self, session: Session) -> int:
        return session.scalar(select(func.count()).select_from(Contact).where(*self._conditions())) or 0

    def _conditions(self) -> list[ColumnElement[bool]]:
        ground = self.ground
        conditions: list[ColumnElement[bool]] = [
            Contact.base_id == (ground.base_id or 0),
            Contact.is_original.is_(True),
        ]
        if ground.has_chosen_leads:
            chosen = select(Lead.id).where(Lead.campaign_id == ground.campaign_id, Lead.contact_id == Contact.id)
            conditions.append(exists(chosen))
        if not self._is_all:
            called = select(Call.id).where(Call.contact_id == Contact.id, *self._calls())
            answered = select(Disposition.call_id).where(Disposition.contact_id == Contact.id, *self._answers())
            conditions.append(or_(exists(called), exists(answered)))
        return conditions

    def _calls(self) -> list[ColumnElement[bool]]:
        return [Call.campaign_id == self.ground.campaign_id, *self.ground.in_time(Call.started_at)]

    def _answers(self) -> list[ColumnElement[bool]]:
        of_campaign = Disposition.campaign_id == self.ground.campaign_id
        return [of_campaign, *self.ground.in_time(Disposition.updated_at)]

    def batch(self, session: Session, after: Cursor | None) -> tuple[list[list[str]], Cursor | None]:
        statement = select(Contact).where(*self._conditions())
        if after is not None:
            statement = statement.where(Contact.id > after[0])
        contacts = session.scalars(statement.order_by(Contact.id).limit(AT_ONCE)).all()
        ids = [contact.id for contact in contacts]
        attempts, outcomes = self._attempts(session, ids)
        answers = self._last_answers(session, ids)
        rows = [
            [
                str(contact.id),
                *self.contact_cells(contact),
                *answers.get(contact.id, ("", "")),
                outcomes.get(contact.id, ""),
                str(attempts.get(contact.id, 0)),
            ]
            for contact in contacts
        ]
        return rows, (ids[-1],) if len(ids) == AT_ONCE else None

    def _attempts(self, session: Session, contact_ids: Collection[int]) -> tuple[dict[int, int], dict[int, str]]:
        """How often each was called, and what became of the last call."""
        attempts: dict[int, int] = {}
        outcomes: dict[int, str] = {}
        statement = select(Call.contact_id, Call.outcome).where(Call.contact_id.in_(contact_ids), *self._calls())
        for contact_id, outcome in session.execute(statement.order_by(Call.started_at, Call.id)).all():
            if contact_id is None:
                continue
            attempts[contact_id] = attempts.get(contact_id, 0) + 1
            outcomes[contact_id] = self.ground.say(*OUTCOMES.get(outcome, (outcome, outcome)))
        return attempts, outcomes

    def _last_answers(self, session: Session, contact_ids: Collection[int]) -> dict[int, tuple[str, str]]:
        statement = (
            select(Disposition.contact_id, DispositionOption.name, Disposition.subdisposition)
            .join(DispositionOption, DispositionOption.id == Disposition.option_id)
            .where(Disposition.contact_id.in_(contact_ids), *self._answers())
            .order_by(Disposition.updated_at, Disposition.call_id)
        )
        return {
            number or 0: (name, subdisposition or "") for number, name, subdisposition in session.execute(statement)
        }
