"""How pods are written: containers, probes, security, placement, volumes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from omnileads_operator.desired.instance import Instance, Manifest, PassingKey
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.resources.parts import Placement
from omnileads_operator.resources.sizes import Resources

USERS: Final = {
    "app": (1500, 1500),
    "worker": (1500, 1500),
    "acd": (1500, 1500),
    "dialer": (1500, 1500),
    "asterisk": (1501, 1500),
    "postgres": (1502, 1502),
    "redis": (1503, 1503),
    "kamailio": (1504, 1504),
    "rtpengine": (1505, 1505),
    "nginx": (1506, 1506),
}
"""User and group of each image's program; they start as them, so no entrypoint needs a capability."""
SLUGS: Final = {"worker": "app"}
"""Image of a component, where it is not one of its own name."""
CONFIG_HASH: Final = "omnileads.org/secrets-hash"
HOSTNAME: Final = "kubernetes.io/hostname"
POD_ADDRESS: Final = "status.podIP"
POD_NAME: Final = "metadata.name"

Value = str | int | SecretKey
FromPod = tuple[str, str]


@dataclass(frozen=True)
class Container:
    """A container as data. `env` holds text, numbers and references to secrets; `env_from_pod` fields of the pod."""

    name: str
    env: Mapping[str, Value]
    resources: Resources
    env_from_pod: Mapping[str, str] = field(default_factory=dict)
    entrypoint: Sequence[str] = ()
    """Instead of the image's own."""
    command: Sequence[str] = ()
    slug: str = ""
    """Its image, where it is not the pod's."""
    ports: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    mounts: Sequence[Mapping[str, Any]] = ()
    ready: Manifest | None = None
    alive: Manifest | None = None
    start_seconds: int = 300
    """As a busy node takes with all pods at once: to kill those that are still starting makes it busier."""
    pre_stop: Sequence[str] = ()


@dataclass(frozen=True)
class Pod:
    component: str
    containers: Sequence[Container]
    volumes: Sequence[Mapping[str, Any]] = ()
    placement: Placement = field(default_factory=Placement)
    is_on_host_network: bool = False
    stop_seconds: int = 30
    sysctls: Mapping[str, str] = field(default_factory=dict)
    restart: str = "Always"
    labels: Mapping[str, str] = field(default_factory=dict)
    """Beside those that every pod has."""
    service_account: str = ""
    """Whose rights at the API server the pod has; empty: none."""
    hears: frozenset[str] = frozenset()
    """Keys of generated passwords whose new values it is told while it runs, so that it need not be started anew."""
    group: int | None = None
    """Instead of the image's own, for what has files of others."""
    is_apart: bool = False
    """Whether two pods may share a node only where there are fewer nodes than pods; on the host network, never."""


def http(path: str, port: int, scheme: str = "HTTP") -> Manifest:
    return {"httpGet": {"path": path, "port": port, "scheme": scheme}}


def program(*command: str) -> Manifest:
    return {"exec": {"command": list(command)}}


def common_env(instance: Instance) -> dict[str, Value]:
    """What every container is told, as the role `container` does it."""
    return {"OML_INSTANCE": instance.name, "OML_LOG_LEVEL": instance.spec.log_level, "TZ": instance.spec.time_zone}


def template(instance: Instance, pod: Pod, version: str) -> Manifest:
    """The pod template. Its annotation changes with the secrets it reads, and so do its pods."""
    secrets = [
        value for container in pod.containers for value in container.env.values() if isinstance(value, SecretKey)
    ]
    secrets += [SecretKey(name=volume["secret"]["secretName"], key="*") for volume in pod.volumes if "secret" in volume]
    digest = hashlib.sha256(instance.hash_of(secrets, pod.hears).encode()).hexdigest()[:16]
    labels = {**instance.labels(pod.component), **pod.labels, "app.kubernetes.io/version": version}
    return {
        "metadata": {"labels": labels, "annotations": {CONFIG_HASH: digest}},
        "spec": pod_spec(instance, pod, version),
    }


def pod_spec(instance: Instance, pod: Pod, version: str) -> Manifest:
    user, group = USERS[pod.component]
    group = pod.group or group
    security: dict[str, Any] = {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": group,
        "fsGroup": group,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if pod.sysctls:
        security["sysctls"] = [{"name": name, "value": value} for name, value in pod.sysctls.items()]
    slug = SLUGS.get(pod.component, pod.component)
    spec: dict[str, Any] = {
        "automountServiceAccountToken": bool(pod.service_account),
        "enableServiceLinks": False,
        "securityContext": security,
        "terminationGracePeriodSeconds": pod.stop_seconds,
        "restartPolicy": pod.restart,
        "containers": [
            _container(instance, container, instance.image(container.slug or slug, version))
            for container in pod.containers
        ],
        "volumes": [{"name": "run", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}, *pod.volumes],
        **_placed(pod.placement),
    }
    if pod.service_account:
        spec["serviceAccountName"] = pod.service_account
    if instance.spec.images.pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in instance.spec.images.pull_secrets]
    if pod.is_on_host_network:
        spec |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
        if pod.is_apart:
            spec["affinity"] = {"podAntiAffinity": _apart(instance, pod)}
    else:
        spec["topologySpreadConstraints"] = _spread(instance, pod)
    return spec


def _placed(placement: Placement) -> Manifest:
    placed: dict[str, Any] = {}
    if placement.node_selector:
        placed["nodeSelector"] = dict(placement.node_selector)
    if placement.tolerations:
        placed["tolerations"] = [
            {key: value for key, value in toleration.model_dump(by_alias=True).items() if value}
            for toleration in placement.tolerations
        ]
    if placement.priority_class_name:
        placed["priorityClassName"] = placement.priority_class_name
    return placed


def _spread(instance: Instance, pod: Pod) -> list[Manifest]:
    """Over zones and nodes where there are several; strictly only where the pods would be useless together."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "DoNotSchedule" if pod.is_apart and key == HOSTNAME else "ScheduleAnyway",
            "labelSelector": {"matchLabels": instance.selector(pod.component)},
        }
        for key in ("topology.kubernetes.io/zone", HOSTNAME)
    ]


def _apart(instance: Instance, pod: Pod) -> Manifest:
    """On the host network a node has the ports for one of them only."""
    term = {"labelSelector": {"matchLabels": instance.selector(pod.component)}, "topologyKey": HOSTNAME}
    return {"requiredDuringSchedulingIgnoredDuringExecution": [term]}


def _container(instance: Instance, container: Container, image: str) -> Manifest:
    made: dict[str, Any] = {
        "name": container.name,
        "image": image,
        "imagePullPolicy": instance.spec.images.pull_policy,
        "env": [
            *(
                {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}
                for name, path in _sorted(container.env_from_pod)
            ),
            *(_variable(name, value) for name, value in _sorted({**common_env(instance), **container.env})),
        ],
        "resources": {key: value for key, value in container.resources.model_dump().items() if value},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "run", "mountPath": "/run", "subPath": container.name},
            {"name": "tmp", "mountPath": "/tmp", "subPath": container.name},  # noqa: S108 - a volume of the container's own
            *container.mounts,
        ],
    }
    if container.entrypoint:
        made["command"] = _as_written(container.entrypoint)
    if container.command:
        made["args"] = _as_written(container.command)
    if container.ports:
        made["ports"] = [
            {"name": name, "containerPort": port, "protocol": protocol}
            for name, (port, protocol) in container.ports.items()
        ]
    made |= _probes(container)
    if container.pre_stop:
        made["lifecycle"] = {"preStop": {"exec": {"command": list(container.pre_stop)}}}
    return made


def _as_written(words: Sequence[str]) -> list[str]:
    """Kubernetes makes one `$` of two, and replaces `$(NAME)`; a script says both and means them."""
    return [word.replace("$", "$$") for word in words]


def _probes(container: Container) -> Manifest:
    probes: dict[str, Any] = {}
    if container.ready:
        probes["readinessProbe"] = {**container.ready, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3}
    if container.alive:
        probes["livenessProbe"] = {**container.alive, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6}
        probes["startupProbe"] = {
            **container.alive,
            "periodSeconds": 2,
            "timeoutSeconds": 5,
            "failureThreshold": max(1, container.start_seconds // 2),
        }
    return probes


def _variable(name: str, value: Value) -> Manifest:
    if isinstance(value, PassingKey):
        reference = {"name": value.name, "key": value.key, "optional": True}
        return {"name": name, "valueFrom": {"secretKeyRef": reference}}
    if isinstance(value, SecretKey):
        return {"name": name, "valueFrom": {"secretKeyRef": {"name": value.name, "key": value.key}}}
    return {"name": name, "value": str(value)}


def _sorted(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(values.items())
