"""Checking a username and a password, whatever door they come through, and locking after too many failures.

Failures are counted per name under a row lock, so parallel guesses are counted one by one. A name nobody has is counted
and locked like any other, and takes as long: the answers do not tell which users exist.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.accounts.errors import AccountLocked, InvalidCredentials, WrongCurrentPassword
from omnileads.accounts.models import AccessToken, SignInFailures, User
from omnileads.accounts.passwords import Passwords
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.permissions import Principal

Door = Literal["web", "api"]


class SignIn:
    def __init__(
        self, session: Session, clock: Clock, passwords: Passwords, audit: AuditLog, failure_limit: int
    ) -> None:
        self._session = session
        self._clock = clock
        self._passwords = passwords
        self._audit = audit
        self._failure_limit = failure_limit

    def authenticate(self, username: str, password: str, door: Door) -> User:
        """The active user these credentials belong to.

        Raises InvalidCredentials, and AccountLocked from the failure that reaches the limit on, even for the right
        password. Both keep the counted failure.
        """
        user = find_user(self._session, username)
        is_right = self._passwords.verify(user.password_hash if user else None, password)
        failures = self._locked_row(username)
        if failures.locked_at is not None:
            self._record("sign-in.refused", user, door)
            raise AccountLocked(self._failure_limit)
        if user is None or not is_right or not user.is_active:
            self._count(failures, user, door)
            raise InvalidCredentials
        self._session.delete(failures)
        if self._passwords.is_outdated(user.password_hash):
            user.password_hash = self._passwords.hash(password)
        user.last_sign_in_at = self._clock.now()
        self._record("sign-in.succeeded", user, door)
        return user

    def confirm_password(self, user: User, password: str) -> None:
        """Check a signed-in user's own password again. A wrong one counts like a failed sign-in.

        Raises WrongCurrentPassword, AccountLocked.
        """
        is_right = self._passwords.verify(user.password_hash, password)
        failures = self._locked_row(user.username)
        if failures.locked_at is not None:
            raise AccountLocked(self._failure_limit)
        if not is_right:
            self._count(failures, user, "web")
            raise WrongCurrentPassword
        self._session.delete(failures)

    def _count(self, failures: SignInFailures, user: User | None, door: Door) -> None:
        """Count one failure; raises AccountLocked when it is the last that was allowed."""
        failures.failures += 1
        failures.last_failure_at = self._clock.now()
        self._record("sign-in.failed", user, door)
        if failures.failures >= self._failure_limit:
            failures.locked_at = failures.last_failure_at
            self._record("sign-in.locked", user, door)
            raise AccountLocked(self._failure_limit)

    def _locked_row(self, username: str) -> SignInFailures:
        """The name's row, made if need be, locked until the end of the transaction."""
        key = fold(username)
        make = (
            insert(SignInFailures)
            .values(username=key, failures=0, last_failure_at=self._clock.now())
            .on_conflict_do_nothing()
        )
        lock = (
            select(SignInFailures)
            .where(SignInFailures.username == key)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        while True:  # a sign-in that succeeds meanwhile deletes the row
            self._session.execute(make)
            row = self._session.scalar(lock)
            if row is not None:
                return row

    def _record(self, action: str, user: User | None, door: Door) -> None:
        """What an unknown user typed is not kept: it may be a password in the wrong field."""
        self._audit.record(action, "user", user.id if user else "unknown", actor=None, after={"door": door})


def fold(username: str) -> str:
    """The form in which two usernames are the same."""
    return username.lower()


def find_user(session: Session, username: str) -> User | None:
    """The user of this name, in any case of letters, unless deleted."""
    return session.scalar(select(User).where(func.lower(User.username) == fold(username), User.deleted_at.is_(None)))


def locked_usernames(session: Session, usernames: Collection[str]) -> set[str]:
    """Which of these names are locked, folded."""
    folded = [fold(username) for username in usernames]
    return set(
        session.scalars(
            select(SignInFailures.username).where(
                SignInFailures.username.in_(folded), SignInFailures.locked_at.is_not(None)
            )
        )
    )


def unblock(session: Session, username: str) -> bool:
    """Forget the failures of a name. Returns whether it was locked."""
    row = session.execute(
        delete(SignInFailures).where(SignInFailures.username == fold(username)).returning(SignInFailures.locked_at)
    ).one_or_none()
    return row is not None and row[0] is not None


def principal_of(user: User, *, session_id: str | None = None, token: AccessToken | None = None) -> Principal:
    """Who is signed in; with a token that has limits, no more than those."""
    permissions = frozenset(user.role.permissions)
    if token is not None and token.permissions is not None:
        permissions &= frozenset(token.permissions)
    return Principal(
        user_id=user.id,
        username=user.username,
        role_slug=user.role.slug,
        permissions=permissions,
        must_change_password=user.must_change_password,
        session_id=session_id,
        token_id=token.id if token is not None else None,
    )
