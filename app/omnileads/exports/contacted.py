"""Reports of calls: those that were talked, those of them with a disposition, those nobody talked in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from omnileads.calls.models import Call, CallEvent
from omnileads.calls.projection import NOT_REACHED
from omnileads.dispositions.models import Disposition
from omnileads.exports.report import (
    AT_ONCE,
    Cursor,
    Report,
    answers_of_calls,
    base_names,
    contacts_by_id,
    local_time,
    names_of,
)

KINDS: Final[dict[int, tuple[str, str]]] = {
    1: ("Manual", "Manual"),
    2: ("Dialer", "Dialer"),
    3: ("Entrante", "Inbound"),
    4: ("Preview", "Preview"),
    6: ("Click2call", "Click to call"),
    7: ("Interna", "Internal"),
}
"""Call types, as the original numbers them."""

REASONS: Final[dict[str, tuple[str, str]]] = {
    "NOANSWER": ("Cliente no atiende", "Not answered"),
    "BUSY": ("Ocupado", "Busy"),
    "CANCEL": ("Se corta antes que atienda el cliente", "Hung up before the answer"),
    "CHANUNAVAIL": ("Canal no disponible", "Trunk not available"),
    "CONGESTION": ("Congestión", "Congestion"),
    "NONDIALPLAN": ("Problema de enrutamiento", "No outbound route"),
    "BLACKLIST": ("Número en lista negra", "On a do-not-call list"),
    "OTHER": ("Fallo de la llamada", "Failed"),
    "FAIL": ("Fallo de la llamada", "Failed"),
    "AMD": ("Contestador detectado", "Answering machine"),
    "EXITWITHTIMEOUT": ("Expirada", "Waited too long"),
    "ABANDON": ("Abandonada por el cliente", "Abandoned"),
    "ABANDONWEL": ("Abandonada durante el anuncio", "Abandoned during the welcome"),
}
"""Events with which a call ends without a talk, and what reports call them."""

assert set(NOT_REACHED) <= set(REASONS)  # noqa: S101 - every way a call out fails has a name


class Contacted(Report):
    """Every call that an agent talked in, with its disposition if it has one."""

    def header(self) -> list[str]:
        say = self.ground.say
        return [
            say("Teléfono contactado", "Number"),
            *self.contact_headings(),
            say("Fecha-Hora Contacto", "Time"),
            say("Agente", "Agent"),
            "Call ID",
            say("Tipo de llamada", "Kind of call"),
            say("ID base de datos", "Contact base id"),
            say("Base de datos", "Contact base"),
            say("Duración", "Seconds"),
            say("Calificación", "Disposition"),
            say("Subcalificación", "Subdisposition"),
            say("Observaciones", "Comment"),
            *self.form_headings(),
        ]

    def total(self, session: Session) -> int:
        return session.scalar(select(func.count()).select_from(Call).where(*self.conditions())) or 0

    def conditions(self) -> list[ColumnElement[bool]]:
        ground = self.ground
        talked = [Call.campaign_id == ground.campaign_id, Call.outcome == "answered", Call.agent_id.is_not(None)]
        return [*talked, *ground.in_time(Call.started_at)]

    def batch(self, session: Session, after: Cursor | None) -> tuple[list[list[str]], Cursor | None]:
        calls = session.scalars(self._next(after)).all()
        contacts = contacts_by_id(session, [call.contact_id for call in calls])
        agents = names_of(session, [call.agent_id for call in calls])
        bases = base_names(session, contacts.values())
        answers = answers_of_calls(session, [call.id for call in calls])
        kinds = self._kinds(session, [call.id for call in calls])
        rows: list[list[str]] = []
        for call in calls:
            contact, answer = contacts.get(call.contact_id or 0), answers.get(call.id)
            none = self.ground.say("Llamada Atendida sin calificacion", "Answered without a disposition")
            rows.append(
                [
                    call.number,
                    *self.contact_cells(contact),
                    local_time(call.started_at),
                    agents.get(call.agent_id or 0, ""),
                    call.id,
                    kinds.get(call.id, ""),
                    str(contact.base_id) if contact else "",
                    bases.get(contact.base_id, "") if contact else "",
                    str(round(call.talk_seconds or 0)),
                    answer.option.name if answer else none,
                    (answer.given.subdisposition or "") if answer else "",
                    answer.given.comment if answer else "",
                    *self.form_cells(answer),
                ]
            )
        return rows, (calls[-1].started_at, calls[-1].id) if len(calls) == AT_ONCE else None

    def _next(self, after: Cursor | None) -> Select[Call]:
        statement = select(Call).where(*self.conditions())
        if after is not None:
            statement = statement.where(tuple_(Call.started_at, Call.id) > after)
        return statement.order_by(Call.started_at, Call.id).limit(AT_ONCE)

    def _kinds(self, session: Session, call_ids: list[str]) -> dict[str, str]:
        statement = select(CallEvent.call_id, CallEvent.call_type).where(
            CallEvent.call_id.in_(call_ids), CallEvent.event.in_(("CONNECT", "ANSWER"))
        )
        return {call_id: self.ground.say(*KINDS.get(kind, ("", ""))) for call_id, kind in session.execute(statement)}


class Dispositioned(Contacted):
    """Those of the talked calls that have a disposition."""

    def conditions(self) -> list[ColumnElement[bool]]:
        return [*super().conditions(), exists(select(Disposition.call_id).where(Disposition.call_id == Call.id))]


class NotAttended(Report):
    """Every time a call ended, or left a queue, without a talk, and why."""

    def header(self) -> list[str]:
        say = self.ground.say
        return [
            say("Teléfono", "Number"),
            *self.contact_headings(),
            say("Fecha-Hora", "Time"),
            say("Tipo de llamada", "Kind of call"),
            say("Estado", "Reason"),
            say("Agente", "Agent"),
            "Call ID",
            say("Base de datos", "Contact base"),
        ]

    def total(self, session: Session) -> int:
        return session.scalar(select(func.count()).select_from(CallEvent).where(*self._conditions())) or 0

    def _conditions(self) -> list[ColumnElement[bool]]:
        of_campaign = [CallEvent.campaign_id == self.ground.campaign_id, CallEvent.event.in_(REASONS)]
        return [*of_campaign, *self.ground.in_time(CallEvent.time)]

    def batch(self, session: Session, after: Cursor | None) -> tuple[list[list[str]], Cursor | None]:
        key = (CallEvent.time, CallEvent.call_id, CallEvent.sequence)
        statement = select(CallEvent).where(*self._conditions())
        if after is not None:
            statement = statement.where(tuple_(*key) > after)
        events = session.scalars(statement.order_by(*key).limit(AT_ONCE)).all()
        known = dict(
            session.execute(
                select(Call.id, Call.contact_id).where(Call.id.in_({event.call_id for event in events}))
            ).all()
        )
        contacts = contacts_by_id(session, list(known.values()))
        agents = names_of(session, [event.agent_id for event in events])
        bases = base_names(session, contacts.values())
        rows: list[list[str]] = []
        for event in events:
            contact = contacts.get(known.get(event.call_id) or 0)
            rows.append(
                [
                    event.number,
                    *self.contact_cells(contact),
                    local_time(event.time),
                    self.ground.say(*KINDS.get(event.call_type, ("", ""))),
                    self.ground.say(*REASONS[event.event]),
                    agents.get(event.agent_id, ""),
                    event.call_id,
                    bases.get(contact.base_id, "") if contact else "",
                ]
            )
        last = events[-1] if len(events) == AT_ONCE else None
        return rows, (last.time, last.call_id, last.sequence) if last is not None else None
