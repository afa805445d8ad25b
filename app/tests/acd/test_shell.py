"""The ACD's edges on a real Redis: memory, requests, webphones, lease."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from random import Random
from typing import Any, cast

import pytest
import redis.asyncio
from redis.exceptions import RedisError

from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import (
    AgentDispositioned,
    AgentLogin,
    AgentPause,
    CallArrived,
    Event,
    LegAnswered,
    WebphoneChanged,
)
from omnileads.acd.core.model import AgentStatus, CallPhase
from omnileads.acd.lease import KEY, Lease, LeaseLost
from omnileads.acd.requests import REQUESTS, RequestReader, parse
from omnileads.acd.store import AGENTS, CALLS, LIVE_AGENTS, LIVE_CALLS, LIVE_CHANNEL, Store
from omnileads.acd.webphones import CHANNEL, DEAD_AFTER_SECONDS, WebphoneWatcher
from omnileads.kit.events import EVENT_STREAM
from omnileads.kit.redis import NotReplicatedError, connect_async
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.acd.scenario import config, queue

NOW = 1_770_000_000_000

pytestmark = pytest.mark.usefixtures("runtime")  # an empty Redis


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[redis.asyncio.Redis]:
    client = connect_async(settings.redis, client_name="test")
    try:
        yield client
    finally:
        await client.aclose()


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


def new_engine() -> Engine:
    return Engine(config(queue(agents=2)), Random(1))  # noqa: S311 - reproducible


def tell(engine: Engine, store: Store, *events: Event) -> None:
    for event in events:
        store.record(engine.handle(event, NOW))


TALK_AND_WAIT: tuple[Event, ...] = (
    WebphoneChanged("1001", is_registered=True),
    AgentLogin(1),
    CallArrived("C1", "chan1", did="1000", number="5551"),
    LegAnswered("C1-0"),
    CallArrived("C2", "chan2", did="1000", number="5552"),
)


def test_what_is_recorded_can_be_taken_over(settings: Settings) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            engine = new_engine()
            store = Store(client, engine.world)
            tell(engine, store, *TALK_AND_WAIT)
            await store.flush()
            successor = new_engine()
            successor.restore(await Store(client, successor.world).load(), NOW)
            assert successor.world.calls == engine.world.calls
            assert successor.world.agent(1) == engine.world.agent(1)
            assert successor.world.calls["C1"].phase is CallPhase.TALKING
            assert [key[2] for key in successor.world.waiting[1]] == ["C2"]
            assert successor.world.agent(1).status is AgentStatus.ONCALL

    run(scenario())


def test_events_and_live_documents_are_written(settings: Settings, runtime: Runtime) -> None:
    async def scenario() -> None:
        async with connected(settings) as client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(LIVE_CHANNEL)
            await subscription.get_message(timeout=1)  # the confirmation
            engine = new_engine()
            store = Store(client, engine.world)
            tell(engine, store, *TALK_AND_WAIT)
            await store.flush()
            messages = []
            while (message := await subscription.get_message(timeout=0.5)) is not None:
                messages.append(json.loads(message["data"]))
            assert {message["type"] for message in messages} == {"agent", "call"}

    run(scenario())
    entries = cast("list[tuple[str, dict[str, str]]]", runtime.redis.xrange(EVENT_STREAM))
    assert [(fields["kind"], json.loads(fields["data"])["event"]) for _, fields in entries] == [
        ("agent", "ADDMEMBER"),
        ("call", "ENTERQUEUE"),
        ("call", "CONNECT"),
        ("call", "ENTERQUEUE"),
    ]
    live = {key: json.loads(value) for key, value in cast("dict[str, str]", runtime.redis.hgetall(LIVE_CALLS)).items()}
    assert {call_id: call["state"] for call_id, call in live.items()} == {"C1": "talking", "C2": "waiting"}
    agent = json.loads(cast("str", runtime.redis.hget(LIVE_AGENTS, "1")))
    assert (agent["status"], agent["number"], agent["campaigns"]) == ("ONCALL", "5551", [1])


def test_an_ended_call_leaves_nothing_behind(settings: Settings, runtime: Runtime) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            engine = new_engine()
            store = Store(client, engine.world)
            tell(engine, store, *TALK_AND_WAIT)
            await store.flush()
            for call in list(engine.world.calls.values()):
                engine.world.drop_call(call)
            store.record(engine.world.decision)
            await store.flush()

    run(scenario())
    assert runtime.redis.exists(CALLS, LIVE_CALLS) == 0


def test_a_snapshot_that_cannot_be_read_is_left_out(settings: Settings, runtime: Runtime) -> None:
    runtime.redis.hset(CALLS, "broken", '{"id": 1}')
    runtime.redis.hset(AGENTS, "7", "not json")

    async def scenario() -> None:
        async with connected(settings) as client:
            snapshot = await Store(client, new_engine().world).load()
            assert (snapshot.calls, snapshot.agents) == ([], [])

    run(scenario())


def test_decisions_made_while_redis_hangs_are_written_later_and_none_is_missing(settings: Settings) -> None:
    """A write whose answer never came may have happened: events then stand twice in the stream, with the same id."""

    async def scenario() -> None:
        impatient = settings.redis.model_copy(update={"timeout_seconds": 0.3})
        writer_client = connect_async(impatient, client_name="writer")
        async with connected(settings) as client:
            engine = new_engine()
            store = Store(writer_client, engine.world)
            writing = asyncio.create_task(store.run())
            tell(engine, store, *TALK_AND_WAIT[:2])
            await eventually(lambda: has_events(client, 1))
            await client.client_pause(1500)
            tell(engine, store, *TALK_AND_WAIT[2:])
            await asyncio.sleep(1)
            assert not writing.done()
            await eventually(lambda: has_events(client, 4), seconds=20)
            entries = cast("list[tuple[str, dict[str, str]]]", await client.xrange(EVENT_STREAM))
            events = [fields["id"] for _, fields in entries]
            assert list(dict.fromkeys(events))[1:] == ["C1:0", "C1:1", "C2:0"], "in order, none missing"
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await writer_client.aclose()

    run(scenario())


async def has_events(client: redis.asyncio.Redis, count: int) -> bool:
    try:
        return bool(await client.xlen(EVENT_STREAM) >= count)
    except RedisError:
        return False


@pytest.mark.parametrize(
    ("command", "event"),
    [
        ({"type": "agent.login", "agent_id": 1}, AgentLogin(1)),
        ({"type": "agent.pause", "agent_id": "1", "pause_id": 7}, AgentPause(1, "7")),
        ({"type": "agent.dance", "agent_id": 1}, None),
    ],
)
def test_requests_are_read(command: dict[str, Any], event: Event | None) -> None:
    assert parse(command) == event


def test_requests_are_answered_and_expired_or_broken_ones_are_not(settings: Settings, runtime: Runtime) -> None:
    asked: list[Event] = []

    def answer(event: Event) -> dict[str, Any]:
        asked.append(event)
        return {"ok": True}

    async def scenario() -> None:
        async with connected(settings) as client:
            reading = asyncio.create_task(RequestReader(client, answer, lambda: NOW).run())
            for request_id, expires_at, command in (
                ("late", NOW - 1, '{"type": "agent.login", "agent_id": 1}'),
                ("broken", NOW + 1, '{"type": "agent.login"}'),
                ("unknown", NOW + 1, '{"type": "agent.dance", "agent_id": 1}'),
                ("good", NOW + 1, '{"type": "agent.login", "agent_id": 1}'),
            ):
                fields: dict[Any, Any] = {"id": request_id, "expires_at": str(expires_at), "command": command}
                await client.xadd(REQUESTS, fields, id=f"{NOW}-*")
            reply = await cast("Awaitable[list[str]]", client.blpop(["oml:acd:reply:good"], timeout=5))
            assert json.loads(reply[1]) == {"ok": True}
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    run(scenario())
    assert asked == [AgentLogin(1)]
    unknown = json.loads(cast("str", runtime.redis.lpop("oml:acd:reply:unknown")))
    assert unknown["code"] == "unknown-command"
    assert runtime.redis.exists("oml:acd:reply:late", "oml:acd:reply:broken") == 0


def test_a_notice_given_while_the_engine_was_away_is_heard_once(settings: Settings) -> None:
    heard: list[Event] = []

    def answer(event: Event) -> dict[str, Any]:
        heard.append(event)
        return {"ok": True}

    async def scenario() -> None:
        async with connected(settings) as client:
            for _ in range(2):  # the second reader is the engine after another restart
                command = '{"type": "agent.dispositioned", "agent_id": 1, "call_id": "C1"}'
                fields: dict[Any, Any] = {"id": "n", "expires_at": str(NOW + 1), "command": command}
                if not heard:
                    await client.xadd(REQUESTS, fields)
                reading = asyncio.create_task(RequestReader(client, answer, lambda: NOW).run())
                await asyncio.sleep(0.3)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    run(scenario())
    assert heard == [AgentDispositioned(1, "C1")]


A, B = "10.0.0.1:5060", "10.0.0.2:5060"


class Webphones:
    """A watcher at work, and the last that it has said of each extension."""

    def __init__(self, client: redis.asyncio.Redis, *extensions: str) -> None:
        self.client = client
        self.extensions = list(extensions)
        self.said: dict[str, str | None] = {}
        self.watcher = WebphoneWatcher(client, lambda: self.extensions, self.said.__setitem__)

    async def register(self, extension: str, kamailio: str) -> None:
        """As Kamailio does it."""
        await self.client.set(f"oml:webphone:{extension}", f"{kamailio} 1770000000 sip:x@y", ex=60)
        await self.client.publish(CHANNEL, f"{extension}:1")

    async def says(self, **expected: str | None) -> None:
        async def is_said() -> bool:
            return all(self.said.get(extension[1:], "nothing") == value for extension, value in expected.items())

        await eventually(is_said, 20)

    async def lives(self, *kamailios: str, seconds: float = 60) -> None:
        for kamailio in kamailios:
            await self.client.set(f"oml:kamailio:{kamailio}", "1", px=int(seconds * 1000))


def watched(settings: Settings, test: Callable[[Webphones], Awaitable[None]], *extensions: str) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            webphones = Webphones(client, *extensions)
            watching = asyncio.create_task(webphones.watcher.run())
            await test(webphones)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    run(scenario())


def test_webphones_are_compared_at_start_and_followed(settings: Settings) -> None:
    async def test(webphones: Webphones) -> None:
        await webphones.register("1001", A)
        await webphones.says(_1001=A, _1002=None)
        await webphones.register("1002", B)
        await webphones.says(_1001=A, _1002=B)
        await webphones.register("1002", A)
        await webphones.says(_1002=A)
        # What a message says counts for nothing where the key says other.
        await webphones.client.publish(CHANNEL, "1001:0")
        await webphones.client.delete("oml:webphone:1002")
        await webphones.client.publish(CHANNEL, "1002:0")
        await webphones.says(_1001=A, _1002=None)

    watched(settings, test, "1001", "1002")


def test_webphones_of_new_agents_are_found_when_the_configuration_changes(settings: Settings) -> None:
    async def test(webphones: Webphones) -> None:
        await webphones.says(_1001=None)
        await webphones.register("1002", A)
        webphones.extensions.append("1002")
        webphones.watcher.compare_soon()
        await webphones.says(_1002=A)

    watched(settings, test, "1001")


def test_webphones_of_a_dead_kamailio_are_gone_while_another_lives(settings: Settings) -> None:
    async def test(webphones: Webphones) -> None:
        await webphones.lives(A, B)
        await webphones.register("1001", A)
        await webphones.register("1002", B)
        await webphones.says(_1001=A, _1002=B)
        await webphones.client.delete(f"oml:kamailio:{A}")
        await webphones.says(_1001=None, _1002=B)
        # It came back at the other; and then the first lives again.
        await webphones.register("1001", B)
        await webphones.says(_1001=B)
        await webphones.lives(A)
        await webphones.register("1002", A)
        await webphones.says(_1002=A)

    watched(settings, test, "1001", "1002")


def test_webphones_of_a_lone_kamailio_are_given_time_and_none_is_gone_by_an_outage(settings: Settings) -> None:
    async def test(webphones: Webphones) -> None:
        await webphones.register("1001", A)
        await webphones.says(_1001=A)
        await asyncio.sleep(DEAD_AFTER_SECONDS + 2)
        webphones.watcher.compare_soon()
        await asyncio.sleep(2)
        assert webphones.said == {"1001": A}
        # The first one to give a sign after an outage of Redis is not held against the others at once.
        await webphones.lives(B)
        await asyncio.sleep(2)
        assert webphones.said == {"1001": A}

    watched(settings, test, "1001")


def test_the_lease_is_one_nodes_and_its_own_node_takes_it_over_at_once(settings: Settings) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            async with asyncio.timeout(1):
                await Lease(client, "a").acquire()
            async with asyncio.timeout(1):
                await Lease(client, "a").acquire()
            standby = asyncio.create_task(Lease(client, "b").acquire())
            await asyncio.sleep(0.2)
            assert not standby.done()
            await client.delete(KEY)
            async with asyncio.timeout(5):
                await standby

    run(scenario())


def test_a_lost_lease_stops_the_engine(settings: Settings) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            lease = Lease(client, "a")
            await lease.acquire()
            await client.set(KEY, "b", px=10_000)
            with pytest.raises(LeaseLost):
                async with asyncio.timeout(5):
                    await lease.keep()

    run(scenario())


def test_events_that_no_replica_has_are_written_again(settings: Settings, runtime: Runtime) -> None:
    async def scenario() -> None:
        async with connected(settings) as client:
            engine = new_engine()
            store = Store(client, engine.world, acknowledged_by=1)
            tell(engine, store, *TALK_AND_WAIT)
            for _ in range(2):
                with pytest.raises(NotReplicatedError):
                    await store.flush()

    run(scenario())
    entries = cast("list[tuple[str, dict[str, str]]]", runtime.redis.xrange(EVENT_STREAM))
    assert len(entries) == 2 * len({fields["id"] for _, fields in entries}) > 0
