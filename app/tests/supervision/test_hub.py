"""The hub and its websocket, on a real Redis."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from websockets.exceptions import InvalidStatus

from omnileads.agents.live import LIVE_AGENTS
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime
from omnileads.settings import RedisTopic
from omnileads.supervision.hub import LIVE_CHANNEL, QUEUE_LENGTH, LiveClient, LiveHub
from omnileads.supervision.state import Viewer, encode
from tests.calls.killable import client as redis_client
from tests.calls.killable import killable_redis, wait_for
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Team, make_campaign
from tests.supervision.web import Web


class Engine:
    """Publishes as the call engine does: first the hash, then the message."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis

    def agent(self, agent_id: int, *campaigns: int, status: str = "READY") -> None:
        document = {
            "agent_id": agent_id,
            "name": f"Agent {agent_id}",
            "extension": 1000,
            "group_id": 1,
            "status": status,
            "since": 1,
            "campaigns": list(campaigns),
        }
        self._redis.hset(LIVE_AGENTS, str(agent_id), json.dumps(document))
        self._redis.publish(LIVE_CHANNEL, encode({"type": "agent", "agent": document}))

    def call(self, call_id: str, campaign_id: int, *agent_ids: int, state: str = "waiting") -> None:
        document = {
            "call_id": call_id,
            "campaign_id": campaign_id,
            "campaign_name": "x",
            "number": "351",
            "did": "1",
            "state": state,
            "since": 1,
            "entered_at": 1,
            "agent_ids": list(agent_ids),
        }
        self._redis.hset(LIVE_CALLS, call_id, json.dumps(document))
        self._redis.publish(LIVE_CHANNEL, encode({"type": "call", "call": document}))

    def end(self, call_id: str) -> None:
        self._redis.hdel(LIVE_CALLS, call_id)
        self._redis.publish(LIVE_CHANNEL, encode({"type": "call-ended", "call_id": call_id, "agent_ids": []}))


@pytest.fixture
def engine(runtime: Runtime) -> Engine:
    return Engine(runtime.redis)


@pytest.fixture
def web(app: FastAPI) -> Iterator[Web]:
    with Web(app) as web:
        yield web


def test_a_board_gets_a_snapshot_and_then_every_change(web: Web, sign_in: SignedIn, engine: Engine) -> None:
    engine.agent(1, 7)
    with web.socket(sign_in("administrator")) as socket:
        snapshot = socket.message()
        assert [agent["agent_id"] for agent in snapshot["agents"]] == [1]
        engine.call("c1", 7)
        engine.call("c1", 7, 1, state="talking")
        engine.end("c1")
        kinds = socket.messages(3)
    assert [message["type"] for message in kinds] == ["call", "call", "call-ended"]
    assert kinds[1]["call"]["state"] == "talking"


def test_each_sees_its_own(web: Web, sign_in: SignedIn, engine: Engine, runtime: Runtime, users: People) -> None:
    admin = sign_in("administrator")
    supervisor = users.make("supervisor")
    user, agent = Team(runtime, users).agent()
    own = make_campaign(admin, supervisor_ids=[supervisor.id], members=[{"agent_id": agent.id}])["id"]
    engine.agent(agent.id, own)
    engine.agent(99, 500)
    engine.call("mine", own)
    engine.call("other", 500)
    with (
        web.socket(sign_in(supervisor)) as board,
        web.socket(sign_in(user)) as console,
    ):
        seen = board.message()
        assert [item["agent_id"] for item in seen["agents"]] == [agent.id]
        assert [item["call_id"] for item in seen["calls"]] == ["mine"]
        seen = console.message()
        assert [item["agent_id"] for item in seen["agents"]] == [agent.id]
        assert seen["calls"] == []
        engine.agent(99, 500, status="ONCALL")
        engine.call("mine", own, agent.id, state="ringing")
        engine.agent(agent.id, own, status="RINGING")
        for socket in (board, console):
            assert [message["type"] for message in socket.messages(2)] == ["call", "agent"]


def test_a_new_campaign_is_seen_without_connecting_again(
    web: Web, sign_in: SignedIn, engine: Engine, users: People
) -> None:
    admin = sign_in("administrator")
    supervisor = users.make("supervisor")
    campaign = make_campaign(admin)
    engine.call("c1", campaign["id"])
    with web.socket(sign_in(supervisor)) as socket:
        assert socket.message()["calls"] == []
        admin.patch(f"{API}/campaigns/{campaign['id']}", json={"supervisor_ids": [supervisor.id]})
        assert [call["call_id"] for call in socket.message()["calls"]] == ["c1"]


def test_the_socket_ends_with_the_session(web: Web, sign_in: SignedIn, users: People) -> None:
    user = users.make("supervisor")
    client = sign_in(user)
    with web.socket(client) as socket:
        socket.message()
        sign_in(user)
        assert socket.message() == {"type": "session-ended"}
        assert socket.close_code() == 4401


def test_signing_out_ends_the_own_sockets_only(web: Web, sign_in: SignedIn, engine: Engine) -> None:
    one, other = sign_in("supervisor"), sign_in("administrator")
    with web.socket(one) as ended, web.socket(other) as stays:
        ended.message()
        stays.message()
        one.delete(f"{API}/session")
        assert ended.message() == {"type": "session-ended"}
        engine.agent(1)
        assert stays.message()["type"] == "agent"


@pytest.mark.parametrize("who", [None, "webphone-client", "agent"])
def test_others_are_refused(web: Web, client: TestClient, sign_in: SignedIn, who: str | None) -> None:
    """An agent without profile is refused too."""
    with pytest.raises(InvalidStatus) as refused, web.socket(client if who is None else sign_in(who)):
        pass
    assert refused.value.response.status_code == 403


def test_another_sites_page_is_refused(web: Web, sign_in: SignedIn) -> None:
    with pytest.raises(InvalidStatus), web.socket(sign_in("administrator"), origin="https://evil.example"):
        pass


def test_the_snapshot_by_request(sign_in: SignedIn, engine: Engine) -> None:
    engine.agent(1, 7)
    engine.call("c1", 7)
    snapshot = sign_in("administrator").get(f"{API}/live").json()
    assert (snapshot["type"], len(snapshot["agents"]), len(snapshot["calls"])) == ("snapshot", 1, 1)
    assert sign_in("webphone-client").get(f"{API}/live").status_code == 403


PRINCIPAL = Principal(user_id=1, username="u", role_slug="administrator", permissions=frozenset(), session_id="s")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Any]:
    program, server = killable_redis(tmp_path)
    program.start()
    connection = redis_client(server)
    wait_for(connection.ping)
    yield program, connection, RedisTopic(host=server.host, port=server.port, password=SecretStr(server.password))
    program.remove()


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        await asyncio.sleep(0.01)


def test_a_slow_client_is_brought_up_to_date_and_holds_nobody_up(own_redis: Any, clock: VirtualClock) -> None:
    _, connection, topic = own_redis
    engine = Engine(connection)

    async def scenario() -> None:
        hub = LiveHub(topic, "test", clock)
        slow, fast = LiveClient(PRINCIPAL, Viewer(None)), LiveClient(PRINCIPAL, Viewer(None))
        hub.join(slow)
        hub.join(fast)
        await until(lambda: hub.is_ready)
        assert slow.take(hub) is not None
        assert fast.take(hub) is not None
        received = 0
        for number in range(QUEUE_LENGTH + 10):
            engine.agent(number + 1)

            def take_one() -> bool:
                nonlocal received
                received += fast.take(hub) is not None
                return received > number  # noqa: B023  # called before the next turn

            await until(take_one)
        text = slow.take(hub)
        assert text is not None
        snapshot = json.loads(text)
        assert snapshot["type"] == "snapshot"
        assert len(snapshot["agents"]) == QUEUE_LENGTH + 10
        assert slow.take(hub) is None, "what the snapshot contains is not sent again"
        engine.agent(1, status="ONCALL")
        await until(lambda: (slow.take(hub) or "").startswith('{"type":"agent"'))
        await hub.leave(slow)
        await hub.leave(fast)

    asyncio.run(scenario())


def test_after_a_restart_of_redis_everybody_gets_a_snapshot(own_redis: Any, clock: VirtualClock) -> None:
    program, connection, topic = own_redis
    engine = Engine(connection)

    async def scenario() -> None:
        hub = LiveHub(topic, "test", clock)
        client = LiveClient(PRINCIPAL, Viewer(None))
        hub.join(client)
        await until(lambda: client.take(hub) is not None)
        program.kill()
        await asyncio.sleep(0.3)
        program.start()
        wait_for(connection.ping)
        engine.agent(5)
        texts: list[str] = []

        def has_agent() -> bool:
            text = client.take(hub)
            if text is not None:
                texts.append(text)
            return any('"agent_id":5' in text for text in texts)

        await until(has_agent)
        assert json.loads(texts[0])["type"] == "snapshot"
        await hub.leave(client)

    asyncio.run(scenario())


def test_a_copy_that_drifted_is_replaced(own_redis: Any, clock: VirtualClock) -> None:
    """A message that was never published (an engine killed between hash and message) is made up for."""
    _, connection, topic = own_redis
    engine = Engine(connection)

    async def scenario() -> None:
        hub = LiveHub(topic, "test", clock)
        client = LiveClient(PRINCIPAL, Viewer(None))
        engine.call("c1", 1)
        hub.join(client)
        await until(lambda: client.take(hub) is not None)
        connection.hdel(LIVE_CALLS, "c1")
        clock.advance(seconds=31)
        texts: list[str] = []

        def has_snapshot() -> bool:
            text = client.take(hub)
            if text is not None:
                texts.append(text)
            return bool(texts)

        await until(has_snapshot)
        assert json.loads(texts[0])["calls"] == []
        await hub.leave(client)

    asyncio.run(scenario())


def test_unreadable_session_messages_end_nobody(own_redis: Any, clock: VirtualClock) -> None:
    _, connection, topic = own_redis

    async def scenario() -> None:
        hub = LiveHub(topic, "test", clock)
        client = LiveClient(PRINCIPAL, Viewer(None))
        hub.join(client)
        await until(lambda: client.take(hub) is not None)
        connection.publish("oml:sessions", "rubbish")
        connection.publish("oml:sessions", json.dumps({"session_id": "another", "user_id": 1}))
        connection.publish("oml:sessions", json.dumps({"session_id": None, "user_id": 2}))
        Engine(connection).agent(1)
        await until(lambda: client.take(hub) is not None)
        assert not client.is_over
        connection.publish("oml:sessions", json.dumps({"session_id": None, "user_id": 1}))
        await until(lambda: client.is_over)
        await hub.leave(client)

    asyncio.run(scenario())
