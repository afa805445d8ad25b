"""Makes an instance's objects be what is wanted: writes what differs, removes what is no longer wanted."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from omnileads_operator.cluster import Cluster, Object, RefusedError
from omnileads_operator.desired.instance import MANAGER
from omnileads_operator.drift import APPLIED_HASH, is_as_wanted, with_hash
from omnileads_operator.metrics import CORRECTED

MANAGED_KINDS: Final = (
    "NetworkPolicy",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "PersistentVolumeClaim",
    "StatefulSet",
    "Deployment",
    "Job",
    "Service",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "Ingress",
)
OPTIONAL_KINDS: Final = ("Certificate",)
"""Kinds of others, which a cluster may not know."""
KEPT_KINDS: Final = frozenset({"PersistentVolumeClaim", "Secret"})
"""Never removed because they are no longer wanted: they hold data."""

Key = tuple[str, str]


def key_of(item: Object) -> Key:
    return item["kind"], item["metadata"]["name"]


class Children:
    def __init__(self, cluster: Cluster, namespace: str, instance: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._labels = {"app.kubernetes.io/instance": instance, "app.kubernetes.io/managed-by": MANAGER}

    def live(self) -> dict[Key, Object]:
        """All objects of the instance, by kind and name."""
        found: dict[Key, Object] = {}
        for kind in (*MANAGED_KINDS, *OPTIONAL_KINDS):
            for item in self._list(kind):
                found[kind, item["metadata"]["name"]] = {**item, "kind": kind}
        return found

    def _list(self, kind: str) -> list[Object]:
        try:
            return self._cluster.list(kind, self._namespace, self._labels)
        except RefusedError as error:
            # Without the right to see another project's kind, there is none of it.
            if kind in OPTIONAL_KINDS and error.status == 403:
                return []
            raise

    def make_so(self, wanted: Sequence[Object], live: Mapping[Key, Object], held: Container[Key] = ()) -> list[str]:
        """Write what differs, but for what is held back, and remove what is unwanted. Returns what was done."""
        done = [line for each in wanted if key_of(each) not in held for line in self._ensure(each, live)]
        names = set(map(key_of, wanted))
        for kind, name in live:
            if (kind, name) not in names and kind not in KEPT_KINDS and not _is_going(live[kind, name]):
                self._cluster.delete(kind, self._namespace, name)
                done.append(f"removed {kind}/{name}")
        return done

    def _ensure(self, manifest: Object, live: Mapping[Key, Object]) -> list[str]:
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        found = live.get((kind, name))
        hashed = with_hash(manifest)
        if found is not None and (_is_going(found) or is_as_wanted(_comparable(hashed), found)):
            return []
        if kind == "Job" and found is not None:
            return self._replace_job(name, hashed, found)
        self._cluster.apply(hashed)
        CORRECTED.labels(kind).inc()
        return [f"{'made' if found is None else 'changed'} {kind}/{name}"]

    def _replace_job(self, name: str, wanted: Object, found: Object) -> list[str]:
        """The pods of a Job cannot change. One that has done its work is left; another is made anew."""
        if (found.get("status") or {}).get("succeeded") or _applied_hash(found) == _applied_hash(wanted):
            return []
        self._cluster.delete("Job", self._namespace, name)
        return [f"removed Job/{name}, whose pods are to be others"]


def _comparable(manifest: Object) -> Object:
    return {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind")}


def _is_going(item: Object) -> bool:
    return bool(item["metadata"].get("deletionTimestamp"))


def _applied_hash(item: Object) -> str | None:
    annotations: Mapping[str, Any] = item["metadata"].get("annotations") or {}
    found = annotations.get(APPLIED_HASH)
    return None if found is None else str(found)
