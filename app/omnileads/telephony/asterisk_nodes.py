"""Which Asterisks there are, and which of them registers at the providers.

One registers and the others do not: a provider that knows several contacts of a subscriber rings them all, so that a
caller would arrive once at each Asterisk. It is the one that has been here longest; when it is gone, or is to stop, the
next takes over. Each asks for its files at least every half minute, so one that is silent for longer is gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.telephony.models import AsteriskNode

SILENCE: Final = timedelta(seconds=75)
"""Longest time between two questions of an Asterisk that is there."""

_FORGOTTEN: Final = timedelta(days=1)


def note(session: Session, node: str, now: datetime, *, is_stopping: bool) -> None:
    """An Asterisk has asked for its files."""
    session.execute(delete(AsteriskNode).where(AsteriskNode.seen_at < now - _FORGOTTEN))
    known = session.get(AsteriskNode, node)
    was_here = known is not None and known.seen_at >= now - SILENCE
    since = known.here_since if known is not None and was_here and known.here_since is not None else now
    values = {"here_since": None if is_stopping else since, "seen_at": now}
    statement = insert(AsteriskNode).values(node=node, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[AsteriskNode.node], set_=values))
    session.expire_all()


def nodes_here(session: Session, now: datetime) -> list[str]:
    """Those that are there now, the one that has been here longest first, those that are to stop last."""
    rows = select(AsteriskNode.node).where(AsteriskNode.seen_at >= now - SILENCE)
    return list(session.scalars(rows.order_by(AsteriskNode.here_since.asc().nulls_last(), AsteriskNode.node)))


def registers(session: Session, node: str, now: datetime) -> bool:
    """Whether this Asterisk is the one that registers. So does one that gives no name: an older version, alone."""
    here = nodes_here(session, now)
    return not node or not here or here[0] == node
