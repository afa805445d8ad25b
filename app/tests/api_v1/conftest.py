"""A world as a CRM finds it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.agents.test_console import Engine
from tests.api_v1.crm import World
from tests.conftest import Browsers, People, SignedIn


@pytest.fixture
def world(browsers: Browsers, users: People, sign_in: SignedIn, runtime: Runtime) -> World:
    return World(browsers, users, sign_in, runtime)


@pytest.fixture
def engine(settings: Settings, runtime: Runtime) -> Iterator[Engine]:
    with Engine(settings, runtime) as engine:
        yield engine
