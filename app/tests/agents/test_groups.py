"""Agent groups through the API."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, Team, fields_of

DEFAULTS = {
    "auto_unpause_seconds": 0,
    "auto_attend_inbound": False,
    "auto_attend_dialer": False,
    "force_disposition": False,
    "allow_off_campaign_calls": False,
    "allow_hold": True,
    "allow_recordings": False,
    "allow_dashboard": True,
}


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def create(client: TestClient, **fields: Any) -> Any:
    return client.post(f"{API}/agent-groups", json={"name": "Sales", **fields})


def test_a_group_is_created_listed_changed_and_deleted(admin: TestClient, runtime: Runtime) -> None:
    made = create(admin).json()
    assert made == {"id": made["id"], "name": "Sales", "agent_count": 0, **DEFAULTS}
    assert admin.get(f"{API}/agent-groups", params={"search": "sal"}).json()["items"] == [made]
    changed = admin.patch(f"{API}/agent-groups/{made['id']}", json={"auto_unpause_seconds": 120}).json()
    assert changed == {**made, "auto_unpause_seconds": 120}
    assert admin.get(f"{API}/agent-groups/{made['id']}").json() == changed
    assert admin.delete(f"{API}/agent-groups/{made['id']}").status_code == 204
    assert admin.get(f"{API}/agent-groups/{made['id']}").status_code == 404
    assert create(admin).status_code == 201, "the name is free again"
    with runtime.database.transaction() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "agent-group")).all()
    assert actions == ["agent-group.created", "agent-group.changed", "agent-group.deleted", "agent-group.created"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"auto_unpause_seconds": -1}, "auto_unpause_seconds"),
        ({"auto_unpause_seconds": 28801}, "auto_unpause_seconds"),
        ({"allow_hold": "perhaps"}, "allow_hold"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_every_field_is_checked(admin: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = create(admin, **fields)
    assert answer.status_code == 422
    assert set(fields_of(answer)) == {field}


def test_names_are_unique(admin: TestClient) -> None:
    create(admin)
    assert fields_of(create(admin, name="SALES")) == {"name": "taken"}
    other = create(admin, name="Other").json()
    assert fields_of(admin.patch(f"{API}/agent-groups/{other['id']}", json={"name": "sales"})) == {"name": "taken"}


def test_a_group_with_agents_stays_and_says_who_is_in_it(admin: TestClient, runtime: Runtime, users: People) -> None:
    team = Team(runtime, users)
    team.agent(first_name="Ana", last_name="Paz")
    for number in range(6):
        team.agent(username=f"worker{number}")
    assert admin.get(f"{API}/agent-groups/{team.group.id}").json()["agent_count"] == 7
    refused = admin.delete(f"{API}/agent-groups/{team.group.id}")
    assert refused.status_code == 409
    assert refused.json()["code"] == "agent-group-in-use"
    assert '"Ana Paz"' in refused.json()["message"]
    assert "and 2 more" in refused.json()["message"]


@pytest.mark.parametrize(("role", "status"), [("supervisor", 201), ("basic-supervisor", 403), ("agent", 403)])
def test_who_may(sign_in: SignedIn, role: str, status: int) -> None:
    assert create(sign_in(role)).status_code == status


def test_nobody_else(client: TestClient) -> None:
    assert client.get(f"{API}/agent-groups").status_code == 401
