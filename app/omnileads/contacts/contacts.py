"""Contacts of a base: searched, read, made, changed and deleted one by one. Many at once is the business of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, cast, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from omnileads.contacts import terms
from omnileads.contacts.columns import Structure
from omnileads.contacts.errors import ExternalIdTaken
from omnileads.contacts.followers import tell
from omnileads.contacts.models import Contact, ContactBase
from omnileads.contacts.reasons import sentence
from omnileads.contacts.rows import NewContact, RowRefusedError, judged
from omnileads.contacts.schemas.bases import ContactOut, ContactSlice
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.pagination import decode_cursor, encode_cursor
from omnileads.kit.permissions import Principal

SEARCH_LIMIT: Final = 200
"""Most contacts a search shows."""
_LOOK_FIRST: Final = 3000
"""Contacts looked through one by one before the index is asked: what is frequent is found among them."""


def validate_values(base: ContactBase, values: Mapping[str, str]) -> list[FieldProblem]:
    """What is wrong with the values (by column key) of a contact of the base; fields are `values.<key>`."""
    keys = {column["key"] for column in base.columns}
    problems = [
        FieldProblem(f"values.{key}", "unknown", "The base has no such column.") for key in values if key not in keys
    ]
    try:
        _judged(base, values)
    except RowRefusedError as refused:
        key = next((column["key"] for column in base.columns if column["name"] == refused.column), "")
        problems.append(FieldProblem(f"values.{key}", refused.code, sentence(refused.code, refused.column)))
    return problems


def values_by_key(base: ContactBase, contact: Contact) -> dict[str, str]:
    """The values of a contact as programs see them."""
    return {column["key"]: value for column, value in zip(base.columns, contact.values, strict=True)}


class Contacts:
    """The contacts of one base. Changes are audited; they are no configuration, so no part reads it anew for them."""

    def __init__(self, session: Session, clock: Clock, base: ContactBase, actor: Principal | None) -> None:
        self._session = session
        self._audit = AuditLog(session, clock)
        self._base = base
        self._actor = actor

    def slice(self, search: str, cursor: str | None, size: int) -> ContactSlice:
        """Contacts in the order they came, or those a search finds. Raises ValidationFailed (`cursor`)."""
        asked = terms.query(self._base.id, search) if search else None
        if search:
            found = self._search(asked, terms.phone_prefix(search)) if asked else []
            return ContactSlice(
                items=[self.shown(contact) for contact in found[:SEARCH_LIMIT]],
                next=None,
                is_cut=len(found) > SEARCH_LIMIT,
            )
        after = decode_cursor(cursor, int)[0] if cursor else 0
        rows = self._read(Contact.id > after, size + 1, in_order=True)
        more = encode_cursor(rows[size - 1].id) if len(rows) > size else None
        return ContactSlice(items=[self.shown(row) for row in rows[:size]], next=more, is_cut=False)

    def one(self, contact_id: int) -> ContactOut:
        """Raises NotFound."""
        return self.shown(self._contact(contact_id))

    def create(self, values: Mapping[str, str], *, is_original: bool = False) -> ContactOut:
        """Raises ValidationFailed (`values.<key>`)."""
        new = self._checked(values)
        contact = Contact(base_id=self._base.id, is_original=is_original)
        with self._unique():
            self._fill(contact, new)
            self._session.add(contact)
        self._count(1)
        tell(self._session, self._base.id, [contact.id])
        self._audit.record("contact.created", "contact", contact.id, actor=self._actor, after=self._snapshot(contact))
        return self.shown(contact)

    def change(self, contact_id: int, values: Mapping[str, str]) -> ContactOut:
        """Raises NotFound, ValidationFailed (`values.<key>`)."""
        contact = self._contact(contact_id, for_update=True)
        before = self._snapshot(contact)
        new = self._checked({**values_by_key(self._base, contact), **values})
        with self._unique():
            self._fill(contact, new)
        self._session.refresh(contact)
        tell(self._session, self._base.id, [contact.id])
        after = self._snapshot(contact)
        self._audit.record("contact.changed", "contact", contact.id, actor=self._actor, before=before, after=after)
        return self.shown(contact)

    def delete(self, contact_id: int) -> None:
        """Raises NotFound."""
        contact = self._contact(contact_id, for_update=True)
        before = self._snapshot(contact)
        self._session.delete(contact)
        self._session.flush()
        self._count(-1)
        self._audit.record("contact.deleted", "contact", contact_id, actor=self._actor, before=before)

    def shown(self, contact: Contact) -> ContactOut:
        return ContactOut(
            id=contact.id,
            phone=contact.phone,
            external_id=contact.external_id,
            values=values_by_key(self._base, contact),
            is_original=contact.is_original,
            created_at=contact.created_at,
            updated_at=contact.updated_at,
        )

    def _search(self, asked: str, phone: str | None) -> list[Contact]:
        """At most SEARCH_LIMIT + 1. Three ways that are each quick where the others are slow, in this order."""
        limit = SEARCH_LIMIT + 1
        if phone is not None:
            mains = self._read(_begins_with(phone), limit, in_order=False)
            if len(mains) == limit:
                return mains
        query = cast(asked, TSQUERY)
        first = (
            select(Contact.id, Contact.search)
            .where(Contact.base_id == self._base.id)
            .order_by(Contact.id)
            .limit(_LOOK_FIRST)
            .subquery()
        )
        frequent = select(first.c.id).where(first.c.search.op("@@")(query))
        ids = self._session.scalars(frequent.limit(limit)).all()
        if len(ids) == limit:
            return self._read(Contact.id.in_(ids), limit, in_order=True)
        return self._rare(query, limit)

    def _rare(self, query: ColumnElement[Any], limit: int) -> list[Contact]:
        """By the index of searches, whose terms name the base.

        PostgreSQL takes a word it knows nothing of for one that is in every 200th contact, and would hope to meet
        enough of them by reading the table from its beginning.
        """
        statement = select(Contact).where(Contact.search.op("@@")(query)).limit(limit)
        self._session.execute(text("SET LOCAL enable_seqscan = off"))
        rare = self._session.scalars(statement).all()
        self._session.execute(text("SET LOCAL enable_seqscan = on"))
        return sorted(rare, key=lambda contact: contact.id)

    def _read(self, condition: ColumnElement[bool], limit: int, *, in_order: bool) -> list[Contact]:
        statement = select(Contact).where(and_(Contact.base_id == self._base.id, condition)).limit(limit)
        return list(self._session.scalars(statement.order_by(Contact.id) if in_order else statement))

    def _contact(self, contact_id: int, *, for_update: bool = False) -> Contact:
        statement = select(Contact).where(Contact.base_id == self._base.id, Contact.id == contact_id)
        contact = self._session.scalar(statement.with_for_update() if for_update else statement)
        if contact is None:
            raise NotFound
        return contact

    def _checked(self, values: Mapping[str, str]) -> NewContact:
        problems = validate_values(self._base, values)
        if problems:
            raise ValidationFailed(fields=problems)
        return _judged(self._base, values)

    def _fill(self, contact: Contact, new: NewContact) -> None:
        structure = Structure.of(self._base.columns)
        contact.phone, contact.external_id = new.phone, new.external_id
        contact.values, contact.phones = list(new.values), list(new.phones)
        data = [new.values[index] for index in structure.data]
        contact.search = terms.vector(self._base.id, data, new.phones)

    def _count(self, change: int) -> None:
        self._session.execute(
            update(ContactBase)
            .where(ContactBase.id == self._base.id)
            .values(contact_count=ContactBase.contact_count + change)
        )

    def _unique(self) -> Any:
        external = next((column["key"] for column in self._base.columns if column["role"] == "external-id"), "")
        return constraint_errors(self._session, {"uq_contacts_base_id_external_id": ExternalIdTaken(external)})

    def _snapshot(self, contact: Contact) -> dict[str, Any]:
        return {"base_id": self._base.id, **{f"values.{k}": v for k, v in values_by_key(self._base, contact).items()}}


def _judged(base: ContactBase, values: Mapping[str, str]) -> NewContact:
    """Raises RowRefusedError."""
    ordered: Sequence[str] = [values.get(column["key"], "").strip() for column in base.columns]
    return judged(Structure.of(base.columns), list(ordered))


def _begins_with(phone: str) -> ColumnElement[bool]:
    """Main phones that begin with these digits, as a range of the index; ":" comes after "9"."""
    main: ColumnElement[str] = literal_column("contacts.phones[1]", Text)
    return and_(main >= phone, main < f"{phone}:")
