"""What uses a contact base: the one place that knows every column which refers to one.

A new reference gets its line in `_USERS`, and is then known wherever a base is to be deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Select
from sqlalchemy.orm import Session

from omnileads.agents.names import listed
from omnileads.contacts.errors import BaseInUse

_USERS: Final[tuple[Callable[[int], Select[str]], ...]] = ()
"""From the id of a base to the names of the campaigns that use it."""


def users_of_base(session: Session, base_id: int) -> list[str]:
    """Names of the campaigns that use the base."""
    return [name for names in _USERS for name in session.scalars(names(base_id))]


def refuse_while_used(session: Session, base_id: int) -> None:
    """Raise BaseInUse, which names the campaigns."""
    users = users_of_base(session, base_id)
    if users:
        raise BaseInUse(f"Campaigns use this base: {listed(users)}. Give them another one first.")
