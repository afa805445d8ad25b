"""Deployments, StatefulSets, Services and what protects them, from a `Pod`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Pod, template
from omnileads_operator.resources.parts import Autoscaling, Storage

Ports = Mapping[str, tuple[int, str]]


def deployment(
    instance: Instance, pod: Pod, version: str, replicas: int | None, *, max_unavailable: int | str = 0
) -> Manifest:
    """A Deployment; `replicas` is null where an autoscaler decides."""
    spec: dict[str, Any] = {
        "selector": {"matchLabels": instance.selector(pod.component)},
        "revisionHistoryLimit": 3,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": max_unavailable, "maxSurge": 0 if max_unavailable else 1},
        },
        "template": template(instance, pod, version),
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return instance.object("apps/v1", "Deployment", f"{instance.name}-{pod.component}", pod.component, spec=spec)


def stateful_set(
    instance: Instance,
    pod: Pod,
    version: str,
    claims: Mapping[str, Storage],
    *,
    replicas: int = 1,
    service_name: str | None = None,
) -> Manifest:
    """A StatefulSet, with a volume of each pod's own for each of `claims`.

    Its pods start together: which of them goes first after all were away, they know best themselves.
    """
    is_kept = instance.spec.deletion_policy == "Retain"
    spec = {
        "selector": {"matchLabels": instance.selector(pod.component)},
        "serviceName": service_name or f"{instance.name}-{pod.component}",
        "replicas": replicas,
        "podManagementPolicy": "Parallel",
        "revisionHistoryLimit": 3,
        "persistentVolumeClaimRetentionPolicy": {
            "whenDeleted": "Retain" if is_kept else "Delete",
            "whenScaled": "Retain",
        },
        "template": template(instance, pod, version),
        "volumeClaimTemplates": [_claim_template(instance, pod.component, *claim) for claim in claims.items()],
    }
    return instance.object("apps/v1", "StatefulSet", f"{instance.name}-{pod.component}", pod.component, spec=spec)


def _claim_template(instance: Instance, component: str, name: str, storage: Storage) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "labels": instance.selector(component)},
        "spec": claim_spec(storage.size, storage.storage_class_name, "ReadWriteOnce"),
    }


def claim_spec(size: str, storage_class: str, access_mode: str) -> Manifest:
    spec: dict[str, Any] = {"accessModes": [access_mode], "resources": {"requests": {"storage": size}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    return spec


def service(
    instance: Instance,
    component: str,
    ports: Ports,
    *,
    is_headless: bool = False,
    suffix: str = "",
    only: Mapping[str, str] | None = None,
) -> Manifest:
    """A Service inside the cluster, to the pods with the labels `only` where they are given.

    A headless one names pods before they are ready: they find each other at start.
    """
    selector = {**instance.selector(component), **(only or {})}
    spec: dict[str, Any] = {"selector": selector, "ports": service_ports(ports)}
    if is_headless:
        spec |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    return instance.object("v1", "Service", f"{instance.name}-{component}{suffix}", component, spec=spec)


def service_ports(ports: Ports) -> list[Manifest]:
    return [
        {"name": name, "port": port, "targetPort": port, "protocol": protocol}
        for name, (port, protocol) in ports.items()
    ]


def disruption_budget(instance: Instance, component: str, *, max_unavailable: int) -> Manifest:
    """How many pods a drained node may take away at once. 0: nobody takes it without asking."""
    spec = {
        "selector": {"matchLabels": instance.selector(component)},
        "maxUnavailable": max_unavailable,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return instance.object("policy/v1", "PodDisruptionBudget", f"{instance.name}-{component}", component, spec=spec)


def autoscaler(instance: Instance, component: str, autoscaling: Autoscaling) -> Manifest:
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{instance.name}-{component}"},
        "minReplicas": autoscaling.min_replicas,
        "maxReplicas": autoscaling.max_replicas,
        "metrics": [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": autoscaling.cpu_percent},
                },
            }
        ],
    }
    return instance.object(
        "autoscaling/v2", "HorizontalPodAutoscaler", f"{instance.name}-{component}", component, spec=spec
    )


def job(instance: Instance, name: str, pod: Pod, version: str) -> Manifest:
    """A Job tried until it ends well. Its pods cannot change, so its name says what it is for."""
    found = template(instance, pod, version)
    found["metadata"].pop("annotations")
    # A Job's pods are told apart from those of the process of the same image.
    found["metadata"]["labels"]["app.kubernetes.io/name"] = name
    spec = {"backoffLimit": 100, "template": found}
    return instance.object("batch/v1", "Job", f"{instance.name}-{name}", name, spec=spec)


def claim_mount(name: str, path: str, *, read_only: bool = False) -> Manifest:
    return {"name": name, "mountPath": path, **({"readOnly": True} if read_only else {})}
