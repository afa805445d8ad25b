"""The number of an instance's Asterisks: reads their calls from the call engine, closes those that are to go.

A pod that is closed loses its place in the Service that the engine looks for Asterisks in; its calls go on. It is open
again as soon as it is needed again.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from omnileads_operator.cluster import Cluster, Object
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.instance import Instance
from omnileads_operator.desired.scaling import Running, Scale, scale
from omnileads_operator.desired.voice import TAKES_CALLS
from omnileads_operator.desired.wiring import ACD_PORT
from omnileads_operator.metrics import ASTERISKS
from omnileads_operator.stamps import moment_of, stamp
from omnileads_operator.version import GROUP

CONDITION: Final = "AsterisksScaled"
CLOSED_AT: Final = f"{GROUP}/closed-at"
LOOK_SECONDS: Final = 15.0
"""Between two looks at the calls, where they matter."""

_ASK_SECONDS: Final = 3.0
_SAMPLE = re.compile(r'^(oml_acd_calls|oml_acd_asterisk_connected)\{asterisk="([^"]+)"\} (\S+)$', re.MULTILINE)

Ask = Callable[[str], str]
"""The metrics at this address of a pod of the engine, as text. Raises OSError."""


def ask(address: str) -> str:
    """Over HTTP, from the pod itself."""
    host = f"[{address}]" if ":" in address else address
    with urllib.request.urlopen(f"http://{host}:{ACD_PORT}/metrics", timeout=_ASK_SECONDS) as answer:
        text: str = answer.read().decode()
    return text


@dataclass(frozen=True)
class Asterisks:
    """What was decided, and what to say of it."""

    replicas: int
    status: dict[str, Any] | None
    finding: Finding
    is_watched: bool
    """Whether to look again soon."""


class AsteriskScaling:
    def __init__(self, cluster: Cluster, now: Callable[[], datetime], asking: Ask = ask) -> None:
        self._cluster = cluster
        self._now = now
        self._ask = asking

    def advance(self, resource: Object, instance: Instance, stateful_set: Object | None) -> Asterisks:
        """One step. What a pod is told is told at once; the number is for the StatefulSet."""
        asterisk = instance.spec.voice.asterisk
        current = stateful_set["spec"].get("replicas", 1) if stateful_set else None
        is_less_wanted = current is not None and current > asterisk.replicas
        is_watched = asterisk.autoscaling is not None or is_less_wanted or _was_draining(resource)
        pods = self._pods(instance) if stateful_set and is_watched else {}
        calls = self._calls(instance) if is_watched else {}
        running = {ordinal: _running(ordinal, pod, calls) for ordinal, pod in pods.items()}
        before = (resource.get("status") or {}).get("scaling") or {}
        since = moment_of(before["fewerSince"]) if before.get("fewerSince") else None
        found = scale(asterisk, current, running, since, self._now())
        for ordinal, pod in pods.items():
            self._tell(instance, pod, is_open=ordinal < found.open)
        self._count(instance, found)
        return Asterisks(
            found.replicas,
            {"fewerSince": stamp(found.fewer_since)} if found.fewer_since else None,
            _finding(found, current),
            is_watched,
        )

    def _pods(self, instance: Instance) -> dict[int, Object]:
        found = self._cluster.list("Pod", instance.namespace, instance.selector("asterisk"))
        return {int(pod["metadata"]["name"].rpartition("-")[2]): pod for pod in found}

    def _calls(self, instance: Instance) -> dict[str, int] | None:
        """Calls by address, as the engine that works tells them; None while none does."""
        for pod in self._cluster.list("Pod", instance.namespace, instance.selector("acd")):
            address = (pod.get("status") or {}).get("podIP")
            try:
                samples = _SAMPLE.findall(self._ask(address)) if address else []
            except OSError:
                continue
            known = {where for name, where, value in samples if name == "oml_acd_asterisk_connected"}
            if known:
                counted = {where: int(float(value)) for name, where, value in samples if name == "oml_acd_calls"}
                return {where: counted.get(where, 0) for where in known}
        return None

    def _tell(self, instance: Instance, pod: Object, *, is_open: bool) -> None:
        metadata = pod["metadata"]
        labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
        if (labels.get(TAKES_CALLS) == "true") == is_open and (CLOSED_AT in annotations) != is_open:
            return
        body = {
            "labels": {TAKES_CALLS: "true" if is_open else "false"},
            "annotations": {CLOSED_AT: None if is_open else stamp(self._now())},
        }
        self._cluster.patch("Pod", instance.namespace, metadata["name"], {"metadata": body})

    def _count(self, instance: Instance, found: Scale) -> None:
        number = min(found.open, found.replicas)
        ASTERISKS.labels(instance.namespace, instance.name, "open").set(number)
        ASTERISKS.labels(instance.namespace, instance.name, "closing").set(found.replicas - number)


def _running(ordinal: int, pod: Object, calls: Mapping[str, int] | None) -> Running:
    metadata, status = pod["metadata"], pod.get("status") or {}
    closed = (metadata.get("annotations") or {}).get(CLOSED_AT)
    is_up = status.get("phase") == "Running" and not metadata.get("deletionTimestamp")
    counted = None if calls is None else calls.get(status.get("podIP", ""))
    return Running(ordinal, is_up, counted, moment_of(closed) if closed else None)


def _was_draining(resource: Object) -> bool:
    """Pods that were closed are opened again when they are wanted after all."""
    conditions = (resource.get("status") or {}).get("conditions") or []
    return any((each["type"], each["status"]) == (CONDITION, "False") for each in conditions)


def _finding(found: Scale, current: int | None) -> Finding:
    """A transition of its own for each change of the number."""
    if found.message:
        return Finding(CONDITION, is_true=False, reason="Draining", message=found.message)
    if current is not None and found.replicas != current:
        reason = "ScaledOut" if found.replicas > current else "ScaledIn"
        return Finding(CONDITION, is_true=True, reason=reason, message=f"From {current} to {found.replicas}.")
    return Finding(CONDITION, is_true=True, reason="AsWanted", message="")
