"""Who is told that contacts came to a base or changed, without contacts knowing them.

A process that writes contacts fills the list once, when it is put together (`follow`). `tell` is called in the
transaction of the change, after the row of the base was written.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol

from sqlalchemy.orm import Session


class Follower(Protocol):
    def __call__(self, session: Session, base_id: int, contact_ids: Collection[int] | None = None) -> None:
        """`contact_ids` is None when they are too many to be named."""


_FOLLOWERS: Final[list[Follower]] = []


def follow(follower: Follower) -> None:
    """Tell this one from now on; once, however often it is said."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def tell(session: Session, base_id: int, contact_ids: Collection[int] | None = None) -> None:
    for follower in _FOLLOWERS:
        follower(session, base_id, contact_ids)
