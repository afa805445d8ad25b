"""The chart says what the plain manifests say, rendered by Helm where one can be had (bin/helm)."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnileads_operator.version import VERSION

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
CHART = DEPLOY / "chart"
CLUSTER = ["--kube-version", "1.36.0"]


@cache
def helm() -> str:
    """Where it is. Skips the test where it can neither be found nor built."""
    found = subprocess.run([DEPLOY.parents[1] / "bin" / "helm"], capture_output=True, text=True, check=False)
    if found.returncode == 3:
        pytest.skip(f"no Helm: {found.stderr.strip().splitlines()[-1]}")
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def plain() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("rbac", "deployment"):
        for item in yaml.safe_load_all((DEPLOY / "operator" / f"{name}.yaml").read_text()):
            found[item["kind"]] = item
    return found


def render(*options: str) -> list[dict[str, Any]]:
    command = [
        helm(),
        "template",
        "omnileads-operator",
        str(CHART),
        "--namespace",
        "omnileads-operator",
        *CLUSTER,
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [item for item in yaml.safe_load_all(done.stdout) if item]


def rights(rules: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def test_the_charts_rights_are_those_of_the_plain_manifests() -> None:
    template = (CHART / "templates" / "_names.tpl").read_text()
    rules = re.search(r'define "rules" -}}\n(.*?)\{\{- end }}', template, re.DOTALL)
    assert rules
    nodes = {("", "nodes", "list")}
    assert rights(yaml.safe_load(rules[1])) | nodes == rights(plain()["ClusterRole"]["rules"])


def test_every_value_is_in_the_schema() -> None:
    def check(values: dict[str, Any], schema: dict[str, Any], where: str) -> None:
        for name, value in values.items():
            assert name in schema["properties"], f"{where}.{name}"
            if isinstance(value, dict) and "properties" in schema["properties"][name]:
                check(value, schema["properties"][name], f"{where}.{name}")

    values = yaml.safe_load((CHART / "values.yaml").read_text())
    check(values, json.loads((CHART / "values.schema.json").read_text()), "values")


def test_its_version_is_the_repositorys() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (VERSION, VERSION)


def test_it_renders_what_the_plain_manifests_say() -> None:
    items = {item["kind"]: item for item in render() if not item["metadata"]["name"].endswith("-lease")}
    expected = plain()
    assert rights(items["ClusterRole"]["rules"]) == rights(expected["ClusterRole"]["rules"])
    pod, plain_pod = (each["Deployment"]["spec"]["template"]["spec"] for each in (items, expected))
    assert pod["securityContext"] == plain_pod["securityContext"]
    assert pod["containers"][0]["image"] == plain_pod["containers"][0]["image"]
    assert (pod["affinity"].keys(), items["Deployment"]["spec"]["replicas"]) == ({"podAntiAffinity"}, 2)
    assert set(map(str, pod["containers"][0]["env"])) - {
        str({"name": "OPERATOR_RESYNC_SECONDS", "value": "60"})
    } == set(map(str, plain_pod["containers"][0]["env"]))
    assert items["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1
    assert pod["containers"][0]["securityContext"] == plain_pod["containers"][0]["securityContext"]


def test_in_some_namespaces_it_asks_for_nothing_of_the_cluster() -> None:
    items = render("--set", "namespaces={one,two}")
    assert not [item for item in items if item["kind"].startswith("ClusterRole")]
    roles = [item["metadata"] for item in items if item["kind"] == "Role"]
    assert [role["namespace"] for role in roles if not role["name"].endswith("-lease")] == ["one", "two"]


def test_of_leases_it_may_touch_its_own_only() -> None:
    lease = next(item for item in render() if item["kind"] == "Role")
    written = next(
        item for item in yaml.safe_load_all((DEPLOY / "operator" / "rbac.yaml").read_text()) if item["kind"] == "Role"
    )
    assert lease["rules"] == written["rules"]
    assert lease["metadata"]["namespace"] == written["metadata"]["namespace"] == "omnileads-operator"
    assert [rule["verbs"] for rule in lease["rules"] if "resourceNames" not in rule] == [["create"]]


def test_who_scrapes_is_told_to_the_operator() -> None:
    deployment = next(
        item for item in render("--set", "metrics.namespaces={monitoring}") if item["kind"] == "Deployment"
    )
    env = {each["name"]: each.get("value") for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert env["OPERATOR_VISITORS"] == "omnileads-operator,monitoring"


def test_an_unknown_value_is_refused() -> None:
    command = [helm(), "template", "o", str(CHART), *CLUSTER, "--set", "replica=3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "replica" in done.stderr


def test_helm_finds_nothing_wrong() -> None:
    done = subprocess.run([helm(), "lint", "--strict", str(CHART)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
