"""Users from a file and to a file, and agents made like others."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from omnileads.accounts.models import User
from omnileads.accounts.user_import import MAX_BYTES, MAX_ROWS
from omnileads.campaigns.models import CampaignSupervisor
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, Browsers, People, SignedIn
from tests.domain import Team, fields_of, make_campaign

USERS = "/api/v2/users"
GOOD = f"username,password,role,first_name,group\nana,{PASSWORD},agent,Ana,sales\nben,{PASSWORD},Manager,Ben,\n"


@pytest.fixture
def admin(sign_in: SignedIn, users: People) -> TestClient:
    users.make_group("Sales")
    return sign_in("administrator")


def send(client: TestClient, content: str | bytes, *, dry_run: bool = False) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        f"{USERS}/import", files={"file": ("users.csv", data, "text/csv")}, data={"dry_run": str(dry_run).lower()}
    )


def report(client: TestClient, content: str | bytes, *, dry_run: bool = False) -> Any:
    answer = send(client, content, dry_run=dry_run)
    assert answer.status_code == 200, answer.text
    return answer.json()


def outcomes(found: Any) -> dict[str, tuple[str, dict[str, str]]]:
    """Username -> what became of its row, and field -> code of what was wrong."""
    return {
        row["username"]: (row["outcome"], {field["field"]: field["code"] for field in row["fields"]})
        for row in found["rows"]
    }


def count(runtime: Runtime) -> int:
    with runtime.database.transaction() as session:
        return session.execute(select(func.count()).select_from(User)).scalar_one()


def test_good_rows_are_created_and_can_sign_in(admin: TestClient, browsers: Browsers) -> None:
    found = report(admin, GOOD)
    assert (found["created"], found["refused"]) == (2, 0)
    assert [row["line"] for row in found["rows"]] == [2, 3]
    body = {"username": "ana", "password": PASSWORD}
    me = browsers.open().post("/api/v2/session", json=body).json()
    assert me["user"]["first_name"] == "Ana"
    assert me["agent"]["extension"] == 1000


def test_bad_rows_are_reported_and_take_nothing_with_them(admin: TestClient, runtime: Runtime) -> None:
    before = count(runtime)
    found = report(
        admin,
        "username,password,role,group,email,must_change_password,language\n"
        f"ana,{PASSWORD},agent,sales,,yes,EN\n"
        f"ANA,{PASSWORD},manager,,,,\n"
        f"bea,{PASSWORD},agent,,,,\n"
        "carl,short,manager,,,,\n"
        f"dora,{PASSWORD},king,,,,\n"
        "e va,98127364501928,jester,unknown,eva,perhaps,fr\n"
        f"fay,{PASSWORD},manager,,,,,too,long\n"
        ",,,,,,\n"
        f"gil,{PASSWORD},manager,,,no,es\n",
    )
    assert outcomes(found) == {
        "ana": ("created", {}),
        "ANA": ("refused", {"username": "username-taken"}),
        "bea": ("refused", {"group": "missing"}),
        "carl": ("refused", {"password": "too-short"}),
        "dora": ("refused", {"role": "unknown"}),
        "e va": (
            "refused",
            {
                "username": "string-pattern-mismatch",
                "role": "unknown",
                "password": "all-digits",
                "group": "unknown",
                "email": "string-pattern-mismatch",
                "must_change_password": "not-yes-or-no",
                "language": "literal-error",
            },
        ),
        "fay": ("refused", {"": "too-many-cells"}),
        "gil": ("created", {}),
    }
    assert found["rows"][-1]["line"] == 10
    assert (found["created"], found["refused"]) == (2, 6)
    assert count(runtime) == before + 2


def test_a_rehearsal_creates_nobody_and_finds_the_same(admin: TestClient, runtime: Runtime) -> None:
    before = count(runtime)
    content = GOOD + f"Ana,{PASSWORD},manager,,\n"
    found = report(admin, content, dry_run=True)
    assert outcomes(found) == {
        "ana": ("would-create", {}),
        "ben": ("would-create", {}),
        "Ana": ("refused", {"username": "username-taken"}),
    }
    assert count(runtime) == before
    assert int(runtime.redis.llen("oml:jobs:jobs")) == 0
    assert report(admin, content)["created"] == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_files_of_spreadsheets_are_understood(admin: TestClient, delimiter: str, encoding: str) -> None:
    rows = [["Username", " password ", "role", "first_name"], ["ana", PASSWORD, "manager", "Ñandú"]]
    content = "\r\n".join(delimiter.join(row) for row in rows)
    assert report(admin, content.encode(encoding))["created"] == 1
    assert admin.get(USERS, params={"search": "Ñandú"}).json()["total"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"username,password,role\n", "no-rows"),
        (b"username,password\nana,secret", "missing-column"),
        (b"username,password,role,colour\nana,b,c,d", "unknown-column"),
        (b"username,password,role,role\nana,b,c,d", "repeated-column"),
        (b"PK\x03\x04\x00\x00", "not-text"),
        (b'username,password,role\n"ana"x,b,c', "not-csv"),
        (b"username,password,role\n" + b"a,b,c\n" * (MAX_ROWS + 1), "too-many-rows"),
    ],
)
def test_a_file_that_is_no_list_of_users(admin: TestClient, content: bytes, code: str) -> None:
    answer = send(admin, content)
    assert (answer.status_code, fields_of(answer)) == (422, {"file": code})


def test_a_file_is_not_larger_than_it_need_be(admin: TestClient) -> None:
    assert send(admin, b"x" * (MAX_BYTES * 2)).status_code == 413


def test_a_file_makes_nobody_its_sender_may_not_make(admin: TestClient, sign_in: SignedIn) -> None:
    assert admin is not None
    found = report(sign_in("supervisor"), GOOD)
    assert outcomes(found) == {"ana": ("created", {}), "ben": ("refused", {"role": "role-not-managed"})}
    assert send(sign_in("basic-supervisor"), GOOD).status_code == 403


def test_an_export_is_harmless_and_can_be_imported_again(admin: TestClient, users: People) -> None:
    report(admin, GOOD)
    users.make("manager", username="zoe", first_name="=HYPERLINK(1)", last_name="Paz", email="+z@contact.example")
    answer = admin.get(f"{USERS}/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="users.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_name = {row["username"]: row for row in rows}
    assert by_name["ana"]["group"] == "Sales"
    assert by_name["ana"]["extension"] == "1000"
    assert by_name["ana"]["last_sign_in_at"] == ""
    assert by_name["zoe"]["first_name"] == "'=HYPERLINK(1)"
    assert by_name["zoe"]["email"] == "'+z@contact.example"
    again = io.StringIO()
    writer = csv.DictWriter(again, [*rows[0], "password"])
    writer.writeheader()
    writer.writerow({**by_name["ana"], "username": "ana2", "password": PASSWORD})
    assert report(admin, again.getvalue())["created"] == 1


def test_an_agent_is_cloned_with_group_and_campaigns(admin: TestClient, runtime: Runtime, users: People) -> None:
    source, agent = Team(runtime, users).agent(username="ana")
    campaign = make_campaign(admin, members=[{"agent_id": agent.id, "penalty": 3}])
    body = {"username": "bea", "password": PASSWORD, "first_name": "Bea", "language": "en"}
    answer = admin.post(f"{USERS}/{source.id}/clone", json=body)
    assert answer.status_code == 201, answer.text
    clone = answer.json()
    assert (clone["role_slug"], clone["language"], clone["agent"]["group_id"]) == ("agent", "en", agent.group_id)
    members = admin.get(f"/api/v2/campaigns/{campaign['id']}").json()["members"]
    assert {member["agent_id"]: member["penalty"] for member in members} == {agent.id: 3, clone["agent"]["id"]: 3}


def test_what_cannot_be_cloned(admin: TestClient, runtime: Runtime, users: People, sign_in: SignedIn) -> None:
    boss = users.make("manager")
    body = {"username": "bea", "password": PASSWORD}
    answer = admin.post(f"{USERS}/{boss.id}/clone", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-an-agent")
    source, _ = Team(runtime, users).agent(username="ana")
    assert fields_of(admin.post(f"{USERS}/{source.id}/clone", json={**body, "password": "short"})) == {
        "password": "too-short"
    }
    assert admin.post(f"{USERS}/{source.id}/clone", json={**body, "username": "ana"}).json()["code"] == "username-taken"
    answer = sign_in("supervisor").post(f"{USERS}/{source.id}/clone", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-managed")


def test_a_supervisor_sees_their_own_agents_and_those_of_nobody(
    admin: TestClient, runtime: Runtime, users: People, sign_in: SignedIn
) -> None:
    team = Team(runtime, users)
    (own, own_agent), (foreign, foreign_agent), (free, _) = (
        team.agent(username=name) for name in ("own", "other", "free")
    )
    boss, beside = users.make("supervisor", username="boss"), users.make("supervisor", username="beside")
    users.make("supervisor", username="elsewhere")
    campaign = make_campaign(admin, "Mine", members=[{"agent_id": own_agent.id}])
    make_campaign(admin, "Not mine", members=[{"agent_id": foreign_agent.id}])
    with runtime.database.transaction() as session:
        for user in (boss, beside):
            session.add(CampaignSupervisor(campaign_id=campaign["id"], user_id=user.id))
    client = sign_in(boss)
    assert {user["username"] for user in client.get(USERS).json()["items"]} == {"own", "free", "boss", "beside"}
    assert client.get(f"{USERS}/{own.id}").status_code == 200
    assert client.get(f"{USERS}/{free.id}").status_code == 200
    assert client.get(f"{USERS}/{foreign.id}").status_code == 404
    assert "other" not in client.get(f"{USERS}/export").text
    assert {"own", "other", "free"} < {user["username"] for user in sign_in("manager").get(USERS).json()["items"]}


def test_the_permissions_of_a_user_are_shown(admin: TestClient, users: People) -> None:
    shown = admin.get(f"{USERS}/{users.make('basic-supervisor').id}").json()
    assert "campaigns.read" in shown["permissions"]
    assert "campaigns.write" not in shown["permissions"]
    assert shown["last_sign_in_at"] is None
