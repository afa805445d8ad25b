"""PostgreSQL, where the operator runs it: one member or three, under Patroni, whose votes are in the Kubernetes API.

One member is a cluster of one, so that it grows to three without anything being copied or begun anew.
"""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.credentials import MADE_AT, OF_POSTGRES
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import POD_ADDRESS, POD_NAME, Container, Pod, http
from omnileads_operator.desired.wiring import ANYWHERE, PATRONI_PORT, POSTGRES_PORT
from omnileads_operator.desired.workloads import claim_mount, disruption_budget, service, stateful_set
from omnileads_operator.resources.parts import ManagedPostgres

CLUSTER_LABEL: Final = "omnileads.org/cluster"
ROLE_LABEL: Final = "omnileads.org/role"
"""Patroni writes who is the leader onto the pods."""
CORE: Final = ""
RBAC: Final = "rbac.authorization.k8s.io"
PORTS: Final = {"postgres": (POSTGRES_PORT, "TCP")}
KEYS: Final = ("leader", "config", "sync", "failsafe", "failover")
"""What Patroni keeps, each in a ConfigMap of its own."""


def postgres(instance: Instance, wanted: ManagedPostgres, version: str) -> list[Manifest]:
    objects = [
        *_account(instance, wanted.members),
        stateful_set(instance, _pod(instance, wanted), version, {"data": wanted.storage}, replicas=wanted.members),
        service(instance, "postgres", PORTS, only={ROLE_LABEL: "primary"}),
        # A cluster of one loses its only member; of three, the others go on without the one.
        disruption_budget(instance, "postgres", max_unavailable=0 if wanted.members == 1 else 1),
    ]
    if wanted.members > 1:
        replicas = service(instance, "postgres", PORTS, suffix="-replicas", only={ROLE_LABEL: "replica"})
        objects.append(replicas)
    return objects


def scope(instance: Instance) -> str:
    return f"{instance.name}-postgres"


def _pod(instance: Instance, wanted: ManagedPostgres) -> Pod:
    container = Container(
        "postgres",
        {
            "POSTGRES_LISTEN": ANYWHERE,
            "POSTGRES_PORT": POSTGRES_PORT,
            "POSTGRES_DATABASE": "omnileads",
            "POSTGRES_USER": "omnileads",
            "POSTGRES_LOGIN": instance.generated("postgres_user"),
            "POSTGRES_PASSWORD": instance.generated("postgres_password"),
            "POSTGRES_PASSWORD_AT": instance.generated(MADE_AT),
            "POSTGRES_MAX_CONNECTIONS": wanted.max_connections,
            "POSTGRES_SHARED_BUFFERS": wanted.shared_buffers,
            "PATRONI_SCOPE": scope(instance),
            "PATRONI_PORT": PATRONI_PORT,
            "PATRONI_KUBERNETES_NAMESPACE": instance.namespace,
            "PATRONI_REPLICATION_USERNAME": instance.generated("postgres_replication_user"),
            "PATRONI_REPLICATION_PASSWORD": instance.generated("postgres_replication_password"),
        },
        wanted.resources,
        env_from_pod={"PATRONI_NAME": POD_NAME, "PATRONI_KUBERNETES_POD_IP": POD_ADDRESS},
        ports={"postgres": (POSTGRES_PORT, "TCP"), "patroni": (PATRONI_PORT, "TCP")},
        mounts=[claim_mount("data", "/var/lib/omnileads/postgres"), claim_mount("memory", "/dev/shm")],  # noqa: S108
        # Ready: leads, or follows closely. Alive: Patroni does its rounds; it watches the server better than we can.
        ready=http("/readiness", PATRONI_PORT),
        alive=http("/liveness", PATRONI_PORT),
        # A recovery after a crash is awaited, as the role does it.
        start_seconds=300,
    )
    memory = {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}}
    return Pod(
        "postgres",
        [container],
        [memory],
        wanted.placement,
        # A clean shutdown writes all dirty pages, and the others have all of the log.
        stop_seconds=60,
        labels={CLUSTER_LABEL: scope(instance)},
        service_account=scope(instance),
        # Members sign in to each other with what they were started with; the roles learn a new password from a Job.
        hears=frozenset(OF_POSTGRES if wanted.members == 1 else ["postgres_password"]),
        is_apart=wanted.members > 1,
    )


def _account(instance: Instance, members: int) -> list[Manifest]:
    """Rights to vote, and no others: names are given wherever the API server can hold rights to names."""
    name = scope(instance)
    kept, pods = [f"{name}-{key}" for key in KEYS], [f"{name}-{number}" for number in range(members)]
    rules = [
        _rule("configmaps", ["create", "list", "watch"]),
        _rule("configmaps", ["get", "patch", "update"], kept),
        _rule("pods", ["list", "watch"]),
        _rule("pods", ["get", "patch"], pods),
    ]
    subject = {"kind": "ServiceAccount", "name": name, "namespace": instance.namespace}
    return [
        instance.object("v1", "ServiceAccount", name, "postgres", automountServiceAccountToken=False),
        instance.object(f"{RBAC}/v1", "Role", name, "postgres", rules=rules),
        instance.object(
            f"{RBAC}/v1",
            "RoleBinding",
            name,
            "postgres",
            roleRef={"apiGroup": RBAC, "kind": "Role", "name": name},
            subjects=[subject],
        ),
    ]


def _rule(resource: str, verbs: list[str], names: list[str] | None = None) -> Manifest:
    return {"apiGroups": [CORE], "resources": [resource], "verbs": verbs, **({"resourceNames": names} if names else {})}
