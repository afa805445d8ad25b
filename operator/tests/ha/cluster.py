"""Members of an instance's PostgreSQL or Redis, told what the operator's objects tell their pods."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omnileads_operator.desired.credentials import completed
from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Instance, Manifest, Observed
from omnileads_operator.resources.instance import InstanceSpec
from tests.ha.members import Member
from tests.support.api import Api
from tests.support.control_plane import ControlPlane

OWN = {"postgres_password": "it's $odd", "postgres_replication_password": "repl", "redis_password": "redis-secret"}
SECRETS = completed(OWN, 1_700_000_000, lambda: "another-secret")
"""The Secret of the instance's passwords, at rest."""


def instance(namespace: str, **spec: Any) -> Instance:
    model = InstanceSpec.model_validate({"version": "0.1.0", "hostname": "contact.example", **spec})
    return Instance("acme", namespace, "uid", model, Observed())


def objects(namespace: str, **spec: Any) -> list[Manifest]:
    return everything(instance(namespace, **spec))


def found(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    return next(item for item in manifests if (item["kind"], item["metadata"]["name"]) == (kind, f"acme-{name}"))


def variables(
    workload: Manifest, container: int, fields: Mapping[str, str], secrets: Mapping[str, str] = SECRETS
) -> dict[str, str]:
    """What the kubelet would make of the container's environment."""
    told: dict[str, str] = {}
    for each in workload["spec"]["template"]["spec"]["containers"][container]["env"]:
        source = each.get("valueFrom", {})
        if "secretKeyRef" in source:
            reference = source["secretKeyRef"]
            if reference["key"] in secrets or not reference.get("optional"):
                told[each["name"]] = secrets[reference["key"]]
        elif "fieldRef" in source:
            told[each["name"]] = fields[source["fieldRef"]["fieldPath"]]
        else:
            value = each["value"]
            for name, known in told.items():
                value = value.replace(f"$({name})", known)
            told[each["name"]] = value
    return told


def create(api: Api, manifest: Manifest) -> None:
    """As applied, but for the owner: there is no resource here."""
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "ownerReferences"}
    api.create({**manifest, "metadata": metadata})


def create_pod(api: Api, workload: Manifest, number: int, address: str) -> str:
    """The pod as the controller and the kubelet would have it: named, with its address, ready."""
    template, namespace = workload["spec"]["template"], workload["metadata"]["namespace"]
    name = f"{workload['metadata']['name']}-{number}"
    account = template["spec"]["serviceAccountName"]
    spec = {"containers": [{"name": "member", "image": "none"}], "serviceAccountName": account}
    metadata = {"name": name, "namespace": namespace, "labels": template["metadata"]["labels"]}
    api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
    api.change("Pod", namespace, name, {"status": status}, "status")
    return name


def give_account(member: Member, plane: ControlPlane, token: str) -> dict[str, str]:
    """The files of a service account in the member's pod; returns the variables that lead to the API server."""
    account: Path = member.folder / "account"
    (account / "token").write_text(token)
    (account / "ca.crt").write_text(plane.authority.read_text())
    return {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(plane.port)}
