"""Connections to Redis, for threads (`connect`) and for asyncio (`connect_async`).

Answers are `str`; bytes that are not UTF-8 are escaped, so that no single value can stop a reader.
"""

from __future__ import annotations

import redis
import redis.asyncio
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
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


def connect_async(settings: RedisTopic, *, client_name: str) -> redis.asyncio.Redis:
    """The same for asyncio. Blocking reads (pub/sub, XREAD) must wait less than `timeout_seconds` at a time."""
    return redis.asyncio.Redis(
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
