"""What uses a contact base: the one place that knows every column which refers to one.

A new reference gets its line in `_USERS`, and is then known wherever a base is to be deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign
from omnileads.contacts.errors import BaseInUse


def _campaigns(base_id: int) -> Select[str]:
    return (
        select(Campaign.name)
        .where(Campaign.contact_base_id == base_id, Campaign.deleted_at.is_(None))
        .order_by(func.lower(Campaign.name))
    )


_USERS: Final[tuple[Callable[[int], Select[str]], ...]] = (_campaigns,)
"""From the id of a base to the names of the campaigns that use it."""


def users_of_base(session: Session, base_id: int) -> list[str]:
    """Names of the campaigns that use the base."""
    return [name for names in _USERS for name in session.scalars(names(base_id))]


def refuse_while_used(session: Session, base_id: int) -> None:
    """Raise BaseInUse, which names the campaigns."""
    users = users_of_base(session, base_id)
    if users:
        raise BaseInUse(users)
