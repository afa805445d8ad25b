"""Tables of telephony: `sip_trunks`, `asterisk_sync`, `inbound_routes`, `audio_files`, `audio_contents`."""

from datetime import datetime
from typing import Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

SyncState = Literal["pending", "applied", "failed"]
RouteLanguage = Literal["es", "en"]
DestinationType = Literal["inbound-campaign", "hangup"]


class SipTrunk(Base):
    """A trunk: PJSIP wizard text as the administrator wrote it, and whether Asterisk runs it."""

    __tablename__ = "sip_trunks"
    __table_args__ = (
        CheckConstraint("sync_state IN ('pending', 'applied', 'failed')", name="sync_state_known"),
        Index("uq_sip_trunks_name", func.lower(text("name")), unique=True),
        CheckConstraint("max_channels BETWEEN 1 AND 10000", name="max_channels_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    max_channels: Mapped[int] = mapped_column(Integer, default=1000)
    caller_id: Mapped[str] = mapped_column(String(30), default="")
    wizard_text: Mapped[str] = mapped_column(Text)
    sync_state: Mapped[SyncState] = mapped_column(String(10), default="pending")
    sync_message: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


class AsteriskSync(Base):
    """What Asterisk last reported about each node: one row per node (`node` is "asterisk" on one machine)."""

    __tablename__ = "asterisk_sync"

    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[str] = mapped_column(String(64))
    state: Mapped[SyncState] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class InboundRoute(Base):
    """A dialled number (DID) and where its calls go. `destination_id` is null for "hangup"."""

    __tablename__ = "inbound_routes"
    __table_args__ = (
        Index("uq_inbound_routes_name", func.lower(text("name")), unique=True),
        CheckConstraint("language IN ('es', 'en')", name="language_known"),
        CheckConstraint("did ~ '^[+]?[0-9]{1,20}$'", name="did_digits"),
        CheckConstraint("(destination_type = 'hangup') = (destination_id IS NULL)", name="destination_complete"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    did: Mapped[str] = mapped_column(String(21), unique=True)
    caller_id_prefix: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[RouteLanguage] = mapped_column(String(2))
    destination_type: Mapped[DestinationType] = mapped_column(String(24))
    destination_id: Mapped[int | None] = mapped_column(Integer)


class AudioFile(Base):
    """A WAV file (PCM 16 bit, mono, 8 kHz) that campaigns play. `sha256` is of the whole file, in hexadecimal."""

    __tablename__ = "audio_files"
    __table_args__ = (Index("uq_audio_files_name", func.lower(text("name")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AudioContent(Base):
    """The bytes of an audio file, apart from its row so that lists never read them."""

    __tablename__ = "audio_contents"

    audio_file_id: Mapped[int] = mapped_column(ForeignKey("audio_files.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
