"""What the engine decided, written to Redis: the event stream, the state that outlives the process, the live view.

Decisions do not wait for Redis. They are written behind, in order, in one transaction per flush, at most 50 times a
second; while Redis is away they are kept in memory and written when it is back. Writing twice is harmless: events carry
ids, the rest is state.
"""

import asyncio
import json
from collections.abc import Awaitable, Collection
from typing import Any, cast

import redis.asyncio
import structlog
from prometheus_client import Gauge
from pydantic import TypeAdapter, ValidationError
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from omnileads.acd.core.commands import Decision
from omnileads.acd.core.model import Agent, Call, CallEvent, LogEvent, MemberStats, Snapshot
from omnileads.acd.core.world import World
from omnileads.acd.live import agent_live, call_live
from omnileads.kit.events import EVENT_STREAM, event_fields
from omnileads.kit.redis import execute_acknowledged

log = structlog.get_logger(__name__)

CALLS, AGENTS = "oml:acd:calls", "oml:acd:agents"
LIVE_CALLS, LIVE_AGENTS, LIVE_CHANNEL = "oml:live:calls", "oml:live:agents", "oml:live"

_RETRY_SECONDS = 0.5
_GATHER_SECONDS = 0.02
"""Shortest time between two flushes. Under load decisions then share a transaction, which costs more than they do."""
_MAX_EVENTS_PER_FLUSH = 1000

_UNWRITTEN = Gauge("oml_acd_unwritten_events", "Events decided and not yet in Redis.")

_call_adapter = TypeAdapter(Call)
_agent_adapter = TypeAdapter(Agent)
_members_adapter = TypeAdapter(dict[int, MemberStats])
_to_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Store:
    """The engine's memory in Redis. One writer at a time: the engine that holds the lease."""

    def __init__(self, client: redis.asyncio.Redis, world: World, acknowledged_by: int = 0) -> None:
        self._client = client
        self._acknowledged_by = acknowledged_by
        self._world = world
        self._events: list[LogEvent] = []
        self._calls: set[str] = set()
        self._agents: set[int] = set()
        self._work = asyncio.Event()

    def record(self, decision: Decision) -> None:
        """Have a decision written as soon as possible."""
        self._events += decision.log
        self._calls |= decision.calls
        self._agents |= decision.agents
        if self._events or self._calls or self._agents:
            _UNWRITTEN.set(len(self._events))
            self._work.set()

    def record_everything(self) -> None:
        """Have all calls and agents written again."""
        self._calls |= set(self._world.calls)
        self._agents |= set(self._world.agents)
        self._work.set()

    async def run(self) -> None:
        """Write behind, for ever. After an outage everything is written again, in case Redis came back without it."""
        is_interrupted = False
        while True:
            await self._work.wait()
            try:
                if is_interrupted:
                    self.record_everything()
                await self.flush()
                is_interrupted = False
                await asyncio.sleep(_GATHER_SECONDS)
            except RedisError as error:
                if not is_interrupted:
                    log.warning("acd.redis-away", reason=str(error), events_kept=len(self._events))
                is_interrupted = True
                await asyncio.sleep(_RETRY_SECONDS)

    async def flush(self) -> None:
        """Write what is due. Raises RedisError and forgets nothing when that fails."""
        while self._events or self._calls or self._agents:
            events, calls, agents = self._events[:_MAX_EVENTS_PER_FLUSH], self._calls, self._agents
            self._calls, self._agents = set(), set()
            try:
                async with self._client.pipeline(transaction=not self._acknowledged_by) as pipeline:
                    self._write(pipeline, events, calls, agents)
                    await execute_acknowledged(pipeline, self._acknowledged_by)
            except RedisError:
                self._calls |= calls
                self._agents |= agents
                raise
            del self._events[: len(events)]
            _UNWRITTEN.set(len(self._events))
        self._work.clear()

    async def load(self) -> Snapshot:
        """What a former engine left. A record that cannot be read is logged and left out."""
        snapshot = Snapshot()
        for document in (await _all(self._client, CALLS)).values():
            try:
                snapshot.calls.append(_call_adapter.validate_json(document))
            except ValidationError:
                log.exception("acd.snapshot-unreadable", kind="call")
        for key, document in (await _all(self._client, AGENTS)).items():
            try:
                fields = json.loads(document)
                snapshot.agents.append(_agent_adapter.validate_python(fields["agent"]))
                for queue_id, stats in _members_adapter.validate_python(fields["members"]).items():
                    snapshot.members[queue_id, int(key)] = stats
            except (ValidationError, KeyError, ValueError):
                log.exception("acd.snapshot-unreadable", kind="agent", agent_id=key)
        return snapshot

    async def reset_live(self) -> None:
        """Forget what a former engine showed; all that is true now is written next."""
        await self._client.delete(CALLS, LIVE_CALLS, LIVE_AGENTS)
        self.record_everything()

    def _write(self, pipeline: Pipeline, events: list[LogEvent], calls: set[str], agents: set[int]) -> None:
        """Few commands for many records: a command costs more than what is in it."""
        for event in events:
            kind = "call" if isinstance(event, CallEvent) else "agent"
            pipeline.xadd(EVENT_STREAM, cast("dict[Any, Any]", event_fields(kind, event.id, _fields(event))))
        messages = self._write_calls(pipeline, calls) + self._write_agents(pipeline, agents)
        for message in messages:
            pipeline.publish(LIVE_CHANNEL, message)

    def _write_calls(self, pipeline: Pipeline, call_ids: set[str]) -> list[str]:
        """Store the calls; returns the messages about them."""
        records: dict[str, str] = {}
        shown: dict[str, str] = {}
        for call_id in call_ids:
            call = self._world.calls.get(call_id)
            if call is None:
                continue
            records[call_id] = _call_adapter.dump_json(call).decode()
            live = call_live(self._world, call)
            if live is not None:
                shown[call_id] = _to_json(live)
        _replace(pipeline, CALLS, records, call_ids - records.keys())
        _replace(pipeline, LIVE_CALLS, shown, call_ids - shown.keys())
        return [
            f'{{"type":"call","call":{shown[call_id]}}}'
            if call_id in shown
            else _to_json({"type": "call-ended", "call_id": call_id, "agent_ids": []})
            for call_id in call_ids
        ]

    def _write_agents(self, pipeline: Pipeline, agent_ids: set[int]) -> list[str]:
        """Store the agents; returns the messages about them."""
        records: dict[str, str] = {}
        shown: dict[str, str] = {}
        for agent_id in agent_ids:
            agent = self._world.agent(agent_id)
            members = {
                queue_id: self._world.member(queue_id, agent_id)
                for queue_id in self._world.config.memberships.get(agent_id, ())
            }
            record, memberships = _agent_adapter.dump_json(agent), _members_adapter.dump_json(members)
            records[str(agent_id)] = f'{{"agent":{record.decode()},"members":{memberships.decode()}}}'
            shown[str(agent_id)] = _to_json(agent_live(self._world, agent))
        _replace(pipeline, AGENTS, records, ())
        _replace(pipeline, LIVE_AGENTS, shown, ())
        return [f'{{"type":"agent","agent":{live}}}' for live in shown.values()]


def _replace(pipeline: Pipeline, key: str, present: dict[str, str], absent: Collection[str]) -> None:
    if present:
        pipeline.hset(key, mapping=cast("dict[Any, Any]", present))
    if absent:
        pipeline.hdel(key, *absent)


def _fields(event: LogEvent) -> dict[str, Any]:
    """As `dataclasses.asdict`, which copies deeply; these fields are plain values."""
    return {name: getattr(event, name) for name in event.__slots__}


async def _all(client: redis.asyncio.Redis, key: str) -> dict[str, str]:
    return await cast("Awaitable[dict[str, str]]", client.hgetall(key))
