"""Web sessions: one per user, ended by sign-out, by idleness, or by signing in elsewhere.

The cookie holds 256 random bits; the database its SHA-256. The CSRF token is derived from the cookie's value, so it
belongs to this session and needs no storage. A session that ends before its time is announced on Redis, where the
websocket hubs listen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import redis
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from omnileads.accounts.models import User, WebSession
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.context import request_context
from omnileads.kit.db import after_commit
from omnileads.kit.ids import new_id

SESSION_CHANNEL: Final = "oml:sessions"
SESSION_COOKIE: Final = "oml_session"
CSRF_COOKIE: Final = "oml_csrf"
CSRF_HEADER: Final = "X-CSRF-Token"

TOUCH_FRACTION: Final = 20
"""`last_seen_at` is written again after a twentieth of the idle time, so a busy console does not write each request."""


@dataclass(frozen=True)
class StartedSession:
    """`cookie` is the secret for the browser; it is nowhere else."""

    id: str
    cookie: str
    csrf_token: str


class WebSessions:
    def __init__(self, session: Session, client: redis.Redis, clock: Clock, idle_seconds: int) -> None:
        self._session = session
        self._redis = client
        self._clock = clock
        self._idle = timedelta(seconds=idle_seconds)

    def start(self, user: User, user_agent: str) -> StartedSession:
        """Start the user's session and end the one before."""
        self._session.execute(select(User.id).where(User.id == user.id).with_for_update())
        self.end_of_user(user.id)
        now = self._clock.now()
        cookie = secrets.token_urlsafe(32)
        started = StartedSession(id=new_id(epoch_ms(now)), cookie=cookie, csrf_token=csrf_token(cookie))
        self._session.add(
            WebSession(
                id=started.id,
                user_id=user.id,
                token_hash=hash_secret(cookie),
                created_at=now,
                last_seen_at=now,
                peer=request_context().peer,
                user_agent=user_agent[:200],
            )
        )
        self._session.flush()
        return started

    def find(self, cookie: str) -> tuple[WebSession, User] | None:
        """The live session of a cookie and its user, and note that it was seen; None when it is over."""
        now = self._clock.now()
        row = self._session.execute(
            select(WebSession, User)
            .join(User, User.id == WebSession.user_id)
            .where(WebSession.token_hash == hash_secret(cookie), WebSession.last_seen_at > now - self._idle)
        ).one_or_none()
        if row is None:
            return None
        found, user = row
        if found.last_seen_at < now - self._idle / TOUCH_FRACTION:
            self._session.execute(update(WebSession).where(WebSession.id == found.id).values(last_seen_at=now))
        return found, user

    def end_of_user(self, user_id: int) -> None:
        """End the user's session, if there is one, and announce it."""
        ended = self._session.scalar(delete(WebSession).where(WebSession.user_id == user_id).returning(WebSession.id))
        if ended is not None:
            announce_session_end(self._session, self._redis, user_id=user_id, session_id=ended)


def announce_session_end(session: Session, client: redis.Redis, *, user_id: int, session_id: str | None) -> None:
    """Tell the websocket hubs after the commit. Without `session_id` everything of the user is over, tokens too."""
    message = json.dumps({"session_id": session_id, "user_id": user_id})
    after_commit(session, lambda: client.publish(SESSION_CHANNEL, message))


def hash_secret(secret: str) -> bytes:
    """SHA-256 is enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_token(cookie: str) -> str:
    digest = hmac.digest(cookie.encode(), b"oml csrf", "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def is_csrf_token(cookie: str, presented: str) -> bool:
    return hmac.compare_digest(csrf_token(cookie).encode(), presented.encode())
