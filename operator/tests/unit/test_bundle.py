"""The bundle for the Operator Lifecycle Manager: as the plain manifests say, with an example of each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnileads_operator.bundle import bundle, write
from omnileads_operator.crds import RESOURCES
from omnileads_operator.version import VERSION
from tests.unit.test_chart import DEPLOY, rights

FOLDER = DEPLOY / "bundle"


@pytest.fixture
def csv() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        (FOLDER / "manifests" / "omnileads-operator.clusterserviceversion.yaml").read_text()
    )
    return content


def test_the_bundle_is_current() -> None:
    committed = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*") if path.is_file()}
    assert committed == bundle(DEPLOY), "run `make operator-manifests`"


def test_what_should_not_be_there_is_removed(tmp_path: Path) -> None:
    for name in ("operator", "samples"):
        (tmp_path / name).symlink_to(DEPLOY / name)
    stale = tmp_path / "bundle" / "manifests" / "gone.yaml"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    write(tmp_path)
    assert not stale.exists()
    assert (tmp_path / "bundle" / "metadata" / "annotations.yaml").exists()


def test_each_kind_is_owned_and_has_an_example(csv: dict[str, Any]) -> None:
    kinds = {resource.kind for resource in RESOURCES}
    assert {each["kind"] for each in csv["spec"]["customresourcedefinitions"]["owned"]} == kinds
    examples = json.loads(csv["metadata"]["annotations"]["alm-examples"])
    assert {each["kind"] for each in examples} == kinds
    for each in csv["spec"]["customresourcedefinitions"]["owned"]:
        plural, _, _ = each["name"].partition(".")
        found = yaml.safe_load((FOLDER / "manifests" / f"{plural}.yaml").read_text())
        assert (found["metadata"]["name"], found["spec"]["names"]["kind"]) == (each["name"], each["kind"])
        assert each["version"] in [version["name"] for version in found["spec"]["versions"]]
        assert each["description"]
        assert each["displayName"]


def test_its_rights_are_those_of_the_plain_manifests(csv: dict[str, Any]) -> None:
    install = csv["spec"]["install"]["spec"]
    given = [*install["permissions"], *install["clusterPermissions"]]
    accounts = {each["serviceAccountName"] for each in given}
    assert accounts == {install["deployments"][0]["spec"]["template"]["spec"]["serviceAccountName"]}
    written = [item for item in yaml.safe_load_all((DEPLOY / "operator" / "rbac.yaml").read_text()) if "rules" in item]
    assert rights([rule for each in given for rule in each["rules"]]) == rights(
        [rule for item in written for rule in item["rules"]]
    )


def test_its_deployment_is_told_by_olm_where_it_is(csv: dict[str, Any]) -> None:
    container = csv["spec"]["install"]["spec"]["deployments"][0]["spec"]["template"]["spec"]["containers"][0]
    names = [each["name"] for each in container["env"]]
    env = {each["name"]: each for each in container["env"]}
    assert "olm.targetNamespaces" in env["OPERATOR_NAMESPACES"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert env["OPERATOR_LEASE"]["value"] == "$(POD_NAMESPACE)/omnileads-operator"
    assert names.index("POD_NAMESPACE") < names.index("OPERATOR_LEASE"), "Kubernetes puts in what was said before"
    assert container["image"].endswith(f":{VERSION}")
    assert csv["metadata"]["name"] == f"omnileads-operator.v{VERSION}"
    assert csv["spec"]["version"] == VERSION


def test_its_image_says_what_its_annotations_say() -> None:
    annotations = yaml.safe_load((FOLDER / "metadata" / "annotations.yaml").read_text())["annotations"]
    lines = (FOLDER / "Containerfile").read_text().splitlines()
    labels = dict(line.removeprefix("LABEL ").split("=", 1) for line in lines if line.startswith("LABEL "))
    assert labels == annotations
    for path in (annotations[f"operators.operatorframework.io.bundle.{each}.v1"] for each in ("manifests", "metadata")):
        assert (FOLDER / path).is_dir()
