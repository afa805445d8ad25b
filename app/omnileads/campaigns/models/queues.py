"""Table `campaign_queues`: how callers of an inbound or dialer campaign wait, one row for each such campaign."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.campaigns.models.campaigns import Campaign
from omnileads.kit.db import Base
from omnileads.telephony.models import DestinationType
from omnileads.telephony.models.vocabulary import destination_checks

QueueStrategy = Literal["ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "wrandom"]
HoldTimeAnnouncement = Literal["no", "yes", "once"]


class CampaignQueue(Base):
    """How callers wait and agents are chosen. 0 means "no limit" in `max_waiting` and `max_wait_seconds`.

    Without `moh_playlist_id` the default music is played. `announce_*` is about the position and the expected wait,
    told every `announce_seconds` (0: never); `periodic_audio_id` is played every `periodic_seconds`, and while it or
    the music plays a caller's digit leads to `exit_ivr_id`. `agent_audio_id` is what the agent hears before the caller.
    """

    __tablename__ = "campaign_queues"
    __table_args__ = (
        CheckConstraint(
            "strategy IN ('ringall', 'rrmemory', 'leastrecent', 'fewestcalls', 'random', 'wrandom')",
            name="strategy_known",
        ),
        CheckConstraint("announce_hold_time IN ('no', 'yes', 'once')", name="announce_hold_time_known"),
        CheckConstraint(
            "weight >= 0 AND max_waiting >= 0 AND max_wait_seconds >= 0 AND retry_seconds >= 0"
            " AND wrapup_seconds >= 0 AND ring_seconds > 0 AND service_level_seconds > 0",
            name="numbers_in_range",
        ),
        CheckConstraint("announce_seconds >= 0 AND periodic_seconds >= 0", name="announcements_in_range"),
        CheckConstraint("failover_type IS NOT NULL OR failover_id IS NULL", name="failover_present"),
        *destination_checks("failover"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    strategy: Mapped[QueueStrategy] = mapped_column(String(16), default="rrmemory")
    weight: Mapped[int] = mapped_column(Integer, default=0)
    max_waiting: Mapped[int] = mapped_column(Integer, default=0)
    max_wait_seconds: Mapped[int] = mapped_column(Integer, default=0)
    ring_seconds: Mapped[int] = mapped_column(Integer, default=25)
    retry_seconds: Mapped[int] = mapped_column(Integer, default=5)
    wrapup_seconds: Mapped[int] = mapped_column(Integer, default=0)
    service_level_seconds: Mapped[int] = mapped_column(Integer, default=20)
    welcome_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    moh_playlist_id: Mapped[int | None] = mapped_column(ForeignKey("moh_playlists.id"), index=True)
    announce_position: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    announce_hold_time: Mapped[HoldTimeAnnouncement] = mapped_column(String(8), default="no", server_default="no")
    announce_seconds: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    periodic_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    periodic_seconds: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    exit_ivr_id: Mapped[int | None] = mapped_column(ForeignKey("ivrs.id"), index=True)
    agent_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    failover_type: Mapped[DestinationType | None] = mapped_column(String(24))
    failover_id: Mapped[int | None] = mapped_column(Integer)

    campaign: Mapped[Campaign] = relationship(back_populates="queue", foreign_keys=[campaign_id])
