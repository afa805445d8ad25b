"""Tables of agents: `agent_groups`, `agents`, `pauses`, `pause_sets`, `pause_set_pauses`.

An agent is a profile beside a user (`accounts`). What the call log and the activity log refer to by id is not deleted
physically: `deleted_at` hides a row and frees its name or extension. Pause sets are in no log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base

EXTENSION_MIN: Final = 1000
EXTENSION_MAX: Final = 2999

PauseKind = Literal["productive", "recreational"]
CampaignKind = Literal["manual", "dialer", "inbound", "preview"]
CAMPAIGN_KINDS: Final[tuple[CampaignKind, ...]] = ("manual", "dialer", "inbound", "preview")

LONGEST_PAUSE_SECONDS: Final = 28_800

_LIVE = text("deleted_at IS NULL")


class AgentGroup(Base):
    """The behaviour of its agents.

    With `auto_unpause_seconds` 0 an agent leaves wrap-up by hand. `personal_callback_limit` is how many personal
    callbacks an agent may have open, `personal_callback_days` how far ahead one may be; null is no limit. Without a
    pause set all pauses are offered, none with a limit.
    """

    __tablename__ = "agent_groups"
    __table_args__ = (
        CheckConstraint("auto_unpause_seconds BETWEEN 0 AND 28800", name="auto_unpause_seconds_range"),
        CheckConstraint("personal_callback_limit BETWEEN 0 AND 10000", name="personal_callback_limit_range"),
        CheckConstraint("personal_callback_days BETWEEN 0 AND 365", name="personal_callback_days_range"),
        Index("uq_agent_groups_name_live", func.lower(text("name")), unique=True, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    auto_unpause_seconds: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    auto_attend_inbound: Mapped[bool] = mapped_column(default=False, server_default="false")
    auto_attend_dialer: Mapped[bool] = mapped_column(default=False, server_default="false")
    force_disposition: Mapped[bool] = mapped_column(default=False, server_default="false")
    force_unpause: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_off_campaign_calls: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_calls_between_agents: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_hold: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_recordings: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_dashboard: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_contacts: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_callbacks: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_dispositions: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_preview_campaigns: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_password_change: Mapped[bool] = mapped_column(default=True, server_default="true")
    show_timers: Mapped[bool] = mapped_column(default=True, server_default="true")
    personal_callback_limit: Mapped[int | None] = mapped_column(Integer)
    personal_callback_days: Mapped[int | None] = mapped_column(Integer)
    manual_call_campaign_kinds: Mapped[list[CampaignKind]] = mapped_column(
        ARRAY(String(8)), default=lambda: list(CAMPAIGN_KINDS), server_default=text("'{manual,dialer,inbound,preview}'")
    )
    pause_set_id: Mapped[int | None] = mapped_column(ForeignKey("pause_sets.id"), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column()


class Agent(Base):
    """A user's agent profile. `extension` is 1000..2999, unique among the profiles that are not deleted."""

    __tablename__ = "agents"
    __table_args__ = (
        CheckConstraint(f"extension BETWEEN {EXTENSION_MIN} AND {EXTENSION_MAX}", name="extension_range"),
        Index("uq_agents_extension_live", "extension", unique=True, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("agent_groups.id"), index=True)
    extension: Mapped[int] = mapped_column(Integer)
    deleted_at: Mapped[datetime | None] = mapped_column()

    group: Mapped[AgentGroup] = relationship(lazy="joined", innerjoin=True)


class Pause(Base):
    """A reason an agent is not available. Live state names it by id; "0" is wrap-up and "00" a supervisor's pause."""

    __tablename__ = "pauses"
    __table_args__ = (
        CheckConstraint("kind IN ('productive', 'recreational')", name="kind_known"),
        Index("uq_pauses_name_live", func.lower(text("name")), unique=True, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    kind: Mapped[PauseKind] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column()


class PauseSet(Base):
    """The pauses the agents of some groups may take."""

    __tablename__ = "pause_sets"
    __table_args__ = (Index("uq_pause_sets_name", func.lower(text("name")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))

    pauses: Mapped[list[PauseSetPause]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PauseSetPause.pause_id"
    )


class PauseSetPause(Base):
    """A pause of a set. `limit_seconds` is how long it may last; 0 is no limit."""

    __tablename__ = "pause_set_pauses"
    __table_args__ = (
        CheckConstraint(f"limit_seconds BETWEEN 0 AND {LONGEST_PAUSE_SECONDS}", name="limit_seconds_range"),
    )

    pause_set_id: Mapped[int] = mapped_column(ForeignKey("pause_sets.id", ondelete="CASCADE"), primary_key=True)
    pause_id: Mapped[int] = mapped_column(ForeignKey("pauses.id"), primary_key=True, index=True)
    limit_seconds: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    pause: Mapped[Pause] = relationship(lazy="joined", innerjoin=True)
