"""Reports of dispositions: all of a campaign, and those with the answers of a form."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from omnileads.calls.models import Call
from omnileads.campaigns.models import DispositionOption
from omnileads.dispositions.models import Disposition
from omnileads.exports.report import (
    AT_ONCE,
    Answer,
    Cursor,
    Report,
    base_names,
    contacts_by_id,
    local_time,
    names_of,
)


class Answers(Report):
    """Every disposition, also about contacts that were not called."""

    def header(self) -> list[str]:
        say = self.ground.say
        return [
            say("Fecha-Hora", "Time"),
            say("Agente", "Agent"),
            say("Teléfono contactado", "Number"),
            *self.contact_headings(),
            say("Calificación", "Disposition"),
            say("Subcalificación", "Subdisposition"),
            say("Observaciones", "Comment"),
            say("Base de datos", "Contact base"),
            "Call ID",
        ]

    def total(self, session: Session) -> int:
        statement = select(func.count()).select_from(Disposition).join(DispositionOption)
        return session.scalar(statement.where(*self.conditions())) or 0

    def conditions(self) -> list[ColumnElement[bool]]:
        return [Disposition.campaign_id == self.ground.campaign_id, *self.ground.in_time(Disposition.updated_at)]

    def batch(self, session: Session, after: Cursor | None) -> tuple[list[list[str]], Cursor | None]:
        key = (Disposition.updated_at, Disposition.call_id)
        statement = select(Disposition, DispositionOption).join(
            DispositionOption, DispositionOption.id == Disposition.option_id
        )
        statement = statement.where(*self.conditions())
        if after is not None:
            statement = statement.where(tuple_(*key) > after)
        found = session.execute(statement.order_by(*key).limit(AT_ONCE))
        answers = [Answer(given, option) for given, option in found]
        contacts = contacts_by_id(session, [answer.given.contact_id for answer in answers])
        agents = names_of(session, [answer.given.agent_id for answer in answers])
        bases = base_names(session, contacts.values())
        numbers = dict(
            session.execute(
                select(Call.id, Call.number).where(Call.id.in_([answer.given.call_id for answer in answers]))
            ).all()
        )
        rows: list[list[str]] = []
        for answer in answers:
            given = answer.given
            contact = contacts.get(given.contact_id or 0)
            number = numbers.get(given.call_id) or (contact.phone if contact else "")
            rows.append(
                [
                    local_time(given.updated_at),
                    agents.get(given.agent_id, ""),
                    number,
                    *self.contact_cells(contact),
                    answer.option.name,
                    given.subdisposition or "",
                    given.comment,
                    bases.get(contact.base_id, "") if contact else "",
                    given.call_id if given.call_id in numbers else (given.given_call_id or ""),
                    *self.more_cells(answer),
                ]
            )
        last = answers[-1].given if len(answers) == AT_ONCE else None
        return rows, (last.updated_at, last.call_id) if last is not None else None

    def more_cells(self, _answer: Answer) -> list[str]:
        return []


class Forms(Answers):
    """Every disposition that opened a form, with what was answered in it."""

    def header(self) -> list[str]:
        return [*super().header(), *self.form_headings()]

    def conditions(self) -> list[ColumnElement[bool]]:
        return [*super().conditions(), DispositionOption.form_id.is_not(None)]

    def more_cells(self, answer: Answer) -> list[str]:
        return self.form_cells(answer)
