"""Table `callbacks`: when a contact of a campaign is to be called again."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

CallbackKind = Literal["personal", "global"]


class Callback(Base):
    """One of each agent, campaign and contact. "personal": `agent_id` calls; "global": it asked the dialer to."""

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint("kind IN ('personal', 'global')", name="kind_known"),
        UniqueConstraint("campaign_id", "contact_id", "agent_id"),
        Index("ix_callbacks_agent_id_due_at", "agent_id", "due_at"),
        Index("ix_callbacks_campaign_id_due_at", "campaign_id", "due_at"),
        Index("ix_callbacks_due_at_id", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CallbackKind] = mapped_column(String(8))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    phone: Mapped[str] = mapped_column(String(26))
    note: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
