"""The agent console's session, and its requests to the call engine."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from omnileads.acd.core.events import AgentCallAgent, AgentPause, Event
from omnileads.acd.requests import RequestReader
from omnileads.agents.engine import COMMANDS
from omnileads.agents.live import LIVE_AGENTS
from omnileads.kit.clock import epoch_ms
from omnileads.kit.redis import connect_async
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import People, SignedIn
from tests.domain import API, Team, make_campaign

READY = {"agent_id": 1, "name": "Ana Paz", "extension": 1000, "group_id": 1, "status": "READY", "since": 5}


@pytest.fixture
def team(runtime: Runtime, users: People) -> Team:
    return Team(runtime, users)


class Engine:
    """The call engine's own reader of requests, with scripted decisions."""

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        self._settings = settings
        self._runtime = runtime
        self.events: list[Event] = []
        self.reply: dict[str, Any] = {"ok": True, "agent": READY}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> Engine:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    def _answer(self, event: Event) -> dict[str, Any]:
        self.events.append(event)
        return self.reply

    async def _serve(self) -> None:
        async with connect_async(self._settings.redis, client_name="engine") as client:
            reader = RequestReader(client, self._answer, lambda: epoch_ms(self._runtime.clock.now()))
            self._task = asyncio.ensure_future(reader.run())
            await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
def engine(settings: Settings, runtime: Runtime) -> Iterator[Engine]:
    with Engine(settings, runtime) as engine:
        yield engine


def test_the_session_has_all_the_console_needs(
    sign_in: SignedIn, team: Team, settings: Settings, runtime: Runtime
) -> None:
    admin = sign_in("administrator")
    user, agent = team.agent(first_name="Ana", last_name="Paz")
    campaign = make_campaign(admin, members=[{"agent_id": agent.id}])
    make_campaign(admin, "Not mine")
    finished = make_campaign(admin, "Finished", members=[{"agent_id": agent.id}])
    admin.post(f"{API}/campaigns/{finished['id']}/finish")
    pause = admin.post(f"{API}/pauses", json={"name": "Lunch", "kind": "recreational"}).json()
    session = sign_in(user).get(f"{API}/agent/session").json()

    assert session["agent"]["name"] == "Ana Paz"
    assert session["agent"]["extension"] == 1000
    assert session["agent"]["group"]["name"] == "Team"
    assert session["agent"]["group"]["allow_hold"] is True
    assert session["pauses"] == [{**pause, "limit_seconds": 0}]
    (shown,) = session["campaigns"]
    assert shown.items() >= {"id": campaign["id"], "name": "Support", "ring_seconds": 25}.items()
    assert shown["dispositions"] == campaign["dispositions"]
    assert (shown["kind"], shown["show_name"], shown["show_did"]) == ("inbound", True, False)
    assert session["state"]["status"] == "OFFLINE"
    assert session["state"]["campaigns"] == [campaign["id"]]

    sip = session["sip"]
    assert sip["uri"] == "sip:1000@omnileads"
    assert sip["websocket_path"] == "/ws/sip"
    expiry, _, extension = sip["authorization_user"].partition(":")
    assert extension == "1000"
    assert int(expiry) == epoch_ms(runtime.clock.now()) // 1000 + settings.ephemeral.user_ttl
    secret = settings.sip.ephemeral_secret.get_secret_value().encode()
    expected = hmac.new(secret, sip["authorization_user"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(sip["password"]) == expected


def test_the_session_shows_the_live_state(sign_in: SignedIn, team: Team, runtime: Runtime) -> None:
    user, agent = team.agent()
    runtime.redis.hset(LIVE_AGENTS, str(agent.id), json.dumps({**READY, "agent_id": agent.id, "status": "ACW"}))
    assert sign_in(user).get(f"{API}/agent/session").json()["state"]["status"] == "ACW"


def test_a_user_without_profile_is_no_agent(sign_in: SignedIn, users: People) -> None:
    client = sign_in(users.make("agent"))
    for answer in (client.get(f"{API}/agent/session"), client.post(f"{API}/agent/login")):
        assert answer.status_code == 403
        assert answer.json()["code"] == "not-an-agent"


def test_others_have_no_console(sign_in: SignedIn) -> None:
    assert sign_in("administrator").get(f"{API}/agent/session").status_code == 403


@pytest.mark.parametrize("command", ["login", "logout", "unpause"])
def test_a_request_is_answered_by_the_engine(sign_in: SignedIn, team: Team, engine: Engine, command: str) -> None:
    user, agent = team.agent()
    answer = sign_in(user).post(f"{API}/agent/{command}")
    assert answer.status_code == 200
    assert answer.json()["status"] == "READY"
    assert [type(event).__name__ for event in engine.events] == [f"Agent{command.capitalize()}"]
    assert engine.events[0].agent_id == agent.id  # type: ignore[union-attr]  # every agent's event has it


def test_a_pause_is_named(sign_in: SignedIn, team: Team, engine: Engine) -> None:
    user, agent = team.agent()
    pause = sign_in("administrator").post(f"{API}/pauses", json={"name": "Lunch", "kind": "recreational"}).json()
    client = sign_in(user)
    assert client.post(f"{API}/agent/pause", json={"pause_id": pause["id"]}).status_code == 200
    assert engine.events == [AgentPause(agent.id, str(pause["id"]))]
    assert client.post(f"{API}/agent/pause", json={"pause_id": 0}).status_code == 422
    assert client.post(f"{API}/agent/pause", json={}).status_code == 422


def at_work(runtime: Runtime, agent_id: int, name: str, extension: int, status: str) -> None:
    live = {**READY, "agent_id": agent_id, "name": name, "extension": extension, "status": status}
    runtime.redis.hset(LIVE_AGENTS, str(agent_id), json.dumps(live))


def test_colleagues_are_those_at_work_who_can_be_called_first(
    sign_in: SignedIn, team: Team, users: People, runtime: Runtime
) -> None:
    user, agent = team.agent()
    client, administrator = sign_in(user), sign_in("administrator")
    at_work(runtime, agent.id, "Me", agent.extension, "READY")
    at_work(runtime, 901, "Ana Paz", 2901, "ONCALL")
    at_work(runtime, 902, "Zoe Bo", 2902, "READY")
    at_work(runtime, 903, "Gone", 2903, "OFFLINE")
    group = f"{API}/agent-groups/{agent.group_id}"
    assert administrator.patch(group, json={"allow_calls_between_agents": True}).status_code == 200
    found = client.get(f"{API}/agent/colleagues").json()
    assert [(one["agent_id"], one["status"]) for one in found] == [(902, "READY"), (901, "ONCALL")]
    for search, names in (("zOe", ["Zoe Bo"]), ("2901", ["Ana Paz"]), ("nobody", [])):
        answer = client.get(f"{API}/agent/colleagues", params={"search": search})
        assert [one["name"] for one in answer.json()] == names
    assert administrator.patch(group, json={"allow_calls_between_agents": False}).status_code == 200
    assert client.get(f"{API}/agent/colleagues").json() == []


def test_a_colleague_is_called_through_the_engine(sign_in: SignedIn, team: Team, engine: Engine) -> None:
    user, agent = team.agent()
    answer = sign_in(user).post(f"{API}/agent/calls/colleague", json={"agent_id": 902})
    assert answer.status_code == 200
    (event,) = engine.events
    assert isinstance(event, AgentCallAgent)
    assert (event.agent_id, event.to_agent_id, len(event.call_id)) == (agent.id, 902, 26)


def test_a_refusal_carries_the_engines_words(sign_in: SignedIn, team: Team, engine: Engine) -> None:
    engine.reply = {"ok": False, "code": "disposition-required", "message": "Store the disposition first."}
    user, _ = team.agent()
    answer = sign_in(user).post(f"{API}/agent/unpause")
    assert answer.status_code == 409
    assert answer.json() == {
        "code": "engine-refused",
        "message": "Store the disposition first.",
        "fields": [{"field": "", "code": "disposition-required", "message": "Store the disposition first."}],
    }


def test_without_an_engine_the_agent_is_told_and_the_request_expires(
    sign_in: SignedIn, team: Team, runtime: Runtime
) -> None:
    user, _ = team.agent()
    answer = sign_in(user).post(f"{API}/agent/login")
    assert answer.status_code == 503
    assert answer.json()["code"] == "engine-unavailable"
    entries: Any = runtime.redis.xrange(COMMANDS)
    fields = entries[-1][1]
    assert int(fields["expires_at"]) == epoch_ms(runtime.clock.now()) + 3000
