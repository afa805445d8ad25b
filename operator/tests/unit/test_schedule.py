"""When backups are due, through changes of the clock, and which are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from omnileads_operator.desired.schedule import Made, ScheduleRefusedError, outdated, scheduled_backup, times
from omnileads_operator.resources.schedule import Keep, ScheduleSpec

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def spec(schedule: str, zone: str = "UTC") -> ScheduleSpec:
    return ScheduleSpec.model_validate({"instance": "acme", "schedule": schedule, "timeZone": zone})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "latest", "upcoming"),
    [
        ("30 2 * * *", "UTC", "2026-06-15T12:00", "2026-06-15T02:30", "2026-06-16T02:30"),
        ("30 2 * * *", "UTC", "2026-06-15T02:30", "2026-06-15T02:30", "2026-06-16T02:30"),
        ("30 2 * * *", "America/Argentina/Buenos_Aires", "2026-06-15T05:00", "2026-06-14T05:30", "2026-06-15T05:30"),
        ("0 9 * * MON-FRI", "UTC", "2026-06-14T12:00", "2026-06-12T09:00", "2026-06-15T09:00"),
        # In Madrid the clock goes from two to three that night: the run is not left out.
        ("30 2 * * *", "Europe/Madrid", "2026-03-29T06:00", "2026-03-29T01:00", "2026-03-30T00:30"),
        # And twice through the hour of two that night: one run only.
        ("30 2 * * *", "Europe/Madrid", "2026-10-25T06:00", "2026-10-25T00:30", "2026-10-26T01:30"),
    ],
)
def test_times_of_a_schedule(schedule: str, zone: str, now: str, latest: str, upcoming: str) -> None:
    found = times(spec(schedule, zone), at(now))
    assert (found.latest, found.next) == (at(latest), at(upcoming))


@pytest.mark.parametrize(
    ("schedule", "zone", "field"),
    [
        ("61 * * * *", "UTC", "spec.schedule"),
        ("0 3 31 2 *", "UTC", "spec.schedule"),
        ("0 3 * * *", "Mars/Olympus", "spec.timeZone"),
        ("0 3 * * *", "../etc/passwd", "spec.timeZone"),
    ],
)
def test_times_that_cannot_be(schedule: str, zone: str, field: str) -> None:
    written = spec("0 3 * * *").model_copy(update={"schedule": schedule, "time_zone": zone})
    with pytest.raises(ScheduleRefusedError, match=field):
        times(written, NOW)


def made(days_ago: int, *, complete: bool = True, ended: bool = True) -> Made:
    created = NOW - timedelta(days=days_ago)
    return Made(f"b{days_ago}", created, created if complete else None, has_ended=ended)


def test_the_last_ones_are_kept() -> None:
    assert outdated([made(day) for day in range(5)], Keep(last=3), NOW) == ["b3", "b4"]


def test_those_of_the_last_days_are_kept() -> None:
    assert outdated([made(day) for day in (0, 1, 2, 9)], Keep(days=2), NOW) == ["b9"]


def test_either_wish_keeps() -> None:
    assert outdated([made(day) for day in (0, 1, 8, 9)], Keep(last=3, days=1), NOW) == ["b9"]


def test_the_newest_complete_one_is_never_removed() -> None:
    assert outdated([made(100)], Keep(days=1), NOW) == []
    assert outdated([made(100), made(0, complete=False)], Keep(days=1), NOW) == []


def test_a_failed_one_goes_only_when_a_newer_one_is_complete() -> None:
    failed = made(2, complete=False)
    assert outdated([failed, made(3)], Keep(last=7), NOW) == []
    assert outdated([failed, made(1)], Keep(last=7), NOW) == ["b2"]
    assert outdated([made(2, complete=False, ended=False), made(1)], Keep(last=7), NOW) == []


def test_a_backup_is_named_by_its_time_and_has_what_the_schedule_says() -> None:
    written = ScheduleSpec.model_validate(
        {
            "instance": "acme",
            "schedule": "0 3 * * *",
            "recordings": True,
            "destination": {"volume": {"size": "5Gi"}},
        }
    )
    backup = scheduled_backup("centres", "nightly", written, NOW)
    assert backup["metadata"]["name"] == "nightly-202606151200"
    assert backup["spec"] == {
        "instance": "acme",
        "recordings": True,
        "deletionPolicy": "Delete",
        "destination": {"volume": {"size": "5Gi", "storageClassName": ""}},
    }
