"""`OMniLeadsBackupSchedule`: backups again and again, and how many of them are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.backup import BackupTemplate
from omnileads_operator.resources.model import Conditions, Model, ObjectName, TimeZone, fixed, rules

Cron = Annotated[str, Field(min_length=9, max_length=100, pattern=r"^[0-9A-Za-z*,/#-]+( [0-9A-Za-z*,/#-]+){4}$")]


class Keep(Model):
    """Which backups are kept. One is kept while either field wants it; the newest complete one always is."""

    model_config = ConfigDict(
        json_schema_extra=rules(("has(self.last) || has(self.days)", "keep needs last or days")),
    )
    last: int | None = Field(default=None, ge=1, le=1000, description="This many complete ones.")
    days: int | None = Field(default=None, ge=1, le=36500, description="Those of so many days.")


class ScheduleSpec(BackupTemplate):
    """Backups of an instance at the times of a cron expression."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "self.schedule.split(' ').size() == 5",
                "a schedule has five fields: minute, hour, day of the month, month, day of the week",
            ),
        ),
    )
    instance: ObjectName = Field(
        description="An OMniLeads resource in the same namespace.", json_schema_extra=fixed("instance")
    )
    schedule: Cron = Field(
        description="Minute, hour, day of the month, month, day of the week, as cron has them. A run comes up to "
        "`OPERATOR_RESYNC_SECONDS` (60) later."
    )
    time_zone: TimeZone = Field(default="UTC", description="The zone of these times, as `Europe/Madrid`.")
    suspend: bool = Field(default=False, description="Times that come while this is true are left out.")
    starting_deadline_seconds: int | None = Field(
        default=None,
        ge=60,
        le=2592000,
        description="A run that is later than this is left out; null: however many were missed, one is made.",
    )
    keep: Keep = Field(default=Keep(last=7), description="Which backups are kept.")
    deletion_policy: Literal["Retain", "Delete"] = Field(
        default="Delete", description="What becomes of what a backup stored when it is no longer kept."
    )


class ScheduleStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    last_schedule_time: str | None = Field(default=None, description="The last time that was taken care of.")
    next_schedule_time: str | None = Field(default=None, description="The next time.")
    last_backup: str | None = Field(default=None, description="The newest complete backup.")
    last_backup_time: str | None = Field(default=None, description="When that was complete.")
    conditions: Conditions = Field(default=[])
