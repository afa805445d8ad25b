"""What is shipped to install the operator, judged by the API server itself: every field known, every value allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from tests.support.api import MORE_KINDS, Api, Object
from tests.unit.test_chart import DEPLOY, render

OPERATORS = "omnileads-operator"


def read(path: str) -> list[Object]:
    return [item for item in yaml.safe_load_all((DEPLOY / path).read_text()) if item]


def check(api: Api, items: Iterable[Object], namespace: str | None = None) -> list[str]:
    """Asks the server without making anything. Returns the kinds that were asked for."""
    checked = []
    for item in items:
        if item["kind"] not in MORE_KINDS:
            continue
        # Under another name: some are installed already.
        metadata: dict[str, Any] = {**item["metadata"], "name": f"{item['metadata']['name']}-tried"}
        if namespace:
            metadata["namespace"] = namespace
        api.create({**item, "metadata": metadata}, dry_run=True)
        checked.append(item["kind"])
    return checked


@pytest.fixture
def service_version() -> Object:
    return read(f"bundle/manifests/{OPERATORS}.clusterserviceversion.yaml")[0]


def test_the_plain_manifests(api: Api) -> None:
    checked = check(api, [*read("operator/deployment.yaml"), *read("operator/rbac.yaml")])
    assert {"Deployment", "PodDisruptionBudget", "ClusterRole", "Role", "RoleBinding"} <= set(checked)


def test_the_charts(api: Api) -> None:
    checked = check(api, render("--set", "metrics.dashboard=true", "--set", "replicas=3"))
    assert {"Deployment", "PodDisruptionBudget", "ClusterRole", "Role", "Service", "ConfigMap"} <= set(checked)


def test_the_bundles(api: Api, service_version: Object) -> None:
    install = service_version["spec"]["install"]["spec"]
    made = install["deployments"][0]
    metadata = {"name": made["name"], "namespace": OPERATORS, "labels": made["label"]}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    rules = [{**role, "metadata": {"name": "x"}, "rules": each["rules"]} for each in install["permissions"]]
    check(api, [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": made["spec"]}, *rules])


def test_the_operators_pod_is_a_restricted_one(api: Api) -> None:
    """Its namespace enforces that, so the server refuses any other."""
    deployment = next(item for item in read("operator/deployment.yaml") if item["kind"] == "Deployment")
    template = deployment["spec"]["template"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": "operator", "namespace": OPERATORS},
    }
    assert check(api, [{**pod, "spec": template["spec"]}]) == ["Pod"]


def test_the_examples(api: Api, namespace: str, service_version: Object) -> None:
    examples = json.loads(service_version["metadata"]["annotations"]["alm-examples"])
    assert len(check(api, examples, namespace)) == len(examples)
