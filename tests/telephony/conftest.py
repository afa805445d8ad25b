"""The call engine on real Asterisk, Redis and PostgreSQL; the tests are the carrier and the webphones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.carrier import Carrier
from support.centre import Agent, Centre
from support.history import History
from support.instance import Instance
from support.session import connected_centre, running_instance
from support.webphones import Switchboard
from support.workplace import Workplace

PROCESSES = ("postgres", "redis", "app", "worker", "asterisk", "asterisk-sync", "acd", "nginx")
TAGS = "precheck,tls,postgres,redis,app,asterisk,acd,nginx"


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    yield from running_instance(Path(__file__).parent / "inventory", processes=PROCESSES, tags=TAGS)


@pytest.fixture(scope="session")
def centre(instance: Instance) -> Iterator[Centre]:
    yield from connected_centre(instance)


@pytest.fixture(scope="session")
def history(instance: Instance) -> History:
    return History(instance)


@pytest.fixture
def carrier(instance: Instance, tmp_path: Path) -> Iterator[Carrier]:
    with Carrier(instance.setting("asterisk_trunk_listen"), instance.port("asterisk_trunk"), tmp_path) as network:
        yield network


@pytest.fixture
def switchboard(instance: Instance) -> Iterator[Switchboard]:
    with Switchboard(instance.setting("kamailio_listen"), instance.port("kamailio_sip"), instance.redis()) as board:
        yield board


@pytest.fixture
def at_work(centre: Centre, switchboard: Switchboard) -> Iterator[Callable[..., Workplace]]:
    """`at_work(agent)`: the agent is ready; leaves after the test."""
    with ExitStack() as workplaces:

        def begin(agent: Agent, *, tone_hz: float = 440.0) -> Workplace:
            return workplaces.enter_context(Workplace(centre, switchboard, agent, tone_hz=tone_hz))

        yield begin
