"""Fixtures: one control plane for the session, with the CRDs and rights from deploy/; the operator; namespaces."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.api import Api
from tests.support.control_plane import ControlPlane, control_plane
from tests.support.process import OPERATOR, OperatorProcess, wait_for


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with control_plane(tmp_path_factory.mktemp("kubernetes")) as plane:
        api = plane.api()
        for path in sorted((OPERATOR / "deploy" / "crds").glob("*.yaml")):
            install(api, path)
        for name in ("namespace", "rbac"):
            install(api, OPERATOR / "deploy" / "operator" / f"{name}.yaml")
        for path in sorted((OPERATOR / "deploy" / "crds").glob("*.yaml")):
            wait_until_served(api, path)
        yield plane


def install(api: Api, path: Path) -> None:
    for manifest in yaml.safe_load_all(path.read_text()):
        api.create(manifest)


def wait_until_served(api: Api, path: Path) -> None:
    name = yaml.safe_load(path.read_text())["metadata"]["name"]

    def is_established() -> bool:
        conditions = api.get("CustomResourceDefinition", None, name).get("status", {}).get("conditions", [])
        return {"type": "Established", "status": "True"}.items() <= {
            key: value for each in conditions if each["type"] == "Established" for key, value in each.items()
        }.items()

    wait_for(f"{name} to be served", is_established)


@pytest.fixture(scope="session")
def api(plane: ControlPlane) -> Api:
    return plane.api()


@pytest.fixture(scope="session")
def operator(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    process = OperatorProcess(plane, tmp_path_factory.mktemp("operator") / "operator.log")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def namespace(api: Api) -> str:
    """A namespace of the test's own. Nothing runs that would remove it: the whole cluster goes after the session."""
    name = f"test-{secrets.token_hex(4)}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name
