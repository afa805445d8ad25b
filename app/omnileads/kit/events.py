"""The domain event stream in Redis and its consumer groups.

Producers append; a group's reader gets every entry at least once, first what another reader of the group took and left
unacknowledged too long, then new ones. Handling must be idempotent by the event's id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import redis
from redis.exceptions import ResponseError

EVENT_STREAM: Final = "oml:events"
EVENT_STREAM_LENGTH: Final = 1_000_000
"""Entries kept, about; a writer that lags further behind than this would lose events, and is alarmed on long before."""


@dataclass(frozen=True)
class StreamEntry:
    """`position` is the entry's id in the stream, `id` the event's own id."""

    position: str
    id: str
    kind: str
    data: Mapping[str, Any]


def event_fields(kind: str, event_id: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a stream entry, for producers that write with their own (asyncio) connection."""
    return {"id": event_id, "kind": kind, "data": json.dumps(data, separators=(",", ":"), ensure_ascii=False)}


class EventStream:
    """Appends events. Safe to share between threads."""

    def __init__(self, client: redis.Redis, stream: str = EVENT_STREAM) -> None:
        self._client = client
        self._stream = stream

    def append(self, kind: str, event_id: str, data: Mapping[str, Any]) -> str:
        """Append one event and return its position in the stream."""
        fields = cast("dict[Any, Any]", event_fields(kind, event_id, data))
        return cast("str", self._client.xadd(self._stream, fields))


class GroupReader:
    """Reads a stream as one consumer of a group.

    An entry another consumer (or this one, before a restart) read and did not acknowledge within `claim_after_ms` is
    given to the next reader that asks. One thread per reader.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        group: str,
        consumer: str,
        stream: str = EVENT_STREAM,
        batch: int = 500,
        claim_after_ms: int = 30_000,
    ) -> None:
        self._client = client
        self._stream = stream
        self._group = group
        self._consumer = consumer
        self._batch = batch
        self._claim_after_ms = claim_after_ms

    def create_group(self) -> None:
        """Make the group (and the stream) unless it exists. A new group starts at the stream's first entry."""
        try:
            self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def read(self, *, block_ms: int = 1_000) -> list[StreamEntry]:
        """Up to a batch of entries: stale ones first, else new ones, waiting at most `block_ms` for the first.

        Makes the group again if Redis came back empty. Raises RedisError when Redis is away.
        """
        try:
            return self._claim() or self._read_new(block_ms)
        except ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            self.create_group()
            return []

    def acknowledge(self, entries: Iterable[StreamEntry]) -> None:
        """Tell the group these are handled for good; call it after the commit that made them durable."""
        positions = [entry.position for entry in entries]
        if positions:
            self._client.xack(self._stream, self._group, *positions)

    def pending_count(self) -> int:
        """Entries some consumer of the group has read and not acknowledged."""
        return cast("int", cast("dict[str, Any]", self._client.xpending(self._stream, self._group))["pending"])

    def lag(self) -> int | None:
        """Entries no consumer of the group has read yet; None when Redis cannot tell (entries were deleted)."""
        groups = cast("list[dict[str, Any]]", self._client.xinfo_groups(self._stream))
        return next((cast("int | None", group["lag"]) for group in groups if group["name"] == self._group), None)

    def _claim(self) -> list[StreamEntry]:
        answer = self._client.xautoclaim(
            self._stream, self._group, self._consumer, min_idle_time=self._claim_after_ms, start_id="0-0", count=self._batch
        )
        return _entries(cast("Sequence[Any]", answer)[1])

    def _read_new(self, block_ms: int) -> list[StreamEntry]:
        answer = self._client.xreadgroup(
            self._group, self._consumer, {self._stream: ">"}, count=self._batch, block=block_ms
        )
        return [entry for _, rows in cast("Sequence[Any]", answer or []) for entry in _entries(rows)]


def _entries(rows: Sequence[tuple[str, Mapping[str, str] | None]]) -> list[StreamEntry]:
    return [
        StreamEntry(position, fields["id"], fields["kind"], json.loads(fields["data"]))
        for position, fields in rows
        if fields
    ]
