"""Contacts as the contract writes them: values by the names of the base's columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.api.v1.bodies import as_text
from omnileads.api.v1.errors import by_field, errors_in_data
from omnileads.api.v1.language import say
from omnileads.api.v1.lookup import Place
from omnileads.campaigns.models import Campaign, Lead, LeadState
from omnileads.contacts import phones
from omnileads.contacts.bases import find_base
from omnileads.contacts.columns import Structure
from omnileads.contacts.contacts import Contacts
from omnileads.contacts.models import Contact, ContactBase
from omnileads.contacts.schemas.bases import ContactOut
from omnileads.kit.clock import Clock
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.permissions import Principal


def main_phone(base: ContactBase) -> str:
    """The name of the main phone's column."""
    structure = Structure.of(base.columns)
    return base.columns[structure.main_phone]["name"]


def external_column(base: ContactBase) -> str | None:
    index = Structure.of(base.columns).external_id
    return base.columns[index]["name"] if index is not None else None


def shown(base: ContactBase, values: Mapping[str, str]) -> dict[str, str | None]:
    """Values (by key) by the names of their columns; empty ones are null."""
    return {column["name"]: values.get(column["key"]) or None for column in base.columns}


def make_contact(
    session: Session, clock: Clock, principal: Principal, place: Place, sent: Mapping[str, Any], state: LeadState
) -> ContactOut:
    """Store a contact with values by column name, and give it to the campaign if contacts are dealt out there.

    What an agent makes for a preview campaign is that agent's. Raises Refused with errors by column.
    """
    base = find_base(session, place.base.id, for_update=True)
    values = texts(base, sent)
    if not place.campaign.allow_duplicates:
        _refuse_known_phone(session, base, values)
    try:
        made = Contacts(session, clock, base, principal).create(values, is_original=place.agent is None)
    except ValidationFailed as error:
        raise errors_in_data(by_column(base, error)) from error
    if place.campaign.kind == "preview":
        _deal_out(session, place, made.id, state)
    return made


def texts(base: ContactBase, sent: Mapping[str, Any]) -> dict[str, str]:
    """Values by key. Raises Refused for values that are neither text nor numbers."""
    values: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    for column in base.columns:
        value = sent.get(column["name"])
        text = "" if value is None else as_text(value)
        if text is None:
            wrong[column["name"]] = [say("No es una cadena válida.", "Not a valid string.")]
        values[column["key"]] = text or ""
    if wrong:
        raise errors_in_data(wrong)
    return values


def _refuse_known_phone(session: Session, base: ContactBase, values: Mapping[str, str]) -> None:
    structure = Structure.of(base.columns)
    phone = phones.clean(values[base.columns[structure.main_phone]["key"]])
    if phone is None:
        return
    main = literal_column("contacts.phones[1]", Text)
    known = select(Contact.id).where(Contact.base_id == base.id, main == phones.digits(phone)).limit(1)
    if session.scalar(known) is not None:
        text = say("Ya existe un contacto con el mismo teléfono.", "There is a contact with the same phone already.")
        raise errors_in_data({"__all__": [text]})


def by_column(base: ContactBase, error: ValidationFailed) -> dict[str, list[str]]:
    names = {column["key"]: column["name"] for column in base.columns}
    found: dict[str, list[str]] = {}
    for problem in error.fields:
        key = problem.field.removeprefix("values.")
        (sentences,) = by_field([problem]).values()
        if problem.code == "taken":
            sentences = [
                say(
                    "Ya existe un contacto con ese id externo en la base de datos",
                    "There is a contact with that external id in the contact list already",
                )
            ]
        found.setdefault(names.get(key, key), []).extend(sentences)
    return found


def _deal_out(session: Session, place: Place, contact_id: int, state: LeadState) -> None:
    """The lead that follows the base may be there already; a campaign of chosen contacts gets one."""
    values = {
        "state": state,
        "agent_id": place.agent.id if place.agent else None,
        "is_original": place.agent is None,
    }
    statement = insert(Lead).values(campaign_id=place.campaign.id, contact_id=contact_id, position=contact_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[Lead.campaign_id, Lead.contact_id], set_=values))


def base_of(session: Session, campaign: Campaign) -> ContactBase | None:
    return session.get(ContactBase, campaign.contact_base_id) if campaign.contact_base_id else None
