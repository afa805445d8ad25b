"""One live websocket over time: pings, the second look at the session, and a browser that stops reading."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from omnileads.kit.errors import NotSignedIn, Unavailable
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from omnileads.supervision.hub import LIVE_CHANNEL, LiveHub
from omnileads.supervision.socket import LiveSocket, Pace, Visit
from omnileads.supervision.state import Viewer, encode
from tests.supervision.web import Web

PRINCIPAL = Principal(user_id=1, username="u", role_slug="administrator", permissions=frozenset(), session_id="s")


class Door:
    """Answers who is behind the socket, as the test says."""

    def __init__(self) -> None:
        self.answer: Visit | Exception = Visit(PRINCIPAL, Viewer(None))
        self.asked = 0
        self.served = asyncio.Event()

    def look(self) -> Visit:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def web(settings: Settings, runtime: Runtime, door: Door) -> Iterator[Web]:
    """A server with one websocket whose times are short."""
    app = FastAPI()
    pace = Pace(ping_seconds=0.2, look_again_seconds=0.4, send_seconds=0.5)
    hub = LiveHub(settings.redis, "test", runtime.clock)

    @app.websocket("/ws/live")
    async def live(websocket: WebSocket) -> None:
        await websocket.accept()
        await LiveSocket(websocket, hub, Visit(PRINCIPAL, Viewer(None)), door.look, pace).serve()
        door.served.set()

    with Web(app) as web:
        yield web


def test_a_quiet_socket_is_pinged(web: Web) -> None:
    with web.plain_socket() as connection:
        assert json.loads(connection.recv(timeout=5))["type"] == "snapshot"
        assert json.loads(connection.recv(timeout=5)) == {"type": "ping"}


def test_a_session_that_is_over_ends_the_socket(web: Web, door: Door) -> None:
    with web.socket_of(web.plain_socket()) as live:
        live.message()
        door.answer = NotSignedIn()
        assert live.message() == {"type": "session-ended"}
        assert live.close_code() == 4401


@pytest.mark.parametrize("trouble", [Unavailable(), ConnectionError("the database is away")])
def test_a_look_that_fails_ends_nothing(web: Web, door: Door, runtime: Runtime, trouble: Exception) -> None:
    with web.socket_of(web.plain_socket()) as live:
        live.message()
        door.answer = trouble
        asked = door.asked
        wait_until(lambda: door.asked >= asked + 2)
        runtime.redis.publish(LIVE_CHANNEL, encode({"type": "agent", "agent": {"agent_id": 1}}))
        assert live.message()["type"] == "agent"


def test_what_a_person_may_see_is_followed(web: Web, door: Door, runtime: Runtime) -> None:
    with web.socket_of(web.plain_socket()) as live:
        live.message()
        runtime.redis.publish(LIVE_CHANNEL, encode({"type": "agent", "agent": {"agent_id": 1, "campaigns": [5]}}))
        assert live.message()["type"] == "agent"
        door.answer = Visit(PRINCIPAL, Viewer(frozenset({6})))
        assert live.message()["agents"] == []


def test_a_console_is_told_when_what_it_works_by_has_changed(web: Web, door: Door) -> None:
    with web.socket_of(web.plain_socket()) as live:
        live.message()
        door.answer = Visit(PRINCIPAL, Viewer(None), console="another group")
        assert live.message() == {"type": "session-changed"}
        door.answer = Visit(replace(PRINCIPAL, permissions=frozenset({"calls.read"})), Viewer(None), "another group")
        assert live.message() == {"type": "session-changed"}


def test_a_browser_that_stops_reading_is_let_go(web: Web, door: Door, runtime: Runtime) -> None:
    with socket.create_connection(("127.0.0.1", web.port)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.sendall(
            b"GET /ws/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert raw.recv(64)
        document = {"type": "agent", "agent": {"agent_id": 1, "padding": "x" * 200_000}}

        def flood() -> bool:
            runtime.redis.publish(LIVE_CHANNEL, encode(document))
            return door.served.is_set()

        wait_until(flood)


def wait_until(condition: Any) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)
