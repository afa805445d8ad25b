"""Tables `contact_imports`, `contact_import_chunks`, `contact_import_rejects`: files on their way in."""

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

ImportKind = Literal["contacts", "blacklist"]
ImportState = Literal["uploading", "queued", "running", "done", "failed", "cancelled"]

UNFINISHED: Final[tuple[ImportState, ...]] = ("queued", "running")
"""States in which the worker has the import, or will have it."""


class ContactImport(Base):
    """A file and what became of it.

    `options` is what the user decided (schemas.imports), null before the start. `failure` is `{"code", "message", ...}`
    of a failed import. `base_id` is the base the rows go into; a base the import makes has its id here once it is done.
    """

    __tablename__ = "contact_imports"
    __table_args__ = (
        CheckConstraint("kind IN ('contacts', 'blacklist')", name="kind_known"),
        CheckConstraint(
            "state IN ('uploading', 'queued', 'running', 'done', 'failed', 'cancelled')",
            name="state_known",
        ),
        Index("ix_contact_imports_kind_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(String(16))
    state: Mapped[ImportState] = mapped_column(String(16))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("contact_bases.id"), index=True)
    blacklist_id: Mapped[int | None] = mapped_column(ForeignKey("blacklists.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    options: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    job_id: Mapped[str | None] = mapped_column(String(26))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    is_cancel_requested: Mapped[bool] = mapped_column(Boolean, default=False)
    done_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    read_count: Mapped[int] = mapped_column(Integer, default=0)
    accepted_count: Mapped[int] = mapped_column(Integer, default=0)
    rejected_count: Mapped[int] = mapped_column(Integer, default=0)
    duplicate_count: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    touched_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ImportChunk(Base):
    """About a megabyte of an uploaded file."""

    __tablename__ = "contact_import_chunks"

    import_id: Mapped[int] = mapped_column(ForeignKey("contact_imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportReject(Base):
    """A piece of the CSV file of the rows that were not taken, as it is downloaded."""

    __tablename__ = "contact_import_rejects"

    import_id: Mapped[int] = mapped_column(ForeignKey("contact_imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
