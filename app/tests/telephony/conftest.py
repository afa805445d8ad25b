"""Fixtures of telephony's tests."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.conftest import SignedIn
from tests.telephony.things import Things


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


@pytest.fixture
def things(admin: TestClient) -> Things:
    return Things(admin)
