"""Agents' requests (log in, pause, ...), read from a Redis stream and answered on a list.

A request expires: an agent who asked to be made ready before an outage may have gone home since. The position in the
stream outlives the process, so a notice that is good for longer (a disposition) is not missed by a restart.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from omnileads.acd.core.events import (
    AgentCallAgent,
    AgentCallOut,
    AgentDispositioned,
    AgentHangUp,
    AgentHold,
    AgentLogin,
    AgentLogout,
    AgentPause,
    AgentUnpause,
    Event,
    SuperviseAgent,
)
from omnileads.acd.core.model import WatchKind

log = structlog.get_logger(__name__)

REQUESTS = "oml:acd:commands"
POSITION = "oml:acd:position"
REPLY_PREFIX = "oml:acd:reply:"
REPLY_SECONDS = 10
_BLOCK_MS = 1000
_RETRY_SECONDS = 0.5

Document = dict[str, Any]
Answer = Callable[[Event], Document]
"""Decides a request and returns the reply: {"ok": true, "agent": ...} or {"ok": false, "code", "message"}"""


_WATCH_KINDS: tuple[WatchKind, ...] = ("listen", "whisper", "join", "take")


def _watch_kind(value: object) -> WatchKind:
    """Raises ValueError."""
    return _WATCH_KINDS[_WATCH_KINDS.index(cast("WatchKind", value))]


def _ids(values: list[int] | None) -> frozenset[int] | None:
    return None if values is None else frozenset(values)


_PARSERS: dict[str, Callable[[int, Document], Event]] = {
    "agent.login": lambda agent_id, _: AgentLogin(agent_id),
    "agent.logout": lambda agent_id, _: AgentLogout(agent_id),
    "agent.pause": lambda agent_id, command: AgentPause(agent_id, str(command["pause_id"])),
    "agent.unpause": lambda agent_id, _: AgentUnpause(agent_id),
    "agent.call": lambda agent_id, command: AgentCallOut(
        agent_id,
        str(command["call_id"]),
        str(command["number"]),
        int(command["campaign_id"] or 0),
        contact_id=command.get("contact_id"),
        is_blocked=bool(command.get("is_blocked")),
    ),
    "agent.call-agent": lambda agent_id, command: AgentCallAgent(
        agent_id, str(command["call_id"]), int(command["to_agent_id"])
    ),
    "agent.hang-up": lambda agent_id, _: AgentHangUp(agent_id),
    "agent.hold": lambda agent_id, command: AgentHold(agent_id, str(command["call_id"])),
    "agent.supervise": lambda agent_id, command: SuperviseAgent(
        agent_id, int(command["supervisor_id"]), _watch_kind(command["kind"]), _ids(command.get("campaign_ids"))
    ),
    "agent.dispositioned": lambda agent_id, command: AgentDispositioned(agent_id, str(command["call_id"])),
}


def parse(command: Document) -> Event | None:
    """The engine's event for a request, None for a type this engine does not know. Raises KeyError, ValueError."""
    parser = _PARSERS.get(command["type"])
    return parser(int(command["agent_id"]), command) if parser is not None else None


class RequestReader:
    """Reads requests for as long as it runs; `clock` gives epoch milliseconds."""

    def __init__(self, client: redis.asyncio.Redis, answer: Answer, clock: Callable[[], int]) -> None:
        self._client = client
        self._answer = answer
        self._clock = clock
        self._position: str | None = None

    async def run(self) -> None:
        """Serve requests for ever, through outages of Redis."""
        while True:
            try:
                await self._serve_next()
            except RedisError as error:
                log.debug("acd.requests-interrupted", reason=str(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def _serve_next(self) -> None:
        if self._position is None:
            self._position = str(await self._client.get(POSITION) or "0-0")
        position = self._position
        streams = await self._client.xread({REQUESTS: position}, count=100, block=_BLOCK_MS)
        for _, entries in cast("list[tuple[str, list[tuple[str, dict[str, str]]]]]", streams or []):
            for position, fields in entries:
                reply = self._reply(fields)
                self._position = position
                await self._finish(position, fields, reply)

    def _reply(self, fields: dict[str, str]) -> Document | None:
        """Decide a request; None if it is too late or cannot be read."""
        try:
            if int(fields["expires_at"]) < self._clock():
                return None
            event = parse(json.loads(fields["command"]))
        except (KeyError, ValueError):
            log.exception("acd.request-unreadable", fields=sorted(fields))
            return None
        if event is None:
            return {"ok": False, "code": "unknown-command", "message": "The call engine does not know this command."}
        return self._answer(event)

    async def _finish(self, position: str, fields: dict[str, str], reply: Document | None) -> None:
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.set(POSITION, position)
            if reply is not None:
                key = f"{REPLY_PREFIX}{fields['id']}"
                pipeline.rpush(key, json.dumps(reply))
                pipeline.expire(key, REPLY_SECONDS)
            await cast("Awaitable[list[Any]]", pipeline.execute())
