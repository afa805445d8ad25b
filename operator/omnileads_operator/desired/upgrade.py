"""What an upgrade does next: back up, wait for the window, move by stages, or go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from omnileads_operator.desired.backup import backup_resource
from omnileads_operator.desired.instance import Instance, Manifest, Observed
from omnileads_operator.desired.versions import STAGES
from omnileads_operator.desired.zones import zone_of
from omnileads_operator.resources.upgrade import Maintenance, Upgrade
from omnileads_operator.version import GROUP

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
INSTANCE_LABEL: Final = f"{GROUP}/before-upgrade-of"


class WindowRefusedError(ValueError):
    """The time zone of the maintenance window does not exist."""


def is_open(maintenance: Maintenance | None, now: datetime) -> bool:
    """Whether calls may be interrupted now. Raises WindowRefusedError."""
    if maintenance is None:
        return True
    zone = zone_of(maintenance.time_zone)
    if zone is None:
        raise WindowRefusedError(f"spec.maintenance.timeZone: there is no time zone {maintenance.time_zone}.")
    local = now.astimezone(zone)
    hour, minute = maintenance.start.split(":")
    for days_ago in (0, 1):
        day = (local - timedelta(days=days_ago)).date()
        begins = datetime.combine(day, time(int(hour), int(minute)), zone)
        if DAYS[day.weekday()] in maintenance.days and begins <= local < begins + timedelta(hours=maintenance.hours):
            return True
    return False


@dataclass(frozen=True)
class Progress:
    """How far an upgrade is. A word for what is waited for, by which the time it takes is measured."""

    word: str
    message: str


def progress(wanted: str, observed: Observed) -> Progress:
    """Where an upgrade that moves by stages is."""
    moved = [name for name, version in observed.versions.items() if version == wanted]
    waiting = sorted(name for name in moved if name not in observed.settled)
    migrated = "migrated" if wanted in observed.migrated else "not-migrated"
    stages = sum(any(name in moved for name in stage) for stage in STAGES)
    if waiting:
        return Progress(f"{migrated}-stage-{stages}", f"not ready: {', '.join(waiting)}")
    if migrated == "not-migrated":
        return Progress(f"{migrated}-stage-{stages}", "the migration has not ended")
    return Progress(f"{migrated}-stage-{stages}", "the next stage has not begun")


def upgrade_backup_name(instance: str, upgrade: dict[str, Any]) -> str:
    stamp = "".join(character for character in upgrade["startedAt"] if character.isdigit())
    return f"{instance}-before-{upgrade['version'].replace('.', '-')}-{stamp}"


def upgrade_backup(instance: Instance, name: str, upgrade: Upgrade) -> Manifest:
    """Kept until somebody removes it."""
    destination = upgrade.destination.model_dump(by_alias=True, exclude_none=True)
    spec = {"instance": instance.name, "destination": destination}
    return backup_resource(instance.namespace, name, {INSTANCE_LABEL: instance.name}, spec)
