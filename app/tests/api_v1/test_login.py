"""Facts 1 to 3: the token."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from omnileads.accounts.login_tokens import make_login_tokens
from omnileads.accounts.models import LoginToken, User
from omnileads.accounts.sessions import hash_secret
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.api_v1.crm import V1, token_of
from tests.conftest import PASSWORD, People, SignedIn, VirtualClock
from tests.domain import Team


def test_001_the_right_password_gives_the_users_token(
    client: TestClient, users: People, runtime: Runtime, clock: VirtualClock
) -> None:
    user = users.make("supervisor", first_name="Alessio", last_name="Tachinardo", email="a@a.it")
    clock.advance(seconds=0)
    answer = client.post(f"{V1}/login", json={"username": user.username, "password": PASSWORD})
    shown = answer.json()
    assert shown["user"] == {"first_name": "Alessio", "last_name": "Tachinardo", "email": "a@a.it"}
    assert shown["expires_in"] == "3600.000000"
    assert re.fullmatch(r"[0-9a-f]{40}", shown["token"])
    with runtime.database.transaction() as session:
        stored = session.scalars(select(LoginToken)).one()
    assert (stored.user_id, stored.token_hash) == (user.id, hash_secret(shown["token"]))
    clock.advance(seconds=100)
    again = client.post(f"{V1}/login", json={"username": user.username, "password": PASSWORD}).json()
    assert (again["token"], again["expires_in"]) == (shown["token"], "3500.000000")
    clock.advance(seconds=3500)
    assert token_of(client, user) != shown["token"]


def test_001_a_token_is_told_again_after_the_key_was_changed_once(
    settings: Settings, runtime: Runtime, clock: VirtualClock, users: People
) -> None:
    user = users.make("supervisor")

    def told(key: str, before: str | None) -> str:
        with runtime.database.transaction() as session:
            app = settings.app.model_copy(
                update={"internal_token": SecretStr(key), "internal_token_previous": SecretStr(before or key)}
            )
            tokens = make_login_tokens(session, clock, settings.model_copy(update={"app": app}))
            return tokens.of_user(session.get_one(User, user.id))[0]

    first = told("the first key", None)
    assert told("the second key", "the first key") == first
    second = told("the third key", "the second key")
    assert second != first
    assert told("the third key", None) == second


def test_001_an_agent_is_told_its_id(client: TestClient, runtime: Runtime, users: People) -> None:
    user, agent = Team(runtime, users).agent()
    answer = client.post(f"{V1}/login", data={"username": user.username, "password": PASSWORD})
    assert answer.json()["user"]["agent_id"] == agent.id


def test_001_fields_that_are_missing_are_named(client: TestClient) -> None:
    answer = client.post(f"{V1}/login", json={"password": "x"})
    assert (answer.status_code, answer.json()) == (400, {"username": ["Este campo es requerido."]})


def test_001_wrong_credentials_are_404_and_counted_with_the_consoles(
    client: TestClient, users: People, sign_in: SignedIn
) -> None:
    user = users.make("agent")
    wrong = {"username": user.username, "password": "not it"}
    for attempt in range(9):
        address = f"{V1}/login" if attempt % 2 else "/api/v2/session"
        assert client.post(address, json=wrong).status_code == (404 if attempt % 2 else 401)
    answer = client.post(f"{V1}/login", json=wrong)
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])
    assert client.post(f"{V1}/login", json={**wrong, "password": PASSWORD}).status_code == 403
    unknown = client.post(f"{V1}/login", json={"username": "nobody", "password": "x"})
    assert unknown.json() == {"detail": "Invalid Credentials or activate account"}
    inactive = users.make("agent", is_active=False)
    answer = client.post(f"{V1}/login", json={"username": inactive.username, "password": PASSWORD})
    assert (answer.status_code, answer.json()) == (404, unknown.json())


def test_001_who_must_choose_a_password_does_that_in_the_console(client: TestClient, users: People) -> None:
    user = users.make("agent", must_change_password=True)
    answer = client.post(f"{V1}/login", json={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 403
    role = users.make("webphone-client")
    assert client.post(f"{V1}/login", json={"username": role.username, "password": PASSWORD}).status_code == 403
