"""Redis, where the operator runs it: one member, or three with a Sentinel beside each.

Clients of three ask the Sentinels, by the names of the pods, who the master is; nothing else stands between them.
"""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.credentials import NEXT, OF_REDIS, PREVIOUS
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import POD_NAME, Container, Pod, Value, program
from omnileads_operator.desired.wiring import ANYWHERE, REDIS_PORT, SENTINEL_PORT, Wiring
from omnileads_operator.desired.workloads import claim_mount, disruption_budget, service, stateful_set
from omnileads_operator.resources.parts import ManagedRedis
from omnileads_operator.resources.sizes import sized

DATA: Final = "/var/lib/omnileads/redis"
SENTINEL_DATA: Final = "/var/lib/omnileads/sentinel"
PORTS: Final = {"redis": (REDIS_PORT, "TCP")}
SENTINEL_PORTS: Final = {"sentinel": (SENTINEL_PORT, "TCP")}


def redis(instance: Instance, wanted: ManagedRedis, version: str) -> list[Manifest]:
    wiring = Wiring(instance)
    is_watched = wanted.members > 1
    containers = [_server(instance, wanted, wiring)]
    if is_watched:
        containers.append(_sentinel(instance, wiring, wanted.members))
    pod = Pod("redis", containers, placement=wanted.placement, is_apart=is_watched, hears=frozenset(OF_REDIS))
    made = stateful_set(
        instance,
        pod,
        version,
        {"data": wanted.storage},
        replicas=wanted.members,
        service_name=f"{instance.name}-redis-members",
    )
    if not is_watched:
        return [
            made,
            service(instance, "redis", PORTS),
            disruption_budget(instance, "redis", max_unavailable=0),
        ]
    return [
        made,
        # The names of the pods; a Service of its own, for the address of the other one cannot be taken away.
        service(instance, "redis", {**PORTS, **SENTINEL_PORTS}, is_headless=True, suffix="-members"),
        disruption_budget(instance, "redis", max_unavailable=1),
    ]


def _server(instance: Instance, wanted: ManagedRedis, wiring: Wiring) -> Container:
    return Container(
        "redis",
        {
            "REDIS_LISTEN": ANYWHERE,
            "REDIS_PORT": REDIS_PORT,
            "REDIS_MAXMEMORY": wanted.max_memory,
            **_passwords(instance),
            **_membership(wiring, wanted.members),
        },
        wanted.resources,
        env_from_pod=_name(wanted.members),
        ports=PORTS,
        mounts=[claim_mount("data", DATA)],
        ready=program("healthcheck.sh"),
        alive=program("healthcheck.sh", "alive"),
    )


def _sentinel(instance: Instance, wiring: Wiring, members: int) -> Container:
    return Container(
        "sentinel",
        {
            "REDIS_LISTEN": ANYWHERE,
            "REDIS_PORT": REDIS_PORT,
            "SENTINEL_PORT": SENTINEL_PORT,
            **_passwords(instance),
            **_membership(wiring, members),
        },
        sized("32Mi", "64Mi", "20m"),
        env_from_pod=_name(members),
        command=["sentinel"],
        ports=SENTINEL_PORTS,
        mounts=[{**claim_mount("data", SENTINEL_DATA), "subPath": "sentinel"}],
        ready=program("healthcheck.sh", "sentinel"),
        alive=program("healthcheck.sh", "sentinel"),
    )


def _passwords(instance: Instance) -> dict[str, Value]:
    """One; or the two that are good while it is changed, for a container that starts in that time."""
    key = OF_REDIS[0]
    return {
        "REDIS_PASSWORD": instance.generated(key),
        "REDIS_PASSWORD_NEXT": instance.passing(key + NEXT),
        "REDIS_PASSWORD_PREVIOUS": instance.passing(key + PREVIOUS),
    }


def _membership(wiring: Wiring, members: int) -> dict[str, Value]:
    if members == 1:
        return {}
    return {
        # Kubernetes puts the pod's name in; the variable it is made of comes before it in the list.
        "REDIS_ANNOUNCE": f"$(OML_POD_NAME).{wiring.host('redis-members')}",
        **wiring.sentinel_env(members),
    }


def _name(members: int) -> dict[str, str]:
    return {} if members == 1 else {"OML_POD_NAME": POD_NAME}
