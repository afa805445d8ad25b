"""Roles of people's own making: nobody gives away more than they have, and a change is effective at once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.roles import PERMISSIONS, PREDEFINED_ROLES, missing_needs
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, People, SignedIn
from tests.domain import fields_of

ROLES = "/api/v2/roles"
USERS = "/api/v2/users"
READS = ["calls.read", "campaigns.read", "users.read"]


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def create(client: TestClient, name: str = "Sup & QA", permissions: list[str] | None = None) -> Any:
    return client.post(ROLES, json={"name": name, "permissions": READS if permissions is None else permissions})


def made(client: TestClient, name: str = "Sup & QA", permissions: list[str] | None = None) -> dict[str, Any]:
    answer = create(client, name, permissions)
    assert answer.status_code == 201, answer.text
    role: dict[str, Any] = answer.json()
    return role


def test_the_catalogue_says_what_each_permission_is_for_and_needs(admin: TestClient) -> None:
    catalogue = {entry["key"]: entry for entry in admin.get("/api/v2/permissions").json()}
    assert list(catalogue) == list(PERMISSIONS)
    assert catalogue["users.write"]["group"] == "people"
    assert catalogue["users.write"]["needs"] == ["users.read", "users.write-agents"]
    assert catalogue["recordings.listen"]["needs"] == ["recordings.read"]
    assert catalogue["agent.console"] == {
        "key": "agent.console",
        "group": "agent",
        "description": "Work as an agent.",
        "needs": [],
    }


def test_predefined_roles_are_complete() -> None:
    for role in PREDEFINED_ROLES:
        assert missing_needs(role.permissions) == {}


def test_a_role_is_made_listed_changed_and_deleted(admin: TestClient, runtime: Runtime) -> None:
    role = made(admin)
    assert role == {
        "id": role["id"],
        "slug": "sup-qa",
        "name": "Sup & QA",
        "is_predefined": False,
        "permissions": READS,
        "user_count": 0,
    }
    listed = admin.get(ROLES).json()["items"]
    assert [item["slug"] for item in listed] == [*(role.slug for role in PREDEFINED_ROLES), "sup-qa"]
    address = f"{ROLES}/{role['id']}"
    changed = admin.patch(address, json={"permissions": ["calls.read"]}).json()
    assert changed == {**role, "permissions": ["calls.read"]}
    assert admin.patch(address, json={"name": "QA"}).json()["slug"] == "sup-qa", "whoever wrote it down still finds it"
    assert admin.get(address).json()["name"] == "QA"
    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404
    assert made(admin)["slug"] == "sup-qa-2"
    with runtime.database.transaction() as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_type == "role").order_by(AuditEntry.id)
        ).all()
    assert actions == ["role.created", "role.changed", "role.changed", "role.deleted", "role.created"]


@pytest.mark.parametrize(
    ("name", "permissions", "fields"),
    [
        ("", READS, {"name": "string-too-short"}),
        ("x" * 81, READS, {"name": "string-too-long"}),
        ("MANAGER", READS, {"name": "taken"}),
        ("QA", ["fly"], {"permissions.0": "unknown"}),
        ("QA", ["pauses.write"], {"permissions": "incomplete"}),
    ],
)
def test_a_role_that_is_not_acceptable(
    admin: TestClient, name: str, permissions: list[str], fields: dict[str, str]
) -> None:
    answer = create(admin, name, permissions)
    assert (answer.status_code, fields_of(answer)) == (422, fields)


def test_names_are_unique_and_slugs_made_of_them(admin: TestClient) -> None:
    made(admin, "Calidad Ñandú")
    assert fields_of(create(admin, "calidad ñandú")) == {"name": "taken"}
    other = made(admin, "監督")
    assert other["slug"] == "role"
    assert fields_of(admin.patch(f"{ROLES}/{other['id']}", json={"name": "Calidad Ñandú"})) == {"name": "taken"}
    assert fields_of(admin.patch(f"{ROLES}/{other['id']}", json={"name": "Agent"})) == {"name": "taken"}


def test_predefined_roles_are_nobodys_to_change(admin: TestClient) -> None:
    for role in admin.get(ROLES).json()["items"]:
        for answer in (
            admin.patch(f"{ROLES}/{role['id']}", json={"name": "Mine"}),
            admin.delete(f"{ROLES}/{role['id']}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "role-predefined")


def deputy(admin: TestClient, users: People, sign_in: SignedIn) -> TestClient:
    """Somebody who makes roles and users, without being an administrator."""
    role = made(admin, "Deputy", ["calls.read", "roles.read", "roles.write", "users.read", "users.write-agents"])
    return sign_in(users.make(role["slug"]))


def test_nobody_gives_a_role_more_than_they_have(admin: TestClient, users: People, sign_in: SignedIn) -> None:
    client = deputy(admin, users, sign_in)
    answer = create(client, "More", ["trunks.read", "users.read"])
    assert (answer.status_code, answer.json()["code"]) == (403, "role-beyond-own")
    assert "trunks.read" in answer.json()["message"]
    role = made(client, "Callers", ["agent.console", "calls.read", "tokens.own"])
    answer = client.patch(f"{ROLES}/{role['id']}", json={"permissions": ["recordings.read"]})
    assert answer.json()["code"] == "role-beyond-own"


def test_nobody_touches_a_role_that_may_more_nor_their_own(admin: TestClient, users: People, sign_in: SignedIn) -> None:
    client = deputy(admin, users, sign_in)
    stronger = made(admin, "Stronger", ["trunks.read"])
    for answer in (
        client.patch(f"{ROLES}/{stronger['id']}", json={"permissions": []}),
        client.delete(f"{ROLES}/{stronger['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "role-beyond-own")
    own = next(role for role in admin.get(ROLES).json()["items"] if role["slug"] == "deputy")
    assert client.patch(f"{ROLES}/{own['id']}", json={"permissions": []}).json()["code"] == "own-role"
    assert client.delete(f"{ROLES}/{own['id']}").json()["code"] == "own-role"


def test_nobody_makes_or_manages_users_who_may_more(admin: TestClient, users: People, sign_in: SignedIn) -> None:
    hr = made(admin, "HR", ["users.read", "users.write", "users.write-agents"])
    client = sign_in(users.make(hr["slug"]))
    boss = users.make("manager")
    body = {"username": "ana", "password": PASSWORD}
    for answer in (
        client.post(USERS, json={**body, "role_slug": "supervisor"}),
        client.patch(f"{USERS}/{boss.id}", json={"first_name": "X"}),
        client.post(f"{USERS}/{boss.id}/password", json={"new_password": "another fine passphrase"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-managed")
    assert client.post(USERS, json={**body, "role_slug": hr["slug"]}).status_code == 201


def test_a_role_somebody_has_stays_and_says_who(admin: TestClient, users: People) -> None:
    role = made(admin)
    for number in range(6):
        users.make(role["slug"], username=f"ana{number}")
    assert admin.get(f"{ROLES}/{role['id']}").json()["user_count"] == 6
    answer = admin.delete(f"{ROLES}/{role['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in-use")
    assert "ana0" in answer.json()["message"]
    assert "and 1 more" in answer.json()["message"]
    answer = admin.patch(f"{ROLES}/{role['id']}", json={"permissions": ["agent.console"]})
    assert answer.json()["code"] == "in-use", "its users would need agent profiles"


def test_a_change_is_effective_at_once(admin: TestClient, users: People, sign_in: SignedIn) -> None:
    role = made(admin)
    client = sign_in(users.make(role["slug"]))
    assert client.get(USERS).status_code == 200
    admin.patch(f"{ROLES}/{role['id']}", json={"permissions": ["calls.read"]})
    assert client.get(USERS).status_code == 403
    assert client.get("/api/v2/session").json()["permissions"] == ["calls.read"]


def test_users_of_a_role_that_works_as_an_agent_are_agents(admin: TestClient, users: People) -> None:
    role = made(admin, "Senior agent", ["agent.console", "calls.read", "tokens.own"])
    body = {"username": "ana", "password": PASSWORD, "role_slug": role["slug"]}
    assert fields_of(admin.post(USERS, json=body)) == {"group_id": "missing"}
    user = admin.post(USERS, json={**body, "group_id": users.make_group().id}).json()
    assert user["agent"]["extension"] == 1000
    moved = admin.patch(f"{USERS}/{user['id']}", json={"role_slug": "supervisor"}).json()
    assert moved["agent"] is None


def test_a_deleted_role_is_given_to_nobody(admin: TestClient) -> None:
    role = made(admin)
    admin.delete(f"{ROLES}/{role['id']}")
    body = {"username": "ana", "password": PASSWORD, "role_slug": role["slug"]}
    assert fields_of(admin.post(USERS, json=body)) == {"role_slug": "unknown"}


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [("manager", 200, 403), ("supervisor", 200, 403), ("agent", 403, 403)]
)
def test_who_may(sign_in: SignedIn, role: str, reads: int, writes: int) -> None:
    client = sign_in(role)
    assert client.get(ROLES).status_code == reads
    assert create(client).status_code == writes
