"""Contacts of a campaign as its agents see them: searched, made and changed within the campaign's restrictions."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Text, literal_column, select
from sqlalchemy.orm import Session

from omnileads.contacts import phones, terms
from omnileads.contacts.columns import Structure
from omnileads.contacts.contacts import Contacts, values_by_key
from omnileads.contacts.models import Contact, ContactBase
from omnileads.contacts.schemas.bases import ContactOut
from omnileads.desk.errors import ContactChanged
from omnileads.desk.place import Place
from omnileads.desk.schemas import AgentContactSlice, CardColumn, ContactCard
from omnileads.kit.clock import Clock
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.pagination import decode_cursor, encode_cursor
from omnileads.kit.permissions import Principal


class DeskContacts:
    def __init__(self, session: Session, clock: Clock, place: Place, actor: Principal) -> None:
        self._session = session
        self._place = place
        self._base = place.base
        self._restrictions = place.restrictions
        self._contacts = Contacts(session, clock, place.base, actor)

    def columns(self) -> list[CardColumn]:
        rules = {column["key"]: self._restrictions.rule(column["key"]) for column in self._restrictions.visible}
        return [
            CardColumn(
                key=column["key"],
                name=column["name"],
                role=column["role"],
                is_locked=rules[column["key"]].locked,
                is_required=rules[column["key"]].required,
            )
            for column in self._restrictions.visible
        ]

    def slice(self, search: str, cursor: str | None, size: int) -> AgentContactSlice:
        """A part of the contacts, or of those a search finds by what the agent may see. Raises ValidationFailed."""
        if not search:
            found = self._contacts.slice("", cursor, size)
            items = [self._card(contact) for contact in found.items]
            return AgentContactSlice(columns=self.columns(), items=items, next=found.next, is_cut=False)
        begin = decode_cursor(cursor, int)[0] if cursor else 0
        found = self._contacts.slice(search, None, size)
        cards = [self._card(contact) for contact in found.items]
        if self._restrictions.hides:
            cards = [card for card in cards if self._is_found_by(card, search)]
        following = begin + size
        return AgentContactSlice(
            columns=self.columns(),
            items=cards[begin:following] if begin >= 0 else [],
            next=encode_cursor(following) if following < len(cards) else None,
            is_cut=found.is_cut,
        )

    def one(self, contact_id: int) -> ContactCard:
        """Raises NotFound."""
        return self._card(self._contacts.one(contact_id))

    def card(self, contact: Contact) -> ContactCard:
        return self._card(self._contacts.shown(contact))

    def create(self, values: Mapping[str, str]) -> ContactCard:
        """Raises ValidationFailed (`values.<key>`)."""
        problems = self._restrictions.problems_of_new(values)
        if not problems and not self._place.campaign.allow_duplicates:
            problems = self._duplicate_problems(values)
        if problems:
            raise ValidationFailed(fields=problems)
        return self._card(self._contacts.create(values))

    def change(self, contact_id: int, values: Mapping[str, str], version: str) -> ContactCard:
        """Raises NotFound, ValidationFailed (`values.<key>`), ContactChanged for a version that is not the present."""
        contact = self._session.scalar(
            select(Contact)
            .where(Contact.base_id == self._base.id, Contact.id == contact_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if contact is None:
            raise NotFound
        present = values_by_key(self._base, contact)
        problems = self._restrictions.problems_of_change(present, values)
        if problems:
            raise ValidationFailed(fields=problems)
        if contact.updated_at.isoformat() != version:
            raise ContactChanged
        return self._card(self._contacts.change(contact_id, values))

    def _card(self, contact: ContactOut) -> ContactCard:
        external = Structure.of(self._base.columns).external_id
        sees_external = external is not None and self._restrictions.sees(self._base.columns[external]["key"])
        return ContactCard(
            id=contact.id,
            phone=contact.phone,
            external_id=contact.external_id if sees_external else None,
            values=self._restrictions.shown(contact.values),
            version=contact.updated_at.isoformat(),
            is_original=contact.is_original,
        )

    def _is_found_by(self, card: ContactCard, search: str) -> bool:
        """Whether what the agent sees of the contact is what was looked for: hidden columns must not be guessable."""
        roles = {column["key"]: column["role"] for column in self._restrictions.visible}
        words = set(terms.words(" ".join(text for key, text in card.values.items() if roles[key] != "phone")))
        numbers = [phones.digits(text) for key, text in card.values.items() if roles[key] == "phone" and text]
        phone = terms.phone_prefix(search)
        if phone is not None and any(number.startswith(phone) for number in numbers):
            return True
        return all(
            any(word.startswith(asked) for word in words)
            or (asked.isdigit() and len(asked) >= phones.MIN_DIGITS and any(n.startswith(asked) for n in numbers))
            for asked in terms.words(search)[: terms.MAX_ASKED]
        )

    def _duplicate_problems(self, values: Mapping[str, str]) -> list[FieldProblem]:
        """The base is locked, so of two agents who add the same person one is told."""
        self._session.execute(select(ContactBase.id).where(ContactBase.id == self._base.id).with_for_update())
        key = self._base.columns[Structure.of(self._base.columns).main_phone]["key"]
        phone = phones.clean(values.get(key, "").strip())
        if phone is None:
            return []
        main = literal_column("contacts.phones[1]", Text)
        known = select(Contact.id).where(Contact.base_id == self._base.id, main == phones.digits(phone)).limit(1)
        if self._session.scalar(known) is None:
            return []
        message = "There is a contact with this phone already, and this campaign allows it once. Search it instead."
        return [FieldProblem(f"values.{key}", "duplicate-phone", message)]
