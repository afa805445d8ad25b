"""What the tests of `/api/v1` share: tokens, and a campaign with its contact base as a CRM knows it."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from omnileads.accounts.models import User
from tests.conftest import PASSWORD

V1 = "/api/v1"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_of(client: TestClient, user: User) -> str:
    answer = client.post(f"{V1}/login", json={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


def errors(answer: Any) -> Any:
    assert answer.json()["status"] == "ERROR", answer.text
    return answer.json()["errors"]
