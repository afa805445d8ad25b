"""The web session: cookies, CSRF, idleness, one per user, the own password."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from omnileads.accounts.models import User, WebSession
from omnileads.accounts.sessions import CSRF_COOKIE, CSRF_HEADER, SESSION_CHANNEL, SESSION_COOKIE
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import PASSWORD, Browsers, People, SignedIn, VirtualClock

SESSION = "/api/v2/session"
OWN_PASSWORD = "/api/v2/session/password"
NEW_PASSWORD = "another fine passphrase"


def test_signing_in_answers_who_and_sets_the_cookies(client: TestClient, users: People) -> None:
    ana = users.make("manager", username="ana", first_name="Ana", last_name="Gómez", email="ana@contact.example")
    answer = client.post(SESSION, json={"username": "ana", "password": PASSWORD})
    assert answer.status_code == 200
    me = answer.json()
    assert me["user"] == {
        "id": ana.id,
        "username": "ana",
        "first_name": "Ana",
        "last_name": "Gómez",
        "email": "ana@contact.example",
        "language": "es",
        "role": {"slug": "manager", "name": "Manager"},
        "must_change_password": False,
    }
    assert "campaigns.write" in me["permissions"]
    assert "users.write-administrators" not in me["permissions"]
    assert me["agent"] is None
    cookies = {line.split("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {SESSION_COOKIE, CSRF_COOKIE}
    for line in cookies.values():
        assert "secure" in line
        assert "samesite=strict" in line
    assert "httponly" in cookies[SESSION_COOKIE]
    assert "httponly" not in cookies[CSRF_COOKIE]
    assert client.get(SESSION).json() == me


def test_the_cookie_is_not_kept(client: TestClient, users: People, runtime: Runtime) -> None:
    users.make(username="ana")
    client.post(SESSION, json={"username": "ana", "password": PASSWORD})
    with runtime.database.transaction() as session:
        kept = session.execute(select(WebSession)).scalar_one()
    assert client.cookies[SESSION_COOKIE].encode() not in kept.token_hash
    assert kept.peer == "203.0.113.7"
    assert kept.user_agent == "testclient"


@pytest.mark.parametrize("cookie", [None, "", "guessed"])
def test_nobody_is_signed_in_without_the_cookie(client: TestClient, cookie: str | None) -> None:
    if cookie is not None:
        client.cookies.set(SESSION_COOKIE, cookie)
    answer = client.get(SESSION)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_unsafe_requests_need_the_sessions_own_csrf_token(sign_in: SignedIn) -> None:
    ana, ben = sign_in("manager"), sign_in("manager")
    tokens = "/api/v2/tokens"
    own = ana.headers.pop(CSRF_HEADER)
    for headers in ({}, {CSRF_HEADER: ""}, {CSRF_HEADER: "x"}, {CSRF_HEADER: ben.headers[CSRF_HEADER]}):
        answer = ana.post(tokens, json={"name": "a"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf-failed")
    assert ana.get(tokens).status_code == 200
    assert ana.post(tokens, json={"name": "a"}, headers={CSRF_HEADER: own}).status_code == 201


def test_a_session_ends_after_idleness(sign_in: SignedIn, settings: Settings, clock: VirtualClock) -> None:
    ana = sign_in("manager")
    for _ in range(3):
        clock.advance(seconds=settings.session.cookie_age - 1)
        assert ana.get(SESSION).status_code == 200
    clock.advance(seconds=settings.session.cookie_age)
    answer = ana.get(SESSION)
    assert answer.status_code == 401
    assert "signed in elsewhere" in answer.json()["message"]


def test_a_session_is_not_written_at_every_request(sign_in: SignedIn, runtime: Runtime, clock: VirtualClock) -> None:
    ana = sign_in("manager")
    clock.advance(seconds=10)
    ana.get(SESSION)
    with runtime.database.transaction() as session:
        kept = session.execute(select(WebSession)).scalar_one()
    assert kept.last_seen_at == kept.created_at


def test_signing_in_elsewhere_ends_the_session_before_and_announces_it(
    browsers: Browsers, users: People, sign_in: SignedIn, runtime: Runtime
) -> None:
    ana = users.make("agent", username="ana")
    first = sign_in(ana)
    with runtime.database.transaction() as session:
        ended = session.execute(select(WebSession.id)).scalar_one()
    with runtime.redis.pubsub(ignore_subscribe_messages=True) as ends:  # type: ignore[no-untyped-call]  # redis-py
        ends.subscribe(SESSION_CHANNEL)
        ends.get_message(timeout=5)
        second = sign_in(ana)
        message = ends.get_message(timeout=5)
    assert message is not None
    assert json.loads(message["data"]) == {"session_id": ended, "user_id": ana.id}
    assert first.get(SESSION).status_code == 401
    assert second.get(SESSION).status_code == 200


def test_signing_out_ends_the_session(sign_in: SignedIn) -> None:
    ana = sign_in("manager")
    cookie = ana.cookies[SESSION_COOKIE]
    assert ana.delete(SESSION).status_code == 204
    assert SESSION_COOKIE not in ana.cookies
    ana.cookies.set(SESSION_COOKIE, cookie)
    assert ana.get(SESSION).status_code == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": "now"}])
def test_who_is_deactivated_is_out_at_once(
    sign_in: SignedIn, users: People, runtime: Runtime, clock: VirtualClock, change: dict[str, object]
) -> None:
    ana = users.make("manager")
    client = sign_in(ana)
    values = {name: clock.now() if value == "now" else value for name, value in change.items()}
    with runtime.database.transaction() as session:
        session.execute(update(User).where(User.id == ana.id).values(**values))
    assert client.get(SESSION).status_code == 401


def test_one_changes_the_own_password(browsers: Browsers, users: People, sign_in: SignedIn) -> None:
    ana = users.make("agent", username="ana")
    client = sign_in(ana)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post(OWN_PASSWORD, json=change).status_code == 204
    assert client.get(SESSION).status_code == 200
    other = browsers.open()
    assert other.post(SESSION, json={"username": "ana", "password": PASSWORD}).status_code == 401
    assert other.post(SESSION, json={"username": "ana", "password": NEW_PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "status", "code"),
    [
        ("not the password", NEW_PASSWORD, 422, "wrong-current-password"),
        (PASSWORD, "short", 422, "too-short"),
        (PASSWORD, PASSWORD, 422, "unchanged"),
    ],
)
def test_a_new_password_that_is_refused(sign_in: SignedIn, current: str, new: str, status: int, code: str) -> None:
    answer = sign_in("agent").post(OWN_PASSWORD, json={"current_password": current, "new_password": new})
    assert answer.status_code == status
    body = answer.json()
    assert code in {body["code"], *(item["code"] for item in body["fields"])}


def test_guessing_the_current_password_locks_the_account(sign_in: SignedIn, settings: Settings) -> None:
    client = sign_in("agent")
    guess = {"current_password": "not the password", "new_password": NEW_PASSWORD}
    for _ in range(settings.login.failure_limit - 1):
        assert client.post(OWN_PASSWORD, json=guess).status_code == 422
    assert client.post(OWN_PASSWORD, json=guess).status_code == 423
    right = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post(OWN_PASSWORD, json=right).status_code == 423


def test_who_must_change_the_password_can_do_only_that(users: People, sign_in: SignedIn) -> None:
    client = sign_in(users.make("manager", must_change_password=True))
    assert client.get(SESSION).json()["user"]["must_change_password"] is True
    answer = client.get("/api/v2/users")
    assert (answer.status_code, answer.json()["code"]) == (403, "password-change-required")
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post(OWN_PASSWORD, json=change).status_code == 204
    assert client.get("/api/v2/users").status_code == 200
