"""Table `recording_name_scheme`."""

from sqlalchemy import Boolean, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base


class RecordingNameScheme(Base):
    """What the names of recordings are made of: one row (`id` 1), none while nobody has changed the defaults."""

    __tablename__ = "recording_name_scheme"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    with_contact_id: Mapped[bool] = mapped_column(Boolean, default=False)
    with_date: Mapped[bool] = mapped_column(Boolean, default=True)
    with_phone: Mapped[bool] = mapped_column(Boolean, default=True)
    with_campaign_id: Mapped[bool] = mapped_column(Boolean, default=True)
    with_external_contact_id: Mapped[bool] = mapped_column(Boolean, default=False)
    with_external_campaign_id: Mapped[bool] = mapped_column(Boolean, default=False)
    with_agent_id: Mapped[bool] = mapped_column(Boolean, default=True)
