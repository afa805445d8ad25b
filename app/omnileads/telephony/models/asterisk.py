"""Tables of what Asterisk's files are made of beside trunks and sounds, and of what Asterisk said about them."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, DateTime, Integer, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

SyncState = Literal["pending", "applied", "failed"]


class AsteriskNode(Base):
    """An Asterisk whose asterisk-sync asks for files. `here_since` is when it began to, after it had not for a while.

    There is no such time for one that is to stop: it is no candidate for registering at the providers.
    """

    __tablename__ = "asterisk_nodes"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    here_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AsteriskSync(Base):
    """What Asterisk last reported about each node: one row per node (`node` is "asterisk" on one machine)."""

    __tablename__ = "asterisk_sync"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[str] = mapped_column(String(64))
    state: Mapped[SyncState] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AsteriskFileSync(Base):
    """What a node last reported about one of its files.

    `digest` is the SHA-256 of the text the report is about: a file whose present text has another one is pending.
    """

    __tablename__ = "asterisk_file_sync"
    __table_args__ = (CheckConstraint("state IN ('applied', 'failed')", name="state_known"),)

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[Literal["applied", "failed"]] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CustomDialplan(Base):
    """The integrator's dialplan, `oml_extensions_custom.conf`: one row (`id` 1), none while nothing was written."""

    __tablename__ = "custom_dialplan"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class AmdSettings(Base):
    """How an answering machine is told from a person, as Asterisk's application AMD takes it: one row (`id` 1).

    There is no row while nobody has changed anything; the defaults of the columns are then in force.
    """

    __tablename__ = "amd_settings"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    initial_silence_ms: Mapped[int] = mapped_column(Integer, default=2500)
    greeting_ms: Mapped[int] = mapped_column(Integer, default=1500)
    after_greeting_silence_ms: Mapped[int] = mapped_column(Integer, default=800)
    total_analysis_ms: Mapped[int] = mapped_column(Integer, default=5000)
    min_word_ms: Mapped[int] = mapped_column(Integer, default=100)
    between_words_silence_ms: Mapped[int] = mapped_column(Integer, default=50)
    max_words: Mapped[int] = mapped_column(Integer, default=3)
    max_word_ms: Mapped[int] = mapped_column(Integer, default=5000)
    silence_threshold: Mapped[int] = mapped_column(Integer, default=256)
