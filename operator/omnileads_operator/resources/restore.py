"""`OMniLeadsRestore`: a backup put into an instance."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from omnileads_operator.resources.backup import Bucket, Folder
from omnileads_operator.resources.model import Conditions, Model, ObjectName, rules


class BucketFolder(Bucket):
    """The folder of one backup in a bucket."""

    folder: Folder = Field(
        min_length=1, description="The folder with `manifest.json`; `status.location` of the backup."
    )


class Source(Model):
    """Where the backup is."""

    model_config = ConfigDict(
        json_schema_extra=rules(("has(self.backup) != has(self.s3)", "a source is either a backup or s3")),
    )
    backup: ObjectName | None = Field(default=None, description="A complete OMniLeadsBackup in the same namespace.")
    s3: BucketFolder | None = Field(default=None, description="A backup in a bucket, of whatever cluster.")


class RestoreSpec(Model):
    """A backup put into an instance, once: the same one or another, of the backup's version or a newer one."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self == oldSelf", "a restore cannot be changed; make a new one instead")),
    )
    instance: ObjectName = Field(description="The target: an OMniLeads resource in the same namespace.")
    source: Source = Field(description="Where the backup is.")
    overwrite: bool = Field(default=False, description="Whether data that the target has may be replaced.")
    recordings: bool = Field(
        default=True,
        description="Whether the backup's recordings are put back into the target's volume. None is overwritten.",
    )


class RestoreStatus(Model):
    """What was found."""

    observed_generation: int | None = Field(default=None, description="The generation that was looked at last.")
    location: str | None = Field(default=None, description="Where the backup is.")
    completed_at: str | None = Field(default=None, description="When the target worked with the restored data.")
    conditions: Conditions = Field(default=[])
