"""One reconciliation of a backup: its volume and its Job are made once, and what becomes of the Job is told."""

from __future__ import annotations

from typing import Final

from omnileads_operator.cluster import Cluster, Object, UnreachableError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.backup import Backup, backup_objects
from omnileads_operator.desired.instance import Instance, Observed
from omnileads_operator.outcome import Now, Reporter
from omnileads_operator.resources.backup import BackupSpec
from omnileads_operator.resources.instance import InstanceSpec

BACKUP_KIND: Final = "OMniLeadsBackup"


class BackupReconciler:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._reporter = Reporter(cluster, now)

    def __call__(self, namespace: str, name: str) -> None:
        """One turn. Raises UnreachableError where it must be looked at again soon."""
        resource = self._cluster.get(BACKUP_KIND, namespace, name)
        if resource is None or resource["metadata"].get("deletionTimestamp"):
            return
        resource["kind"] = BACKUP_KIND
        status = resource.get("status") or {}
        if status.get("completedAt"):
            return
        job = self._cluster.get("Job", namespace, f"{name}-backup")
        version = status.get("version")
        if job is None:
            version = self._start(resource)
        finding, completed = _state(job)
        self._reporter.report(resource, [finding], {"version": version, "completedAt": completed})

    def _start(self, resource: Object) -> str:
        """Make the volume and the Job. Returns the version that the instance has now."""
        metadata = resource["metadata"]
        spec = BackupSpec.model_validate(resource["spec"])
        found = self._cluster.get("OMniLeads", metadata["namespace"], spec.instance)
        if found is None:
            message = f"There is no OMniLeads resource {spec.instance}."
            self._reporter.report(resource, [Finding("Complete", None, "InstanceNotFound", message)], {})
            raise UnreachableError(message)
        centre = InstanceSpec.model_validate(found["spec"])
        instance = Instance(spec.instance, metadata["namespace"], found["metadata"]["uid"], centre, Observed())
        version = str((found.get("status") or {}).get("version") or centre.version)
        for manifest in backup_objects(Backup(metadata["name"], metadata["uid"], spec), instance, version):
            self._cluster.apply(manifest)
        return version


def _state(job: Object | None) -> tuple[Finding, str | None]:
    status = (job or {}).get("status") or {}
    conditions = {each["type"]: each for each in status.get("conditions") or [] if each["status"] == "True"}
    if "Complete" in conditions:
        message = "The database is backed up, and all of the file could be read back."
        completed = status.get("completionTime") or conditions["Complete"].get("lastTransitionTime")
        return Finding("Complete", is_true=True, reason="Complete", message=message), completed
    if "Failed" in conditions:
        return Finding(
            "Complete", is_true=False, reason="Failed", message=conditions["Failed"].get("message", "")
        ), None
    return Finding("Complete", is_true=None, reason="Running", message="The database is being read."), None
