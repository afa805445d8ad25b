"""Fixtures: one control plane for the session, with the CRDs and rights from deploy/; the operator; namespaces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.installed import installed
from tests.support.namespaces import own_namespace
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
    assert not process.failures()


@pytest.fixture
def namespace(api: Api) -> Iterator[str]:
    with own_namespace(api) as name:
        yield name
