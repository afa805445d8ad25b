"""The domain event stream in Redis and its consumer groups.

Producers append; a group's reader gets every entry at least once, first what another reader of the group took and left
unacknowledged too long, then new ones. Handling must be idempotent by the event's id. An entry that can never be
handled is moved to the stream of dead letters, `<stream>:dead`, with the reason. Entries every group is done with are
trimmed, so the stream holds what is not handled yet and little more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import redis
from redis.exceptions import ResponseError

EVENT_STREAM: Final = "oml:events"
LETTER_FIELDS: Final = ("position", "group", "reason")
"""What burying adds to an entry's own fields."""


class MalformedEntryError(Exception):
    """A stream entry that is not an event; the text says why."""


@dataclass(frozen=True)
class StreamEntry:
    """`position` is the entry's id in the stream, `fields` what a producer wrote: nothing about it is certain yet."""

    position: str
    fields: Mapping[str, str]

    @property
    def id(self) -> str:
        """The event's own id; empty when the producer wrote none."""
        return self.fields.get("id", "")

    @property
    def kind(self) -> str:
        return self.fields.get("kind", "")

    @property
    def data(self) -> Mapping[str, Any]:
        """Raises MalformedEntryError."""
        try:
            data = json.loads(self.fields.get("data", ""))
        except (ValueError, RecursionError):
            raise MalformedEntryError("data is not JSON") from None
        if not isinstance(data, dict):
            raise MalformedEntryError("data is not an object")
        return data


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

    def recover(self) -> list[StreamEntry]:
        """Up to a batch of what this consumer read before a restart and did not acknowledge; empty when that is all.

        Acknowledge them before the next call. A consumer that is called the same after its restart need not wait
        until its entries are stale.
        """
        answer = self._client.xreadgroup(self._group, self._consumer, {self._stream: "0"}, count=self._batch)
        rows = [row for _, rows in cast("Sequence[Any]", answer or []) for row in rows]
        gone = [position for position, fields in rows if not fields]
        if gone:
            self._client.xack(self._stream, self._group, *gone)
            return _entries(rows) or self.recover()
        return _entries(rows)

    def acknowledge(self, entries: Iterable[StreamEntry]) -> None:
        """Tell the group these are handled for good; call it after the commit that made them durable."""
        positions = [entry.position for entry in entries]
        if positions:
            self._client.xack(self._stream, self._group, *positions)

    def bury(self, entry: StreamEntry, reason: str) -> None:
        """Move an entry that can never be handled to the dead letters, with the reason, in one step."""
        letter = {**entry.fields, "position": entry.position, "group": self._group, "reason": reason}
        with self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(dead_letters(self._stream), cast("dict[Any, Any]", letter))
            pipe.xack(self._stream, self._group, entry.position)
            pipe.execute()

    def trim_handled(self) -> int:
        """Remove the entries that every group of the stream has acknowledged. Returns how many."""
        done_before = [self._done_before(group) for group in self._groups()]
        if not done_before:
            return 0
        floor = min(done_before, key=_sort_key)
        return self._client.xtrim(self._stream, minid=floor, approximate=False)

    def pending_count(self) -> int:
        """Entries some consumer of the group has read and not acknowledged."""
        return cast("int", self._client.xpending(self._stream, self._group)["pending"])

    def lag(self) -> int | None:
        """Entries no consumer of the group has read yet; None when Redis cannot tell (entries were deleted)."""
        return next((group["lag"] for group in self._groups() if group["name"] == self._group), None)

    def _groups(self) -> list[dict[str, Any]]:
        return self._client.xinfo_groups(self._stream)

    def _done_before(self, group: Mapping[str, Any]) -> str:
        """The position of the first entry this group still needs, or of the last one it has read."""
        summary = self._client.xpending(self._stream, group["name"])
        return cast("str", summary["min"] or group["last-delivered-id"])

    def _claim(self) -> list[StreamEntry]:
        answer = self._client.xautoclaim(
            self._stream,
            self._group,
            self._consumer,
            min_idle_time=self._claim_after_ms,
            start_id="0-0",
            count=self._batch,
        )
        return _entries(cast("Sequence[Any]", answer)[1])

    def _read_new(self, block_ms: int) -> list[StreamEntry]:
        answer = self._client.xreadgroup(
            self._group, self._consumer, {self._stream: ">"}, count=self._batch, block=block_ms
        )
        return [entry for _, rows in cast("Sequence[Any]", answer or []) for entry in _entries(rows)]


def _entries(rows: Sequence[tuple[str, Mapping[str, str] | None]]) -> list[StreamEntry]:
    return [StreamEntry(position, fields) for position, fields in rows if fields]


def replay_dead_letters(client: redis.Redis, stream: str = EVENT_STREAM) -> int:
    """Put the buried entries back into the stream, for a version that can handle them. Returns how many."""
    replayed = 0
    for position, letter in cast("Sequence[tuple[str, dict[str, str]]]", client.xrange(dead_letters(stream))):
        fields = {name: value for name, value in letter.items() if name not in LETTER_FIELDS}
        with client.pipeline(transaction=True) as pipe:
            pipe.xadd(stream, cast("dict[Any, Any]", fields))
            pipe.xdel(dead_letters(stream), position)
            pipe.execute()
        replayed += 1
    return replayed


def dead_letters(stream: str) -> str:
    """Name of the stream that keeps the entries of `stream` nobody can handle."""
    return f"{stream}:dead"


def _sort_key(position: str) -> tuple[int, int]:
    milliseconds, _, sequence = position.partition("-")
    return int(milliseconds), int(sequence)
