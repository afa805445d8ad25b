"""The configuration revision: one number that grows with every configuration write.

Readers (the acd, asterisk-sync) keep the number of what they loaded and load again when it has grown. The Redis message
is only a nudge; a lost one costs a reader its polling interval.
"""

from __future__ import annotations

from typing import Final

import redis
from sqlalchemy import BigInteger, CheckConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from omnileads.kit.db import Base, after_commit

CONFIG_CHANNEL: Final = "oml:config"


class ConfigRevision(Base):
    """One row, id 1, made by the first migration."""

    __tablename__ = "config_revision"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)


def bump_config_revision(session: Session, client: redis.Redis) -> int:
    """Raise the revision in this transaction and nudge the readers after its commit. Returns the new revision.

    Configuration writers wait for each other here until commit, so revisions are committed in order.
    """
    revision = session.execute(
        update(ConfigRevision).values(revision=ConfigRevision.revision + 1).returning(ConfigRevision.revision)
    ).scalar_one()
    after_commit(session, lambda: client.publish(CONFIG_CHANNEL, str(revision)))
    return revision


def current_config_revision(session: Session) -> int:
    return session.execute(select(ConfigRevision.revision)).scalar_one()
