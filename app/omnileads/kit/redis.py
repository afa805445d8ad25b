"""Connections to Redis, for threads (`connect`) and for asyncio (`connect_async`).

Answers are `str`; bytes that are not UTF-8 are escaped, so that no single value can stop a reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import redis
import redis.asyncio
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from omnileads.settings import RedisTopic

_KEEPALIVE_SECONDS = 15


def connect(settings: RedisTopic, *, client_name: str) -> redis.Redis:
    """A client that connects on first use and retries a broken connection twice within half a second."""
    return redis.Redis(
        host=settings.host,
        port=settings.port,
        db=settings.database,
        password=settings.password.get_secret_value(),
        decode_responses=True,
        encoding_errors="backslashreplace",
        client_name=client_name,
        socket_timeout=settings.timeout_seconds,
        socket_connect_timeout=settings.timeout_seconds,
        health_check_interval=_KEEPALIVE_SECONDS,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=2),
        retry_on_error=[RedisConnectionError],
    )


class PromptConnection(redis.asyncio.Connection):
    """A connection on which a cancelled task stops.

    The library's own sends through `asyncio.wait_for`, which before Python 3.12 forgets a cancellation that arrives
    just as the sending ends: a reader told to stop would read on for ever.
    """

    async def send_packed_command(
        self,
        command: bytes | str | Iterable[bytes],
        check_health: bool = True,  # noqa: FBT001, FBT002 -- the library's signature
    ) -> None:
        if not self.is_connected:
            await self.connect_check_health(check_health=False)
        if check_health:
            await self.check_health()  # type: ignore[no-untyped-call]
        if isinstance(command, str):
            command = command.encode()
        try:
            async with asyncio.timeout(self.socket_timeout):
                await self._send_packed_command([command] if isinstance(command, bytes) else command)
        except BaseException as error:
            await self.disconnect(nowait=True)
            if isinstance(error, TimeoutError):
                raise RedisTimeoutError("Timeout writing to socket") from error
            if isinstance(error, OSError):
                raise RedisConnectionError(f"Error while writing to socket: {error}") from error
            raise


def connect_async(settings: RedisTopic, *, client_name: str) -> redis.asyncio.Redis:
    """The same for asyncio. Blocking reads (pub/sub, XREAD) must wait less than `timeout_seconds` at a time."""
    pool = redis.asyncio.ConnectionPool(
        connection_class=PromptConnection,
        host=settings.host,
        port=settings.port,
        db=settings.database,
        password=settings.password.get_secret_value(),
        decode_responses=True,
        encoding_errors="backslashreplace",
        client_name=client_name,
        socket_timeout=settings.timeout_seconds,
        socket_connect_timeout=settings.timeout_seconds,
        health_check_interval=_KEEPALIVE_SECONDS,
    )
    return redis.asyncio.Redis.from_pool(pool)
