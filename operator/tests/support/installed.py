"""A control plane on which the operator is installed: its CRDs, its namespace, its rights, from deploy/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.support.api import Api, ApiError
from tests.support.control_plane import LOOPBACK, ControlPlane, control_plane
from tests.support.process import OPERATOR, wait_for


@contextmanager
def installed(folder: Path, address: str = LOOPBACK, port: int | None = None) -> Iterator[ControlPlane]:
    with control_plane(folder, address, port) as plane:
        api = plane.api()
        definitions = sorted((OPERATOR / "deploy" / "crds").glob("*.yaml"))
        for path in definitions:
            install(api, path)
        for name in ("namespace", "rbac"):
            install(api, OPERATOR / "deploy" / "operator" / f"{name}.yaml")
        for path in definitions:
            wait_until_served(api, path)
        yield plane


def install(api: Api, path: Path) -> None:
    for manifest in yaml.safe_load_all(path.read_text()):
        api.create(manifest)


def wait_until_served(api: Api, path: Path) -> None:
    kind = yaml.safe_load(path.read_text())["spec"]["names"]["kind"]

    def is_listed() -> bool:
        try:
            api.list(kind)
        except ApiError as error:  # 404 until it is known, 429 until its storage is there
            if error.status in (404, 429):
                return False
            raise
        return True

    wait_for(f"{kind} to be served", is_listed)
