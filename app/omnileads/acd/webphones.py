"""Which webphones are registered, and at which Kamailio, as Kamailio tells it.

There is a key per extension that expires and names the Kamailio, a message on change, and a key per Kamailio that
expires unless it lives. The webphones of a Kamailio that died stay registered in their keys, but nobody can ring them.
"""

import asyncio
from collections.abc import Callable, Iterable

import redis.asyncio
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "oml:webphone"
KEY_PREFIX = "oml:webphone:"
KAMAILIO_PREFIX = "oml:kamailio:"
DEAD_AFTER_SECONDS = 5.0
"""How long a Kamailio's sign of life must be missed, which itself is good for 6 s: as long as Kamailio may take to find
Redis again after an outage."""
_COMPARE_SECONDS = 15.0
_RETRY_SECONDS = 0.5

Report = Callable[[str, str | None], None]
"""(extension, `host:port` of the Kamailio where it is registered: empty where not said, null for not registered)"""


class WebphoneWatcher:
    """Reports every change.

    Compares with the keys at start, after outages, when it is told to and every 15 s, because keys expire silently.
    """

    def __init__(self, client: redis.asyncio.Redis, extensions: Callable[[], Iterable[str]], report: Report) -> None:
        self._client = client
        self._extensions = extensions
        self._report = report
        self._is_due = True
        self._seen: set[str] = set()
        """addresses of Kamailios that keys have named"""
        self._missed_since: dict[str, float] = {}
        """when a Kamailio's sign of life was first missed, on the loop's clock"""
        self._dead: frozenset[str] = frozenset()

    def compare_soon(self) -> None:
        """Have all states reported again within a second: other extensions matter now."""
        self._is_due = True

    async def compare(self) -> None:
        """Report the state of every known extension. Raises RedisError."""
        await self._compare(list(self._extensions()))

    async def run(self) -> None:
        """Watch for ever, through outages of Redis (during which the last known state stands)."""
        while True:
            try:
                await self._watch()
            except RedisError as error:
                log.debug("acd.webphones-interrupted", reason=str(error))
            # Nobody could give a sign of life meanwhile.
            self._forgive()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(CHANNEL)
            compare_at = loop.time()
            look_at = loop.time()
            while True:
                if loop.time() >= look_at:
                    await self._look_for_the_dead(loop.time())
                    look_at = loop.time() + 1.0
                if self._is_due or loop.time() >= compare_at:
                    self._is_due = False
                    await self.compare()
                    compare_at = loop.time() + _COMPARE_SECONDS
                message = await subscription.get_message(timeout=1.0)
                if message is not None:
                    # The key says more than the message, and what it says is never older.
                    await self._compare([str(message["data"]).rpartition(":")[0]])

    async def _compare(self, extensions: list[str]) -> None:
        if not extensions:
            return
        values = await self._client.mget([f"{KEY_PREFIX}{extension}" for extension in extensions])
        for extension, value in zip(extensions, values, strict=True):
            address = None if value is None else _address_in(str(value))
            if address:
                self._seen.add(address)
            self._report(extension, None if address in self._dead else address)

    async def _look_for_the_dead(self, now: float) -> None:
        """A Kamailio without signs of life is dead only where another one lives: a lone one is given time to return."""
        if not self._seen:
            return
        keys = await self._client.keys(f"{KAMAILIO_PREFIX}*")
        living = {str(key).removeprefix(KAMAILIO_PREFIX) for key in keys}
        if not living:
            self._forgive()
            return
        self._missed_since = {address: self._missed_since.get(address, now) for address in self._seen - living}
        dead = {address for address, since in self._missed_since.items() if now - since >= DEAD_AFTER_SECONDS}
        if dead != self._dead:
            log.warning("acd.kamailios", dead=sorted(dead), living=sorted(living))
            self._dead = frozenset(dead)
            self._is_due = True

    def _forgive(self) -> None:
        self._missed_since = {address: self._missed_since[address] for address in self._dead}


def _address_in(value: str) -> str:
    """Of `<address> <since> <contact>`."""
    address, _, rest = value.partition(" ")
    return address if rest else ""
