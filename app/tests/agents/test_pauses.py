"""Pauses through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnileads.agents.live import LIVE_AGENTS
from omnileads.kit.runtime import Runtime
from tests.conftest import SignedIn
from tests.domain import API, fields_of


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def create(client: TestClient, **fields: Any) -> Any:
    return client.post(f"{API}/pauses", json={"name": "Lunch", "kind": "recreational", **fields})


def test_a_pause_is_created_listed_changed_and_deleted(admin: TestClient) -> None:
    made = create(admin).json()
    assert made == {"id": made["id"], "name": "Lunch", "kind": "recreational"}
    assert admin.get(f"{API}/pauses", params={"search": "LUN"}).json()["items"] == [made]
    changed = admin.patch(f"{API}/pauses/{made['id']}", json={"kind": "productive"}).json()
    assert changed == {**made, "kind": "productive"}
    assert admin.get(f"{API}/pauses/{made['id']}").json() == changed
    assert admin.delete(f"{API}/pauses/{made['id']}").status_code == 204
    assert admin.delete(f"{API}/pauses/{made['id']}").status_code == 404
    assert create(admin).status_code == 201


@pytest.mark.parametrize(
    ("fields", "field"), [({"name": "x" * 21}, "name"), ({"kind": "nap"}, "kind"), ({"name": "a\x00b"}, "name")]
)
def test_every_field_is_checked(admin: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = create(admin, **fields)
    assert answer.status_code == 422
    assert field in fields_of(answer)


def test_names_are_unique(admin: TestClient) -> None:
    create(admin)
    assert fields_of(create(admin, name="lunch")) == {"name": "taken"}
    other = create(admin, name="Break").json()
    assert fields_of(admin.patch(f"{API}/pauses/{other['id']}", json={"name": "LUNCH"})) == {"name": "taken"}


@pytest.mark.parametrize("field", ["pause_id", "pending_pause_id"])
def test_a_pause_somebody_is_on_stays(admin: TestClient, runtime: Runtime, field: str) -> None:
    made = create(admin).json()
    agent = {
        "agent_id": 1,
        "name": "Ana Paz",
        "extension": 1000,
        "group_id": 1,
        "status": "PAUSE",
        "since": 0,
        field: str(made["id"]),
    }
    runtime.redis.hset(LIVE_AGENTS, mapping={"1": json.dumps(agent), "2": "not a document"})
    refused = admin.delete(f"{API}/pauses/{made['id']}")
    assert refused.status_code == 409
    assert refused.json()["code"] == "pause-in-use"
    assert '"Ana Paz"' in refused.json()["message"]
    runtime.redis.hset(LIVE_AGENTS, "1", json.dumps({**agent, "status": "OFFLINE"}))
    assert admin.delete(f"{API}/pauses/{made['id']}").status_code == 204


@pytest.mark.parametrize(("role", "status"), [("supervisor", 201), ("basic-supervisor", 403), ("agent", 403)])
def test_who_may(sign_in: SignedIn, role: str, status: int) -> None:
    assert create(sign_in(role)).status_code == status
