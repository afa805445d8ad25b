"""Network policies: nothing is allowed but what is listed here.

Policies do not hold for pods on the host network (asterisk, kamailio, rtpengine), and their connections come from the
address of their node; those nodes are let in by address.
"""

from __future__ import annotations

from typing import Any

from omnileads_operator.desired.application import migration_name
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.wiring import (
    ACD_PORT,
    AGENT_PORT,
    APP_PORT,
    ARI_PORT,
    DIALER_PORT,
    HTTP_PORT,
    HTTPS_PORT,
    KAMAILIO_SIP_PORT,
    KAMAILIO_WS_PORT,
    PATRONI_PORT,
    POSTGRES_PORT,
    REDIS_PORT,
    SENTINEL_PORT,
    WORKER_PORT,
    Wiring,
    port_of,
)

Peers = list[dict[str, Any]]
METRICS_LABEL = {"omnileads.org/scrapes-metrics": "true"}


def network_policies(instance: Instance) -> list[Manifest]:
    programs = _of_application(instance)
    voice = _voice_nodes(instance)
    wiring = Wiring(instance)
    made = [
        _policy(instance, "default", {}, ingress=[], egress=[_to_dns()]),
        _policy(
            instance,
            "nginx",
            _component(instance, "nginx"),
            ingress=[{"ports": _tcp(HTTPS_PORT, HTTP_PORT)}],
            egress=[
                _to(instance, "app", APP_PORT),
                *_to_blocks(voice, _tcp(KAMAILIO_WS_PORT)),
                *_to_bucket(instance),
            ],
        ),
        _policy(
            instance,
            "app",
            _component(instance, "app"),
            ingress=[{"from": [_pods(instance, "nginx"), *_visitors(instance), *voice], "ports": _tcp(APP_PORT)}],
            egress=[*_outside(), *_to_bucket(instance)],
        ),
        _policy(
            instance,
            "worker",
            _component(instance, "worker"),
            ingress=[_scraped(instance, WORKER_PORT)],
            egress=[*_outside(), *_to_bucket(instance)],
        ),
        _policy(
            instance,
            "acd",
            _component(instance, "acd"),
            ingress=[_scraped(instance, ACD_PORT)],
            egress=[
                *_outside(),
                *_to_blocks(voice, [*_tcp(ARI_PORT), *_udp(KAMAILIO_SIP_PORT, AGENT_PORT)]),
            ],
        ),
        _policy(
            instance, "dialer", _component(instance, "dialer"), ingress=[_scraped(instance, DIALER_PORT)], egress=[]
        ),
        # It asks whether they know the next passwords.
        _policy(
            instance,
            "rotation",
            _component(instance, "rotation"),
            ingress=[],
            egress=_to_blocks(voice, _tcp(ARI_PORT, KAMAILIO_WS_PORT)),
        ),
        _policy(instance, "data", _any_of(instance, programs), ingress=[], egress=_to_data(instance)),
    ]
    callers: Peers = [{"podSelector": _any_of(instance, programs)}]
    if wiring.managed_postgres():
        made.append(
            _policy(
                instance,
                "postgres",
                _component(instance, "postgres"),
                ingress=[
                    {"from": callers, "ports": _tcp(POSTGRES_PORT)},
                    {"from": [_pods(instance, "postgres")], "ports": _tcp(POSTGRES_PORT, PATRONI_PORT)},
                ],
                egress=[_to(instance, "postgres", POSTGRES_PORT, PATRONI_PORT), _to_api_server()],
            )
        )
    if wiring.managed_redis():
        made.append(
            _policy(
                instance,
                "redis",
                _component(instance, "redis"),
                ingress=[
                    {
                        "from": [*callers, *voice, _pods(instance, "redis")],
                        "ports": _tcp(REDIS_PORT, SENTINEL_PORT),
                    }
                ],
                egress=[_to(instance, "redis", REDIS_PORT, SENTINEL_PORT)],
            )
        )
    return made


def _of_application(instance: Instance) -> list[str]:
    return [
        "app",
        "worker",
        "acd",
        "dialer",
        migration_name(instance.spec.version),
        "create-admin",
        "backup",
        "restore",
        "rotation",
    ]


def _policy(
    instance: Instance, name: str, selector: Manifest, *, ingress: list[Manifest], egress: list[Manifest]
) -> Manifest:
    if not selector:
        selector = {"matchLabels": {"app.kubernetes.io/instance": instance.name}}
    spec: dict[str, Any] = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"]}
    if ingress:
        spec["ingress"] = ingress
    if egress:
        spec["egress"] = egress
    return instance.object("networking.k8s.io/v1", "NetworkPolicy", f"{instance.name}-{name}", name, spec=spec)


def _component(instance: Instance, component: str) -> Manifest:
    return {"matchLabels": instance.selector(component)}


def _any_of(instance: Instance, components: list[str]) -> Manifest:
    return {
        "matchLabels": {"app.kubernetes.io/instance": instance.name},
        "matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": components}],
    }


def _pods(instance: Instance, component: str) -> Manifest:
    return {"podSelector": _component(instance, component)}


def _visitors(instance: Instance) -> Peers:
    """Pods that scrape metrics or configure: in namespaces with the label, or named to the operator."""
    peers: Peers = [{"namespaceSelector": {"matchLabels": METRICS_LABEL}}]
    if names := instance.observed.visitors:
        # Kubernetes itself gives each namespace this label.
        named = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": sorted(names)}
        peers.append({"namespaceSelector": {"matchExpressions": [named]}})
    return peers


def _scraped(instance: Instance, port: int) -> Manifest:
    return {"from": _visitors(instance), "ports": _tcp(port)}


def _voice_nodes(instance: Instance) -> Peers:
    blocks = instance.spec.voice.node_addresses or instance.observed.voice_addresses
    return [{"ipBlock": {"cidr": block}} for block in blocks]


def _to(instance: Instance, component: str, *ports: int) -> Manifest:
    return {"to": [_pods(instance, component)], "ports": _tcp(*ports)}


def _to_api_server() -> Manifest:
    """Its address is known to nobody before; these are the ports it has in practice."""
    return {"ports": _tcp(443, 6443, 8443)}


def _to_blocks(peers: Peers, ports: list[Manifest]) -> list[Manifest]:
    """Nothing while no node is known: an empty list of peers would mean everybody."""
    return [{"to": peers, "ports": ports}] if peers else []


def _to_dns() -> Manifest:
    return {"ports": [*_udp(53), *_tcp(53)]}


def _outside() -> list[Manifest]:
    """Web services and mail servers of other people; the application checks where requests may go."""
    return [{"ports": _tcp(80, 443, 25, 465, 587, 8080, 8443)}]


def _to_bucket(instance: Instance) -> list[Manifest]:
    """The service of recordings: its addresses are known to nobody before."""
    s3 = instance.spec.recordings.s3
    return [{"ports": _tcp(port_of(s3.endpoint))}] if s3 else []


def _to_data(instance: Instance) -> list[Manifest]:
    postgres, redis = instance.spec.postgres.external, instance.spec.redis.external
    return [
        _external(postgres.cidr, postgres.port) if postgres else _to(instance, "postgres", POSTGRES_PORT),
        _external(redis.cidr, redis.port) if redis else _to(instance, "redis", REDIS_PORT, SENTINEL_PORT),
    ]


def _external(cidr: str | None, port: int) -> Manifest:
    rule: dict[str, Any] = {"ports": _tcp(port)}
    if cidr:
        rule["to"] = [{"ipBlock": {"cidr": cidr}}]
    return rule


def _tcp(*ports: int) -> list[Manifest]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _udp(*ports: int) -> list[Manifest]:
    return [{"protocol": "UDP", "port": port} for port in ports]
