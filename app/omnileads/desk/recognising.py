"""Whom a number belongs to, among the contacts of a base."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from omnileads.contacts.lookup import by_phone
from omnileads.contacts.models import Contact
from omnileads.telephony.models import OutboundPattern

MOST: Final = 10


def contacts_of_number(session: Session, base_id: int, number: str, *, is_outbound: bool = False) -> list[Contact]:
    """At most MOST, the oldest first. A number that was dialled is looked for without its outside prefix, too."""
    found = by_phone(session, base_id, number, MOST)
    if found or not is_outbound:
        return found
    prefixes = session.scalars(
        select(OutboundPattern.prefix)
        .distinct()
        .where(OutboundPattern.prefix != "", func.starts_with(literal(number), OutboundPattern.prefix))
    )
    by_id = {
        contact.id: contact
        for prefix in prefixes
        for contact in by_phone(session, base_id, number.removeprefix(prefix), MOST)
    }
    return [by_id[contact_id] for contact_id in sorted(by_id)][:MOST]
