"""Tables `time_groups` and `time_group_ranges`."""

from datetime import time

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Time, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base
from omnileads.telephony.models.vocabulary import NamedRow


class TimeGroup(NamedRow):
    """Hours and days, in the instance's time zone: an instant belongs to the group when any range holds it."""

    __tablename__ = "time_groups"
    __table_args__ = (Index("uq_time_groups_name", func.lower(text("name")), unique=True),)

    ranges: Mapped[list["TimeGroupRange"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="TimeGroupRange.position"
    )


def _range(part: str, last: int) -> tuple[CheckConstraint, CheckConstraint]:
    return (
        CheckConstraint(f"({part}_from IS NULL) = ({part}_to IS NULL)", name=f"{part}_complete"),
        CheckConstraint(f"{part}_from BETWEEN 1 AND {last} AND {part}_to BETWEEN 1 AND {last}", name=f"{part}_range"),
    )


class TimeGroupRange(Base):
    """Every part that is not null must hold. Both ends count; `from` after `to` goes round (22:00-06:00, Fri-Mon).

    Weekdays are 1 (Monday) to 7, months 1 to 12. `time_to` is a minute that still counts as a whole.
    """

    __tablename__ = "time_group_ranges"
    __table_args__ = (*_range("weekday", 7), *_range("month_day", 31), *_range("month", 12))

    time_group_id: Mapped[int] = mapped_column(ForeignKey("time_groups.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    time_from: Mapped[time] = mapped_column(Time)
    time_to: Mapped[time] = mapped_column(Time)
    weekday_from: Mapped[int | None] = mapped_column(Integer)
    weekday_to: Mapped[int | None] = mapped_column(Integer)
    month_day_from: Mapped[int | None] = mapped_column(Integer)
    month_day_to: Mapped[int | None] = mapped_column(Integer)
    month_from: Mapped[int | None] = mapped_column(Integer)
    month_to: Mapped[int | None] = mapped_column(Integer)
