"""One reconciliation of a restore. How far it is stands in its Jobs, so that whoever comes next goes on from there.

check (changes nothing) -> recordings (are added, where the backup has them) -> the target's app, worker, acd and dialer
are stopped -> restore (one transaction) -> migrate -> all are started again -> finish. Where migrate fails, `return`
puts back what was there before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from omnileads_operator.backups import NotYetError, find_instance, has_authority, running_version
from omnileads_operator.cluster import Cluster, Object, UnreachableError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.application import STOPPED_FOR_RESTORE
from omnileads_operator.desired.backup import BACKUP_KIND, backup_store
from omnileads_operator.desired.instance import RESTORING, Instance
from omnileads_operator.desired.restore import RESTORE_KIND, STEPS, restore_job, restore_origin
from omnileads_operator.desired.store import JobState, Store, job_state, store_policy
from omnileads_operator.outcome import Now, Reporter, is_paused
from omnileads_operator.resources.backup import BackupSpec
from omnileads_operator.resources.restore import RestoreSpec
from omnileads_operator.stamps import stamp

RUNNING: Final = {
    "check": ("Checking", "The backup is being read, and the target looked at."),
    "recordings": ("RestoringRecordings", "The recordings of the backup are being put into the target's volume."),
    "restore": ("Restoring", "The backup is being put beside the data that is there."),
    "migrate": ("Migrating", "The restored data is being brought to the target's version."),
    "return": ("Returning", "The migration has failed; what was there before is being put back."),
    "finish": ("Finishing", "What was there before is being removed."),
}


class RestoreReconciler:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._now = now
        self._reporter = Reporter(cluster, now)

    def __call__(self, namespace: str, name: str) -> None:
        """One turn. Raises UnreachableError where it must be looked at again soon."""
        resource = self._cluster.get(RESTORE_KIND, namespace, name)
        if resource is None or is_paused(resource) or resource["metadata"].get("deletionTimestamp"):
            return
        resource["kind"] = RESTORE_KIND
        if (resource.get("status") or {}).get("completedAt"):
            return
        spec = RestoreSpec.model_validate(resource["spec"])
        try:
            instance, target = find_instance(self._cluster, namespace, spec.instance)
            store = self._store(namespace, spec)
            Turn(self._cluster, self._reporter, resource, spec, instance, target, store, self._now()).take()
        except NotYetError as error:
            self._reporter.report(resource, [Finding("Complete", None, error.reason, str(error))], {})
            raise UnreachableError(str(error)) from error

    def _store(self, namespace: str, spec: RestoreSpec) -> Store:
        """Where the backup is. Raises NotYetError."""
        if spec.source.s3:
            is_private = has_authority(self._cluster, namespace, spec.source.s3)
            return Store(spec.source.s3, spec.source.s3.folder, has_authority=is_private, has_recordings=True)
        name = spec.source.backup or ""
        found = self._cluster.get(BACKUP_KIND, namespace, name)
        if found is None:
            raise NotYetError("BackupNotFound", f"There is no OMniLeadsBackup {name}.")
        if not (found.get("status") or {}).get("completedAt"):
            raise NotYetError("BackupNotComplete", f"The OMniLeadsBackup {name} is not complete.")
        backup = BackupSpec.model_validate(found["spec"])
        is_private = has_authority(self._cluster, namespace, backup.destination.s3)
        return backup_store(namespace, name, backup, has_authority=is_private)


class Turn:
    """What one turn knows, and does."""

    def __init__(
        self,
        cluster: Cluster,
        reporter: Reporter,
        resource: Object,
        spec: RestoreSpec,
        instance: Instance,
        target: Object,
        store: Store,
        now: datetime,
    ) -> None:
        self._cluster = cluster
        self._reporter = reporter
        self._resource = resource
        self._spec = spec
        self._instance = instance
        self._target = target
        self._store = store
        self._now = now
        metadata = resource["metadata"]
        self._namespace, self._name = metadata["namespace"], metadata["name"]
        self._origin = restore_origin(self._namespace, self._name, metadata["uid"])
        self._jobs = {step: job_state(cluster.get("Job", self._namespace, f"{self._name}-{step}")) for step in STEPS}

    def take(self) -> None:
        jobs = self._jobs
        if not self._has_ended("check") or self._is_refused("check"):
            return
        if self._has_recordings() and (not self._has_ended("recordings") or self._is_refused("recordings")):
            return
        if jobs["restore"].failure:
            self._start_all_again()
            self._fail(jobs["restore"])
        elif jobs["migrate"].failure:
            if self._has_ended("return"):
                self._start_all_again()
                self._fail(jobs["return"] if jobs["return"].failure else jobs["migrate"], has_returned=True)
        elif jobs["migrate"].is_done:
            self._bring_up()
        elif self._is_stopped() and self._has_ended("restore"):
            self._has_ended("migrate")

    def _has_recordings(self) -> bool:
        """Whether there may be some to put back. Into a bucket none are: the check has refused those.

        Nor where an older operator had begun with the database.
        """
        if self._jobs["restore"].is_there and not self._jobs["recordings"].is_there:
            return False
        return self._spec.recordings and self._store.has_recordings and self._instance.spec.recordings.s3 is None

    def _has_ended(self, step: str) -> bool:
        """Whether the step's Job is at its end; it is made where there is none."""
        state = self._jobs[step]
        if state.is_done or state.failure:
            return True
        if not state.is_there:
            version = running_version(self._target)
            if self._store.s3:
                self._cluster.apply(store_policy(self._origin, self._store.s3))
            self._cluster.apply(restore_job(step, self._origin, self._instance, self._store, version, self._spec))
        self._report(*RUNNING[step])
        return False

    def _is_refused(self, step: str) -> bool:
        failure = self._jobs[step].failure
        if failure:
            self._report(failure[0], failure[1], is_true=False)
        return failure is not None

    def _is_stopped(self) -> bool:
        """Whether nothing of the target writes any more; it is told to stop where it was not yet."""
        told = (self._target["metadata"].get("annotations") or {}).get(RESTORING)
        if told not in (None, self._name) and self._cluster.get(RESTORE_KIND, self._namespace, told):
            raise NotYetError("AnotherRestore", f"The restore {told} has not ended yet.")
        if told != self._name:
            self._annotate(self._name)
        for component in STOPPED_FOR_RESTORE:
            found = self._cluster.get("Deployment", self._namespace, f"{self._instance.name}-{component}")
            if found and (found["spec"].get("replicas") or (found.get("status") or {}).get("replicas")):
                raise NotYetError("Stopping", f"Waiting until no pod of {component} is left.")
        return True

    def _start_all_again(self) -> None:
        if (self._target["metadata"].get("annotations") or {}).get(RESTORING) == self._name:
            self._annotate(None)

    def _annotate(self, value: str | None) -> None:
        body = {"metadata": {"annotations": {RESTORING: value}}}
        self._cluster.patch("OMniLeads", self._namespace, self._instance.name, body)

    def _bring_up(self) -> None:
        is_told = RESTORING in (self._target["metadata"].get("annotations") or {})
        self._start_all_again()
        conditions = (self._target.get("status") or {}).get("conditions") or []
        is_ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
        if not self._jobs["finish"].is_there and (is_told or not is_ready):
            raise NotYetError("Starting", "The data is restored. Waiting until the target is ready.")
        if not self._has_ended("finish") or self._is_refused("finish"):
            return
        message = "The target works with the backup: every table has the rows of the manifest."
        self._report("Complete", message, is_true=True, completedAt=stamp(self._now))

    def _fail(self, state: JobState, *, has_returned: bool = False) -> None:
        reason, message = state.failure or ("Failed", "")
        if has_returned:
            reason, where = (
                ("MigrationFailed", "there again")
                if self._jobs["return"].is_done
                else ("NotReturned", "in the schema before_restore")
            )
            message = f"The restored data could not be migrated. What was there before is {where}. {message}".strip()
        self._report(reason, message, is_true=False)

    def _report(self, reason: str, message: str, *, is_true: bool | None = None, **status: str) -> None:
        finding = Finding("Complete", is_true, reason, message)
        self._reporter.report(self._resource, [finding], {"location": self._store.location, **status})
