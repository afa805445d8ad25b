"""Which of several call engines works. The others stand by.

The lease is a key in Redis that its holder keeps alive. A node that restarts takes its own lease over at once. While
Redis is away the holder goes on: nobody else can take the lease either, and Asterisk itself sends a Stasis
application's events to the last engine that connected.
"""

import asyncio

import redis.asyncio
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

KEY = "oml:acd:leader"
_LEASE_MS = 3000
_RENEW_SECONDS = 1.0

_TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder == false or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
"""


class LeaseLost(Exception):
    """Another node holds the lease: this one must stop working at once."""


class Lease:
    """The right to work, held under a node's name."""

    def __init__(self, client: redis.asyncio.Redis, node: str) -> None:
        self._node = node
        self._take = client.register_script(_TAKE)

    async def acquire(self) -> None:
        """Wait until this node holds the lease."""
        is_waiting = False
        while not await self._try():
            if not is_waiting:
                log.info("acd.standing-by", node=self._node)
                is_waiting = True
            await asyncio.sleep(_RENEW_SECONDS)
        log.info("acd.lease-acquired", node=self._node)

    async def keep(self) -> None:
        """Keep it alive for ever. Raises LeaseLost."""
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                is_ours = bool(await self._take(keys=[KEY], args=[self._node, _LEASE_MS]))
            except RedisError:
                continue
            if not is_ours:
                raise LeaseLost(f"node {self._node} has lost the lease")

    async def _try(self) -> bool:
        try:
            return bool(await self._take(keys=[KEY], args=[self._node, _LEASE_MS]))
        except RedisError as error:
            log.warning("acd.redis-away", reason=str(error))
            return False
