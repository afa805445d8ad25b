"""Tables of campaigns, their queues, members, supervisors and disposition options.

`campaigns` holds what every kind of campaign has, `campaign_queues` what a campaign with a waiting queue has (one row
per campaign). A finished campaign stays for the reports; a deleted one is hidden by `deleted_at` and its name freed.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models import DestinationType
from omnileads.telephony.models.vocabulary import destination_checks

CampaignKind = Literal["inbound"]
CampaignState = Literal["active", "paused", "finished"]
QueueStrategy = Literal["ringall", "rrmemory", "leastrecent", "fewestcalls", "random", "wrandom"]
DispositionKind = Literal["no-action", "engaged", "callback"]


class Campaign(Base):
    """A campaign. Null overrides (`auto_attend_inbound` ...) mean: as the agent's group says."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("kind IN ('inbound')", name="kind_known"),
        CheckConstraint("state IN ('active', 'paused', 'finished')", name="state_known"),
        CheckConstraint("objective >= 0", name="objective_not_negative"),
        CheckConstraint("auto_unpause_seconds BETWEEN 0 AND 28800", name="auto_unpause_seconds_range"),
        Index(
            "uq_campaigns_name_live",
            func.lower(text("name")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CampaignKind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    state: Mapped[CampaignState] = mapped_column(String(16), default="active")
    objective: Mapped[int] = mapped_column(Integer, default=0)
    recording_enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    auto_attend_inbound: Mapped[bool | None] = mapped_column(Boolean)
    auto_unpause_seconds: Mapped[int | None] = mapped_column(Integer)
    force_disposition: Mapped[bool | None] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    queue: Mapped["CampaignQueue"] = relationship(
        back_populates="campaign",
        foreign_keys="CampaignQueue.campaign_id",
        lazy="joined",
        innerjoin=True,
        cascade="all, delete-orphan",
        single_parent=True,
    )
    members: Mapped[list["CampaignMember"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CampaignMember.penalty, CampaignMember.agent_id"
    )
    supervisors: Mapped[list["CampaignSupervisor"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CampaignSupervisor.user_id"
    )
    disposition_options: Mapped[list["DispositionOption"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DispositionOption.position, DispositionOption.id"
    )


class CampaignQueue(Base):
    """How callers wait and agents are chosen. 0 means "no limit" in `max_waiting` and `max_wait_seconds`.

    Without `moh_playlist_id` the default music is played.
    """

    __tablename__ = "campaign_queues"
    __table_args__ = (
        CheckConstraint(
            "strategy IN ('ringall', 'rrmemory', 'leastrecent', 'fewestcalls', 'random', 'wrandom')",
            name="strategy_known",
        ),
        CheckConstraint(
            "weight >= 0 AND max_waiting >= 0 AND max_wait_seconds >= 0 AND retry_seconds >= 0"
            " AND wrapup_seconds >= 0 AND ring_seconds > 0 AND service_level_seconds > 0",
            name="numbers_in_range",
        ),
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
    failover_type: Mapped[DestinationType | None] = mapped_column(String(24))
    failover_id: Mapped[int | None] = mapped_column(Integer)

    campaign: Mapped[Campaign] = relationship(back_populates="queue", foreign_keys=[campaign_id])


class CampaignMember(Base):
    """An agent in a campaign's queue. A lower `penalty` (0-9) is called first."""

    __tablename__ = "campaign_members"
    __table_args__ = (CheckConstraint("penalty BETWEEN 0 AND 9", name="penalty_range"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, index=True)
    penalty: Mapped[int] = mapped_column(Integer, default=0)


class CampaignSupervisor(Base):
    """A user who sees and steers a campaign. Administrators see every campaign without a row here."""

    __tablename__ = "campaign_supervisors"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class DispositionOption(Base):
    """An answer agents can give about a call of the campaign. Once used it can be hidden but not removed."""

    __tablename__ = "disposition_options"
    __table_args__ = (
        CheckConstraint("kind IN ('no-action', 'engaged', 'callback')", name="kind_known"),
        Index("uq_disposition_options_campaign_id_name", "campaign_id", func.lower(text("name")), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(50))
    kind: Mapped[DispositionKind] = mapped_column(String(16))
    is_positive: Mapped[bool] = mapped_column(Boolean, default=False)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)
