"""Redis: values and streams survive kill -9, nothing is answered without the password."""

from __future__ import annotations

import settings
from containers import Container, podman

from conftest import Start


def ask(container: Container, *command: str, password: str | None = None) -> str:
    secret = container.environment["REDIS_PASSWORD"] if password is None else password
    port = container.environment["REDIS_PORT"]
    return container.execute("env", f"REDISCLI_AUTH={secret}", "redis-cli", "-p", port, *command).strip()


def test_values_survive_kill_9(start: Start) -> None:
    redis = start("redis", settings.redis())
    assert ask(redis, "SET", "greeting", "hello") == "OK"
    assert ask(redis, "XADD", "oml:events", "1-1", "kind", "call") == "1-1"
    assert ask(redis, "WAITAOF", "1", "0", "2000").split() == ["1", "0"]
    redis.kill_main_process()
    podman("wait", redis.name)
    redis.start_again()
    redis.wait_until_healthy()
    assert ask(redis, "GET", "greeting") == "hello"
    assert ask(redis, "XLEN", "oml:events") == "1"


def test_a_full_memory_is_an_error_and_loses_nothing(start: Start) -> None:
    redis = start("redis", settings.redis() | {"REDIS_MAXMEMORY": "3mb"})
    ask(redis, "SET", "first", "1")
    ask(redis, "EVAL", "for i = 1, 100 do redis.call('SET', 'k' .. i, string.rep('x', 100000)) end", "0")
    assert "OOM" in ask(redis, "SET", "second", "2")
    assert ask(redis, "GET", "first") == "1"


def test_it_wants_the_password(start: Start) -> None:
    redis = start("redis", settings.redis())
    assert "NOAUTH" in ask(redis, "PING", password="")
