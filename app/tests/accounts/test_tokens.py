"""Bearer tokens: named, expiring, revocable, kept hashed."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.models import AccessToken
from omnileads.accounts.tokens import MAX_TOKENS
from omnileads.kit.runtime import Runtime
from tests.conftest import INTERNAL_TOKEN, PASSWORD, Browsers, People, SignedIn, VirtualClock
from tests.domain import fields_of

TOKENS = "/api/v2/tokens"
SESSION = "/api/v2/session"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def create(client: TestClient, name: str = "crm", days: int = 1, **fields: Any) -> dict[str, Any]:
    answer = client.post(TOKENS, json={"name": name, "expires_in_days": days, **fields})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def test_a_token_opens_no_more_than_it_was_made_for(sign_in: SignedIn, client: TestClient) -> None:
    owner = sign_in("manager")
    made = create(owner, permissions=["calls.read", "users.read", "users.read"])
    assert made["permissions"] == ["calls.read", "users.read"]
    headers = bearer(made["token"])
    assert client.get(SESSION, headers=headers).json()["permissions"] == ["calls.read", "users.read"]
    assert client.get("/api/v2/users", headers=headers).status_code == 200
    assert client.get("/api/v2/pauses", headers=headers).status_code == 403
    nothing = create(owner, name="nothing", permissions=[])
    assert client.get("/api/v2/users", headers=bearer(nothing["token"])).status_code == 403


def test_a_token_gets_nothing_its_user_does_not_have(sign_in: SignedIn, client: TestClient, users: People) -> None:
    answer = sign_in("manager").post(TOKENS, json={"name": "crm", "permissions": ["users.read", "trunks.write"]})
    assert (answer.status_code, fields_of(answer)) == (422, {"permissions.1": "not-held"})
    users.make("manager", username="ana")
    body = {"username": "ana", "password": PASSWORD, "permissions": ["everything"]}
    assert fields_of(client.post(f"{TOKENS}/sign-in", json=body)) == {"permissions.0": "not-held"}


def test_a_token_follows_what_its_user_may(sign_in: SignedIn, client: TestClient, users: People) -> None:
    ana = users.make("manager")
    token = create(sign_in(ana), permissions=["users.read", "calls.read"])["token"]
    answer = sign_in("administrator").patch(f"/api/v2/users/{ana.id}", json={"role_slug": "basic-supervisor"})
    assert answer.status_code == 200
    assert client.get(SESSION, headers=bearer(token)).json()["permissions"] == ["calls.read"]


def test_a_token_opens_what_its_user_may_without_cookie_and_csrf(sign_in: SignedIn, client: TestClient) -> None:
    token = create(sign_in("manager"))["token"]
    me = client.get(SESSION, headers=bearer(token)).json()
    assert me["user"]["role"]["slug"] == "manager"
    assert me["csrf_token"] is None
    assert client.get("/api/v2/users", headers=bearer(token)).status_code == 200
    assert client.post("/api/v2/users", headers=bearer(token), json={}).status_code == 422


def test_a_token_is_listed_without_its_secret(sign_in: SignedIn, client: TestClient, runtime: Runtime) -> None:
    owner = sign_in("manager")
    token = create(owner)["token"]
    client.get(SESSION, headers=bearer(token))
    (listed,) = owner.get(TOKENS).json()["items"]
    assert listed["name"] == "crm"
    assert listed["created_at"] == "2026-03-02T12:00:00Z"
    assert listed["expires_at"] == "2026-03-03T12:00:00Z"
    assert listed["last_used_at"] == "2026-03-02T12:00:00Z"
    assert "token" not in listed
    with runtime.database.transaction() as session:
        assert token.encode() not in session.execute(select(AccessToken)).scalar_one().token_hash


def test_a_token_expires(sign_in: SignedIn, client: TestClient, clock: VirtualClock) -> None:
    token = create(sign_in("manager"), days=1)["token"]
    clock.advance(days=1, seconds=-1)
    assert client.get(SESSION, headers=bearer(token)).status_code == 200
    clock.advance(seconds=1)
    answer = client.get(SESSION, headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer unknown", "bearer ñ", f"Bearer {INTERNAL_TOKEN}"])
def test_an_unknown_token_is_refused(client: TestClient, header: str) -> None:
    assert client.get(SESSION, headers={b"Authorization": header.encode()}).status_code == 401


def test_another_scheme_is_no_token(sign_in: SignedIn) -> None:
    assert sign_in("manager").get(SESSION, headers={"Authorization": "Basic YTpi"}).status_code == 200


def test_a_revoked_token_is_over(sign_in: SignedIn, client: TestClient) -> None:
    owner = sign_in("manager")
    created = create(owner)
    assert owner.delete(f"{TOKENS}/{created['id']}").status_code == 204
    assert client.get(SESSION, headers=bearer(created["token"])).status_code == 401
    assert owner.get(TOKENS).json() == {"items": []}


def test_nobody_revokes_anothers_token(sign_in: SignedIn) -> None:
    created = create(sign_in("manager"))
    assert sign_in("administrator").delete(f"{TOKENS}/{created['id']}").status_code == 404


def test_names_are_unique_per_user(sign_in: SignedIn) -> None:
    ana, ben = sign_in("manager"), sign_in("manager")
    create(ana)
    create(ben)
    assert ana.post(TOKENS, json={"name": "crm"}).json()["code"] == "token-name-taken"


def test_there_are_only_so_many(sign_in: SignedIn) -> None:
    owner = sign_in("manager")
    for number in range(MAX_TOKENS):
        create(owner, name=f"token {number}")
    answer = owner.post(TOKENS, json={"name": "one more"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-tokens")


def test_a_token_cannot_make_tokens_nor_sign_out_nor_change_the_password(sign_in: SignedIn, client: TestClient) -> None:
    token = create(sign_in("manager"))["token"]
    change = {"current_password": PASSWORD, "new_password": "another fine passphrase"}
    for answer in (
        client.post(TOKENS, headers=bearer(token), json={"name": "more"}),
        client.delete(SESSION, headers=bearer(token)),
        client.post(f"{SESSION}/password", headers=bearer(token), json=change),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "session-required")


def test_a_program_signs_in_for_a_token_and_again_replaces_it(client: TestClient, users: People) -> None:
    users.make("manager", username="ana")
    body = {"username": "ana", "password": PASSWORD, "name": "crm", "expires_in_days": 7}
    first = client.post(f"{TOKENS}/sign-in", json=body)
    assert first.status_code == 201
    second = client.post(f"{TOKENS}/sign-in", json=body)
    assert client.get(SESSION, headers=bearer(first.json()["token"])).status_code == 401
    assert client.get(SESSION, headers=bearer(second.json()["token"])).status_code == 200


def test_a_role_without_the_permission_gets_no_token(client: TestClient, users: People) -> None:
    users.make("webphone-client", username="ana")
    answer = client.post(f"{TOKENS}/sign-in", json={"username": "ana", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_who_must_change_the_password_gets_no_token(client: TestClient, users: People) -> None:
    users.make("manager", username="ana", must_change_password=True)
    answer = client.post(f"{TOKENS}/sign-in", json={"username": "ana", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "password-change-required")


def test_a_token_of_a_deactivated_user_is_refused(users: People, sign_in: SignedIn, browsers: Browsers) -> None:
    ana = users.make("manager", username="ana")
    token = create(sign_in(ana))["token"]
    administrator = sign_in("administrator")
    assert administrator.patch(f"/api/v2/users/{ana.id}", json={"is_active": False}).status_code == 200
    assert browsers.open().get(SESSION, headers=bearer(token)).status_code == 401


@pytest.mark.parametrize("days", [0, 366])
def test_the_life_of_a_token_is_limited(sign_in: SignedIn, days: int) -> None:
    answer = sign_in("manager").post(TOKENS, json={"name": "crm", "expires_in_days": days})
    assert [item["field"] for item in answer.json()["fields"]] == ["expires_in_days"]


def test_its_use_is_noted_at_most_each_minute(sign_in: SignedIn, client: TestClient, clock: VirtualClock) -> None:
    owner = sign_in("manager")
    token = create(owner)["token"]
    for seconds in (0, 30, 31):
        clock.advance(seconds=seconds)
        client.get(SESSION, headers=bearer(token))
    assert owner.get(TOKENS).json()["items"][0]["last_used_at"] == "2026-03-02T12:01:01Z"
