"""Tables of dialling: `campaign_dialing`, `incidence_rules` (dialer campaigns) and `leads` (preview and dialer)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models import DestinationType
from omnileads.telephony.models.vocabulary import destination_checks

IncidenceOutcome = Literal["busy", "answering-machine", "no-answer", "rejected", "timeout"]
IncidenceMode = Literal["fixed", "multiply"]
LeadState = Literal["pending", "delivered", "assigned", "finished"]


class CampaignDialing(Base):
    """How a dialer campaign dials: when, how many at once, what to do with machines.

    `weekdays` are 1 (Monday) to 7; dialling is allowed on them from `opens_at` until `closes_at`, in the installation's
    time zone, between `starts_on` and `ends_on`. `answered_*` sends answered calls elsewhere than to the agents.
    """

    __tablename__ = "campaign_dialing"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates_in_order"),
        CheckConstraint("opens_at < closes_at", name="hours_in_order"),
        CheckConstraint("weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name="weekdays_known"),
        CheckConstraint("priority BETWEEN 1 AND 100", name="priority_range"),
        CheckConstraint("initial_boost_factor BETWEEN 1 AND 20", name="initial_boost_factor_range"),
        CheckConstraint("dial_timeout_seconds BETWEEN 5 AND 300", name="dial_timeout_seconds_range"),
        CheckConstraint("answered_type IS NOT NULL OR answered_id IS NULL", name="answered_present"),
        *destination_checks("answered"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    priority: Mapped[int] = mapped_column(Integer, default=10)
    is_predictive: Mapped[bool] = mapped_column(Boolean, default=False)
    initial_boost_factor: Mapped[float] = mapped_column(Float, default=1.0)
    dial_timeout_seconds: Mapped[int] = mapped_column(Integer, default=25)
    detect_machines: Mapped[bool] = mapped_column(Boolean, default=False)
    machine_audio_id: Mapped[int | None] = mapped_column(ForeignKey("audio_files.id"), index=True)
    skip_duplicate_phones: Mapped[bool] = mapped_column(Boolean, default=False)
    skip_without_phone: Mapped[bool] = mapped_column(Boolean, default=True)
    prefix: Mapped[str] = mapped_column(String(16), default="")
    answered_type: Mapped[DestinationType | None] = mapped_column(String(24))
    answered_id: Mapped[int | None] = mapped_column(Integer)

    incidence_rules: Mapped[list[IncidenceRule]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="IncidenceRule.id"
    )


class IncidenceRule(Base):
    """When and how often a lead is dialled again: after an outcome of the call, or after a disposition.

    `mode` "fixed" waits `delay_seconds` each time, "multiply" that many times the number of the attempt.
    """

    __tablename__ = "incidence_rules"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('busy', 'answering-machine', 'no-answer', 'rejected', 'timeout')", name="outcome_known"
        ),
        CheckConstraint("mode IN ('fixed', 'multiply')", name="mode_known"),
        CheckConstraint("(outcome IS NULL) <> (disposition_option_id IS NULL)", name="one_cause"),
        CheckConstraint("max_attempts BETWEEN 1 AND 100 AND delay_seconds BETWEEN 1 AND 2592000", name="in_range"),
        UniqueConstraint("campaign_id", "outcome"),
        UniqueConstraint("disposition_option_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign_dialing.campaign_id", ondelete="CASCADE"))
    outcome: Mapped[IncidenceOutcome | None] = mapped_column(String(20))
    disposition_option_id: Mapped[int | None] = mapped_column(ForeignKey("disposition_options.id", ondelete="CASCADE"))
    max_attempts: Mapped[int] = mapped_column(Integer)
    delay_seconds: Mapped[int] = mapped_column(Integer)
    mode: Mapped[IncidenceMode] = mapped_column(String(8), default="fixed")


class Lead(Base):
    """A contact that a preview or dialer campaign works: once for each campaign and contact, in the order `position`.

    State: "pending" (with an agent: reserved for it), "delivered" (shown to the agent), "assigned" (the agent keeps it,
    or is calling), "finished" (dispositioned). A disabled lead is not delivered and not dialled.
    """

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'delivered', 'assigned', 'finished')", name="state_known"),
        CheckConstraint("state NOT IN ('delivered', 'assigned') OR agent_id IS NOT NULL", name="holder_present"),
        UniqueConstraint("campaign_id", "contact_id"),
        Index("ix_leads_pending", "campaign_id", "position", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_leads_order", "campaign_id", "position", "id"),
        Index("ix_leads_worked", "campaign_id", "state", "position", "id", postgresql_where=text("state <> 'pending'")),
        Index(
            "ix_leads_agent",
            "campaign_id",
            "agent_id",
            "position",
            "id",
            postgresql_where=text("agent_id IS NOT NULL"),
        ),
        Index("ix_leads_held", "agent_id", postgresql_where=text("state IN ('delivered', 'assigned')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    state: Mapped[LeadState] = mapped_column(String(12), default="pending", server_default="pending")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    position: Mapped[int] = mapped_column(BigInteger)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    is_original: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
