"""When a schedule's next backup is due, and which of its backups are no longer kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cronsim import CronSim, CronSimError

from omnileads_operator.desired.backup import backup_resource
from omnileads_operator.desired.instance import Manifest
from omnileads_operator.desired.zones import zone_of
from omnileads_operator.resources.schedule import Keep, ScheduleSpec
from omnileads_operator.version import GROUP

SCHEDULE_KIND: Final = "OMniLeadsBackupSchedule"
SCHEDULE_LABEL: Final = f"{GROUP}/backup-schedule"


class ScheduleRefusedError(ValueError):
    """The expression or the zone cannot be read, or no time ever fits."""


@dataclass(frozen=True)
class Times:
    """`latest` is the last time that has passed, null where that was long ago; both in UTC."""

    latest: datetime | None
    next: datetime


def times(spec: ScheduleSpec, now: datetime) -> Times:
    """Raises ScheduleRefusedError."""
    zone = zone_of(spec.time_zone)
    if zone is None:
        raise ScheduleRefusedError(f"spec.timeZone: there is no time zone {spec.time_zone}.")
    local = now.astimezone(zone)
    try:
        upcoming = next(CronSim(spec.schedule, local))
    except (CronSimError, StopIteration) as error:
        raise ScheduleRefusedError(f"spec.schedule: {spec.schedule!r} is no time: {error}.") from error
    # Backwards it begins before the given time; a second later, the given one is found too.
    before = next(CronSim(spec.schedule, local + timedelta(seconds=1), reverse=True), None)
    return Times(before.astimezone(UTC) if before else None, upcoming.astimezone(UTC))


@dataclass(frozen=True)
class Made:
    """A backup of a schedule. `completed_at` null: it is not complete; `has_ended` tells whether it ever will be."""

    name: str
    created_at: datetime
    completed_at: datetime | None
    has_ended: bool


def outdated(backups: Sequence[Made], keep: Keep, now: datetime) -> list[str]:
    """Names of those that go. Nothing goes before there is a newer one that is complete."""
    complete = sorted((each for each in backups if each.completed_at), key=lambda each: each.created_at, reverse=True)
    if not complete:
        return []
    going = [
        each.name
        for number, each in enumerate(complete)
        if number > 0
        and not (keep.last is not None and number < keep.last)
        and not (keep.days is not None and now - each.created_at <= timedelta(days=keep.days))
    ]
    failed = [
        each.name
        for each in backups
        if each.has_ended and not each.completed_at and each.created_at < complete[0].created_at
    ]
    return going + failed


def scheduled_backup(namespace: str, schedule: str, spec: ScheduleSpec, at: datetime) -> Manifest:
    """Named by its time, so that it is made once, however often somebody tries."""
    common = {"destination", "recordings", "deletion_policy"}
    template = spec.model_dump(by_alias=True, exclude_none=True, include=common)
    name = f"{schedule}-{at:%Y%m%d%H%M}"
    return backup_resource(namespace, name, {SCHEDULE_LABEL: schedule}, {**template, "instance": spec.instance})
