"""What accounts needs from the domains above it. The composition root provides the implementation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class AgentRef:
    """A user's agent profile, as far as accounts shows it."""

    id: int
    extension: int
    group_id: int
    allow_password_change: bool


class AgentDirectory(Protocol):
    """Agent profiles of users. Methods work in the caller's transaction and bump the configuration revision."""

    def by_user(self, session: Session, user_ids: Collection[int]) -> dict[int, AgentRef]:
        """The live profiles among these users, by user id."""

    def create(self, session: Session, user_id: int, group_id: int) -> AgentRef:
        """Make the profile and assign an extension. Raises ValidationFailed (field `group_id`) for an unknown group."""

    def change_group(self, session: Session, user_id: int, group_id: int) -> AgentRef:
        """Move the profile to another group. Raises ValidationFailed (field `group_id`) for an unknown group."""

    def retire(self, session: Session, user_id: int) -> None:
        """End the profile, free its extension and take it out of campaigns; nothing happens without a profile."""

    def copy(self, session: Session, source_user_id: int, user_id: int) -> AgentRef:
        """Make a profile in the group and, with the same penalties, in the campaigns of the source's profile.

        Raises LookupError when the source has none.
        """

    def supervised_by(self, session: Session, supervisor_user_id: int) -> set[int]:
        """User ids of the agents in campaigns this user supervises."""

    def supervising_beside(self, session: Session, supervisor_user_id: int) -> set[int]:
        """User ids of those who supervise a campaign together with this user."""

    def in_no_campaign(self, session: Session) -> set[int]:
        """User ids of the agents nobody supervises yet."""

    def group_names(self, session: Session) -> dict[int, str]:
        """The agent groups there are, by id."""
