"""Agent groups through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.models import User
from omnileads.agents.live import LIVE_AGENTS
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, People, SignedIn
from tests.domain import API, Team, fields_of
from tests.supervision.web import Web

DEFAULTS = {
    "auto_unpause_seconds": 0,
    "auto_attend_inbound": False,
    "auto_attend_dialer": False,
    "force_disposition": False,
    "force_unpause": False,
    "allow_off_campaign_calls": False,
    "allow_calls_between_agents": False,
    "allow_hold": True,
    "allow_recordings": False,
    "allow_dashboard": True,
    "allow_contacts": True,
    "allow_callbacks": True,
    "allow_dispositions": True,
    "allow_preview_campaigns": True,
    "allow_password_change": True,
    "show_timers": True,
    "personal_callback_limit": None,
    "personal_callback_days": None,
    "manual_call_campaign_kinds": ["manual", "dialer", "inbound", "preview"],
    "pause_set_id": None,
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
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_type == "agent-group").order_by(AuditEntry.id)
        ).all()
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


def test_limits_of_callbacks_are_set_and_taken_away(admin: TestClient) -> None:
    made = create(admin, personal_callback_limit=5, personal_callback_days=30).json()
    assert (made["personal_callback_limit"], made["personal_callback_days"]) == (5, 30)
    changed = admin.patch(f"{API}/agent-groups/{made['id']}", json={"personal_callback_limit": None}).json()
    assert (changed["personal_callback_limit"], changed["personal_callback_days"]) == (None, 30)


def test_kinds_of_campaigns_are_kept_once_and_in_order(admin: TestClient) -> None:
    made = create(admin, manual_call_campaign_kinds=["preview", "manual", "preview"]).json()
    assert made["manual_call_campaign_kinds"] == ["manual", "preview"]


def test_a_group_that_forbids_it_keeps_its_agents_from_changing_the_password(
    admin: TestClient, sign_in: SignedIn, runtime: Runtime, users: People
) -> None:
    team = Team(runtime, users)
    client = sign_in(team.agent()[0])
    change = {"current_password": PASSWORD, "new_password": "another fine passphrase"}
    assert client.get(f"{API}/session").json()["may_change_password"] is True
    admin.patch(f"{API}/agent-groups/{team.group.id}", json={"allow_password_change": False})
    assert client.get(f"{API}/session").json()["may_change_password"] is False
    refused = client.post(f"{API}/session/password", json=change)
    assert (refused.status_code, refused.json()["code"]) == (403, "password-change-not-allowed")
    newcomer = sign_in(team.agent(must_change_password=True)[0])
    assert newcomer.post(f"{API}/session/password", json=change).status_code == 204


def test_somebody_who_supervises_and_takes_calls_is_told_too(
    admin: TestClient, sign_in: SignedIn, app: FastAPI, runtime: Runtime, users: People
) -> None:
    role = {"name": "Shift leader", "permissions": ["agent.console", "supervision.read"]}
    slug = admin.post(f"{API}/roles", json=role).json()["slug"]
    team = Team(runtime, users)
    body = {"username": "ana", "password": PASSWORD, "role_slug": slug, "group_id": team.group.id}
    made = admin.post(f"{API}/users", json=body).json()
    runtime.redis.hset(LIVE_AGENTS, str(made["agent"]["id"]), json.dumps({"agent_id": made["agent"]["id"]}))
    with runtime.database.transaction() as session:
        client = sign_in(session.get_one(User, made["id"]))
    with Web(app) as web, web.socket(client) as live:
        assert [agent["agent_id"] for agent in live.message()["agents"]] == [made["agent"]["id"]]
        admin.patch(f"{API}/agent-groups/{team.group.id}", json={"allow_hold": False})
        assert live.message() == {"type": "session-changed"}


def test_an_open_console_is_told_of_a_change_of_its_group(
    admin: TestClient, sign_in: SignedIn, app: FastAPI, runtime: Runtime, users: People
) -> None:
    team = Team(runtime, users)
    client = sign_in(team.agent()[0])
    with Web(app) as web, web.socket(client) as live:
        assert live.message()["type"] == "snapshot"
        admin.patch(f"{API}/agent-groups/{team.group.id}", json={"allow_hold": False})
        assert live.message() == {"type": "session-changed"}
    assert client.get(f"{API}/agent/session").json()["agent"]["group"]["allow_hold"] is False
