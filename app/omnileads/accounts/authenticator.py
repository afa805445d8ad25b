"""Who is behind a connection: a bearer token, or a session cookie with its CSRF token for unsafe methods."""

from __future__ import annotations

import hmac
from typing import Final

from starlette.requests import HTTPConnection

from omnileads.accounts.errors import CsrfFailed, SessionEnded, TokenRefused
from omnileads.accounts.models import User
from omnileads.accounts.sessions import CSRF_HEADER, SESSION_COOKIE, WebSessions, is_csrf_token
from omnileads.accounts.sign_in import principal_of
from omnileads.accounts.tokens import AccessTokens
from omnileads.kit.audit import AuditLog
from omnileads.kit.errors import NotSignedIn
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class AccountsAuthenticator:
    """Implements `kit.permissions.Authenticator` with its own short transaction, so websockets hold no connection."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._runtime = runtime
        self._idle_seconds = settings.session.cookie_age
        self._internal_token = settings.app.internal_token.get_secret_value()

    def principal(self, connection: HTTPConnection) -> Principal:
        bearer = _bearer(connection)
        if bearer is not None:
            return self.by_token(bearer)
        cookie = connection.cookies.get(SESSION_COOKIE)
        if not cookie:
            raise NotSignedIn
        principal = self.by_session(cookie)
        method = connection.scope.get("method", "GET")
        if method not in SAFE_METHODS and not is_csrf_token(cookie, connection.headers.get(CSRF_HEADER, "")):
            raise CsrfFailed
        return principal

    def check_internal(self, connection: HTTPConnection) -> None:
        bearer = _bearer(connection) or ""
        if not hmac.compare_digest(bearer.encode(), self._internal_token.encode()):
            raise TokenRefused

    def by_session(self, cookie: str) -> Principal:
        """Raises SessionEnded."""
        runtime = self._runtime
        with runtime.database.transaction() as session:
            found = WebSessions(session, runtime.redis, runtime.clock, self._idle_seconds).find(cookie)
            if found is None or not _may_sign_in(found[1]):
                raise SessionEnded
            return principal_of(found[1], session_id=found[0].id)

    def by_token(self, secret: str) -> Principal:
        """Raises TokenRefused."""
        runtime = self._runtime
        with runtime.database.transaction() as session:
            found = AccessTokens(session, runtime.clock, AuditLog(session, runtime.clock)).find(secret)
            if found is None or not _may_sign_in(found[1]):
                raise TokenRefused
            return principal_of(found[1], token=found[0])


def _may_sign_in(user: User) -> bool:
    return user.is_active and user.deleted_at is None


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, value = connection.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None
