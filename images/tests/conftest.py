"""Fixtures: `start` runs containers of the images, `folder` and `volume` give them places to keep data."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterator, Mapping

import pytest
from containers import NAME_PREFIX, Container, image, podman

Start = Callable[..., Container]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets `start` know that the test failed, so that it shows what its containers said."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
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
    if request.node.stash.get(FAILED, False):
        for container in started:
            print(f"--- {container.name}\n{container.logs()[-6000:]}")  # noqa: T201 (pytest shows it beside the failure)
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
