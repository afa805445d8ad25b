"""Fixtures: `start` runs containers of the images, `folder` and `volume` give them places to keep data."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping

import pytest
from containers import NAME_PREFIX, Container, image, podman

Start = Callable[..., Container]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts containers that are removed after the test; waits until they are healthy unless told not to."""
    started: list[Container] = []

    def run(
        slug: str,
        environment: Mapping[str, str],
        *command: str,
        volumes: Mapping[str, str] | None = None,
        restart: str = "no",
        wait: bool = True,
    ) -> Container:
        if podman("image", "exists", image(slug), check=False).returncode != 0:
            pytest.skip(f"{image(slug)} is not built; images/build.sh {slug} builds it")
        container = Container(slug, environment, command, volumes or {}, restart)
        started.append(container)
        container.start()
        if wait:
            container.wait_until_healthy()
        return container

    yield run
    for container in reversed(started):
        container.remove()


@pytest.fixture
def volume() -> Iterator[Callable[[], str]]:
    """Makes named volumes that outlive a container but not the test."""
    names: list[str] = []

    def make() -> str:
        name = f"{NAME_PREFIX}{secrets.token_hex(4)}"
        podman("volume", "create", name)
        names.append(name)
        return name

    yield make
    for name in names:
        podman("volume", "rm", "--force", name, check=False)
