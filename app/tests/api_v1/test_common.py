"""What all of `/api/v1` has in common: addresses, bodies, who is let in, languages, other origins."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from omnileads.accounts.models import LoginToken, User
from omnileads.api import create_app
from omnileads.kit.runtime import Runtime
from omnileads.settings import CustomTopic, Settings
from tests.api_v1.crm import V1, bearer, token_of
from tests.conftest import PASSWORD, Browsers, People, SignedIn, VirtualClock

ROLES = f"{V1}/permissions/new_role/"


@pytest.mark.parametrize("path", ["login", "login/"])
def test_an_address_may_end_in_a_slash_or_not(client: TestClient, users: People, path: str) -> None:
    user = users.make("agent")
    answer = client.post(f"{V1}/{path}", json={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200
    assert not answer.history


@pytest.mark.parametrize("kind", ["json", "urlencoded", "multipart"])
def test_bodies_of_every_kind_are_read(client: TestClient, users: People, kind: str) -> None:
    sent = {"username": users.make("agent").username, "password": PASSWORD}
    answer = {
        "json": lambda: client.post(f"{V1}/login", json=sent),
        "urlencoded": lambda: client.post(f"{V1}/login", data=sent),
        "multipart": lambda: client.post(f"{V1}/login", files={name: (None, text) for name, text in sent.items()}),
    }[kind]()
    assert answer.status_code == 200, answer.text


def test_a_body_nobody_can_read_is_refused(client: TestClient) -> None:
    broken = client.post(f"{V1}/login", content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, list(broken.json())) == (400, ["detail"])
    other = client.post(f"{V1}/login", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert other.status_code == 415
    listed = client.post(f"{V1}/login", json=["username"])
    assert listed.status_code == 400
    for text in ("a\x00b", "\ud800"):
        body = json.dumps({"username": text, "password": "x"})
        answer = client.post(f"{V1}/login", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text


def test_who_is_not_signed_in_gets_403_in_the_language_asked_for(client: TestClient) -> None:
    assert client.post(ROLES).status_code == 403
    assert client.post(ROLES).json() == {"detail": "Las credenciales de autenticación no se proveyeron."}
    english = client.post(ROLES, headers={"Accept-Language": "en-GB,en;q=0.9,es;q=0.5"})
    assert english.json() == {"detail": "Authentication credentials were not provided."}
    keyword = client.post(ROLES, headers={"Authorization": "Token 22bab1b107251a6771bdf3dbeb5184a7f4b5c182"})
    assert keyword.json() == client.post(ROLES).json()


def test_what_is_not_there_is_404(client: TestClient) -> None:
    answer = client.get(f"{V1}/nothing/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "No encontrado."})
    assert client.get(f"{V1}/login").status_code == 405


def test_a_token_is_refused_with_its_reason(
    client: TestClient, users: People, runtime: Runtime, clock: VirtualClock
) -> None:
    user = users.make("administrator")
    token = token_of(client, user)
    assert client.post(ROLES, headers=bearer("0" * 40)).json() == {"detail": "Invalid Token"}
    assert client.post(ROLES, headers=bearer("oml_unknown")).json() == {"detail": "Invalid Token"}
    with runtime.database.transaction() as session:
        session.execute(update(User).where(User.id == user.id).values(is_active=False))
    assert client.post(ROLES, headers=bearer(token)).json() == {"detail": "User is not active"}
    with runtime.database.transaction() as session:
        session.execute(update(User).where(User.id == user.id).values(is_active=True))
    clock.advance(seconds=3600)
    expired = client.post(ROLES, headers=bearer(token))
    assert (expired.status_code, expired.json()) == (403, {"detail": "The Token is expired"})
    assert client.post(ROLES, headers=bearer(token_of(client, user))).status_code == 200


def test_a_session_comes_before_a_token_and_needs_its_csrf_token(sign_in: SignedIn, users: People) -> None:
    client = sign_in("administrator")
    agent = bearer(token_of(client, users.make("agent")))
    assert client.post(ROLES, json={"name": "One"}, headers=agent).json()["status"] == "OK"
    secret = client.headers.pop("X-CSRF-Token")
    refused = client.post(ROLES, json={"name": "Two"}, headers=agent)
    assert (refused.status_code, refused.json()["detail"][:11]) == (403, "CSRF Failed")
    assert client.post(ROLES, json={"name": "Two"}, headers={"X-CSRFToken": secret}).json()["status"] == "OK"
    client.cookies.clear()
    assert client.post(ROLES, headers=agent).status_code == 403


def test_a_token_of_the_console_opens_what_it_is_limited_to(sign_in: SignedIn, client: TestClient) -> None:
    admin = sign_in("administrator")
    wanted = {"name": "crm", "permissions": ["roles.read"]}
    secret = admin.post("/api/v2/tokens", json=wanted).json()["token"]
    assert client.post(ROLES, headers=bearer(secret)).status_code == 403
    whole = admin.post("/api/v2/tokens", json={"name": "whole"}).json()["token"]
    assert client.post(ROLES, headers=bearer(whole)).status_code == 200


def test_a_deactivated_user_has_no_token_left(
    client: TestClient, users: People, sign_in: SignedIn, runtime: Runtime
) -> None:
    user = users.make("supervisor")
    token_of(client, user)
    answer = sign_in("administrator").patch(f"/api/v2/users/{user.id}", json={"is_active": False})
    assert answer.status_code == 200, answer.text
    with runtime.database.transaction() as session:
        assert session.get(LoginToken, user.id) is None


def test_pages_of_the_named_origins_may_ask(settings: Settings, runtime: Runtime) -> None:
    topic = CustomTopic(cors_allowed_origins="https://crm.example, http://10.0.0.5:8080")
    app = create_app(settings.model_copy(update={"custom": topic}), runtime)
    with Browsers(app) as browsers:
        client = browsers.open()
        asked = {"Origin": "https://crm.example", "Access-Control-Request-Method": "POST"}
        preflight = client.options(f"{V1}/login/", headers=asked)
        assert preflight.headers["access-control-allow-origin"] == "https://crm.example"
        assert "access-control-allow-credentials" not in preflight.headers
        answer = client.post(f"{V1}/login", headers={"Origin": "https://crm.example"})
        assert answer.headers["access-control-allow-origin"] == "https://crm.example"
        foreign = client.post(f"{V1}/login", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in foreign.headers
        elsewhere = client.get("/api/v2/session", headers={"Origin": "https://crm.example"})
        assert "access-control-allow-origin" not in elsewhere.headers


def test_without_the_setting_no_other_origin_may(client: TestClient) -> None:
    answer = client.post(f"{V1}/login", headers={"Origin": "https://crm.example"})
    assert "access-control-allow-origin" not in answer.headers
