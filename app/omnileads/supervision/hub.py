"""The websocket hub: one subscription to Redis in this process, fanned out to every connected board and console.

A client has a bounded queue. One that cannot follow loses its queue and gets a snapshot when it can be written to
again, so it never slows the others down and never shows a hole. When Redis comes back, or the copy here turns out to
differ from it, everybody gets a snapshot.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable
from typing import Any, Final, cast

import redis.asyncio
import structlog
from prometheus_client import Counter, Gauge
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from omnileads.accounts.sessions import SESSION_CHANNEL
from omnileads.agents.live import LIVE_AGENTS
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.permissions import Principal
from omnileads.kit.redis import connect_async
from omnileads.kit.revision import CONFIG_CHANNEL
from omnileads.settings import RedisTopic
from omnileads.supervision.state import LiveState, Message, Update, Viewer, encode

log = structlog.get_logger(__name__)

LIVE_CHANNEL: Final = "oml:live"
QUEUE_LENGTH: Final = 256
COMPARE_SECONDS: Final = 30.0
RETRY_SECONDS: Final = 0.5

_CLIENTS = Gauge("oml_live_clients", "Connected live websockets.")
_RESYNCS = Counter("oml_live_resyncs_total", "Snapshots sent to clients that could not follow.")


class LiveClient:
    """One websocket's place in the hub. Only the event loop's thread may touch it."""

    def __init__(self, principal: Principal, viewer: Viewer) -> None:
        self.principal = principal
        self.viewer = viewer
        self.is_over = False
        self.is_outdated = False
        self._queue: deque[str] = deque()
        self._messages: deque[str] = deque(maxlen=QUEUE_LENGTH)
        self._wants_snapshot = True
        self._changed = asyncio.Event()

    def offer(self, text: str) -> None:
        """Queue a message, unless a snapshot is due, which will contain it."""
        if self._wants_snapshot:
            return
        if len(self._queue) >= QUEUE_LENGTH:
            _RESYNCS.inc()
            self.want_snapshot()
            return
        self._queue.append(text)
        self._changed.set()

    def offer_message(self, text: str) -> None:
        """Queue what no snapshot contains."""
        self._messages.append(text)
        self._changed.set()

    def want_snapshot(self) -> None:
        self._queue.clear()
        self._wants_snapshot = True
        self._changed.set()

    def end(self) -> None:
        """The session behind this socket is over."""
        self.is_over = True
        self._changed.set()

    def outdate(self) -> None:
        """What this person may see may have changed."""
        self.is_outdated = True
        self._changed.set()

    async def changed(self) -> None:
        """Wait until there is something to do for this client."""
        await self._changed.wait()
        self._changed.clear()

    def take(self, hub: LiveHub) -> str | None:
        """The next message to send; None when there is none now."""
        if self._wants_snapshot:
            if not hub.is_ready:
                return None
            self._wants_snapshot = False
            return hub.snapshot_for(self.viewer)
        if self._messages:
            return self._messages.popleft()
        return self._queue.popleft() if self._queue else None


class LiveHub:
    """Runs while it has clients. `join` and `leave` are called by each websocket."""

    def __init__(self, settings: RedisTopic, client_name: str, clock: Clock) -> None:
        self._settings = settings
        self._client_name = client_name
        self._clock = clock
        self._clients: set[LiveClient] = set()
        self._state = LiveState()
        self._task: asyncio.Task[None] | None = None
        self.is_ready = False

    def join(self, client: LiveClient) -> None:
        self._clients.add(client)
        _CLIENTS.set(len(self._clients))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="live-hub")
        client.want_snapshot()

    async def leave(self, client: LiveClient) -> None:
        """The last one to leave ends the subscription."""
        self._clients.discard(client)
        _CLIENTS.set(len(self._clients))
        if self._clients or self._task is None:
            return
        task, self._task, self.is_ready = self._task, None, False
        task.cancel()
        await asyncio.wait([task])

    def snapshot_for(self, viewer: Viewer) -> str:
        return encode(self._state.snapshot(viewer, epoch_ms(self._clock.now())))

    async def _run(self) -> None:
        """Follow Redis for ever, through its outages."""
        while True:
            try:
                async with connect_async(self._settings, client_name=self._client_name) as client:
                    # A subscription that mends itself would hide the messages it missed.
                    client.set_retry(Retry(NoBackoff(), retries=0))
                    await self._follow(client)
            except RedisError as error:
                log.warning("live.redis-away", error=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, client: redis.asyncio.Redis) -> None:
        """Subscribe, then read the state, so that no change falls in between. Raises RedisError."""
        async with client.pubsub() as subscription:
            await subscription.subscribe(LIVE_CHANNEL, SESSION_CHANNEL, CONFIG_CHANNEL)
            await self._load(client, is_first=True)
            while True:
                compare_at = self._clock.monotonic() + COMPARE_SECONDS
                while self._clock.monotonic() < compare_at:
                    await self._take_message(subscription)
                await self._load(client, is_first=False)

    async def _take_message(self, subscription: PubSub) -> None:
        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=1.0)
        if message is None:
            return
        channel, text = message["channel"], message["data"]
        if channel == LIVE_CHANNEL:
            update = self._state.apply(text)
            if update is not None:
                self._fan_out(update)
        elif channel == SESSION_CHANNEL:
            self._end_sessions(text)
        else:
            for each in self._clients:
                each.outdate()

    async def _load(self, client: redis.asyncio.Redis, *, is_first: bool) -> None:
        agents = await cast("Awaitable[dict[str, str]]", client.hgetall(LIVE_AGENTS))
        calls = await cast("Awaitable[dict[str, str]]", client.hgetall(LIVE_CALLS))
        state = LiveState.read(agents, calls)
        if is_first or state != self._state:
            self._state = state
            self.is_ready = True
            for each in self._clients:
                each.want_snapshot()

    def _fan_out(self, update: Update | Message) -> None:
        """Every message is written once, however many clients get it."""
        texts: dict[str, str] = {}
        for client in self._clients:
            message = update.message_for(client.viewer)
            if message is not None:
                kind = str(message["type"])
                if kind not in texts:
                    texts[kind] = encode(message)
                if isinstance(update, Message):
                    client.offer_message(texts[kind])
                else:
                    client.offer(texts[kind])

    def _end_sessions(self, text: str) -> None:
        try:
            ended: dict[str, Any] = json.loads(text)
        except ValueError:
            log.exception("live.session-message-unreadable")
            return
        for client in self._clients:
            session_id, principal = ended.get("session_id"), client.principal
            if principal.session_id == session_id if session_id else principal.user_id == ended.get("user_id"):
                client.end()
