"""Which of the operator's replicas acts: the one that holds a Lease. The others watch, and are ready to go on.

The holder may write until `deadline` seconds after it began its last renewal that succeeded; another replica takes the
Lease `duration` seconds after it saw it change last, which is later. Both measure by their own monotonic clock, so that
clocks that differ, and a process that was stopped for a while, do no harm. When a lease is lost, writes are refused
(`check`) and turns wait: the replica is then a standby like any other. Why it is not the client's own helper:
docs/decisions/0014-the-operators-own-lease.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from omnileads_operator.cluster import Cluster, NotLeadingError, Object, RefusedError, UnreachableError
from omnileads_operator.metrics import LEADING, forget_resources

log = logging.getLogger(__name__)

DEADLINE_SHARE: Final = 2 / 3
RETRY_SHARE: Final = 2 / 15
"""Of the duration, as Kubernetes' own components have it: 15, 10 and 2 seconds."""


class Lease:
    """The object that replicas compete for. Changes are refused where somebody else was faster."""

    def __init__(self, cluster: Cluster, namespace: str, name: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._name = name

    def read(self) -> Object | None:
        return self._cluster.get("Lease", self._namespace, self._name)

    def take(self, before: Object | None, holder: str, seconds: float) -> Object:
        """Take or renew it. `before` is what was read. Raises RefusedError (409) when that is no longer so."""
        spec = (before or {}).get("spec") or {}
        stamp = _stamp()
        is_mine = bool(spec.get("holderIdentity") == holder)
        wanted = {
            "holderIdentity": holder,
            "leaseDurationSeconds": max(1, round(seconds)),
            "renewTime": stamp,
            "acquireTime": spec["acquireTime"] if is_mine else stamp,
            "leaseTransitions": int(spec.get("leaseTransitions") or 0) + (before is not None and not is_mine),
        }
        if before is not None:
            return self._change(before, wanted)
        manifest = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": wanted,
        }
        return self._cluster.create(manifest)

    def give_up(self, before: Object) -> None:
        """Free for the next one at once."""
        self._change(before, {"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": _stamp()})

    def _change(self, before: Object, spec: Object) -> Object:
        metadata = {"resourceVersion": before["metadata"]["resourceVersion"]}
        return self._cluster.patch("Lease", self._namespace, self._name, {"metadata": metadata, "spec": spec})


class Leadership:
    """Without a lease the process is alone and always leads."""

    def __init__(
        self, lease: Lease | None, identity: str, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lease = lease
        self._identity = identity
        self._seconds = seconds
        self._clock = clock
        self._until = float("inf") if lease is None else 0.0
        self._known: Object | None = None
        self._known_since = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_leading(self) -> bool:
        return self._clock() < self._until

    def check(self) -> None:
        """Before each write. Raises NotLeadingError."""
        if not self.is_leading:
            raise NotLeadingError("This replica does not lead.")

    def start(self, begin: Callable[[], None], cease: Callable[[], None]) -> None:
        """Compete for the lease from now on; calls `begin` and `cease` in the thread that renews."""
        if self._lease is None:
            LEADING.set(1)
            begin()
            return
        arguments = (self._lease, begin, cease)
        self._thread = threading.Thread(target=self._compete, args=arguments, name="leadership", daemon=True)
        self._thread.start()

    def stop(self, *, release: bool) -> None:
        """Cease to lead. `release` only when nothing is being written any more: another replica goes on at once."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        was_leading, self._until = self.is_leading, 0.0
        if release and was_leading and self._lease is not None and self._known is not None:
            try:
                self._lease.give_up(self._known)
                log.info("leadership.released by %s", self._identity)
            except (UnreachableError, RefusedError) as error:
                log.warning("leadership.not-released by %s: %s", self._identity, error)

    def _compete(self, lease: Lease, begin: Callable[[], None], cease: Callable[[], None]) -> None:
        was_leading = False
        while not self._ended.is_set():
            self.attempt(lease)
            if self.is_leading != was_leading:
                was_leading = not was_leading
                log.info("leadership.%s by %s", "taken" if was_leading else "lost", self._identity)
                (begin if was_leading else cease)()
            LEADING.set(was_leading)
            if not was_leading:
                forget_resources()
            self._ended.wait(self._seconds * RETRY_SHARE)

    def attempt(self, lease: Lease) -> None:
        """Take or renew the lease if that can be. Where nobody answers, what was known holds until its deadline."""
        began = self._clock()
        try:
            if self._is_free(lease.read()):
                self._known = lease.take(self._known, self._identity, self._seconds)
                self._known_since = self._clock()
                self._until = began + self._seconds * DEADLINE_SHARE
            else:
                self._until = 0.0
        except UnreachableError as error:
            log.warning("leadership.unreachable by %s: %s", self._identity, error)
        except RefusedError as error:
            # 409: another replica was faster; the next attempt sees what it wrote.
            if error.status != 409:
                log.warning("leadership.refused by %s: %s %s", self._identity, error.status, error.message)
        except Exception:
            log.exception("leadership.failed by %s", self._identity)

    def _is_free(self, found: Object | None) -> bool:
        """Whether it is ours, nobody's, or was not renewed for as long as its holder said it would be."""
        if found is None or self._known is None or _version(found) != _version(self._known):
            self._known, self._known_since = found, self._clock()
        spec = (found or {}).get("spec") or {}
        if spec.get("holderIdentity") in (None, "", self._identity):
            return True
        return self._clock() >= self._known_since + float(spec.get("leaseDurationSeconds") or self._seconds)


def _version(lease: Object) -> str:
    return str(lease["metadata"]["resourceVersion"])


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
