"""Tables `audio_files`, `audio_contents`, `moh_playlists`, `moh_playlist_files`."""

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
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.vocabulary import NamedRow

PlaylistOrder = Literal["listed", "random"]


class AudioFile(NamedRow):
    """A WAV file (PCM 16 bit, mono, 8 kHz) that calls play. `sha256` is of the whole file, in hexadecimal."""

    __tablename__ = "audio_files"
    __table_args__ = (Index("uq_audio_files_name", func.lower(text("name")), unique=True),)

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AudioContent(Base):
    """The bytes of an audio file, apart from its row so that lists never read them."""

    __tablename__ = "audio_contents"

    audio_file_id: Mapped[int] = mapped_column(ForeignKey("audio_files.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MohPlaylist(NamedRow):
    """Music for callers who wait. Asterisk knows it as the class `oml-<id>`; without a file it is no class there."""

    __tablename__ = "moh_playlists"
    __table_args__ = (
        Index("uq_moh_playlists_name", func.lower(text("name")), unique=True),
        CheckConstraint("\"order\" IN ('listed', 'random')", name="order_known"),
    )

    order: Mapped[PlaylistOrder] = mapped_column(String(10), default="listed")

    files: Mapped[list["MohPlaylistFile"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="MohPlaylistFile.position"
    )


class MohPlaylistFile(Base):
    """A file in a playlist, at its place."""

    __tablename__ = "moh_playlist_files"

    playlist_id: Mapped[int] = mapped_column(ForeignKey("moh_playlists.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    audio_file_id: Mapped[int] = mapped_column(ForeignKey("audio_files.id"), index=True)

    audio_file: Mapped[AudioFile] = relationship(lazy="joined", innerjoin=True)
