"""Who is behind a request to `/api/v1`: a session with its CSRF token first, then a bearer token.

Whoever is not let in gets 403 with a reason, never 401. All other addresses are the accounts' own business.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection

from omnileads.accounts.authenticator import SAFE_METHODS, AccountsAuthenticator
from omnileads.accounts.errors import CsrfFailed, SessionEnded, TokenRefused
from omnileads.accounts.login_tokens import holder_of
from omnileads.accounts.sessions import CSRF_HEADER, SESSION_COOKIE, is_csrf_token
from omnileads.accounts.tokens import TOKEN_PREFIX
from omnileads.api.v1.errors import Denied
from omnileads.api.v1.prefix import is_contract
from omnileads.kit.errors import NotSignedIn
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

OTHER_CSRF_HEADER: Final = "X-CSRFToken"


class ContractAuthenticator:
    """Implements `kit.permissions.Authenticator`."""

    def __init__(self, accounts: AccountsAuthenticator, runtime: Runtime) -> None:
        self._accounts = accounts
        self._runtime = runtime

    def check_internal(self, connection: HTTPConnection) -> None:
        self._accounts.check_internal(connection)

    def principal(self, connection: HTTPConnection) -> Principal:
        if not is_contract(connection.scope["path"]):
            return self._accounts.principal(connection)
        by_session = self._by_session(connection)
        if by_session is not None:
            return by_session
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn
        return self._by_token(secret.strip())

    def _by_session(self, connection: HTTPConnection) -> Principal | None:
        """A session that has ended is none, so that a token beside its cookie counts."""
        cookie = connection.cookies.get(SESSION_COOKIE)
        if not cookie:
            return None
        try:
            principal = self._accounts.by_session(cookie)
        except SessionEnded:
            return None
        headers = connection.headers
        presented = headers.get(CSRF_HEADER) or headers.get(OTHER_CSRF_HEADER, "")
        if connection.scope["method"] not in SAFE_METHODS and not is_csrf_token(cookie, presented):
            raise CsrfFailed
        return principal

    def _by_token(self, secret: str) -> Principal:
        if secret.startswith(TOKEN_PREFIX):
            try:
                return self._accounts.by_token(secret)
            except TokenRefused as error:
                raise Denied("Invalid Token") from error
        with self._runtime.database.reading() as reader:
            holder = holder_of(reader, secret)
        if holder is None:
            raise Denied("Invalid Token")
        if not holder.is_active:
            raise Denied("User is not active")
        if holder.expires_at <= self._runtime.clock.now():
            raise Denied("The Token is expired")
        return holder.principal
