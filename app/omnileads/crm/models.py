"""Tables of external sites (with their authentications and what was sent to them) and of external systems."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.vocabulary import NamedRow

SiteTrigger = Literal["button", "automatic", "server", "disposition", "dynamic-list"]
SiteMethod = Literal["GET", "POST"]
SiteFormat = Literal["multipart", "urlencoded", "text", "json"]
SiteTarget = Literal["embedded", "new-tab"]
SiteRequestState = Literal["opened", "queued", "sent", "failed"]
"""Opened by the agent's browser, whose answer we never see; or sent by the server, waiting, accepted, given up."""

MAX_URL_LENGTH: Final = 2000
LONGEST_TOKEN_SECONDS: Final = 31_536_000


class ExternalSiteAuthentication(NamedRow):
    """How the server gets a token: POST of user and password to `token_url`, whose answer has it in `token_field`.

    The token lives `duration_seconds`, or as many as the answer says in `duration_field`; with neither it is asked for
    anew each time. The password is never returned and is masked in the audit log.
    """

    __tablename__ = "external_site_authentications"
    __table_args__ = (
        Index("uq_external_site_authentications_name", func.lower(text("name")), unique=True),
        CheckConstraint(
            f"duration_seconds BETWEEN 1 AND {LONGEST_TOKEN_SECONDS}",
            name="duration_seconds_range",
        ),
        CheckConstraint("duration_seconds IS NULL OR duration_field = ''", name="one_duration"),
    )

    token_url: Mapped[str] = mapped_column(String(MAX_URL_LENGTH))
    username: Mapped[str] = mapped_column(String(200))
    password: Mapped[str] = mapped_column(String(200))
    token_field: Mapped[str] = mapped_column(String(100))
    duration_seconds: Mapped[int | None] = mapped_column(Integer)
    duration_field: Mapped[str] = mapped_column(String(100), default="", server_default="")
    strict_tls: Mapped[bool] = mapped_column(default=True, server_default="true")


class ExternalSite(NamedRow):
    """A request to a CRM. What is sent in it is said by each campaign (`crm.schemas.SiteParameter`).

    A site with a `target` is opened by the agent's browser; the server sends the request of one without.
    """

    __tablename__ = "external_sites"
    __table_args__ = (
        Index("uq_external_sites_name", func.lower(text("name")), unique=True),
        CheckConstraint(
            "trigger IN ('button', 'automatic', 'server', 'disposition', 'dynamic-list')", name="trigger_known"
        ),
        CheckConstraint("method IN ('GET', 'POST')", name="method_known"),
        CheckConstraint("format IN ('multipart', 'urlencoded', 'text', 'json')", name="format_known"),
        CheckConstraint("target IN ('embedded', 'new-tab')", name="target_known"),
        CheckConstraint("(method = 'POST') = (format IS NOT NULL)", name="format_of_post"),
        CheckConstraint(
            "(target IS NULL) = (trigger IN ('server', 'dynamic-list') OR format IS NOT DISTINCT FROM 'json')",
            name="target_of_browser",
        ),
    )

    url: Mapped[str] = mapped_column(String(MAX_URL_LENGTH))
    trigger: Mapped[SiteTrigger] = mapped_column(String(16))
    method: Mapped[SiteMethod] = mapped_column(String(4))
    format: Mapped[SiteFormat | None] = mapped_column(String(16))
    target: Mapped[SiteTarget | None] = mapped_column(String(16))
    authentication_id: Mapped[int | None] = mapped_column(ForeignKey("external_site_authentications.id"), index=True)
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default="false")

    authentication: Mapped[ExternalSiteAuthentication | None] = relationship(lazy="joined")


class ExternalSiteRequest(Base):
    """A request to a site about a call: what became of it, and nothing of what was in it.

    `id` is its job's where the server sends it. `occasion` says what it was for; there is one request for each, however
    often somebody asks. `message` says why it failed, or why it is being tried again.
    """

    __tablename__ = "external_site_requests"
    __table_args__ = (
        CheckConstraint("state IN ('opened', 'queued', 'sent', 'failed')", name="state_known"),
        Index("ix_external_site_requests_site_id_requested_at", "site_id", text("requested_at DESC")),
        Index("ix_external_site_requests_requested_at", "requested_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("external_sites.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(32))
    agent_id: Mapped[int] = mapped_column(Integer)
    occasion: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[SiteRequestState] = mapped_column(String(8))
    status: Mapped[int | None] = mapped_column(Integer)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    message: Mapped[str] = mapped_column(Text, default="", server_default="")
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ExternalSystem(NamedRow):
    """A system that knows our agents and campaigns by ids of its own."""

    __tablename__ = "external_systems"
    __table_args__ = (Index("uq_external_systems_name", func.lower(text("name")), unique=True),)

    agents: Mapped[list[ExternalSystemAgent]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ExternalSystemAgent.agent_id"
    )


class ExternalSystemAgent(Base):
    """An agent's id in an external system; unique both ways."""

    __tablename__ = "external_system_agents"
    __table_args__ = (
        UniqueConstraint(
            "external_system_id", "external_id", name="uq_external_system_agents_external_system_id_external_id"
        ),
    )

    external_system_id: Mapped[int] = mapped_column(
        ForeignKey("external_systems.id", ondelete="CASCADE"), primary_key=True
    )
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, index=True)
    external_id: Mapped[str] = mapped_column(String(100))
