"""Keeps the Secret of an instance's passwords: makes what is absent, and takes a rotation one step further.

Where a rotation is, is said by the Secret itself and by what is live, so it goes on wherever it was interrupted. Each
step is one write of the Secret, and begins when what the one before asked for is done.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from omnileads_operator.children import Key, key_of
from omnileads_operator.cluster import Cluster, Object
from omnileads_operator.conditions import Finding
from omnileads_operator.desired import credentials
from omnileads_operator.desired.backup import BACKUP_KIND
from omnileads_operator.desired.credentials import MADE_AT, NEXT, ROLES, Heard, step_of
from omnileads_operator.desired.instance import GENERATED_SECRETS, Instance, Manifest
from omnileads_operator.desired.rotation import behind, job_names, keys_of, rotation_jobs
from omnileads_operator.insight import RESTING
from omnileads_operator.outcome import Now
from omnileads_operator.secrets import decoded, encoded, hash_of
from omnileads_operator.stamps import stamp
from omnileads_operator.version import GROUP

log = logging.getLogger(__name__)

REQUEST: Final = f"{GROUP}/rotation"
"""Annotation of the Secret: the `spec.secrets.rotate` that its passwords were made for."""
HEARD: Final = f"{GROUP}/heard"
KEPT: Final = frozenset({*GENERATED_SECRETS, *ROLES, MADE_AT})


@dataclass(frozen=True)
class Passwords:
    """The Secret as it is now, and what there is to say about it."""

    values: Mapping[str, str]
    notes: Mapping[str, str]
    found: Object | None
    heard: Heard
    finding: Finding

    def hashes(self, instance: Instance) -> dict[tuple[str, str], str]:
        """Of the values that pods read all the time; a role changes with its password."""
        return {(instance.credentials, key): hash_of(self.values[key]) for key in GENERATED_SECRETS}

    def heard_hashes(self, instance: Instance) -> dict[tuple[str, str], str]:
        keys = (*credentials.OF_POSTGRES, *credentials.OF_REDIS)
        return {(instance.credentials, key): self.heard.word(key, self.values[key]) for key in keys}

    def status(self) -> dict[str, Any]:
        made_at = datetime.fromtimestamp(int(self.values[MADE_AT]), UTC)
        step = self.finding.reason if step_of(self.values) != "resting" else RESTING
        return {"rotatedAt": stamp(made_at), "step": step}


class Rotations:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._now = now

    def advance(
        self, resource: Object, instance: Instance, live: Mapping[Key, Object], *, may_begin: bool
    ) -> Passwords:
        """Writes the Secret where it is absent or a step is done. `may_begin`: nothing else is under way."""
        found = self._cluster.get("Secret", instance.namespace, instance.credentials)
        values = {key: decoded(found, key) or "" for key in ((found or {}).get("data") or {}) if _is_kept(key)}
        notes: dict[str, str] = ((found or {}).get("metadata") or {}).get("annotations") or {}
        wanted = instance.spec.secrets
        request = notes.get(REQUEST, "") if found else wanted.rotate
        heard = Heard(notes.get(HEARD))
        now = int(self._now().timestamp())
        after, text = credentials.completed(values, now), notes.get(HEARD, "")
        step, finding = step_of(after), None
        if step == "resting" and (
            wanted.rotate not in ("", request) or credentials.is_due(after, wanted.every_days, now)
        ):
            finding = _held(instance, resource, may_begin=may_begin)
            if finding is None:
                after, request = credentials.begun(after, keys_of(instance), now), wanted.rotate
        elif step == "accepting" and _are_done(job_names(instance, step, after[MADE_AT + NEXT]), live):
            before, after = after, credentials.changed(after)
            text = heard.after(before, after)
        elif step == "changing":
            names = job_names(instance, step, after[MADE_AT])
            # Where there is nothing to be told to a server, the workloads alone say when it is over.
            if names and _are_done(names, live):
                after = credentials.finished(after)
        noted = {REQUEST: request, **({HEARD: text} if text else {})}
        self._write(instance, found, after, noted)
        return Passwords(after, noted, found, Heard(text), finding or _said(instance, after))

    def _write(
        self, instance: Instance, found: Object | None, values: Mapping[str, str], notes: Mapping[str, str]
    ) -> None:
        metadata = (found or {}).get("metadata") or {}
        is_kept = instance.spec.deletion_policy == "Retain"
        has_owner = bool(metadata.get("ownerReferences"))
        there = {key: decoded(found, key) for key in ((found or {}).get("data") or {}) if _is_kept(key)}
        told = metadata.get("annotations") or {}
        if there == values and has_owner != is_kept and all(told.get(key) == note for key, note in notes.items()):
            return
        manifest = instance.object("v1", "Secret", instance.credentials, "credentials", is_owned=not is_kept)
        manifest["metadata"]["annotations"] = dict(notes)
        self._cluster.apply({**manifest, "type": "Opaque", "data": encoded(values)})
        log.info("secrets.written %s/%s: %s", instance.namespace, instance.name, step_of(values))

    def work(
        self, passwords: Passwords, instance: Instance, wanted: list[Manifest], live: Mapping[Key, Object]
    ) -> tuple[list[Manifest], Passwords]:
        """The Jobs that the step needs, beside all that is wanted, and what there is to say then."""
        step, values = step_of(passwords.values), passwords.values
        versions = instance.observed.versions
        if step == "resting":
            return [], passwords
        if step == "accepting":
            return rotation_jobs(instance, step, values[MADE_AT + NEXT], versions), passwords
        waiting = behind(wanted, live, instance.observed.settled) or self._backups(instance)
        jobs = rotation_jobs(instance, step, values[MADE_AT], versions)
        has_begun = any(key_of(job) in live for job in jobs)
        if (waiting and not has_begun) or instance.observed.is_restoring:
            message = f"Not yet with the new passwords: {', '.join(waiting)}. The old ones are good, too."
            return [], replace(passwords, finding=_not_rotated("Changing", message))
        if not jobs:
            self._write(instance, passwords.found, credentials.finished(values), passwords.notes)
        return jobs, replace(passwords, finding=_not_rotated("Retiring", "The old passwords are taken away."))

    def _backups(self, instance: Instance) -> list[str]:
        """Backups that run: their sessions are of the password before, and must not be ended."""
        return [
            f"the backup {item['metadata']['name']}"
            for item in self._cluster.list(BACKUP_KIND, instance.namespace, {})
            if item["spec"].get("instance") == instance.name and _is_under_way(item.get("status") or {})
        ]


def _is_under_way(status: Mapping[str, Any]) -> bool:
    return any(each["reason"] == "Running" for each in status.get("conditions") or [])


def _is_kept(key: str) -> bool:
    return key.removesuffix(NEXT).removesuffix(credentials.PREVIOUS) in KEPT


def _are_done(names: list[str], live: Mapping[Key, Object]) -> bool:
    jobs = [live.get(("Job", name)) for name in names]
    return all(job is not None and (job.get("status") or {}).get("succeeded") for job in jobs)


def _held(instance: Instance, resource: Object, *, may_begin: bool) -> Finding | None:
    """Why a rotation that is wanted does not begin; null where it does."""
    conditions = (resource.get("status") or {}).get("conditions") or []
    is_ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    if not (is_ready and may_begin):
        return _not_rotated("WaitingForReady", "A rotation begins when all is ready and nothing else is under way.")
    if not instance.observed.is_window_open:
        return _not_rotated("WaitingForWindow", "The rotation waits for spec.maintenance.")
    return None


def _not_rotated(reason: str, message: str) -> Finding:
    return Finding("SecretsRotated", is_true=False, reason=reason, message=message)


def _said(instance: Instance, values: Mapping[str, str]) -> Finding:
    step = step_of(values)
    if step == "accepting":
        message = "PostgreSQL, Redis, Asterisk and Kamailio are told the new passwords, beside those in use."
        return _not_rotated("Accepting", message)
    if step == "changing":
        return _not_rotated("Changing", "Who uses the passwords is told the new ones.")
    external = [name for name in ("postgres", "redis") if getattr(instance.spec, name).external]
    message = "The passwords in use are the only ones; Asterisk and Kamailio forget the others within two minutes."
    if external:
        message += f" Not among them: those of {' and '.join(external)}, which somebody else runs and changes."
    return Finding("SecretsRotated", is_true=True, reason="Rotated", message=message)
