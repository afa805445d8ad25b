"""Signing in by both doors, and the lockout they share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.errors import AccountLocked, InvalidCredentials
from omnileads.accounts.models import SignInFailures, User
from omnileads.accounts.passwords import Passwords
from omnileads.accounts.sign_in import SignIn
from omnileads.kit.audit import AuditEntry, AuditLog
from omnileads.kit.runtime import Runtime
from tests.conftest import PASSWORD, Browsers, People, SignedIn

WEB = "/api/v2/session"
API = "/api/v2/tokens/sign-in"
LIMIT = 10


def attempt(client: TestClient, door: str, username: str, password: str = "not the password") -> Any:
    return client.post(door, json={"username": username, "password": password})


@pytest.mark.parametrize("door", [WEB, API])
@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_wrong_credentials_do_not_tell_who_exists(client: TestClient, users: People, door: str, name: str) -> None:
    users.make(username="ana")
    answer = attempt(client, door, name)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-credentials")
    assert "oml_session" not in answer.cookies


@pytest.mark.parametrize("door", [WEB, API])
@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_the_last_allowed_failure_locks_and_says_how_to_unlock(
    client: TestClient, users: People, door: str, name: str
) -> None:
    users.make(username="ana")
    for _ in range(LIMIT - 1):
        assert attempt(client, door, name).status_code == 401
    answer = attempt(client, door, name)
    assert (answer.status_code, answer.json()["code"]) == (423, "account-locked")
    assert "administrator" in answer.json()["message"]
    assert "oml unblock-user" in answer.json()["message"]


@pytest.mark.parametrize(("first", "then"), [(WEB, API), (API, WEB)])
def test_a_lock_closes_both_doors_even_to_the_right_password(
    client: TestClient, users: People, first: str, then: str
) -> None:
    users.make(username="ana")
    for _ in range(LIMIT):
        attempt(client, first, "ANA")
    assert attempt(client, then, "ana", PASSWORD).status_code == 423


def test_a_lock_leaves_a_session_alone(client: TestClient, users: People, sign_in: SignedIn) -> None:
    """Otherwise anybody could sign anybody out."""
    ana = users.make(username="ana")
    signed_in = sign_in(ana)
    for _ in range(LIMIT):
        attempt(client, WEB, "ana")
    assert signed_in.get(WEB).status_code == 200


def test_success_forgets_the_failures(client: TestClient, users: People, runtime: Runtime) -> None:
    users.make(username="ana")
    for _ in range(2):
        for _ in range(LIMIT - 1):
            assert attempt(client, WEB, "ana").status_code == 401
        assert attempt(client, WEB, "ana", PASSWORD).status_code == 200
    with runtime.database.transaction() as session:
        assert session.scalars(select(SignInFailures)).all() == []


def test_an_administrator_unblocks(client: TestClient, users: People, sign_in: SignedIn) -> None:
    ana = users.make("manager", username="ana")
    for _ in range(LIMIT):
        attempt(client, WEB, "ana")
    administrator = sign_in("administrator")
    assert administrator.get(f"/api/v2/users/{ana.id}").json()["is_locked"] is True
    assert administrator.post(f"/api/v2/users/{ana.id}/unblock").json()["is_locked"] is False
    assert attempt(client, WEB, "ana", PASSWORD).status_code == 200


def test_parallel_guesses_are_counted_one_by_one(runtime: Runtime, passwords: Passwords, users: People) -> None:
    """Twice as many guesses at once as are allowed: after the limit even the right one would be refused."""
    users.make(username="ana")

    def guess(_number: int) -> type[Exception]:
        try:
            with runtime.database.transaction() as session:
                audit = AuditLog(session, runtime.clock)
                SignIn(session, runtime.clock, passwords, audit, LIMIT).authenticate("ana", "wrong", "web")
        except (AccountLocked, InvalidCredentials) as refused:
            return type(refused)
        raise AssertionError("a wrong password was accepted")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(2 * LIMIT)))
    assert outcomes.count(InvalidCredentials) == LIMIT - 1
    assert outcomes.count(AccountLocked) == LIMIT + 1


def test_parallel_successes_do_not_disturb_each_other(runtime: Runtime, passwords: Passwords, users: People) -> None:
    ana = users.make(username="ana")

    def enter(_number: int) -> int:
        with runtime.database.transaction() as session:
            audit = AuditLog(session, runtime.clock)
            return SignIn(session, runtime.clock, passwords, audit, LIMIT).authenticate("ana", PASSWORD, "api").id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(enter, range(16))) == {ana.id}


@pytest.mark.parametrize("door", [WEB, API])
def test_who_is_not_active_does_not_enter(client: TestClient, users: People, door: str) -> None:
    users.make(username="ana", is_active=False)
    assert attempt(client, door, "ana", PASSWORD).json()["code"] == "invalid-credentials"


def test_the_case_of_a_username_does_not_matter(client: TestClient, users: People) -> None:
    users.make(username="Ana")
    assert attempt(client, WEB, "aNA", PASSWORD).status_code == 200


def test_an_unknown_user_costs_the_same_work(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    original = Passwords.verify

    def counting(self: Passwords, password_hash: str | None, password: str) -> bool:
        asked.append(password_hash)
        return original(self, password_hash, password)

    monkeypatch.setattr(Passwords, "verify", counting)
    attempt(client, WEB, "nobody")
    assert asked == [None]


def test_an_outdated_hash_is_renewed_at_sign_in(client: TestClient, users: People, runtime: Runtime) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    ana = users.make(username="ana", password_hash=old)
    assert attempt(client, WEB, "ana", PASSWORD).status_code == 200
    with runtime.database.transaction() as session:
        assert "m=8,t=1" in session.get_one(User, ana.id).password_hash


def test_every_attempt_is_audited_without_the_name_of_nobody(
    client: TestClient, users: People, runtime: Runtime
) -> None:
    ana = users.make(username="ana")
    attempt(client, WEB, "ana", PASSWORD)
    attempt(client, API, "ana")
    attempt(client, WEB, "my secret passphrase")
    with runtime.database.transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.subject_id, entry.after) for entry in entries] == [
        ("sign-in.succeeded", str(ana.id), {"door": "web"}),
        ("sign-in.failed", str(ana.id), {"door": "api"}),
        ("sign-in.failed", "unknown", {"door": "web"}),
    ]
    assert {(entry.door, entry.peer) for entry in entries} == {("web", "203.0.113.7")}


def test_the_limit_is_the_setting(runtime: Runtime, passwords: Passwords, users: People) -> None:
    users.make(username="ana")
    with pytest.raises(AccountLocked), runtime.database.transaction() as session:
        SignIn(session, runtime.clock, passwords, AuditLog(session, runtime.clock), 1).authenticate("ana", "x", "web")


@pytest.mark.parametrize("door", [WEB, API])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "x"}, "username"),
        ({"username": "x"}, "password"),
        ({"username": "x" * 151, "password": "x"}, "username"),
        ({"username": "x", "password": "x" * 1025}, "password"),
        ({"username": "a\x00b", "password": "x"}, "username"),
        ({"username": "x", "password": "a\x00b"}, "password"),
        ({"username": ["x"], "password": "x"}, "username"),
        ({"username": "x", "password": "x", "remember": True}, "remember"),
    ],
)
def test_bad_input_is_answered_by_field(client: TestClient, door: str, body: dict[str, Any], field: str) -> None:
    answer = client.post(door, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [item["field"] for item in answer.json()["fields"]] == [field]


def test_a_failed_sign_in_is_kept_though_the_request_fails(browsers: Browsers, users: People, runtime: Runtime) -> None:
    users.make(username="ana")
    attempt(browsers.open(), WEB, "ana")
    with runtime.database.transaction() as session:
        assert session.execute(select(SignInFailures)).scalar_one().failures == 1
