"""One live websocket: what is sent to it, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from omnileads.kit.errors import AppError
from omnileads.kit.permissions import Principal
from omnileads.supervision.hub import LiveClient, LiveHub
from omnileads.supervision.state import Viewer, encode

log = structlog.get_logger(__name__)

SESSION_ENDED_CODE: Final = 4401


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is behind a socket and what they may see. `console` is what else their console works by, to be compared."""

    principal: Principal
    viewer: Viewer
    console: str = ""

    def opens_the_same_console(self, other: Visit) -> bool:
        """Whether a console opened by the other visit needs nothing new."""
        return (self.principal.permissions, self.console) == (other.principal.permissions, other.console)


Revisit = Callable[[], Visit]
"""Looks up again who is behind the socket and what they may see. Raises AppError when they may no longer be here."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between pings of a quiet socket, between looks at its session, and for one message to be taken."""

    ping_seconds: float = 20.0
    look_again_seconds: float = 60.0
    send_seconds: float = 20.0


class LiveSocket:
    """Serves one accepted websocket until it closes, its session ends or it stops reading."""

    def __init__(
        self, websocket: WebSocket, hub: LiveHub, visit: Visit, revisit: Revisit, pace: Pace | None = None
    ) -> None:
        self._pace = pace or Pace()
        self._websocket = websocket
        self._hub = hub
        self._revisit = revisit
        self._visit = visit
        self._client = LiveClient(visit.principal, visit.viewer)
        self._look_due = 0.0

    async def serve(self) -> None:
        self._hub.join(self._client)
        tasks = {asyncio.create_task(self._send_all()), asyncio.create_task(self._receive_all())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._hub.leave(self._client)

    async def _send_all(self) -> None:
        self._look_due = self._now() + self._pace.look_again_seconds
        try:
            while not self._client.is_over:
                while (text := self._client.take(self._hub)) is not None:
                    await self._send(text)
                await self._wait()
                if self._client.is_outdated or self._now() >= self._look_due:
                    await self._look_again()
            await self._send(encode({"type": "session-ended"}))
            await self._websocket.close(SESSION_ENDED_CODE, "session-ended")
        except TimeoutError:
            log.warning("live.client-stuck")
        except (WebSocketDisconnect, RuntimeError):
            """The browser is gone; its receiver ends the same way."""

    async def _wait(self) -> None:
        """Wait for work; with none for a while, a ping keeps proxies from closing the connection."""
        try:
            async with asyncio.timeout(self._pace.ping_seconds):
                await self._client.changed()
        except TimeoutError:
            await self._send(encode({"type": "ping"}))

    async def _look_again(self) -> None:
        """Follow what happened to the session and to the person's campaigns; an open console counts as activity."""
        self._client.is_outdated = False
        self._look_due = self._now() + self._pace.look_again_seconds
        try:
            visit = await run_in_threadpool(self._revisit)
        except AppError as error:
            if error.status < 500:
                self._client.end()
            return
        except Exception:
            log.exception("live.look-again-failed")
            return
        before, self._visit = self._visit, visit
        self._client.principal = visit.principal
        if visit.viewer != before.viewer:
            self._client.viewer = visit.viewer
            self._client.want_snapshot()
        if not visit.opens_the_same_console(before):
            await self._send(encode({"type": "session-changed"}))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _send(self, text: str) -> None:
        """Raises TimeoutError when the other side does not read."""
        async with asyncio.timeout(self._pace.send_seconds):
            await self._websocket.send_text(text)

    async def _receive_all(self) -> None:
        """Clients have nothing to say; reading notices that they are gone."""
        while (await self._websocket.receive())["type"] != "websocket.disconnect":
            pass
