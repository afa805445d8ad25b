"""Who is told that somebody took a call, without the call log knowing them.

A process that writes events fills the list once, when it is put together (`follow`). `tell` is called in the writer's
transaction, before the calls are computed. The log must never refuse an event: what a follower fails with is logged,
and its changes alone are undone. Events may be told again; a follower does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog
from sqlalchemy.orm import Session

from omnileads.calls.intake import CallEventIn

log = structlog.get_logger(__name__)

TAKEN: Final = frozenset({"CONNECT", "ANSWER"})
"""Events with which an agent and the other side begin to talk: of a call in, of a call out."""


class Follower(Protocol):
    def __call__(self, session: Session, taken: Sequence[CallEventIn], now: datetime) -> None:
        """`taken` are events of `TAKEN` with an agent, of calls in campaigns."""


_FOLLOWERS: Final[list[Follower]] = []


def follow(follower: Follower) -> None:
    """Tell this one from now on; once, however often it is said."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def unfollow(follower: Follower) -> None:
    if follower in _FOLLOWERS:
        _FOLLOWERS.remove(follower)


def tell(session: Session, events: Sequence[CallEventIn], now: datetime) -> None:
    taken = [event for event in events if event.event in TAKEN and event.agent_id > 0 and event.campaign_id > 0]
    if not taken:
        return
    for follower in _FOLLOWERS:
        try:
            with session.begin_nested():
                follower(session, taken, now)
        except Exception:
            log.exception("calls.follower-failed", call_ids=[event.call_id for event in taken])
