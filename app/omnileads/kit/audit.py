"""The audit log: who did what, when, and what was there before and after. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Identity, Index, String, insert
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from omnileads.kit.clock import Clock
from omnileads.kit.context import request_context
from omnileads.kit.db import Base, table_of
from omnileads.kit.permissions import Principal

Snapshot = Mapping[str, Any]
"""JSON-ready fields of a thing. Never a password, a hash or a token."""


class AuditEntry(Base):
    """`actor_name` is kept beside the id so the entry stays readable; no actor means the system, or `oml`."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entries_actor", "actor_id", "id"),
        Index("ix_audit_entries_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str | None] = mapped_column(String(150))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    before: Mapped[Snapshot | None] = mapped_column(JSONB)
    after: Mapped[Snapshot | None] = mapped_column(JSONB)
    door: Mapped[str] = mapped_column(String(8))
    peer: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None] = mapped_column(String(64))


_ADD: Final = insert(table_of(AuditEntry))


class AuditLog:
    """Writes entries into the caller's transaction, so a change and its entry are committed together or not at all."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def record(
        self,
        action: str,
        subject_type: str,
        subject_id: int | str,
        *,
        actor: Principal | None,
        before: Snapshot | None = None,
        after: Snapshot | None = None,
    ) -> None:
        """`action` is dotted, noun first: `user.created`. Where both snapshots are given, equal fields are left out."""
        if before is not None and after is not None:
            changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            before = {key: value for key, value in before.items() if key in changed}
            after = {key: value for key, value in after.items() if key in changed}
        context = request_context()
        self._session.execute(
            _ADD,
            {
                "at": self._clock.now(),
                "actor_id": actor.user_id if actor else None,
                "actor_name": actor.username if actor else None,
                "action": action,
                "subject_type": subject_type,
                "subject_id": str(subject_id),
                "before": before,
                "after": after,
                "door": context.door,
                "peer": context.peer,
                "request_id": context.request_id,
            },
        )
