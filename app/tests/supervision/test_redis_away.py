"""What still works, and what says so, while Redis is not reachable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnileads.accounts.passwords import Passwords
from omnileads.api import create_app
from omnileads.kit.redis import connect
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import Browsers, People, SignedIn
from tests.domain import API, Team, make_campaign
from tests.servers import free_port


@pytest.fixture
def cut_off(settings: Settings, runtime: Runtime, passwords: Passwords, users: People) -> Iterator[Any]:
    """Signs people in to an application whose Redis does not answer."""
    dead = settings.redis.model_copy(update={"port": free_port(), "timeout_seconds": 0.5})
    alone = settings.model_copy(update={"redis": dead})
    app_runtime = Runtime.on(runtime.database, connect(dead, client_name="test"), dead, runtime.clock)
    with Browsers(create_app(alone, app_runtime, passwords)) as browsers:
        yield SignedIn(browsers, users)


@pytest.fixture
def campaign(sign_in: SignedIn) -> dict[str, Any]:
    return make_campaign(sign_in("administrator"))


def test_configuration_is_shown_and_changed(cut_off: Any, campaign: dict[str, Any]) -> None:
    admin: TestClient = cut_off("administrator")
    shown = admin.get(f"{API}/campaigns/{campaign['id']}").json()
    assert shown["waiting"] is None
    changed = admin.patch(f"{API}/campaigns/{campaign['id']}", json={"objective": 3})
    assert changed.json()["objective"] == 3


def test_todays_counters_lack_only_the_present(cut_off: Any, campaign: dict[str, Any]) -> None:
    (today,) = cut_off("administrator").get(f"{API}/live/campaigns").json()["campaigns"]
    assert today["received"] == 0
    present = ("waiting", "longest_waiting_since", "agents_online", "agents_on_call", "agents_paused")
    assert all(today[name] is None for name in present)


def test_what_needs_it_says_so(cut_off: Any, campaign: dict[str, Any], runtime: Runtime, users: People) -> None:
    admin = cut_off("administrator")
    user, _ = Team(runtime, users).agent()
    agent = cut_off(user)
    for answer in (
        admin.get(f"{API}/live"),
        admin.delete(f"{API}/campaigns/{campaign['id']}"),
        agent.get(f"{API}/agent/session"),
        agent.post(f"{API}/agent/login"),
    ):
        assert answer.status_code == 503
        assert answer.json()["code"] == "live-state-unavailable"
    assert admin.get(f"{API}/campaigns/{campaign['id']}").status_code == 200


def test_a_master_without_its_replicas_takes_nothing_and_that_is_said(
    runtime: Runtime, users: People, sign_in: SignedIn
) -> None:
    user, _ = Team(runtime, users).agent()
    agent = sign_in(user)
    runtime.redis.config_set("min-replicas-to-write", 1)
    try:
        answer = agent.post(f"{API}/agent/login")
    finally:
        runtime.redis.config_set("min-replicas-to-write", 0)
    assert (answer.status_code, answer.json()["code"]) == (503, "live-state-takes-nothing")
    assert answer.headers["Retry-After"] == "5"
