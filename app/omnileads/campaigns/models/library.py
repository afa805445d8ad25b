"""Tables `campaign_templates` and `campaign_drafts`: requests for a campaign that are kept, complete or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.agents.models import CampaignKind
from omnileads.kit.db import Base


class CampaignTemplate(Base):
    """What new campaigns of a kind begin with: `request` is the body that would make one, without its name."""

    __tablename__ = "campaign_templates"
    __table_args__ = (Index("uq_campaign_templates_name", func.lower(text("name")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CampaignKind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class CampaignDraft(Base):
    """A wizard somebody left: `request` as far as it was filled in, checked only when it is finished; `step` where."""

    __tablename__ = "campaign_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[CampaignKind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60), default="")
    step: Mapped[int] = mapped_column(Integer, default=0)
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
