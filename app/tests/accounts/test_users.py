"""Managing users: who may manage whom, and what happens to sessions, tokens and agent profiles."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from omnileads.accounts.errors import LastAdministrator
from omnileads.accounts.models import User
from omnileads.accounts.notices import UserNotices
from omnileads.accounts.passwords import Passwords
from omnileads.accounts.roles import PERMISSIONS
from omnileads.accounts.schemas import UserChange
from omnileads.accounts.sessions import WebSessions
from omnileads.accounts.users import Users
from omnileads.agents.models import Agent
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.campaigns.models import CampaignMember, CampaignSupervisor
from omnileads.kit.audit import AuditEntry
from omnileads.kit.permissions import Principal
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, PUBLIC_URL, Browsers, People, SignedIn
from tests.rows import make_campaign

USERS = "/api/v2/users"


def new(username: str = "ana", role_slug: str = "manager", **fields: Any) -> dict[str, Any]:
    return {"username": username, "password": PASSWORD, "role_slug": role_slug, **fields}


def entered(browsers: Browsers, username: str, password: str = PASSWORD) -> int:
    body = {"username": username, "password": password}
    return browsers.open().post("/api/v2/session", json=body).status_code


def test_an_administrator_creates_a_user_who_can_sign_in(sign_in: SignedIn, browsers: Browsers) -> None:
    answer = sign_in().post(USERS, json=new(first_name="Ana", last_name="Gómez", email="ana@contact.example"))
    assert answer.status_code == 201
    created = answer.json()
    assert created == {
        "id": created["id"],
        "username": "ana",
        "first_name": "Ana",
        "last_name": "Gómez",
        "email": "ana@contact.example",
        "language": "es",
        "role_slug": "manager",
        "is_active": True,
        "is_locked": False,
        "agent": None,
        "created_at": "2026-03-02T12:00:00Z",
    }
    assert entered(browsers, "ana") == 200


def test_a_new_agent_gets_an_extension_and_the_acd_is_told(sign_in: SignedIn, users: People, runtime: Runtime) -> None:
    group = users.make_group()
    answer = sign_in().post(USERS, json=new("bea", "agent", group_id=group.id))
    assert answer.status_code == 201
    agent = answer.json()["agent"]
    assert agent["group_id"] == group.id
    assert 1000 <= agent["extension"] <= 2999
    with runtime.database.transaction() as session:
        assert current_config_revision(session) == 2


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"username": ""}, "username", "string-too-short"),
        ({"username": "ana gomez"}, "username", "string-pattern-mismatch"),
        ({"username": "x" * 151}, "username", "string-too-long"),
        ({"email": "ana"}, "email", "string-pattern-mismatch"),
        ({"first_name": "x" * 151}, "first_name", "string-too-long"),
        ({"password": "short"}, "password", "too-short"),
        ({"password": "ana-ana-ana", "username": "ana-ana-ana"}, "password", "too-similar"),
        ({"role_slug": "king"}, "role_slug", "unknown"),
        ({"role_slug": "agent"}, "group_id", "missing"),
        ({"role_slug": "agent", "group_id": 999}, "group_id", "unknown"),
        ({"role_slug": "manager", "group_id": 1}, "group_id", "not-an-agent"),
        ({"group_id": 2**31}, "group_id", "less-than-equal"),
        ({"is_superuser": True}, "is_superuser", "extra-forbidden"),
    ],
)
def test_a_user_that_is_not_acceptable(sign_in: SignedIn, fields: dict[str, Any], field: str, code: str) -> None:
    answer = sign_in().post(USERS, json={**new(), **fields})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert (field, code) in {(item["field"], item["code"]) for item in answer.json()["fields"]}


def test_a_username_is_taken_in_any_case_until_its_user_is_deleted(sign_in: SignedIn) -> None:
    client = sign_in()
    first = client.post(USERS, json=new("ana")).json()
    answer = client.post(USERS, json=new("ANA"))
    assert (answer.status_code, answer.json()["code"]) == (409, "username-taken")
    other = client.post(USERS, json=new("ben")).json()
    assert client.patch(f"{USERS}/{other['id']}", json={"username": "Ana"}).json()["code"] == "username-taken"
    assert client.delete(f"{USERS}/{first['id']}").status_code == 204
    assert client.post(USERS, json=new("ANA")).status_code == 201


MANAGED = {
    "administrator": {"administrator", "manager", "supervisor", "basic-supervisor", "agent", "webphone-client"},
    "manager": {"manager", "supervisor", "basic-supervisor", "agent", "webphone-client"},
    "supervisor": {"agent"},
}


@pytest.mark.parametrize("role", MANAGED)
def test_who_may_create_whom(sign_in: SignedIn, users: People, role: str) -> None:
    group = users.make_group()
    client = sign_in(role)
    allowed = set()
    for other in MANAGED["administrator"]:
        fields = {"group_id": group.id} if other == "agent" else {}
        answer = client.post(USERS, json=new(f"new-{other}", other, **fields))
        if answer.status_code == 201:
            allowed.add(other)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role-not-managed")
    assert allowed == MANAGED[role]


@pytest.mark.parametrize("role", ["manager", "supervisor"])
def test_an_administrator_is_managed_by_administrators_only(sign_in: SignedIn, users: People, role: str) -> None:
    boss = users.make("administrator")
    client = sign_in(role)
    address = f"{USERS}/{boss.id}"
    for answer in (
        client.patch(address, json={"first_name": "X"}),
        client.delete(address),
        client.post(f"{address}/unblock"),
        client.post(f"{address}/password", json={"new_password": "another fine passphrase"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-managed")


def test_a_manager_makes_nobody_administrator(sign_in: SignedIn, users: People) -> None:
    ana = users.make("supervisor")
    answer = sign_in("manager").patch(f"{USERS}/{ana.id}", json={"role_slug": "administrator"})
    assert answer.json()["code"] == "role-not-managed"


def test_a_supervisor_manages_the_agents_of_supervised_campaigns_only(
    sign_in: SignedIn, users: People, runtime: Runtime
) -> None:
    own, foreign = (make_agent(sign_in, users, name) for name in ("own", "foreign"))
    boss = users.make("supervisor")
    with runtime.database.transaction() as session:
        campaign = make_campaign(session, "Sales")
        session.add(CampaignMember(campaign_id=campaign.id, agent_id=own["agent"]["id"], penalty=0))
        session.add(CampaignSupervisor(campaign_id=campaign.id, user_id=boss.id))
    client = sign_in(boss)
    assert client.patch(f"{USERS}/{own['id']}", json={"first_name": "Own"}).status_code == 200
    answer = client.patch(f"{USERS}/{foreign['id']}", json={"first_name": "Foreign"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-managed")
    assert "campaigns you supervise" in answer.json()["message"]


def make_agent(sign_in: SignedIn, users: People, username: str) -> dict[str, Any]:
    group = users.make_group(f"Group of {username}")
    answer = sign_in().post(USERS, json=new(username, "agent", group_id=group.id))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_change_touches_only_what_is_sent(sign_in: SignedIn, users: People) -> None:
    ana = users.make("manager", username="ana", first_name="Ana", email="ana@contact.example")
    changed = sign_in().patch(f"{USERS}/{ana.id}", json={"last_name": "Gómez"}).json()
    assert (changed["username"], changed["first_name"], changed["last_name"]) == ("ana", "Ana", "Gómez")
    assert changed["email"] == "ana@contact.example"


def test_an_agent_moves_between_groups_and_roles(sign_in: SignedIn, users: People, runtime: Runtime) -> None:
    made = make_agent(sign_in, users, "ana")
    client, address = sign_in(), f"{USERS}/{made['id']}"
    other = users.make_group("Other")
    moved = client.patch(address, json={"group_id": other.id}).json()
    assert moved["agent"] == {**made["agent"], "group_id": other.id}
    promoted = client.patch(address, json={"role_slug": "supervisor"}).json()
    assert promoted["agent"] is None
    assert client.patch(address, json={"role_slug": "agent"}).json()["fields"][0]["code"] == "missing"
    again = client.patch(address, json={"role_slug": "agent", "group_id": other.id}).json()
    assert again["agent"]["id"] == made["agent"]["id"]
    with runtime.database.transaction() as session:
        assert len(session.scalars(select(Agent)).all()) == 1


def test_deleting_an_agent_ends_the_profile_and_keeps_the_history(
    sign_in: SignedIn, users: People, runtime: Runtime
) -> None:
    made = make_agent(sign_in, users, "ana")
    client = sign_in()
    assert client.delete(f"{USERS}/{made['id']}").status_code == 204
    assert client.get(f"{USERS}/{made['id']}").status_code == 404
    assert "ana" not in {item["username"] for item in client.get(USERS).json()["items"]}
    with runtime.database.transaction() as session:
        profile = session.execute(select(Agent)).scalar_one()
        assert profile.id == made["agent"]["id"]
        assert profile.deleted_at is not None
        assert session.get_one(User, made["id"]).username == "ana"


@pytest.mark.parametrize("change", [{"is_active": False}, {"role_slug": "manager"}])
def test_nobody_takes_away_the_own_power(sign_in: SignedIn, users: People, change: dict[str, Any]) -> None:
    users.make("administrator")
    boss = users.make("administrator")
    client = sign_in(boss)
    assert client.patch(f"{USERS}/{boss.id}", json=change).json()["code"] == "own-account"
    assert client.delete(f"{USERS}/{boss.id}").json()["code"] == "own-account"
    assert client.patch(f"{USERS}/{boss.id}", json={"first_name": "Ana"}).status_code == 200


def test_an_administrator_may_go_while_another_stays(sign_in: SignedIn, users: People) -> None:
    other = users.make("administrator")
    client = sign_in("administrator")
    assert client.patch(f"{USERS}/{other.id}", json={"role_slug": "manager"}).status_code == 200


def test_the_end_of_power_is_the_end_of_the_session(sign_in: SignedIn, users: People) -> None:
    boss = sign_in()
    for change in ({"role_slug": "basic-supervisor"}, {"is_active": False}):
        ana = users.make("manager")
        client = sign_in(ana)
        assert boss.patch(f"{USERS}/{ana.id}", json=change).status_code == 200
        assert client.get("/api/v2/session").status_code == 401


def test_a_reset_password_replaces_the_old_one_and_what_it_opened(
    sign_in: SignedIn, users: People, browsers: Browsers
) -> None:
    ana = users.make("manager", username="ana")
    client = sign_in(ana)
    token = client.post("/api/v2/tokens", json={"name": "crm"}).json()["token"]
    body = {"new_password": "another fine passphrase", "must_change_password": True}
    assert sign_in().post(f"{USERS}/{ana.id}/password", json=body).status_code == 204
    assert client.get("/api/v2/session").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert browsers.open().get("/api/v2/session", headers=bearer).status_code == 401
    assert entered(browsers, "ana") == 401
    other = browsers.open()
    me = other.post("/api/v2/session", json={"username": "ana", "password": "another fine passphrase"}).json()
    assert me["user"]["must_change_password"] is True


def test_a_weak_password_is_not_set(sign_in: SignedIn, users: People) -> None:
    ana = users.make("manager")
    answer = sign_in().post(f"{USERS}/{ana.id}/password", json={"new_password": "12345678"})
    assert {item["code"] for item in answer.json()["fields"]} == {"too-common", "all-digits"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["administrator-1", "ana", "ben", "Carla"]),
        ("?search=AN", ["ana", "ben"]),
        ("?search=%25", []),
        ("?search=_", []),
        ("?role=agent", ["ben"]),
        ("?page=2&page_size=3", ["Carla"]),
        ("?page=9", []),
    ],
)
def test_users_are_listed_in_pages_and_searched_literally(
    sign_in: SignedIn, users: People, query: str, found: list[str]
) -> None:
    client = sign_in("administrator")
    users.make("manager", username="Carla")
    users.make("manager", username="ana")
    users.make("agent", username="ben", last_name="Sánchez", first_name="Ana")
    listed = client.get(USERS + query).json()
    assert [item["username"] for item in listed["items"]] == found
    assert set(listed) == {"items", "total", "page", "page_size"}
    if query.startswith("?page=2"):
        assert (listed["total"], listed["page"], listed["page_size"]) == (4, 2, 3)


@pytest.mark.parametrize("query", ["page=0", "page_size=201", "page=x", "search=" + "x" * 101, "role=" + "x" * 41])
def test_a_query_that_is_not_acceptable(sign_in: SignedIn, query: str) -> None:
    answer = sign_in().get(f"{USERS}?{query}")
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, query.partition("=")[0])


def test_a_page_of_users_costs_as_many_statements_as_one_user(
    sign_in: SignedIn, users: People, runtime: Runtime
) -> None:
    client = sign_in()

    def statements() -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(runtime.database.engine, "before_cursor_execute", note)
        try:
            assert client.get(f"{USERS}?page_size=200").status_code == 200
        finally:
            event.remove(runtime.database.engine, "before_cursor_execute", note)
        return len(seen)

    few = statements()
    for _ in range(30):
        users.make("supervisor")
    assert statements() == few


@pytest.mark.parametrize("user_id", [0, 999, 2**31, "x", "1.5"])
def test_a_user_that_does_not_exist(sign_in: SignedIn, user_id: object) -> None:
    answer = sign_in().get(f"{USERS}/{user_id}")
    assert answer.status_code == (404 if user_id == 999 else 422)


def test_changes_are_audited_with_what_was_and_what_is(sign_in: SignedIn, users: People, runtime: Runtime) -> None:
    boss = users.make("administrator", username="boss")
    client = sign_in(boss)
    made = client.post(USERS, json=new()).json()
    client.patch(f"{USERS}/{made['id']}", json={"first_name": "Ana"})
    client.post(f"{USERS}/{made['id']}/password", json={"new_password": "another fine passphrase"})
    client.post(f"{USERS}/{made['id']}/unblock")
    client.delete(f"{USERS}/{made['id']}")
    with runtime.database.transaction() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_id == str(made["id"])).order_by(AuditEntry.id)
        ).all()
    assert [entry.action for entry in entries] == [
        "user.created",
        "user.changed",
        "user.password-reset",
        "user.unblocked",
        "user.deleted",
    ]
    assert {(entry.actor_id, entry.actor_name) for entry in entries} == {(boss.id, "boss")}
    assert (entries[1].before, entries[1].after) == ({"first_name": ""}, {"first_name": "Ana"})
    assert "passphrase" not in repr([(entry.before, entry.after) for entry in entries])
    assert all(entry.request_id for entry in entries)


@pytest.mark.parametrize("role", ["administrator", "manager", "supervisor"])
def test_roles_are_listed_to_who_assigns_them(sign_in: SignedIn, role: str) -> None:
    listed = sign_in(role).get("/api/v2/roles").json()["items"]
    assert {item["slug"] for item in listed} == MANAGED["administrator"]
    assert all(item["is_predefined"] for item in listed)


def test_the_last_administrator_stays(users: People, runtime: Runtime, passwords: Passwords) -> None:
    """Whoever else may manage administrators, by a role made for that, cannot leave the system without one."""
    last = users.make("administrator")
    users.make("administrator", is_active=False)
    deputy = Principal(0, "deputy", "deputy", frozenset(PERMISSIONS))

    def service(session: Session) -> Users:
        sessions = WebSessions(session, runtime.redis, runtime.clock, 3600)
        notices = UserNotices(session, runtime.jobs, PUBLIC_URL)
        directory = CampaignAgentDirectory(runtime)
        return Users(session, runtime.redis, runtime.clock, passwords, directory, sessions, notices)

    for change in (
        lambda session: service(session).delete(deputy, last.id),
        lambda session: service(session).change(deputy, last.id, UserChange(is_active=False)),
        lambda session: service(session).change(deputy, last.id, UserChange(role_slug="manager")),
    ):
        with pytest.raises(LastAdministrator), runtime.database.transaction() as session:
            change(session)
    with runtime.database.transaction() as session:
        service(session).change(deputy, last.id, UserChange(first_name="Ana"))
