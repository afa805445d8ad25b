"""Requests to the call engine: appended to a Redis stream, answered on a list of their own.

A request expires, so one that waited out an outage of the engine is not carried out when nobody expects it any more.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from typing import Any, Final, cast

import redis
import redis.asyncio

from omnileads.agents.errors import EngineRefused, EngineUnavailable
from omnileads.agents.schemas import AgentLive
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.ids import new_id

COMMANDS: Final = "oml:acd:commands"
COMMANDS_KEPT: Final = 10_000
REPLY_PREFIX: Final = "oml:acd:reply:"
REPLY_SECONDS: Final = 3
NOTICE_LIFE_MS: Final = 24 * 3600 * 1000
"""A disposition stays true, so the notice of it may wait out an outage of the engine."""


class EngineClient:
    """Asks and waits for the answer. For coroutines; `client` is used by this request only."""

    def __init__(self, client: redis.asyncio.Redis, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def ask(self, command: Mapping[str, Any]) -> AgentLive:
        """The agent's state after the command. Raises EngineUnavailable after 3 seconds, EngineRefused, RedisError."""
        now_ms = epoch_ms(self._clock.now())
        fields = _fields(command, now_ms, now_ms + REPLY_SECONDS * 1000)
        await self._client.xadd(COMMANDS, cast("dict[Any, Any]", fields), maxlen=COMMANDS_KEPT, approximate=True)
        answer = await cast(
            "Awaitable[tuple[str, str] | None]",
            self._client.blpop([REPLY_PREFIX + fields["id"]], timeout=REPLY_SECONDS),
        )
        if answer is None:
            raise EngineUnavailable
        reply = json.loads(answer[1])
        if not reply.get("ok"):
            raise EngineRefused(str(reply.get("code", "refused")), str(reply.get("message", "The engine refused.")))
        return AgentLive.model_validate(reply["agent"])


def tell_engine(client: redis.Redis, clock: Clock, command: Mapping[str, Any]) -> None:
    """Append a command nobody waits for. Raises RedisError."""
    now_ms = epoch_ms(clock.now())
    fields = _fields(command, now_ms, now_ms + NOTICE_LIFE_MS)
    client.xadd(COMMANDS, cast("dict[Any, Any]", fields), maxlen=COMMANDS_KEPT, approximate=True)


def _fields(command: Mapping[str, Any], now_ms: int, expires_at: int) -> dict[str, str]:
    return {"id": new_id(now_ms), "expires_at": str(expires_at), "command": json.dumps(command)}
