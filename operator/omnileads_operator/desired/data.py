"""PostgreSQL and Redis, where the operator runs them, and the volume of recordings."""

from __future__ import annotations

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Container, Pod, program
from omnileads_operator.desired.wiring import ANYWHERE, POSTGRES_PORT, REDIS_PORT, Wiring
from omnileads_operator.desired.workloads import claim_mount, claim_spec, disruption_budget, service, stateful_set
from omnileads_operator.resources.parts import ManagedPostgres, ManagedRedis


def data(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    wiring, objects = Wiring(instance), []
    if postgres := wiring.managed_postgres():
        objects += _postgres(instance, postgres, versions["postgres"])
    if redis := wiring.managed_redis():
        objects += _redis(instance, redis, versions["redis"])
    if not instance.spec.recordings.existing_claim:
        objects.append(_recordings(instance))
    return objects


def _postgres(instance: Instance, postgres: ManagedPostgres, version: str) -> list[Manifest]:
    container = Container(
        "postgres",
        {
            "POSTGRES_LISTEN": ANYWHERE,
            "POSTGRES_PORT": POSTGRES_PORT,
            "POSTGRES_DATABASE": "omnileads",
            "POSTGRES_USER": "omnileads",
            "POSTGRES_PASSWORD": instance.generated("postgres_password"),
            "POSTGRES_MAX_CONNECTIONS": postgres.max_connections,
            "POSTGRES_SHARED_BUFFERS": postgres.shared_buffers,
        },
        postgres.resources,
        ports={"postgres": (POSTGRES_PORT, "TCP")},
        mounts=[claim_mount("data", "/var/lib/omnileads/postgres"), claim_mount("memory", "/dev/shm")],  # noqa: S108
        ready=program("healthcheck.sh"),
        alive=program("healthcheck.sh"),
        # A recovery after a crash is awaited, as the role does it.
        start_seconds=300,
    )
    memory = {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}}
    # A clean shutdown writes all dirty pages.
    pod = Pod("postgres", [container], [memory], postgres.placement, stop_seconds=60)
    return [
        stateful_set(instance, pod, version, {"data": postgres.storage}),
        service(instance, "postgres", {"postgres": (POSTGRES_PORT, "TCP")}),
        disruption_budget(instance, "postgres", max_unavailable=0),
    ]


def _redis(instance: Instance, redis: ManagedRedis, version: str) -> list[Manifest]:
    container = Container(
        "redis",
        {
            "REDIS_LISTEN": ANYWHERE,
            "REDIS_PORT": REDIS_PORT,
            "REDIS_MAXMEMORY": redis.max_memory,
            "REDIS_PASSWORD": instance.generated("redis_password"),
        },
        redis.resources,
        ports={"redis": (REDIS_PORT, "TCP")},
        mounts=[claim_mount("data", "/var/lib/omnileads/redis")],
        ready=program("healthcheck.sh"),
        alive=program("healthcheck.sh"),
        start_seconds=120,
    )
    pod = Pod("redis", [container], placement=redis.placement)
    return [
        stateful_set(instance, pod, version, {"data": redis.storage}),
        service(instance, "redis", {"redis": (REDIS_PORT, "TCP")}),
        disruption_budget(instance, "redis", max_unavailable=0),
    ]


def _recordings(instance: Instance) -> Manifest:
    recordings = instance.spec.recordings
    return instance.object(
        "v1",
        "PersistentVolumeClaim",
        f"{instance.name}-recordings",
        "recordings",
        is_owned=instance.spec.deletion_policy == "Delete",
        spec=claim_spec(recordings.size, recordings.storage_class_name, recordings.access_mode),
    )
