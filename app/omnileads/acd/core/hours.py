"""Hours: whether a moment lies in one of the ranges of a time group."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range of the clock, of weekdays (1 = Monday), of days of the month and of months; None is "always".

    Ends are included, the clock's last minute to its end, as in Asterisk's `GotoIfTime`. A range whose start is after
    its end wraps: 22:00 to 06:00, Friday to Monday, November to February.
    """

    minutes: tuple[int, int] = (0, 24 * 60 - 1)
    """first and last minute of the day"""
    weekdays: tuple[int, int] | None = None
    month_days: tuple[int, int] | None = None
    months: tuple[int, int] | None = None

    def contains(self, moment: datetime) -> bool:
        """Whether a local moment lies in all four."""
        return (
            _within(moment.hour * 60 + moment.minute, self.minutes)
            and _within(moment.isoweekday(), self.weekdays)
            and _within(moment.day, self.month_days)
            and _within(moment.month, self.months)
        )


def is_open(ranges: Iterable[TimeRange], moment: datetime) -> bool:
    """Whether one of the ranges contains the local moment."""
    return any(time_range.contains(moment) for time_range in ranges)


def _within(value: int, bounds: tuple[int, int] | None) -> bool:
    if bounds is None:
        return True
    first, last = bounds
    return first <= value <= last if first <= last else value >= first or value <= last
