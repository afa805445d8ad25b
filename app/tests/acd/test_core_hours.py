"""Hours: ends, weekdays, days and months, and what wraps round."""

from datetime import datetime

import pytest

from omnileads.acd.core.hours import TimeRange, is_open

OFFICE_HOURS = TimeRange(minutes=(9 * 60, 17 * 60 + 59), weekdays=(1, 5))


@pytest.mark.parametrize(
    ("time_range", "moment", "expected"),
    [
        (OFFICE_HOURS, "2026-11-20T09:00", True),
        (OFFICE_HOURS, "2026-11-20T08:59", False),
        (OFFICE_HOURS, "2026-11-20T17:59:59", True),
        (OFFICE_HOURS, "2026-11-20T18:00", False),
        (OFFICE_HOURS, "2026-11-21T12:00", False),
        (TimeRange(minutes=(22 * 60, 6 * 60)), "2026-11-20T23:30", True),
        (TimeRange(minutes=(22 * 60, 6 * 60)), "2026-11-20T12:00", False),
        (TimeRange(weekdays=(5, 1)), "2026-11-22T12:00", True),
        (TimeRange(weekdays=(5, 1)), "2026-11-25T12:00", False),
        (TimeRange(month_days=(24, 26), months=(12, 12)), "2026-12-25T12:00", True),
        (TimeRange(month_days=(24, 26), months=(12, 12)), "2026-11-25T12:00", False),
        (TimeRange(months=(11, 2)), "2026-01-05T12:00", True),
        (TimeRange(months=(11, 2)), "2026-06-05T12:00", False),
    ],
)
def test_hours(time_range: TimeRange, moment: str, expected: bool) -> None:
    assert is_open([time_range], datetime.fromisoformat(moment)) is expected
