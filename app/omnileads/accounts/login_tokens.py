"""The one token a user gets by signing in to `/api/v1`: the same at each sign-in until it expires, never prolonged.

The database holds a random nonce and the token's hash. The token itself is made anew from the nonce and a secret of the
server's environment at each sign-in, so it can be told again although it is stored nowhere. When that secret is
changed, the one before makes the tokens that were made with it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.accounts.models import LoginToken, Role, User
from omnileads.accounts.sessions import hash_secret
from omnileads.kit.clock import Clock
from omnileads.kit.db import Reader, table_of
from omnileads.kit.permissions import Principal
from omnileads.settings import Settings

NONCE_BYTES: Final = 16
TOKEN_BYTES: Final = 20

_tokens, _users, _roles = table_of(LoginToken).c, table_of(User).c, table_of(Role).c
_HOLDER: Final = (
    select(
        _tokens.expires_at,
        _users.id,
        _users.username,
        _users.is_active,
        _users.must_change_password,
        _roles.slug,
        _roles.permissions,
    )
    .join_from(table_of(LoginToken), table_of(User), _users.id == _tokens.user_id)
    .join(table_of(Role), _roles.id == _users.role_id)
    .where(_tokens.token_hash == bindparam("token_hash"), _users.deleted_at.is_(None))
)


@dataclass(frozen=True)
class Holder:
    principal: Principal
    is_active: bool
    expires_at: datetime


class LoginTokens:
    def __init__(
        self, session: Session, clock: Clock, key: bytes, life: timedelta, key_before: bytes | None = None
    ) -> None:
        self._session = session
        self._clock = clock
        self._key = key
        self._keys = (key,) if key_before is None else (key, key_before)
        self._life = life

    def of_user(self, user: User) -> tuple[str, timedelta]:
        """The user's token and the time it has left; a new one when there is none that is valid."""
        now = self._clock.now()
        present = self._session.get(LoginToken, user.id, with_for_update=True, populate_existing=True)
        if present is not None and present.expires_at > now:
            for key in self._keys:
                secret = _secret(key, user.id, present.nonce)
                if hmac.compare_digest(hash_secret(secret), present.token_hash):
                    return secret, present.expires_at - now
        nonce = secrets.token_bytes(NONCE_BYTES)
        secret = _secret(self._key, user.id, nonce)
        values = {
            "nonce": nonce,
            "token_hash": hash_secret(secret),
            "created_at": now,
            "expires_at": now + self._life,
        }
        statement = insert(LoginToken).values(user_id=user.id, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=[LoginToken.user_id], set_=values))
        return secret, self._life


def holder_of(reader: Reader, secret: str) -> Holder | None:
    """Who holds a token, expired or not; None when nobody does or the user is deleted. One statement."""
    row = reader.execute(_HOLDER, {"token_hash": hash_secret(secret)}).one_or_none()
    if row is None:
        return None
    principal = Principal(row.id, row.username, row.slug, frozenset(row.permissions), row.must_change_password)
    return Holder(principal, row.is_active, row.expires_at)


def _secret(key: bytes, user_id: int, nonce: bytes) -> str:
    message = b"oml login token:%d:" % user_id + nonce
    return hmac.digest(key, message, "sha256")[:TOKEN_BYTES].hex()


def make_login_tokens(session: Session, clock: Clock, settings: Settings) -> LoginTokens:
    key = settings.app.internal_token.get_secret_value().encode()
    before = settings.app.internal_token_previous
    return LoginTokens(
        session,
        clock,
        key,
        timedelta(seconds=settings.token.expired_after_seconds),
        before.get_secret_value().encode() if before else None,
    )


def revoke_login_token(session: Session, user_id: int) -> None:
    session.execute(delete(LoginToken).where(LoginToken.user_id == user_id))
