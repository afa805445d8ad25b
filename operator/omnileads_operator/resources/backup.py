"""`OMniLeadsBackup`: one backup of an instance's database."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import Conditions, Model, ObjectName, rules
from omnileads_operator.resources.parts import Storage


class BackupSpec(Model):
    """One backup of the database of an instance, on a volume of its own. Recordings are not part of it."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self == oldSelf", "a backup cannot be changed; make a new one instead")),
    )
    instance: ObjectName = Field(description="An OMniLeads resource in the same namespace.")
    storage: Storage = Field(default=Storage(), description="The volume `<name>-backup` that is made for it.")
    deletion_policy: Literal["Retain", "Delete"] = Field(
        default="Retain", description="What becomes of the volume when the resource is deleted."
    )


class BackupStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    version: str | None = Field(default=None, description="The version of the instance when it was made.")
    completed_at: str | None = Field(default=None, description="When it ended well.")
    conditions: Conditions = Field(default=[])
