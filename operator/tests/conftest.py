"""Fixtures: one control plane for the session, with the CRDs and rights from deploy/; the operator; namespaces."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.installed import installed
from tests.support.process import OperatorProcess


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with installed(tmp_path_factory.mktemp("kubernetes")) as plane:
        yield plane


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
