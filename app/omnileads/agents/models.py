"""Tables of agents: `agent_groups`, `agents`, `pauses`.

An agent is a profile beside a user (`accounts`). Nothing here is deleted physically, because the call log and the
activity log refer to it by id: `deleted_at` hides a row and frees its name or extension.
"""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base

EXTENSION_MIN: Final = 1000
EXTENSION_MAX: Final = 2999

PauseKind = Literal["productive", "recreational"]

_LIVE = text("deleted_at IS NULL")


class AgentGroup(Base):
    """The behaviour of its agents. With `auto_unpause_seconds` 0 an agent leaves wrap-up by hand."""

    __tablename__ = "agent_groups"
    __table_args__ = (
        CheckConstraint("auto_unpause_seconds BETWEEN 0 AND 28800", name="auto_unpause_seconds_range"),
        Index("uq_agent_groups_name_live", func.lower(text("name")), unique=True, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    auto_unpause_seconds: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    auto_attend_inbound: Mapped[bool] = mapped_column(default=False, server_default="false")
    auto_attend_dialer: Mapped[bool] = mapped_column(default=False, server_default="false")
    force_disposition: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_off_campaign_calls: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_hold: Mapped[bool] = mapped_column(default=True, server_default="true")
    allow_recordings: Mapped[bool] = mapped_column(default=False, server_default="false")
    allow_dashboard: Mapped[bool] = mapped_column(default=True, server_default="true")
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
