"""Asterisk's REST interface, asked directly: what the acd does, one request at a time."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from containers import Container
from websocket import WebSocket


class Ari:
    """Requests as the application `omnileads`; `listen` registers it and receives its events."""

    def __init__(self, asterisk: Container, user: str = "", password: str = "") -> None:
        variables = asterisk.environment
        self._port = int(variables["ASTERISK_ARI_PORT"])
        account = f"{user or variables['ASTERISK_ARI_USER']}:{password or variables['ASTERISK_ARI_PASSWORD']}"
        self._authorization = f"Basic {base64.b64encode(account.encode()).decode()}"

    def ask(self, method: str, path: str, *, body: object = None, **query: str) -> Any:
        """The answer of one request, as JSON."""
        address = f"http://127.0.0.1:{self._port}/ari{path}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(address, data, headers, method=method), timeout=5
            ) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def listen(self) -> WebSocket:
        return WebSocket(("127.0.0.1", self._port), "/ari/events?app=omnileads", {"Authorization": self._authorization})

    @staticmethod
    def expect(events: WebSocket, kind: str, *, timeout_seconds: float = 10) -> dict[str, Any]:
        """The next event of that type."""
        while True:
            event: dict[str, Any] = json.loads(events.receive(timeout_seconds))
            if event["type"] == kind:
                return event
