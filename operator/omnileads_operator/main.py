"""The operator's process: `python -m omnileads_operator.main`. Registers what is watched and wakes the turns.

kopf watches and reconnects; it keeps no state in our resources, and nothing is done in its handlers but waking. Every
replica watches; turns are taken by the one that leads.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import kopf
from prometheus_client import start_http_server

from omnileads_operator import insight
from omnileads_operator.backups import BackupReconciler
from omnileads_operator.centre.reconcile import ConfigurationReconciler
from omnileads_operator.children import MANAGED_KINDS
from omnileads_operator.cluster import KINDS, Cluster, KubernetesCluster, connect
from omnileads_operator.desired.backup import BACKUP_KIND, BACKUP_LABEL
from omnileads_operator.desired.instance import MANAGER
from omnileads_operator.desired.restore import RESTORE_KIND, RESTORE_LABEL
from omnileads_operator.desired.schedule import SCHEDULE_KIND, SCHEDULE_LABEL
from omnileads_operator.desired.upgrade import INSTANCE_LABEL
from omnileads_operator.leadership import Leadership, Lease
from omnileads_operator.metrics import LEASE_CALLS
from omnileads_operator.reconcile import KIND, InstanceReconciler, LookAgain
from omnileads_operator.resources.configuration import KINDS as CONFIGURATION_KINDS
from omnileads_operator.restores import RestoreReconciler
from omnileads_operator.schedules import ScheduleReconciler
from omnileads_operator.settings import OperatorSettings
from omnileads_operator.turns import Alarm, Key, Turn, Turns
from omnileads_operator.version import API_VERSION, GROUP

Wake = Callable[[str, str | None, str | None], None]
WAKING_LABELS = {
    "app.kubernetes.io/instance": KIND,
    BACKUP_LABEL: BACKUP_KIND,
    SCHEDULE_LABEL: SCHEDULE_KIND,
    RESTORE_LABEL: RESTORE_KIND,
}
"""Labels that name whom an object is made for, and the kind of that. What backups share has none of them."""
ERROR_BACKOFFS = (0.5, 1, 2, 5, 10)
STOP_SECONDS = 20.0
"""For turns under way when the process is told to stop; Kubernetes waits 30 s before it kills."""


def build(cluster: Cluster, settings: OperatorSettings, leadership: Leadership) -> kopf.OperatorRegistry:
    """What kopf runs."""
    registry = kopf.OperatorRegistry()
    lanes: dict[bool, Turns] = {}
    alarm = Alarm()
    turn = _turn(cluster, settings, alarm.set)

    @kopf.on.login(registry=registry)
    def sign_in(**known: Any) -> kopf.ConnectionInfo | None:
        """As the pod's service account, or as the kubeconfig says."""
        return kopf.login_with_service_account(**known) or kopf.login_with_kubeconfig(**known)

    @kopf.on.startup(registry=registry)
    async def start(settings: kopf.OperatorSettings, **_: Any) -> None:
        _configure(settings)
        loop = asyncio.get_running_loop()
        alarm.begin(loop, wake)
        # Resources of configuration ask applications, which may be slow or away: they have places of their own.
        lanes[False] = Turns(turn, resync, parallel=8, of_namespace=4)
        lanes[True] = Turns(turn, resync, parallel=16, of_namespace=2)

        def begin() -> None:
            for turns in lanes.values():
                loop.call_soon_threadsafe(turns.go_on)

        def cease() -> None:
            for turns in lanes.values():
                loop.call_soon_threadsafe(turns.hold)

        leadership.start(begin, cease)

    @kopf.on.cleanup(registry=registry)
    async def stop(**_: Any) -> None:
        ended = await asyncio.gather(*(turns.stop(STOP_SECONDS) for turns in lanes.values()))
        await asyncio.to_thread(leadership.stop, release=all(ended))

    def wake(kind: str, namespace: str | None, name: str | None) -> None:
        lanes[kind in CONFIGURATION_KINDS].wake(Key(kind, namespace or "", name or ""))

    resync = settings.resync_seconds
    _watch_own(registry, wake)
    _watch_children(registry, wake)
    return registry


def _turn(cluster: Cluster, settings: OperatorSettings, look_again: LookAgain) -> Turn:
    """One turn of any resource."""
    configuration = ConfigurationReconciler(cluster, _now)
    reconcilers: Mapping[str, Callable[[str, str], None]] = {
        KIND: InstanceReconciler(cluster, _now, settings.visitors, look_again),
        BACKUP_KIND: BackupReconciler(cluster, _now),
        SCHEDULE_KIND: ScheduleReconciler(cluster, _now),
        RESTORE_KIND: RestoreReconciler(cluster, _now),
    }

    def turn(key: Key) -> bool:
        if key.kind in reconcilers:
            reconcilers[key.kind](key.namespace, key.name)
        else:
            configuration(key.kind, key.namespace, key.name)
        found = cluster.get(key.kind, key.namespace, key.name)
        if found is None:
            insight.forget(key.kind, key.namespace, key.name)
        else:
            insight.tell(key.kind, found)
        return found is not None

    return turn


def _watch_own(registry: kopf.OperatorRegistry, wake: Wake) -> None:
    for kind in (*WAKING_LABELS.values(), *CONFIGURATION_KINDS):

        @kopf.on.event(GROUP, API_VERSION, KINDS[kind].plural, registry=registry, id=f"own-{kind}", param=kind)
        async def seen(
            *, name: str, namespace: str | None, labels: Mapping[str, str], param: Any = None, **_: Any
        ) -> None:
            wake(param, namespace, name)
            if param == BACKUP_KIND and SCHEDULE_LABEL in labels:
                wake(SCHEDULE_KIND, namespace, labels[SCHEDULE_LABEL])
            if param == BACKUP_KIND and INSTANCE_LABEL in labels:
                wake(KIND, namespace, labels[INSTANCE_LABEL])


def _watch_children(registry: kopf.OperatorRegistry, wake: Wake) -> None:
    for kind in MANAGED_KINDS:
        group, _, version = KINDS[kind].api_version.rpartition("/")

        @kopf.on.event(
            group,
            version,
            KINDS[kind].plural,
            registry=registry,
            id=f"child-{kind}",
            labels={"app.kubernetes.io/managed-by": MANAGER},
        )
        async def seen(*, namespace: str | None, labels: Mapping[str, str], **_: Any) -> None:
            for label, kind in WAKING_LABELS.items():
                if label in labels:
                    wake(kind, namespace, labels[label])


def _configure(settings: kopf.OperatorSettings) -> None:
    settings.posting.enabled = False  # events are written on transitions, by outcome.py
    settings.scanning.disabled = True  # needs no right to watch definitions and namespaces
    settings.networking.error_backoffs = ERROR_BACKOFFS
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.batching.batch_window = 0.05


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    settings = OperatorSettings.read(os.environ)
    logging.basicConfig(
        level=logging.INFO, format='{"timestamp":"%(asctime)s","level":"%(levelname)s","event":"%(message)s"}'
    )
    for each in ("kopf", "aiohttp.access"):
        logging.getLogger(each).setLevel(logging.WARNING)
    start_http_server(settings.metrics_port, settings.listen)
    api, seconds = connect(), settings.lease_seconds
    # Short, so that there is time for a second try before the deadline.
    renewing = KubernetesCluster(api, settings.identity, answer_seconds=seconds / 5, calls=LEASE_CALLS)
    lease = Lease(renewing, *settings.lease) if settings.lease else None
    leadership = Leadership(lease, settings.identity, seconds)
    cluster = KubernetesCluster(api, settings.identity, leadership.check)
    kopf.run(
        registry=build(cluster, settings, leadership),
        clusterwide=not settings.namespaces,
        namespaces=list(settings.namespaces),
        liveness_endpoint=f"http://{settings.listen}:{settings.health_port}/healthz",
        standalone=True,
    )


if __name__ == "__main__":
    main()
