"""Decides which version an instance is brought to in this turn, and says why it is not the wanted one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from omnileads_operator.cluster import Cluster, Object
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.backup import BACKUP_KIND
from omnileads_operator.desired.instance import Instance
from omnileads_operator.desired.upgrade import progress, upgrade_backup, upgrade_backup_name
from omnileads_operator.outcome import Now
from omnileads_operator.stamps import moment_of, stamp


@dataclass(frozen=True)
class Decision:
    """`version` is what all is brought to; `status` the upgrade as the resource's status keeps it."""

    version: str
    finding: Finding
    status: dict[str, Any] | None = None
    has_returned: bool = False


class Upgrades:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._now = now

    def decide(self, resource: Object, instance: Instance) -> Decision:
        wanted, status = instance.spec.version, resource.get("status") or {}
        running = status.get("version")
        if running is None or running == wanted:
            return Decision(wanted, Finding("Upgraded", is_true=True, reason="UpToDate", message=f"Version {wanted}."))
        before = status.get("upgrade")
        if before is None or before["version"] != wanted:
            now = stamp(self._now())
            before = {"version": wanted, "startedAt": now, "reached": "asked", "since": now, "returned": False}
        if before["returned"]:
            return self._returned(running, before, before["reached"])
        if before["reached"] == "asked":
            return self._before_it_moves(running, before, resource, instance)
        return self._under_way(running, before, instance)

    def _before_it_moves(self, running: str, upgrade: dict[str, Any], resource: Object, instance: Instance) -> Decision:
        spec = instance.spec
        if (resource.get("status") or {}).get("upgrade") != upgrade:
            # Kept first: the backup is named by the time it was asked for.
            return _held(running, upgrade, "Asked", f"Version {spec.version} was asked for.")
        if not instance.observed.is_window_open:
            return _held(running, upgrade, "WaitingForWindow", "The upgrade waits for spec.maintenance.")
        if spec.upgrade.backup == "Before":
            name = upgrade_backup_name(instance.name, upgrade)
            backup = self._cluster.get(BACKUP_KIND, instance.namespace, name)
            if backup is None:
                self._cluster.create(upgrade_backup(instance, name, spec.upgrade))
            status = (backup or {}).get("status") or {}
            if not status.get("completedAt"):
                failed = [each for each in status.get("conditions") or [] if each["status"] == "False"]
                if failed:
                    message = f"{name}: {failed[0]['message']} Delete it to try again."
                    return _held(running, upgrade, "BackupFailed", message)
                return _held(running, upgrade, "BackingUp", f"The upgrade waits for the backup {name}.")
        return self._moving({**upgrade, "reached": "begun", "since": stamp(self._now())}, instance, "It begins.")

    def _under_way(self, running: str, upgrade: dict[str, Any], instance: Instance) -> Decision:
        found = progress(instance.spec.version, instance.observed)
        if found.word != upgrade["reached"]:
            return self._moving(
                {**upgrade, "reached": found.word, "since": stamp(self._now())}, instance, found.message
            )
        waited = (self._now() - moment_of(upgrade["since"])).total_seconds()
        if waited > instance.spec.upgrade.timeout_seconds and instance.observed.is_window_open:
            return self._returned(running, {**upgrade, "returned": True, "reached": found.message}, found.message)
        return self._moving(upgrade, instance, found.message)

    def _moving(self, upgrade: dict[str, Any], instance: Instance, message: str) -> Decision:
        version = instance.spec.version
        finding = Finding("Upgraded", is_true=False, reason="Upgrading", message=f"To version {version}: {message}")
        return Decision(version, finding, upgrade)

    def _returned(self, running: str, upgrade: dict[str, Any], why: str) -> Decision:
        message = (
            f"Version {upgrade['version']} did not become ready in time ({why}); {running} is back. "
            f"Set spec.version to {running}, and again to {upgrade['version']} to try once more."
        )
        finding = Finding("Upgraded", is_true=False, reason="Returned", message=message)
        return Decision(running, finding, upgrade, has_returned=True)


def _held(running: str, upgrade: dict[str, Any], reason: str, message: str) -> Decision:
    return Decision(running, Finding("Upgraded", is_true=False, reason=reason, message=message), upgrade)
