"""Which webphones are registered, as Kamailio tells it: a key per extension that expires, and a message on change."""

import asyncio
from collections.abc import Callable, Iterable

import redis.asyncio
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "oml:webphone"
KEY_PREFIX = "oml:webphone:"
_COMPARE_SECONDS = 15.0
_RETRY_SECONDS = 0.5

Report = Callable[[str, bool], None]
"""(extension, is registered)"""


class WebphoneWatcher:
    """Reports every change.

    Compares with the keys at start, after outages, when it is told to and every 15 s, because keys expire silently.
    """

    def __init__(self, client: redis.asyncio.Redis, extensions: Callable[[], Iterable[str]], report: Report) -> None:
        self._client = client
        self._extensions = extensions
        self._report = report
        self._is_due = True

    def compare_soon(self) -> None:
        """Have all states reported again within a second: other extensions matter now."""
        self._is_due = True

    async def compare(self) -> None:
        """Report the state of every known extension. Raises RedisError."""
        extensions = list(self._extensions())
        if not extensions:
            return
        values = await self._client.mget([f"{KEY_PREFIX}{extension}" for extension in extensions])
        for extension, value in zip(extensions, values, strict=True):
            self._report(extension, value is not None)

    async def run(self) -> None:
        """Watch for ever, through outages of Redis (during which the last known state stands)."""
        while True:
            try:
                await self._watch()
            except RedisError as error:
                log.debug("acd.webphones-interrupted", reason=str(error))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(CHANNEL)
            compare_at = loop.time()
            while True:
                if self._is_due or loop.time() >= compare_at:
                    self._is_due = False
                    await self.compare()
                    compare_at = loop.time() + _COMPARE_SECONDS
                message = await subscription.get_message(timeout=1.0)
                if message is not None:
                    extension, _, state = str(message["data"]).rpartition(":")
                    self._report(extension, state == "1")
