"""What is generated and committed is what the models say now."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from omnileads_operator.crds import RESOURCES, write
from omnileads_operator.reference import page
from omnileads_operator.version import VERSION

OPERATOR = Path(__file__).resolve().parents[2]


def test_the_crds_are_current(tmp_path: Path) -> None:
    write(tmp_path)
    committed = OPERATOR / "deploy" / "crds"
    assert {path.name for path in committed.iterdir()} == {path.name for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        assert (committed / path.name).read_text() == path.read_text(), "run `make operator-manifests`"


def test_the_version_is_the_repositorys() -> None:
    assert (OPERATOR.parent / "VERSION").read_text().strip() == VERSION
    assert f"operator:{VERSION}" in (OPERATOR / "deploy" / "operator" / "deployment.yaml").read_text()


@pytest.mark.parametrize("resource", RESOURCES, ids=[resource.kind for resource in RESOURCES])
def test_every_field_has_a_description(resource: object) -> None:
    path = OPERATOR / "deploy" / "crds" / f"{resource.plural}.yaml"  # type: ignore[attr-defined]  # a Resource
    version = yaml.safe_load(path.read_text())["spec"]["versions"][0]
    schema = version["schema"]["openAPIV3Schema"]["properties"]

    def check(node: dict[str, object], where: str) -> None:
        for name, field in dict(node.get("properties") or {}).items():  # type: ignore[call-overload]  # a schema
            assert field.get("description") or field.get("type") == "array", f"{where}.{name}"
            check(field, f"{where}.{name}")

    check(schema["spec"], "spec")


def test_the_reference_is_current() -> None:
    committed = (OPERATOR.parent / "docs" / "operator" / "reference.md").read_text()
    assert committed == page(), "run `make operator-manifests`"
