"""The application behind a real web server, and browsers' websockets to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.conftest import PUBLIC_URL
from tests.servers import free_port


class Socket:
    """A browser's websocket to a served application."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def message(self) -> dict[str, Any]:
        """The next message but pings."""
        while True:
            message: dict[str, Any] = json.loads(self._connection.recv(timeout=20))
            if message["type"] != "ping":
                return message

    def messages(self, count: int) -> list[dict[str, Any]]:
        return [self.message() for _ in range(count)]

    def close_code(self) -> int:
        with pytest.raises(ConnectionClosed) as closed:
            self._connection.recv(timeout=20)
        return closed.value.rcvd.code if closed.value.rcvd else 0


class Web:
    """The application behind a real web server."""

    def __init__(self, app: FastAPI) -> None:
        self.port = free_port()
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_config=None, ws="websockets-sansio"))
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> Web:
        self._thread.start()
        end = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < end, "the web server did not start"
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)

    def plain_socket(self) -> ClientConnection:
        """A websocket of nobody in particular."""
        return connect(f"ws://127.0.0.1:{self.port}/ws/live")

    @contextmanager
    def socket_of(self, connection: ClientConnection) -> Iterator[Socket]:
        with connection:
            yield Socket(connection)

    @contextmanager
    def socket(self, client: TestClient, origin: str = PUBLIC_URL) -> Iterator[Socket]:
        """The websocket of who is signed in with `client`."""
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        with connect(
            f"ws://127.0.0.1:{self.port}/ws/live", additional_headers={"Cookie": cookies}, origin=Origin(origin)
        ) as connection:
            yield Socket(connection)
