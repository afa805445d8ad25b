"""Contacts for others: who belongs to a number, and all contacts of a base one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from omnileads.contacts import phones, terms
from omnileads.contacts.models import Contact

_AT_ONCE = 2000


def by_phone(session: Session, base_id: int, number: str, limit: int = 10) -> list[Contact]:
    """The contacts of the base that have this number in any phone column, the oldest first.

    `number` is as a caller shows it or as somebody writes it; a plus sign before it makes no difference.
    """
    phone = phones.clean(number)
    if phone is None:
        return []
    asked = cast(terms.phone_term(base_id, phones.digits(phone)), TSQUERY)
    has_it = (Contact.base_id == base_id) & Contact.search.op("@@")(asked)
    return sorted(session.scalars(select(Contact).where(has_it).limit(limit)), key=lambda contact: contact.id)


def iterate(session: Session, base_id: int) -> Iterator[Contact]:
    """All contacts of the base in the order they came, by a cursor on the server: in constant memory.

    The session must not commit meanwhile.
    """
    statement = select(Contact).where(Contact.base_id == base_id).order_by(Contact.id)
    for part in session.scalars(statement.execution_options(yield_per=_AT_ONCE)).partitions():
        yield from part
        for contact in part:
            session.expunge(contact)
