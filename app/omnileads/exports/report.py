"""What all reports have in common: where they are about, their columns of contacts and forms, how rows are read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from omnileads.agents.names import agent_names
from omnileads.campaigns.models import Campaign, DispositionOption
from omnileads.contacts.models import Column, Contact, ContactBase
from omnileads.dispositions.models import Disposition
from omnileads.forms.models import Form
from omnileads.kit.clock import midnight
from omnileads.kit.errors import NotFound

AT_ONCE: Final = 1000
"""Rows read in one transaction."""

Cursor = tuple[Any, ...]


@dataclass(frozen=True)
class FormColumn:
    """A field of a form that the campaign's dispositions open."""

    form_id: int
    name: str
    heading: str


@dataclass(frozen=True)
class Ground:
    """A campaign as it was when the report began. `since` is included, `until` is not; null means any."""

    campaign_id: int
    base_id: int | None
    base_name: str
    columns: Sequence[Column]
    fields: Sequence[FormColumn]
    has_chosen_leads: bool
    language: str = "es"
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, session: Session, campaign_id: int) -> Ground:
        """Raises NotFound for a campaign that is gone."""
        campaign = session.get(Campaign, campaign_id)
        if campaign is None or campaign.deleted_at is not None:
            raise NotFound
        base = session.get(ContactBase, campaign.contact_base_id) if campaign.contact_base_id else None
        return cls(
            campaign_id=campaign.id,
            base_id=base.id if base else None,
            base_name=base.name if base else "",
            columns=base.columns if base else (),
            fields=_form_columns(session, campaign.disposition_options),
            has_chosen_leads=campaign.lead_selection == "chosen",
        )

    def between(self, first: date | None, last: date | None, language: str) -> Ground:
        """The same for these days, both included, of the installation's time zone."""
        return replace(
            self,
            language=language,
            since=midnight(first) if first else None,
            until=midnight(last + timedelta(days=1)) if last else None,
        )

    def say(self, spanish: str, english: str) -> str:
        return english if self.language == "en" else spanish

    def in_time(self, moment: Any) -> list[ColumnElement[bool]]:
        """Conditions on a column of moments."""
        since = [moment >= self.since] if self.since else []
        return since + ([moment < self.until] if self.until else [])


def _form_columns(session: Session, options: Sequence[DispositionOption]) -> list[FormColumn]:
    """Fields of the forms in the order of the options; two forms' fields of one name are told apart by the form's."""
    ids = dict.fromkeys(option.form_id for option in options if option.form_id is not None)
    forms = [form for form in (session.get(Form, form_id) for form_id in ids) if form is not None]
    has_several = len(forms) > 1
    return [
        FormColumn(form.id, field.name, f"{form.name}: {field.name}" if has_several else field.name)
        for form in forms
        for field in form.fields
    ]


@dataclass(frozen=True)
class Answer:
    """A disposition with what its option is called."""

    given: Disposition
    option: DispositionOption


class Report(ABC):
    """The rows of a file. Each batch is read in a transaction of its own, so that nothing is held for long."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @abstractmethod
    def header(self) -> list[str]: ...

    @abstractmethod
    def total(self, session: Session) -> int:
        """How many rows there will be, about."""

    @abstractmethod
    def batch(self, session: Session, after: Cursor | None) -> tuple[list[list[str]], Cursor | None]:
        """The rows that follow the cursor, and the cursor of the next ones; None after the last."""

    # --- parts of rows ---------------------------------------------------------------------------------------------

    def contact_headings(self) -> list[str]:
        return [column["name"] for column in self.ground.columns]

    def contact_cells(self, contact: Contact | None) -> list[str]:
        """One for each column of the campaign's base; empty for somebody of another one."""
        if contact is None or contact.base_id != self.ground.base_id:
            return [""] * len(self.ground.columns)
        missing = len(self.ground.columns) - len(contact.values)
        return [*contact.values[: len(self.ground.columns)], *[""] * missing]

    def form_headings(self) -> list[str]:
        return [field.heading for field in self.ground.fields]

    def form_cells(self, answer: Answer | None) -> list[str]:
        if answer is None or answer.option.form_id is None:
            return [""] * len(self.ground.fields)
        answers, form_id = answer.given.answers, answer.option.form_id
        return [str(answers.get(field.name, "")) if field.form_id == form_id else "" for field in self.ground.fields]


def local_time(moment: datetime | None) -> str:
    """In the time zone of the installation, as spreadsheets read it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def contacts_by_id(session: Session, ids: Collection[int | None]) -> Mapping[int, Contact]:
    wanted = {number for number in ids if number is not None and number > 0}
    if not wanted:
        return {}
    return {contact.id: contact for contact in session.scalars(select(Contact).where(Contact.id.in_(wanted)))}


def base_names(session: Session, contacts: Collection[Contact]) -> Mapping[int, str]:
    ids = {contact.base_id for contact in contacts}
    if not ids:
        return {}
    return dict(session.execute(select(ContactBase.id, ContactBase.name).where(ContactBase.id.in_(ids))).all())


def names_of(session: Session, agent_ids: Collection[int | None]) -> Mapping[int, str]:
    return agent_names(session, {number for number in agent_ids if number is not None and number > 0})


def answers_of_calls(session: Session, call_ids: Collection[str]) -> Mapping[str, Answer]:
    if not call_ids:
        return {}
    statement = (
        select(Disposition, DispositionOption)
        .join(DispositionOption, DispositionOption.id == Disposition.option_id)
        .where(Disposition.call_id.in_(call_ids))
    )
    return {given.call_id: Answer(given, option) for given, option in session.execute(statement)}
