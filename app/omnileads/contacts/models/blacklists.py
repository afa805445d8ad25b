"""Tables `blacklists`, `blacklist_campaigns`, `blacklist_entries`: numbers that are not to be called."""

from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base


class Blacklist(Base):
    """A do-not-call list. It forbids calls of every campaign and outside of campaigns, or of the chosen campaigns.

    `entry_count` is kept with every change, never counted; entries that expired are in it until they are removed.
    """

    __tablename__ = "blacklists"
    __table_args__ = (Index("uq_blacklists_name", func.lower(text("name")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    applies_to_all: Mapped[bool] = mapped_column(Boolean, default=True)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    entry_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    campaigns: Mapped[list["BlacklistCampaign"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="BlacklistCampaign.campaign_id"
    )


class BlacklistCampaign(Base):
    """A campaign a list applies to."""

    __tablename__ = "blacklist_campaigns"

    blacklist_id: Mapped[int] = mapped_column(ForeignKey("blacklists.id", ondelete="CASCADE"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class BlacklistEntry(Base):
    """A number on a list: digits only. After `expires_at` it may be called again; null means never."""

    __tablename__ = "blacklist_entries"
    __table_args__ = (Index("ix_blacklist_entries_number", "number"),)

    blacklist_id: Mapped[int] = mapped_column(ForeignKey("blacklists.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str] = mapped_column(String(25, collation="C"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
