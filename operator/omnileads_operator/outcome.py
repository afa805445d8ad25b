"""Writes what a reconciliation found: status when it differs, events and metrics when something has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from omnileads_operator.cluster import Cluster, Object, RefusedError
from omnileads_operator.conditions import Finding, conditions, transitions
from omnileads_operator.metrics import READY
from omnileads_operator.stamps import stamp

Now = Callable[[], datetime]
FINALIZER: Final = "omnileads.org/operator"
PAUSED: Final = "omnileads.org/paused"


class Reporter:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._now = now

    def report(self, resource: Object, findings: Sequence[Finding], status: Mapping[str, Any]) -> None:
        """`status` is all of it but conditions and observedGeneration; null removes a field."""
        metadata, before = resource["metadata"], resource.get("status") or {}
        earlier = before.get("conditions") or []
        generation = metadata["generation"]
        now = self._now()
        wanted = {
            **status,
            "observedGeneration": generation,
            "conditions": conditions(findings, earlier, generation, now),
        }
        READY.labels(resource["kind"], metadata["namespace"], metadata["name"]).set(bool(findings[0].is_true))
        if any(before.get(key) != value for key, value in wanted.items()):
            self._cluster.patch(resource["kind"], metadata["namespace"], metadata["name"], {"status": wanted}, "status")
        for finding in transitions(findings, earlier):
            self.event(resource, finding.reason, finding.message, is_good=finding.is_true is not False)

    def event(self, resource: Object, reason: str, message: str, *, is_good: bool = True) -> None:
        """Tell people; that an event cannot be written stops nothing."""
        metadata, now = resource["metadata"], self._now()
        digest = hashlib.sha256(f"{reason}{message}{now.timestamp()}".encode()).hexdigest()[:16]
        try:
            self._cluster.create(
                {
                    "apiVersion": "v1",
                    "kind": "Event",
                    "metadata": {"name": f"{metadata['name']}.{digest}", "namespace": metadata["namespace"]},
                    "involvedObject": {
                        "apiVersion": resource["apiVersion"],
                        "kind": resource["kind"],
                        "name": metadata["name"],
                        "namespace": metadata["namespace"],
                        "uid": metadata["uid"],
                    },
                    "reason": reason,
                    "message": message or reason,
                    "type": "Normal" if is_good else "Warning",
                    "source": {"component": "omnileads-operator"},
                    "firstTimestamp": stamp(now),
                    "lastTimestamp": stamp(now),
                    "count": 1,
                }
            )
        except RefusedError:
            return

    def add_finalizer(self, resource: Object) -> Object:
        metadata = resource["metadata"]
        finalizers = metadata.get("finalizers") or []
        if FINALIZER in finalizers:
            return resource
        return self._with_finalizers(resource, [*finalizers, FINALIZER])

    def remove_finalizer(self, resource: Object) -> None:
        finalizers = resource["metadata"].get("finalizers") or []
        if FINALIZER in finalizers:
            self._with_finalizers(resource, [each for each in finalizers if each != FINALIZER])

    def _with_finalizers(self, resource: Object, finalizers: list[str]) -> Object:
        """Refused where somebody else changed the resource meanwhile; the next turn sees that."""
        metadata = resource["metadata"]
        body = {"metadata": {"finalizers": finalizers, "resourceVersion": metadata["resourceVersion"]}}
        return self._cluster.patch(resource["kind"], metadata["namespace"], metadata["name"], body)


def is_paused(resource: Object) -> bool:
    annotations = resource["metadata"].get("annotations") or {}
    return bool(annotations.get(PAUSED) == "true")
