"""A campaign's surroundings: an administrator, a team, contact bases."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from omnileads.kit.runtime import Runtime
from tests.campaigns.things import Bases
from tests.conftest import People, SignedIn
from tests.domain import Team


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


@pytest.fixture
def team(runtime: Runtime, users: People) -> Team:
    return Team(runtime, users)


@pytest.fixture
def bases(runtime: Runtime) -> Bases:
    return Bases(runtime)
