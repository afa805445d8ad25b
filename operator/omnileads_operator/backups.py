"""One reconciliation of a backup: its volume and its Job are made once, and what becomes of the Job is told.

What is in a bucket has no owner there: with `deletionPolicy: Delete` a Job takes it away before the resource goes.
"""

from __future__ import annotations

from typing import Final

from omnileads_operator.cluster import Cluster, Object, UnreachableError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.backup import (
    BACKUP_KIND,
    backup_objects,
    backup_origin,
    backup_store,
    recordings_claim,
    removal_objects,
)
from omnileads_operator.desired.instance import Instance, Observed
from omnileads_operator.desired.store import AUTHORITY_KEY, USABLE_LABEL, JobState, job_state
from omnileads_operator.outcome import FINALIZER, Now, Reporter
from omnileads_operator.resources.backup import BackupSpec, Bucket
from omnileads_operator.resources.instance import InstanceSpec
from omnileads_operator.secrets import decoded
from omnileads_operator.version import GROUP

ABANDON: Final = f"{GROUP}/abandon"
"""An annotation: let the resource go although what it stored could not be removed."""


class NotYetError(Exception):
    """Something that is referred to is not there, or may not be used."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def find_instance(cluster: Cluster, namespace: str, name: str) -> tuple[Instance, Object]:
    """The instance as `desired` sees it, and its resource. Raises NotYetError."""
    found = cluster.get("OMniLeads", namespace, name)
    if found is None:
        raise NotYetError("InstanceNotFound", f"There is no OMniLeads resource {name}.")
    spec = InstanceSpec.model_validate(found["spec"])
    return Instance(name, namespace, found["metadata"]["uid"], spec, Observed()), found


def running_version(resource: Object) -> str:
    """The version that all of an instance has reached, or the one it is being installed with."""
    return str((resource.get("status") or {}).get("version") or resource["spec"]["version"])


def has_authority(cluster: Cluster, namespace: str, s3: Bucket | None) -> bool:
    """Whether the Secret of a bucket has an authority in it. Raises NotYetError where it may not be used."""
    if s3 is None:
        return False
    found = cluster.get("Secret", namespace, s3.credentials)
    if found is None or decoded(found, "access_key_id") is None or decoded(found, "secret_access_key") is None:
        message = f"There is no Secret {s3.credentials} with the keys access_key_id and secret_access_key."
        raise NotYetError("SecretNotFound", message)
    if (found["metadata"].get("labels") or {}).get(USABLE_LABEL) != "true":
        raise NotYetError("SecretNotMarked", f"The Secret {s3.credentials} lacks the label {USABLE_LABEL}=true.")
    return decoded(found, AUTHORITY_KEY) is not None


class RefusedBackupError(Exception):
    """The backup can never be."""


class BackupReconciler:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._reporter = Reporter(cluster, now)

    def __call__(self, namespace: str, name: str) -> None:
        """One turn. Raises UnreachableError where it must be looked at again soon."""
        resource = self._cluster.get(BACKUP_KIND, namespace, name)
        if resource is None:
            return
        resource["kind"] = BACKUP_KIND
        spec = BackupSpec.model_validate(resource["spec"])
        is_going = bool(resource["metadata"].get("deletionTimestamp"))
        try:
            self._remove(resource, spec) if is_going else self._reconcile(resource, spec)
        except RefusedBackupError as error:
            refused = Finding("Complete", is_true=False, reason="RecordingsInBucket", message=str(error))
            self._reporter.report(resource, [refused], {})
        except NotYetError as error:
            self._reporter.report(resource, [Finding("Complete", None, error.reason, str(error))], {})
            raise UnreachableError(str(error)) from error

    def _reconcile(self, resource: Object, spec: BackupSpec) -> None:
        status = resource.get("status") or {}
        if status.get("completedAt"):
            return
        metadata = resource["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        state = job_state(self._cluster.get("Job", namespace, f"{name}-backup"))
        started = {key: status.get(key) for key in ("version", "location", "image")}
        if not state.is_there:
            self._refuse(namespace, spec)
            if spec.destination.s3 and spec.deletion_policy == "Delete":
                resource = {**self._reporter.add_finalizer(resource), "kind": BACKUP_KIND}
            started = self._start(resource, spec)
        self._reporter.report(resource, [_finding(state)], {**started, "completedAt": state.ended_at})

    def _refuse(self, namespace: str, spec: BackupSpec) -> None:
        """Raises RefusedBackupError, NotYetError."""
        if spec.recordings and find_instance(self._cluster, namespace, spec.instance)[0].spec.recordings.s3:
            raise RefusedBackupError(
                f"{spec.instance} keeps its recordings in a bucket, whose own versions and replication protect them. "
                "Make a backup without spec.recordings."
            )

    def _start(self, resource: Object, spec: BackupSpec) -> dict[str, str | None]:
        """Make the volume and the Job. Returns what the status keeps of it."""
        metadata = resource["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        instance, found = find_instance(self._cluster, namespace, spec.instance)
        is_private = has_authority(self._cluster, namespace, spec.destination.s3)
        store = backup_store(namespace, name, spec, has_authority=is_private)
        version = running_version(found)
        origin = backup_origin(namespace, name, metadata["uid"])
        shared = store.recordings_claim
        if shared and self._cluster.get("PersistentVolumeClaim", namespace, shared) is None:
            self._cluster.apply(recordings_claim(origin, spec, instance, store))
        for manifest in backup_objects(origin, spec, instance, store, version):
            self._cluster.apply(manifest)
        return {"version": version, "location": store.location, "image": instance.image("postgres", version)}

    def _remove(self, resource: Object, spec: BackupSpec) -> None:
        metadata = resource["metadata"]
        if FINALIZER not in (metadata.get("finalizers") or []):
            return
        if (metadata.get("annotations") or {}).get(ABANDON) == "true":
            self._reporter.remove_finalizer(resource)
            return
        namespace, name = metadata["namespace"], metadata["name"]
        state = job_state(self._cluster.get("Job", namespace, f"{name}-remove"))
        if state.is_done:
            self._reporter.remove_finalizer(resource)
            return
        if state.failure:
            message = f"{state.failure[1]} Delete the Job {name}-remove to try again, or annotate {ABANDON}=true."
            self._reporter.report(
                resource, [Finding("Complete", is_true=False, reason="NotRemoved", message=message)], {}
            )
            return
        if not state.is_there:
            # What writes is stopped before what it wrote is removed.
            self._cluster.delete("Job", namespace, f"{name}-backup")
            status = resource.get("status") or {}
            instance = self._instance_or_one_like_it(namespace, spec.instance, status.get("image"))
            is_private = has_authority(self._cluster, namespace, spec.destination.s3)
            store = backup_store(namespace, name, spec, has_authority=is_private)
            version = status.get("version") or instance.spec.version
            for manifest in removal_objects(backup_origin(namespace, name, metadata["uid"]), instance, store, version):
                self._cluster.apply(manifest)

    def _instance_or_one_like_it(self, namespace: str, name: str, image: str | None) -> Instance:
        """The instance whose images the Job uses; a backup outlives it, and then has the image that made it."""
        try:
            return find_instance(self._cluster, namespace, name)[0]
        except NotYetError:
            if image is None:
                raise
            prefix, _, tagged = image.rpartition("/")
            spec = InstanceSpec.model_validate(
                {"version": tagged.rpartition(":")[2], "hostname": "gone.invalid", "images": {"prefix": prefix}}
            )
            return Instance(name, namespace, "", spec, Observed())


def _finding(state: JobState) -> Finding:
    if state.is_done:
        message = "All of it is backed up, and could be read back."
        return Finding("Complete", is_true=True, reason="Complete", message=message)
    if state.failure:
        return Finding("Complete", is_true=False, reason=state.failure[0], message=state.failure[1])
    return Finding("Complete", is_true=None, reason="Running", message="It is being read and stored.")
