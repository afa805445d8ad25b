"""Tables `sip_trunks` and `trunk_lines`."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base
from omnileads.telephony.models.asterisk import SyncState

LineRegistration = Literal["none", "registered", "rejected", "unregistered"]
LineReachability = Literal["unknown", "reachable", "unreachable"]


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


class TrunkLine(Base):
    """What an Asterisk last said about a trunk's other side; no row while it has said nothing.

    `registration` is ours at the provider ("none": the trunk sends none), `round_trip_ms` the time of its qualify.
    """

    __tablename__ = "trunk_lines"
    __table_args__ = (
        CheckConstraint(
            "registration IN ('none', 'registered', 'rejected', 'unregistered')", name="registration_known"
        ),
        CheckConstraint("reachability IN ('unknown', 'reachable', 'unreachable')", name="reachability_known"),
    )

    trunk_id: Mapped[int] = mapped_column(ForeignKey("sip_trunks.id", ondelete="CASCADE"), primary_key=True)
    node: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration: Mapped[LineRegistration] = mapped_column(String(16))
    reachability: Mapped[LineReachability] = mapped_column(String(16))
    round_trip_ms: Mapped[int | None] = mapped_column(Integer)
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
