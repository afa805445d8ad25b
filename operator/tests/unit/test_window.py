"""When calls may be interrupted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from omnileads_operator.desired.upgrade import WindowRefusedError, is_open
from omnileads_operator.resources.upgrade import Maintenance


def window(**said: object) -> Maintenance:
    return Maintenance.model_validate({"start": "22:00", "hours": 6, "days": ["Sat"], **said})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-13T21:59", False),
        ("2026-06-13T22:00", True),
        ("2026-06-14T03:59", True),
        ("2026-06-14T04:00", False),
        ("2026-06-14T22:30", False),
        ("2026-06-12T23:00", False),
    ],
)
def test_a_window_reaches_into_the_next_day(now: str, expected: object) -> None:
    assert is_open(window(), datetime.fromisoformat(now).replace(tzinfo=UTC)) is expected


def test_it_is_of_its_time_zone() -> None:
    there = window(timeZone="America/Argentina/Buenos_Aires")
    assert not is_open(there, datetime(2026, 6, 13, 23, tzinfo=UTC))
    assert is_open(there, datetime(2026, 6, 14, 6, tzinfo=UTC))


def test_without_a_window_it_is_always_open() -> None:
    assert is_open(None, datetime(2026, 6, 13, 23, tzinfo=UTC))


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(WindowRefusedError, match=r"spec\.maintenance\.timeZone"):
        is_open(window(timeZone="Mars/Olympus"), datetime(2026, 6, 13, 23, tzinfo=UTC))
