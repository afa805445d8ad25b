"""Tokens of CRMs: asked for with user and password, kept in Redis while they are valid, asked for again when refused.

The request is `POST` of `{"username": ..., "password": ...}` in JSON; the answer is JSON, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from redis import Redis

from omnileads.crm.models import LONGEST_TOKEN_SECONDS, ExternalSiteAuthentication
from omnileads.kit.clock import Clock
from omnileads.kit.outgoing import USER_AGENT, FullAnswer, OutgoingFailed, OutgoingHttp, OutgoingRequest

TIMEOUT_SECONDS: Final = 8.0
MAX_TOKEN_LENGTH: Final = 8192
MASK: Final = "********"
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An authentication as it is used, outside of any database session."""

    key: str
    token_url: str
    username: str
    password: str
    token_field: str
    duration_seconds: int | None
    duration_field: str
    strict_tls: bool

    @classmethod
    def of(cls, row: ExternalSiteAuthentication) -> Credentials:
        return cls(
            key=str(row.id),
            token_url=row.token_url,
            username=row.username,
            password=row.password,
            token_field=row.token_field,
            duration_seconds=row.duration_seconds,
            duration_field=row.duration_field,
            strict_tls=row.strict_tls,
        )


@dataclass(frozen=True, slots=True)
class Token:
    """`is_fresh`: it was asked for just now, so a refusal does not mean that it is too old."""

    text: str
    expires_at: datetime
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Login:
    """A token that was asked for, with the answer it came in."""

    token: Token
    answer: FullAnswer


class TokenFailed(Exception):
    """No token could be had; the text says why. `cause` is the failure of the network.

    `answer` is what came instead; `secret` is a token in it that cannot be used.
    """

    def __init__(
        self,
        message: str,
        answer: FullAnswer | None = None,
        *,
        cause: OutgoingFailed | None = None,
        secret: str | None = None,
    ) -> None:
        super().__init__(message)
        self.answer = answer
        self.cause = cause
        self.secret = secret


class Tokens:
    def __init__(self, http: OutgoingHttp, redis: Redis, clock: Clock) -> None:
        self._http = http
        self._redis = redis
        self._clock = clock

    async def token(self, credentials: Credentials) -> Token:
        """The token that is kept, else a new one. Raises TokenFailed."""
        key = _key(credentials)
        kept = self._redis.get(key)
        if isinstance(kept, str) and kept:
            left = max(0, int(str(self._redis.pttl(key))))
            return Token(kept, self._clock.now() + timedelta(milliseconds=left), is_fresh=False)
        return (await self.log_in(credentials)).token

    async def log_in(self, credentials: Credentials) -> Login:
        """Ask for a new token, and keep it. Raises TokenFailed."""
        try:
            answer = await self._http.send(
                login_request(credentials), timeout_seconds=TIMEOUT_SECONDS, strict_tls=credentials.strict_tls
            )
        except OutgoingFailed as error:
            raise TokenFailed(f"The token could not be asked for: {error}", cause=error) from error
        text, seconds = _read(credentials, answer)
        self._redis.set(_key(credentials), text, px=_kept_ms(seconds))
        return Login(Token(text, self._clock.now() + timedelta(seconds=seconds), is_fresh=True), answer)

    def forget(self, credentials: Credentials) -> None:
        self._redis.delete(_key(credentials))


def login_request(credentials: Credentials, password: str | None = None) -> OutgoingRequest:
    """The request for a token; `password` in place of the real one makes it fit to be shown."""
    body = {"username": credentials.username, "password": credentials.password if password is None else password}
    headers = (("User-Agent", USER_AGENT), ("Accept", "application/json"), ("Content-Type", "application/json"))
    return OutgoingRequest("POST", credentials.token_url, headers, json.dumps(body).encode())


def masked(secret: str) -> str:
    """The ends of a long secret, nothing of a short one."""
    return f"{secret[:4]}…{secret[-4:]} ({len(secret)})" if len(secret) >= 24 else MASK


def _key(credentials: Credentials) -> str:
    """Another user or password has another token."""
    parts = (credentials.token_url, credentials.username, credentials.password, credentials.token_field)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"oml:crm:token:{credentials.key}:{digest[:32]}"


def _kept_ms(seconds: float) -> int:
    """A little less than it is valid, so that it does not expire on its way."""
    return max(1, round((seconds - min(30.0, seconds / 10)) * 1000))


def _read(credentials: Credentials, answer: FullAnswer) -> tuple[str, float]:
    """Token and how many seconds it is valid. Raises TokenFailed."""
    if not 200 <= answer.status < 300:
        raise TokenFailed(f"The token was refused with status {answer.status}. Check user and password.", answer)
    try:
        document = json.loads(answer.text)
    except (ValueError, RecursionError):
        raise TokenFailed("The answer with the token is not JSON.", answer) from None
    text = _field(document, credentials.token_field)
    if not isinstance(text, str) or not text:
        raise TokenFailed(f'The answer has no text in the field "{credentials.token_field}".', answer)
    if len(text) > MAX_TOKEN_LENGTH or _TOKEN.fullmatch(text) is None:
        message = "The token is too long or has characters that cannot be sent in a header."
        raise TokenFailed(message, answer, secret=text)
    seconds = _duration(credentials, document)
    if not 1 <= seconds <= LONGEST_TOKEN_SECONDS:
        message = f'The answer has no number of seconds in the field "{credentials.duration_field}".'
        raise TokenFailed(message, answer, secret=text)
    return text, seconds


def _duration(credentials: Credentials, document: Any) -> float:
    """0 where the answer does not say it."""
    if not credentials.duration_field:
        return float(credentials.duration_seconds or 1)
    value = _field(document, credentials.duration_field)
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _field(document: Any, path: str) -> Any:
    """The value at a dotted path; None if there is none."""
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document
