"""One reconciliation of a schedule: makes the backup that is due, and removes those that are no longer kept.

However many times were missed while the operator was away, one backup is made. While one runs, none is begun.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from omnileads_operator.cluster import Cluster, Object, RefusedError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.backup import BACKUP_KIND
from omnileads_operator.desired.schedule import (
    SCHEDULE_KIND,
    SCHEDULE_LABEL,
    Made,
    ScheduleRefusedError,
    Times,
    outdated,
    scheduled_backup,
    times,
)
from omnileads_operator.outcome import Now, Reporter, is_paused
from omnileads_operator.resources.schedule import ScheduleSpec
from omnileads_operator.stamps import moment_of, stamp


class ScheduleReconciler:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._now = now
        self._reporter = Reporter(cluster, now)

    def __call__(self, namespace: str, name: str) -> None:
        """One turn."""
        resource = self._cluster.get(SCHEDULE_KIND, namespace, name)
        if resource is None or is_paused(resource) or resource["metadata"].get("deletionTimestamp"):
            return
        resource["kind"] = SCHEDULE_KIND
        spec = ScheduleSpec.model_validate(resource["spec"])
        made = self._made(namespace, name)
        try:
            found = times(spec, self._now())
        except ScheduleRefusedError as error:
            refused = Finding("Scheduled", is_true=False, reason="SpecRefused", message=str(error))
            self._reporter.report(resource, [refused, _last(made)], {"nextScheduleTime": None})
            return
        handled = self._take_care_of(resource, spec, found, made)
        for each in outdated(made, spec.keep, self._now()):
            self._cluster.delete(BACKUP_KIND, namespace, each)
            self._reporter.event(resource, "BackupRemoved", f"{each} is no longer kept.")
        self._report(resource, spec, found, made, handled)

    def _made(self, namespace: str, name: str) -> list[Made]:
        items = self._cluster.list(BACKUP_KIND, namespace, {SCHEDULE_LABEL: name})
        return [_read(item) for item in items if not item["metadata"].get("deletionTimestamp")]

    def _take_care_of(self, resource: Object, spec: ScheduleSpec, found: Times, made: list[Made]) -> str | None:
        """Make the backup that is due. Returns the last time that needs nothing any more."""
        metadata, before = resource["metadata"], (resource.get("status") or {}).get("lastScheduleTime")
        since = moment_of(before or metadata["creationTimestamp"])
        latest = found.latest
        if latest is None or latest <= since:
            return before
        deadline = spec.starting_deadline_seconds
        if not spec.suspend:
            if deadline is not None and self._now() - latest > timedelta(seconds=deadline):
                self._reporter.event(resource, "Missed", f"The run of {stamp(latest)} is too late.", is_good=False)
            elif not all(each.has_ended for each in made):
                return before
            else:
                self._create(resource, scheduled_backup(metadata["namespace"], metadata["name"], spec, latest))
        return stamp(latest)

    def _create(self, resource: Object, backup: Object) -> None:
        try:
            self._cluster.create(backup)
        except RefusedError as error:
            if error.status != 409:
                raise
        else:
            self._reporter.event(resource, "BackupStarted", f"Made {backup['metadata']['name']}.")

    def _report(
        self, resource: Object, spec: ScheduleSpec, found: Times, made: list[Made], handled: str | None
    ) -> None:
        if spec.suspend:
            finding = Finding("Scheduled", is_true=False, reason="Suspended", message="spec.suspend is true.")
        else:
            finding = Finding("Scheduled", is_true=True, reason="Scheduled", message=f"In {spec.time_zone}.")
        newest = _newest(made)
        self._reporter.report(
            resource,
            [finding, _last(made)],
            {
                "lastScheduleTime": handled,
                "nextScheduleTime": None if spec.suspend else stamp(found.next),
                "lastBackup": newest.name if newest else None,
                "lastBackupTime": stamp(newest.completed_at) if newest and newest.completed_at else None,
            },
        )


def _newest(made: list[Made]) -> Made | None:
    return max((each for each in made if each.completed_at), key=_age, default=None)


def _last(made: list[Made]) -> Finding:
    """How the newest that has ended is."""
    ended = max((each for each in made if each.has_ended), key=_age, default=None)
    if ended is None:
        return Finding("LastBackup", None, "None", "No backup has ended yet.")
    if ended.completed_at:
        return Finding("LastBackup", is_true=True, reason="Complete", message=f"{ended.name} is complete.")
    return Finding("LastBackup", is_true=False, reason="Failed", message=f"{ended.name} has failed.")


def _read(item: Object) -> Made:
    status = item.get("status") or {}
    completed = status.get("completedAt")
    has_failed = any(
        each["type"] == "Complete" and each["status"] == "False" for each in status.get("conditions") or []
    )
    metadata = item["metadata"]
    return Made(
        metadata["name"],
        moment_of(metadata["creationTimestamp"]),
        moment_of(completed) if completed else None,
        has_ended=bool(completed) or has_failed,
    )


def _age(each: Made) -> tuple[datetime, str]:
    """The order in which they were made."""
    return each.created_at, each.name
