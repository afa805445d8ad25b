"""The Asterisks of an engine, found by name, lost and replaced; played by servers that speak a little ARI."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from omnileads.acd.ari.fleet import Fleet, resolve
from omnileads.acd.ari.node import Listener, Pace
from omnileads.acd.ari.telephony import Telephony
from omnileads.acd.core.commands import Decision, HangUp, StartMusic
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import Event
from omnileads.acd.crm import Crm
from omnileads.settings import AsteriskTopic, KamailioTopic, OutgoingTopic
from tests.acd.scenario import config, queue

NOW = 1_770_000_000_000
A, B = "127.0.0.41", "127.0.0.42"


class Asterisk:
    """Answers what the engine asks at a connection, and remembers it."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.variables: dict[str, str] = {}
        self.channels: list[dict[str, Any]] = []
        self._sockets: list[web.WebSocketResponse] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        application = web.Application()
        application.router.add_get("/ari/events", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port, reuse_address=True).start()

    async def stop(self) -> None:
        """Its port is closed, as that of a program that has died."""
        for connection in self._sockets:
            await connection.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def tell(self, **document: Any) -> None:
        await self._sockets[-1].send_str(json.dumps(document))

    def paths(self, method: str) -> list[str]:
        return [path for asked, path, _ in self.asked if asked == method]

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self._sockets.append(connection)
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                await connection.send_str(json.dumps(self._answer(json.loads(message.data))))
        return connection

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        query = {each["name"]: each["value"] for each in question.get("query_strings", [])}
        self.asked.append((question["method"], question["uri"], query))
        body: Any = None
        if question["uri"] == "asterisk/variable":
            if question["method"] == "POST":
                self.variables[query["variable"]] = query["value"]
            else:
                body = {"value": self.variables.get(query["variable"], "")}
        elif question["method"] == "GET":
            body = self.channels if question["uri"] == "channels" else []
        text = "" if body is None else json.dumps(body)
        answer = {"type": "RESTResponse", "request_id": question["request_id"], "status_code": 200}
        return {**answer, "message_body": text}


class Centre:
    """An engine with its Asterisks; `names` is what DNS says."""

    def __init__(self, port: int, lost_seconds: int = 60) -> None:
        self.engine = Engine(config(queue(agents=2)), Random(1))  # noqa: S311 - reproducible
        self.names: dict[str, list[str]] = {"asterisk.example": [A, B]}
        self.events: list[tuple[str, Event]] = []
        topic = AsteriskTopic(host="asterisk.example", ari_port=port, ari_password=SecretStr("wonderful"))
        listener = Listener(self.engine.world, self.tell, iter(f"C{number}" for number in range(9)).__next__)
        self.fleet = Fleet(topic, lost_seconds, self._telephony, listener, self._resolve, Pace(0.05, 0.05, 0.05))

    @property
    def nodes(self) -> dict[str, str]:
        return dict(self.engine.world.nodes)

    def tell(self, event: Event, origin: str = "") -> Decision:
        self.events.append((origin, event))
        decision = self.engine.handle(event, NOW)
        self.fleet.submit(decision, origin)
        return decision

    def _telephony(self, node: str) -> Telephony:
        kamailio = KamailioTopic(host="127.0.0.1")
        return Telephony(kamailio, Crm(OutgoingTopic()), lambda event: self.tell(event, node), {})

    async def _resolve(self, host: str) -> Iterable[str]:
        if host not in self.names:
            raise socket.gaierror("no such name")
        return self.names[host]


def played(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test on an event loop of its own."""

    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


async def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(lost_seconds: int = 60) -> AsyncIterator[tuple[Centre, Asterisk, Asterisk]]:
    with socket.socket() as probe:
        probe.bind((A, 0))
        port = probe.getsockname()[1]
    asterisks = Asterisk(A, port), Asterisk(B, port)
    for asterisk in asterisks:
        await asterisk.start()
    centre = Centre(port, lost_seconds)
    work = asyncio.create_task(centre.fleet.run())
    try:
        await eventually(lambda: centre.nodes == {A: "open", B: "open"})
        yield centre, *asterisks
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        for asterisk in asterisks:
            await asterisk.stop()


async def arrive(centre: Centre, asterisk: Asterisk, channel: str) -> str:
    """A caller for the campaign; returns the call."""
    described = {"id": channel, "name": "PJSIP/carrier-1", "caller": {"number": "555"}}
    before = set(centre.engine.world.calls)
    await asterisk.tell(type="StasisStart", channel=described, args=["inbound", "1000"])
    await eventually(lambda: set(centre.engine.world.calls) - before)
    asterisk.channels.append({**described, "dialplan": {"app_name": "Stasis", "app_data": "omnileads,inbound,1000"}})
    return next(iter(set(centre.engine.world.calls) - before))


@played
async def test_commands_go_to_the_asterisk_of_their_call() -> None:
    async with running() as (centre, first, second):
        call = await arrive(centre, second, "b.1")
        assert centre.engine.world.calls[call].node == B
        await eventually(lambda: "channels/b.1/moh" in second.paths("POST"))
        assert not any("b.1" in path for path in first.paths("POST"))


@played
async def test_last_commands_of_a_call_that_ended_go_where_it_was() -> None:
    async with running() as (centre, first, second):
        decision = Decision(commands=[HangUp("gone", "x"), StartMusic("unknown", "y", "default")])
        decision.ended["gone"] = B
        centre.fleet.submit(decision, A)
        await eventually(lambda: "channels/x" in second.paths("DELETE"))
        await eventually(lambda: "channels/y/moh" in first.paths("POST"))


@played
async def test_an_address_that_left_its_name_stays_connected_and_gets_no_calls() -> None:
    async with running() as (centre, _, second):
        call = await arrive(centre, second, "b.1")
        centre.names["asterisk.example"] = [A]
        await eventually(lambda: centre.nodes == {A: "open", B: "draining"})
        assert second.variables["OML_UNLISTED"] == "yes", "its dialplan refuses new calls of trunks"
        assert call in centre.engine.world.calls
        await second.tell(type="ChannelDestroyed", channel={"id": "b.1", "name": "PJSIP/carrier-1"}, cause=16)
        await eventually(lambda: call not in centre.engine.world.calls)
        centre.names["asterisk.example"] = [A, B]
        await eventually(lambda: centre.nodes == {A: "open", B: "open"})
        assert second.variables["OML_UNLISTED"] == "no"


@played
async def test_a_name_that_cannot_be_resolved_stands_for_what_it_did() -> None:
    async with running() as (centre, _, second):
        del centre.names["asterisk.example"]
        asked = len(second.asked)
        await eventually(lambda: len(second.asked) > asked + 3)
        assert centre.nodes == {A: "open", B: "open"}


@played
async def test_one_that_is_told_to_stop_gets_no_calls() -> None:
    async with running() as (centre, first, _):
        first.variables["OML_DRAINING"] = "yes"
        await eventually(lambda: centre.nodes == {A: "draining", B: "open"})
        assert centre.engine.world.least_busy_node() == B


@played
async def test_one_that_died_is_lost_at_once_with_its_calls_and_no_others() -> None:
    async with running() as (centre, first, second):
        dead, alive = await arrive(centre, first, "a.1"), await arrive(centre, second, "b.1")
        await first.stop()
        await eventually(lambda: dead not in centre.engine.world.calls)
        assert alive in centre.engine.world.calls
        assert centre.fleet.is_connected
        first.channels.clear()
        await first.start()
        await eventually(lambda: centre.nodes == {A: "open", B: "open"})


@played
async def test_calls_outlive_a_broken_connection() -> None:
    async with running() as (centre, first, _):
        call = await arrive(centre, first, "a.1")
        told = len(centre.events)
        await first._sockets[-1].close()
        await eventually(lambda: any(getattr(event, "state", "") == "away" for _, event in centre.events[told:]))
        await eventually(lambda: centre.nodes[A] == "open")
        assert centre.engine.world.calls[call].node == A


@played
async def test_one_that_was_replaced_is_forgotten_and_its_successor_found() -> None:
    async with running() as (centre, first, second):
        await arrive(centre, second, "b.1")
        successor = Asterisk("127.0.0.43", first.port)
        await successor.start()
        centre.names["asterisk.example"] = [A, successor.address]
        await second.stop()
        await eventually(lambda: centre.nodes == {A: "open", successor.address: "open"})
        assert centre.engine.world.calls == {}
        await successor.stop()


@played
async def test_a_successor_connects_to_the_asterisks_that_have_calls_too() -> None:
    async with running() as (centre, _, second):
        call = await arrive(centre, second, "b.1")
        heir = Centre(second.port)
        heir.names["asterisk.example"] = [A]
        heir.engine.restore(centre.engine.world.snapshot(), NOW)
        work = asyncio.create_task(heir.fleet.run())
        await eventually(lambda: heir.nodes == {A: "open", B: "draining"})
        assert call in heir.engine.world.calls
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@played
async def test_one_that_stays_away_is_lost_after_the_limit() -> None:
    async with running(lost_seconds=0) as (centre, first, _):
        call = await arrive(centre, first, "a.1")
        first.channels.clear()
        await first._sockets[-1].close()
        await eventually(lambda: call not in centre.engine.world.calls)


@played
async def test_a_name_on_this_machine_is_resolved() -> None:
    assert list(await resolve("localhost")) == ["127.0.0.1"]
    with pytest.raises(socket.gaierror):
        await resolve("nobody.invalid")
