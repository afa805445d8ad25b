"""Removing what has run out: idle sessions, long expired tokens, old counts of failed sign-ins."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, func
from sqlalchemy.orm import Session

from omnileads.accounts.models import AccessToken, SignInFailures, User, WebSession
from omnileads.kit.clock import Clock

SESSION_KEPT: Final = timedelta(days=7)
"""The longest idle time that can be set, so no setting's live session is removed."""
TOKEN_KEPT: Final = timedelta(days=30)
FAILURES_KEPT: Final = timedelta(days=1)


def prune(session: Session, clock: Clock) -> None:
    """A lock of a name that a user has stays until it is unblocked."""
    now = clock.now()
    is_of_user = exists().where(func.lower(User.username) == SignInFailures.username, User.deleted_at.is_(None))
    session.execute(delete(WebSession).where(WebSession.last_seen_at < now - SESSION_KEPT))
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now - TOKEN_KEPT))
    session.execute(
        delete(SignInFailures).where(
            SignInFailures.last_failure_at < now - FAILURES_KEPT,
            SignInFailures.locked_at.is_(None) | ~is_of_user,
        )
    )
