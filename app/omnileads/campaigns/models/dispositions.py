"""Table `disposition_options`: what agents of a campaign can answer about a call."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base

DispositionKind = Literal["no-action", "engaged", "callback"]


class DispositionOption(Base):
    """An answer, its name and sub-dispositions taken from the catalogue. Once used it can be hidden but not removed.

    An "engaged" one opens `form_id`, unless the campaign works with an external site alone. `calls_external_site`: the
    campaign's external site of trigger "disposition" is called when an agent chooses it.
    """

    __tablename__ = "disposition_options"
    __table_args__ = (
        CheckConstraint("kind IN ('no-action', 'engaged', 'callback')", name="kind_known"),
        CheckConstraint("kind = 'engaged' OR form_id IS NULL", name="form_of_engaged"),
        Index("uq_disposition_options_campaign_id_name", "campaign_id", func.lower(text("name")), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(50))
    kind: Mapped[DispositionKind] = mapped_column(String(16))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("forms.id"), index=True)
    subdispositions: Mapped[list[str]] = mapped_column(ARRAY(String(50)), default=list, server_default="{}")
    is_positive: Mapped[bool] = mapped_column(Boolean, default=False)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    calls_external_site: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
