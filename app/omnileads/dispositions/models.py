"""Tables of dispositions: `dispositions` (the answer that counts) and `disposition_history` (every answer given)."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.campaigns.models import DispositionOption
from omnileads.kit.db import Base


class Disposition(Base):
    """The current answer about a call: one per call, changeable. `agent_id` is who answered last.

    An integration may answer about a contact without a call of ours: `call_id` is then made up, and `given_call_id`,
    which may be null, is what the integration calls the call. `id` is what integrations call the answer. `answers`
    are those in the option's form, by the names of its fields.
    """

    __tablename__ = "dispositions"
    __table_args__ = (
        Index("ix_dispositions_campaign_id_updated_at", "campaign_id", "updated_at"),
        Index("ix_dispositions_campaign_id_contact_id", "campaign_id", "contact_id"),
    )

    call_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    given_call_id: Mapped[str | None] = mapped_column(String(128))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    option_id: Mapped[int] = mapped_column(ForeignKey("disposition_options.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    subdisposition: Mapped[str | None] = mapped_column(String(50))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    comment: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    option: Mapped[DispositionOption] = relationship(lazy="joined", innerjoin=True)


class DispositionChange(Base):
    """One answer as it was given, the first included. Rows are only ever added."""

    __tablename__ = "disposition_history"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("dispositions.call_id"), index=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("disposition_options.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    subdisposition: Mapped[str | None] = mapped_column(String(50))
    comment: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
