"""Bearer tokens for programs: named, expiring, revocable, shown once, kept hashed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from omnileads.accounts.errors import TokenNameTaken, TooManyTokens
from omnileads.accounts.models import AccessToken, User
from omnileads.accounts.sessions import hash_secret
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.permissions import Principal

TOKEN_PREFIX: Final = "oml_"  # noqa: S105 - what tokens begin with, so that they are recognised where they leak
MAX_TOKENS: Final = 50
TOUCH_AFTER: Final = timedelta(minutes=1)


class AccessTokens:
    def __init__(self, session: Session, clock: Clock, audit: AuditLog) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit

    def of_user(self, user_id: int) -> Sequence[AccessToken]:
        return self._session.scalars(
            select(AccessToken).where(AccessToken.user_id == user_id).order_by(AccessToken.id)
        ).all()

    def create(
        self, principal: Principal, name: str, expires_in_days: int, permissions: Collection[str] | None
    ) -> tuple[AccessToken, str]:
        """A new token and its secret, which is nowhere else.

        `permissions` null: whatever its user may. Raises TokenNameTaken, TooManyTokens, ValidationFailed
        (`permissions`) for what the user may not do.
        """
        _check_permissions(principal, permissions)
        owned = select(func.count()).select_from(AccessToken).where(AccessToken.user_id == principal.user_id)
        if self._session.execute(owned).scalar_one() >= MAX_TOKENS:
            raise TooManyTokens
        now = self._clock.now()
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = AccessToken(
            user_id=principal.user_id,
            name=name,
            token_hash=hash_secret(secret),
            permissions=None if permissions is None else sorted(set(permissions)),
            created_at=now,
            expires_at=now + timedelta(days=expires_in_days),
        )
        with constraint_errors(self._session, {"uq_access_tokens_user_id_name": TokenNameTaken()}):
            self._session.add(token)
        after = {"name": name, "permissions": token.permissions}
        self._audit.record("token.created", "token", token.id, actor=principal, after=after)
        return token, secret

    def replace(
        self, principal: Principal, name: str, expires_in_days: int, permissions: Collection[str] | None
    ) -> tuple[AccessToken, str]:
        """As `create`, but an earlier token of this name is revoked."""
        earlier = self._session.scalar(
            select(AccessToken).where(AccessToken.user_id == principal.user_id, AccessToken.name == name)
        )
        if earlier is not None:
            self.revoke(principal, earlier.id)
        return self.create(principal, name, expires_in_days, permissions)

    def revoke(self, principal: Principal, token_id: int) -> None:
        """Raises NotFound for a token that is not the principal's."""
        name = self._session.scalar(
            delete(AccessToken)
            .where(AccessToken.id == token_id, AccessToken.user_id == principal.user_id)
            .returning(AccessToken.name)
        )
        if name is None:
            raise NotFound
        self._audit.record("token.revoked", "token", token_id, actor=principal, before={"name": name})

    def revoke_all_of(self, user_id: int) -> None:
        self._session.execute(delete(AccessToken).where(AccessToken.user_id == user_id))

    def find(self, secret: str) -> tuple[AccessToken, User] | None:
        """The valid token of a secret and its user, and note its use; None when it is unknown or expired."""
        now = self._clock.now()
        row = self._session.execute(
            select(AccessToken, User)
            .join(User, User.id == AccessToken.user_id)
            .where(AccessToken.token_hash == hash_secret(secret), AccessToken.expires_at > now)
        ).one_or_none()
        if row is None:
            return None
        token, user = row
        if token.last_used_at is None or token.last_used_at < now - TOUCH_AFTER:
            self._session.execute(update(AccessToken).where(AccessToken.id == token.id).values(last_used_at=now))
        return token, user


def _check_permissions(principal: Principal, permissions: Collection[str] | None) -> None:
    problems = [
        FieldProblem(f"permissions.{index}", "not-held", f'You do not have the permission "{permission}" yourself.')
        for index, permission in enumerate(permissions or ())
        if not principal.may(permission)
    ]
    if problems:
        raise ValidationFailed(fields=problems)
