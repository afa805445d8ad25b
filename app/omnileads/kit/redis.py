"""Connections to Redis, for threads (`connect`) and for asyncio (`connect_async`).

Answers are `str`; bytes that are not UTF-8 are escaped, so that no single value can stop a reader. Where the settings
name Sentinels, each new connection asks them who the master is; one to a former master counts as broken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import redis
import redis.asyncio
import redis.asyncio.sentinel
from redis.asyncio.client import Pipeline
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from omnileads.settings import RedisTopic

_KEEPALIVE_SECONDS = 15
_SENTINEL_SECONDS: Final = 2.0
"""Longest wait for a Sentinel; the next one is asked then."""
_REPLICA_MS: Final = 2000
"""Longest wait for a replica to have what was written."""


class NotReplicatedError(RedisError):
    """The master has it, and too few replicas: it may be lost with the master."""


def connect(settings: RedisTopic, *, client_name: str, decodes: bool = True) -> redis.Redis:
    """A client that connects on first use and retries a broken connection twice within half a second.

    Without `decodes` answers are bytes.
    """
    options: dict[str, Any] = {
        **_options(settings, client_name),
        "decode_responses": decodes,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), retries=2),
        "retry_on_error": [RedisConnectionError],
    }
    if settings.sentinels:
        sentinels = Sentinel(  # type: ignore[no-untyped-call]  # the library does not annotate it
            _sentinels(settings), sentinel_kwargs=_sentinel_options(client_name)
        )
        pool = SentinelConnectionPool(  # type: ignore[no-untyped-call]  # the library does not annotate it
            settings.sentinel_master, sentinels, **options
        )
        return redis.Redis.from_pool(pool)
    return redis.Redis(host=settings.host, port=settings.port, **options)


def _options(settings: RedisTopic, client_name: str) -> dict[str, Any]:
    return {
        "db": settings.database,
        "password": settings.password.get_secret_value(),
        "decode_responses": True,
        "encoding_errors": "backslashreplace",
        "client_name": client_name,
        "socket_timeout": settings.timeout_seconds,
        "socket_connect_timeout": settings.timeout_seconds,
        "health_check_interval": _KEEPALIVE_SECONDS,
    }


def _sentinels(settings: RedisTopic) -> list[tuple[str, int]]:
    parts = [each.rpartition(":") for each in settings.sentinels.split(",") if each]
    return [(host, int(port)) for host, _, port in parts]


def _sentinel_options(client_name: str) -> dict[str, Any]:
    return {
        "decode_responses": True,
        "client_name": client_name,
        "socket_timeout": _SENTINEL_SECONDS,
        "socket_connect_timeout": _SENTINEL_SECONDS,
    }


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


class PromptMasterConnection(PromptConnection, redis.asyncio.sentinel.SentinelManagedConnection):
    """The same to the master that the Sentinels name."""


def connect_async(settings: RedisTopic, *, client_name: str) -> redis.asyncio.Redis:
    """The same for asyncio. Blocking reads (pub/sub, XREAD) must wait less than `timeout_seconds` at a time."""
    options = _options(settings, client_name)
    if settings.sentinels:
        return redis.asyncio.Redis.from_pool(_master_pool(settings, client_name, options))
    pool = redis.asyncio.ConnectionPool(
        connection_class=PromptConnection, host=settings.host, port=settings.port, **options
    )
    return redis.asyncio.Redis.from_pool(pool)


def _master_pool(settings: RedisTopic, client_name: str, options: dict[str, Any]) -> redis.asyncio.ConnectionPool:
    manager = redis.asyncio.sentinel.Sentinel(  # type: ignore[no-untyped-call]  # the library does not annotate it
        [], sentinel_kwargs={}
    )
    # The library's own clients of the Sentinels would forget cancellations.
    manager.sentinels = [
        redis.asyncio.Redis.from_pool(
            redis.asyncio.ConnectionPool(
                connection_class=PromptConnection, host=host, port=port, **_sentinel_options(client_name)
            )
        )
        for host, port in _sentinels(settings)
    ]
    return redis.asyncio.sentinel.SentinelConnectionPool(  # type: ignore[no-untyped-call]  # as above
        settings.sentinel_master, manager, connection_class=PromptMasterConnection, **options
    )


async def execute_acknowledged(pipeline: Pipeline, replicas: int) -> None:
    """Execute a transaction. Raises NotReplicatedError unless so many replicas have it, too; it is then to be repeated.

    The pipeline must have been begun with `transaction=not replicas`: WAIT counts for its own connection only, and does
    nothing inside of a transaction, so it goes behind one that is written out.
    """
    if not replicas:
        await pipeline.execute()
        return
    pipeline.command_stack.insert(0, (("MULTI",), {}))
    pipeline.execute_command("EXEC")
    pipeline.execute_command("WAIT", replicas, _REPLICA_MS)
    *_, answers, acknowledged = answers_of_all = await pipeline.execute(raise_on_error=False)
    for answer in (*answers_of_all, *(answers if isinstance(answers, list) else ())):
        if isinstance(answer, Exception):
            raise answer
    if acknowledged < replicas:
        raise NotReplicatedError(f"{acknowledged} of {replicas} replicas have it")
