"""Watches Asterisk's bridges: when caller and agent were connected, whoever connected them.

A second ARI application that is told of bridges only, so it costs the measured sides next to nothing, and the same.
"""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import datetime
from types import TracebackType
from typing import Any

import aiohttp

from bench.stack import Stack

APPLICATION = "bench-observer"


class BridgeObserver:
    """Use as a context manager; `connected` then fills with caller's number -> seconds since 1970."""

    def __init__(self, stack: Stack) -> None:
        self._address, self._user, self._password = stack.ari
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bridge-observer", daemon=True)
        self._is_subscribed = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self.connected: dict[str, float] = {}

    def __enter__(self) -> BridgeObserver:
        self._thread.start()
        if not self._is_subscribed.wait(15):
            raise RuntimeError("the observer could not subscribe to Asterisk's bridges")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(5)

    def _run(self) -> None:
        self._task = self._loop.create_task(self._watch())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _watch(self) -> None:
        auth = aiohttp.BasicAuth(self._user, self._password)
        async with (
            aiohttp.ClientSession(auth=auth) as session,
            session.ws_connect(f"{self._address}/events", params={"app": APPLICATION}, max_msg_size=0) as websocket,
        ):
            subscription = f"{self._address}/applications/{APPLICATION}/subscription"
            async with session.post(subscription, params={"eventSource": "bridge:"}) as answer:
                answer.raise_for_status()
            self._is_subscribed.set()
            async for message in websocket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._note(json.loads(message.data))

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("type") != "ChannelEnteredBridge" or len(event["bridge"]["channels"]) < 2:
            return
        channel = event["channel"]
        numbers = (channel["caller"]["number"], channel["connected"]["number"])
        number = next((number for number in numbers if number.startswith("555")), None)
        if number is not None:
            self.connected.setdefault(number, datetime.fromisoformat(event["timestamp"]).timestamp())
