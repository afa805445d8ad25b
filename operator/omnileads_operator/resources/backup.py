"""`OMniLeadsBackup`: one backup of an instance's database, of its recordings where wanted, and where it is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from omnileads_operator.resources.model import Conditions, Model, ObjectName, rules
from omnileads_operator.resources.parts import Storage

FOLDER_PATTERN = r"^([A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*)?$"
Folder = Annotated[str, Field(max_length=600, pattern=FOLDER_PATTERN)]


class Bucket(Model):
    """A bucket that speaks S3. It must exist."""

    endpoint: Annotated[str, Field(max_length=253, pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")] = Field(
        default="https://s3.amazonaws.com", description="Address of the service."
    )
    region: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")] = Field(
        default="us-east-1", description="Region of the bucket."
    )
    bucket: Annotated[str, Field(min_length=3, max_length=63, pattern=r"^[a-z0-9][a-z0-9.-]*[a-z0-9]$")] = Field(
        description="Name of the bucket."
    )
    credentials: ObjectName = Field(
        description="A Secret with `access_key_id`, `secret_access_key` and, for an authority of your own, `ca.crt`. "
        "It needs the label `omnileads.org/for-backups=true`."
    )
    path_style: bool = Field(
        default=True, description="Whether the bucket stands in the path of addresses and not in the name of the host."
    )


class S3(Bucket):
    """A place in a bucket for many backups."""

    prefix: Folder = Field(
        default="omnileads", description="Folder in the bucket; a backup is `<prefix>/<namespace>/<name>/` in it."
    )


class Destination(Model):
    """Where a backup is kept: a volume of its own, which is the default, or S3."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("!(has(self.volume) && has(self.s3))", "a destination is either a volume or s3, not both"),
        ),
    )
    volume: Storage | None = Field(default=None, description="The volume `<name>-backup` that is made for it.")
    s3: S3 | None = Field(default=None, description="A place in a bucket.")


class BackupTemplate(Model):
    """What backups of one origin have in common."""

    destination: Destination = Field(default=Destination(), description="Where it is kept.")
    recordings: bool = Field(
        default=False,
        description="Whether the recordings of the instance's volume are stored as well. Not by default, for they are "
        "large: 58 MB an hour of talk. Each is stored once, in a folder that all backups of the instance share and "
        "that is never deleted. Refused where the instance keeps them in a bucket.",
    )
    deletion_policy: Literal["Retain", "Delete"] = Field(
        default="Retain", description="What becomes of what is stored when the resource is deleted."
    )


class BackupSpec(BackupTemplate):
    """One backup of the database of an instance and, with `recordings`, of its recordings."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self == oldSelf", "a backup cannot be changed; make a new one instead")),
    )
    instance: ObjectName = Field(description="An OMniLeads resource in the same namespace.")


class BackupStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    version: str | None = Field(default=None, description="The version of the instance when it was made.")
    location: str | None = Field(default=None, description="Where it is.")
    image: str | None = Field(default=None, description="The image that made it.")
    completed_at: str | None = Field(default=None, description="When it ended well.")
    conditions: Conditions = Field(default=[])
