"""Tables of the call log: `call_events`, `agent_activity`, `calls`, `call_contacts`, `recordings`.

`call_events` and `agent_activity` are the truth: rows are only added, by `calls.writer`. `calls` and `recordings` are
computed from them, and from `call_contacts`, which people fill. None has foreign keys: history outlives configuration,
and the writer must never refuse an event.

`call_events` is one table, not partitioned by month: the key (call id, sequence) makes a repeated event impossible
whatever its time says, and Postgres can only enforce a key on a partitioned table when it contains the partition key.
Rows arrive nearly in time order, so a BRIN index answers time ranges at a thousandth of a B-tree's size.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Float, Identity, Index, Integer, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

CallDirection = Literal["inbound", "outbound"]
CallOutcome = Literal[
    "waiting",
    "dialing",
    "talking",
    "answered",
    "abandoned",
    "abandoned-welcome",
    "timeout",
    "voicemail",
    "left-flow",
    "ended-flow",
    "unknown-did",
    "trunk-full",
    "busy",
    "no-answer",
    "cancelled",
    "unavailable",
    "congestion",
    "no-route",
    "blocked",
    "failed",
    "unknown",
]
"""What became of a call: still going on (the first three), served, lost, or (a call out) not reached."""
EndedBy = Literal["agent", "caller"]
RecordingState = Literal["pending", "available", "missing"]


class CallEvent(Base):
    """One event of a call, as in the original's call log. `agent_id` -1 is nobody, `campaign_id` 0 no campaign."""

    __tablename__ = "call_events"
    __table_args__ = (
        Index("ix_call_events_time", "time", postgresql_using="brin", postgresql_with={"autosummarize": "true"}),
        Index("ix_call_events_campaign_id_time", "campaign_id", "time"),
        Index("ix_call_events_agent_id_time", "agent_id", "time", postgresql_where=text("agent_id > 0")),
    )

    call_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    time: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    event: Mapped[str] = mapped_column(String(32))
    campaign_id: Mapped[int] = mapped_column(Integer)
    campaign_type: Mapped[int] = mapped_column(Integer)
    call_type: Mapped[int] = mapped_column(Integer)
    agent_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(Text)
    contact_id: Mapped[int | None] = mapped_column(BigInteger)
    wait_seconds: Mapped[float | None] = mapped_column(Float)
    talk_seconds: Mapped[float | None] = mapped_column(Float)
    recording: Mapped[str | None] = mapped_column(Text)
    agent_extra_id: Mapped[int | None] = mapped_column(Integer)
    campaign_extra_id: Mapped[int | None] = mapped_column(Integer)
    number_extra: Mapped[str | None] = mapped_column(Text)
    did: Mapped[str | None] = mapped_column(Text)


class AgentActivity(Base):
    """An agent's login, logout, pause or unpause. `pause_id` is text: "0" is wrap-up, "00" a supervisor's pause."""

    __tablename__ = "agent_activity"
    __table_args__ = (
        Index("ix_agent_activity_time", "time", postgresql_using="brin", postgresql_with={"autosummarize": "true"}),
        Index("ix_agent_activity_agent_id_time", "agent_id", "time"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    agent_id: Mapped[int] = mapped_column(Integer)
    event: Mapped[str] = mapped_column(String(32))
    pause_id: Mapped[str | None] = mapped_column(String(16))


class Call(Base):
    """One call as its events tell it; computed again from all of them whenever one is added."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_started_at", text("started_at DESC"), text("id DESC")),
        Index("ix_calls_campaign_id_started_at", "campaign_id", text("started_at DESC")),
        Index("ix_calls_agent_id_started_at", "agent_id", text("started_at DESC")),
        Index("ix_calls_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
        Index(
            "ix_calls_contact_id",
            "contact_id",
            "campaign_id",
            text("started_at DESC"),
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    campaign_id: Mapped[int | None] = mapped_column(Integer)
    did: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    contact_id: Mapped[int | None] = mapped_column(BigInteger)
    agent_id: Mapped[int | None] = mapped_column(Integer)
    direction: Mapped[CallDirection] = mapped_column(String(8), default="inbound", server_default="inbound")
    outcome: Mapped[CallOutcome] = mapped_column(String(24))
    wait_seconds: Mapped[float | None] = mapped_column(Float)
    talk_seconds: Mapped[float | None] = mapped_column(Float)
    ended_by: Mapped[EndedBy | None] = mapped_column(String(8))


class CallContact(Base):
    """Whom a call is with, said by an agent, or by the number when it is one contact's only; it outlives every new
    computing of `calls`. `agent_id` null: nobody chose."""

    __tablename__ = "call_contacts"

    call_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    contact_id: Mapped[int] = mapped_column(BigInteger)
    agent_id: Mapped[int | None] = mapped_column(Integer)
    attached_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Recording(Base):
    """A recorded conversation. `file` is relative to the recordings folder, "YYYY-MM-DD/name.wav".

    `state`: "pending" until the worker has seen a finished file, then "available"; "missing" is said, and looked at
    again at `check_at`, never forgotten.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'available', 'missing')", name="state_known"),
        Index("ix_recordings_check_at", "check_at", postgresql_where=text("check_at IS NOT NULL")),
        Index("ix_recordings_started_at", text("started_at DESC"), text("id DESC")),
        Index("ix_recordings_campaign_id_started_at", "campaign_id", text("started_at DESC")),
        Index("ix_recordings_agent_id_started_at", "agent_id", text("started_at DESC")),
        Index("ix_recordings_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(32), index=True)
    file: Mapped[str] = mapped_column(Text, unique=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    campaign_id: Mapped[int | None] = mapped_column(Integer)
    agent_id: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(Text)
    state: Mapped[RecordingState] = mapped_column(String(12), default="pending")
    duration_seconds: Mapped[float | None] = mapped_column(Float)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text, default="")
    check_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())
    checks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
