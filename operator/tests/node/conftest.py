"""The tests here run on a real node, which is inside of `bin/node run` only."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.node.machine import machine
from tests.support.control_plane import ControlPlane


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    if "OML_NODE_PROGRAMS" not in os.environ:
        pytest.skip("these tests run on a node of their own: make test-node")
    with machine(tmp_path_factory.mktemp("node")) as plane:
        yield plane
