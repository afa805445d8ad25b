"""Tables of campaigns and of who works in them: `campaigns`, `campaign_members`, `campaign_supervisors`.

A finished campaign stays for the reports; a deleted one is hidden by `deleted_at` and its name freed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.agents.models import CampaignKind
from omnileads.kit.db import Base

if TYPE_CHECKING:
    from omnileads.campaigns.models.dispositions import DispositionOption
    from omnileads.campaigns.models.outbound import CampaignDialing
    from omnileads.campaigns.models.queues import CampaignQueue

CampaignState = Literal["inactive", "active", "paused", "finished"]
Interaction = Literal["form", "external-site", "both"]
LeadSelection = Literal["base", "chosen"]

_LIVE: Final = text("deleted_at IS NULL")


class Campaign(Base):
    """A campaign of one of the four kinds. Null overrides (`auto_attend` ...) mean: as the agent's group says.

    `field_rules` is what agents may do with the contact base's columns: {key: {"locked", "hidden", "required"}}.
    `external_site_parameters` is a list of `crm.schemas.SiteParameter`. `lead_selection`: "base" works every contact of
    the base, also those added later; "chosen" only the leads it was given (a recycled campaign).
    `reservation_minutes` and `deactivation_column` are for preview campaigns.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("kind IN ('manual', 'preview', 'dialer', 'inbound')", name="kind_known"),
        CheckConstraint("state IN ('inactive', 'active', 'paused', 'finished')", name="state_known"),
        CheckConstraint("interaction IN ('form', 'external-site', 'both')", name="interaction_known"),
        CheckConstraint("lead_selection IN ('base', 'chosen')", name="lead_selection_known"),
        CheckConstraint("kind IN ('manual', 'inbound') OR contact_base_id IS NOT NULL", name="contact_base_present"),
        CheckConstraint("interaction = 'form' OR external_site_id IS NOT NULL", name="external_site_present"),
        CheckConstraint("(external_system_id IS NULL) = (external_id IS NULL)", name="external_id_complete"),
        CheckConstraint("objective >= 0", name="objective_not_negative"),
        CheckConstraint("auto_unpause_seconds BETWEEN 0 AND 28800", name="auto_unpause_seconds_range"),
        CheckConstraint("reservation_minutes BETWEEN 1 AND 1440", name="reservation_minutes_range"),
        Index("uq_campaigns_name_live", func.lower(text("name")), unique=True, postgresql_where=_LIVE),
        Index("uq_campaigns_external_live", "external_system_id", "external_id", unique=True, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CampaignKind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    state: Mapped[CampaignState] = mapped_column(String(16), default="active")
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    objective: Mapped[int] = mapped_column(Integer, default=0)
    recording_enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    script: Mapped[str] = mapped_column(Text, default="", server_default="")
    contact_base_id: Mapped[int | None] = mapped_column(ForeignKey("contact_bases.id"), index=True)
    field_rules: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    allow_duplicates: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    rate_phones: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    interaction: Mapped[Interaction] = mapped_column(String(16), default="form", server_default="form")
    external_site_id: Mapped[int | None] = mapped_column(ForeignKey("external_sites.id"), index=True)
    external_site_parameters: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    external_system_id: Mapped[int | None] = mapped_column(ForeignKey("external_systems.id"))
    external_id: Mapped[str | None] = mapped_column(String(128))
    outbound_route_id: Mapped[int | None] = mapped_column(ForeignKey("outbound_routes.id"), index=True)
    caller_id: Mapped[str | None] = mapped_column(String(32))
    show_name: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    show_did: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    show_route_name: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    show_call_id: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    auto_attend: Mapped[bool | None] = mapped_column(Boolean)
    auto_unpause_seconds: Mapped[int | None] = mapped_column(Integer)
    force_disposition: Mapped[bool | None] = mapped_column(Boolean)
    reservation_minutes: Mapped[int | None] = mapped_column(Integer)
    deactivation_column: Mapped[str | None] = mapped_column(String(64))
    lead_selection: Mapped[LeadSelection] = mapped_column(String(8), default="base", server_default="base")
    recycled_from_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    queue: Mapped[CampaignQueue | None] = relationship(
        back_populates="campaign",
        foreign_keys="CampaignQueue.campaign_id",
        lazy="joined",
        cascade="all, delete-orphan",
        single_parent=True,
    )
    dialing: Mapped[CampaignDialing | None] = relationship(
        lazy="selectin", cascade="all, delete-orphan", single_parent=True
    )
    members: Mapped[list[CampaignMember]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CampaignMember.penalty, CampaignMember.agent_id"
    )
    supervisors: Mapped[list[CampaignSupervisor]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CampaignSupervisor.user_id"
    )
    disposition_options: Mapped[list[DispositionOption]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DispositionOption.position, DispositionOption.id"
    )


class CampaignMember(Base):
    """An agent in a campaign. A lower `penalty` (0-9) is called first."""

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
