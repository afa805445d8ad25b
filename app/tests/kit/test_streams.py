"""The event stream and its consumer groups, on a real Redis."""

from __future__ import annotations

import pytest
from redis.exceptions import ResponseError

from omnileads.kit.events import EVENT_STREAM, EventStream, GroupReader, MalformedEntryError, event_fields
from omnileads.kit.runtime import Runtime


def reader(runtime: Runtime, consumer: str = "one", *, claim_after_ms: int = 60_000) -> GroupReader:
    made = GroupReader(runtime.redis, group="writer", consumer=consumer, claim_after_ms=claim_after_ms)
    made.create_group()
    return made


def test_entries_come_in_order_and_once_per_group(runtime: Runtime) -> None:
    for number in range(3):
        runtime.events.append("call", f"C1:{number}", {"n": number, "text": "ñ"})
    one = reader(runtime)
    read = one.read(block_ms=10)
    assert [(entry.kind, entry.id, dict(entry.data)) for entry in read] == [
        ("call", f"C1:{number}", {"n": number, "text": "ñ"}) for number in range(3)
    ]
    assert one.read(block_ms=10) == []
    assert one.pending_count() == 3
    one.acknowledge(read)
    one.acknowledge([])
    assert one.pending_count() == 0
    assert one.lag() == 0


def test_what_a_dead_reader_took_is_given_to_the_next(runtime: Runtime) -> None:
    runtime.events.append("call", "C1:1", {})
    taken = reader(runtime, "dead").read(block_ms=10)
    assert reader(runtime, "early").read(block_ms=10) == []
    adopted = reader(runtime, "next", claim_after_ms=0).read(block_ms=10)
    assert [entry.id for entry in adopted] == [entry.id for entry in taken]


def test_a_redis_that_comes_back_empty_is_no_obstacle(runtime: Runtime) -> None:
    one = reader(runtime)
    runtime.redis.flushdb()
    assert one.read(block_ms=10) == []
    runtime.events.append("call", "C1:1", {})
    assert [entry.id for entry in one.read(block_ms=10)] == ["C1:1"]


def test_a_key_of_another_type_is_an_error(runtime: Runtime) -> None:
    runtime.redis.set(EVENT_STREAM, "not a stream")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        reader(runtime)


def test_another_refusal_of_redis_is_an_error(runtime: Runtime) -> None:
    one = reader(runtime)
    runtime.redis.delete(EVENT_STREAM)
    runtime.redis.set(EVENT_STREAM, "not a stream")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        one.read(block_ms=10)


def test_a_stream_of_its_own(runtime: Runtime) -> None:
    EventStream(runtime.redis, "oml:other").append("call", "C1:1", {})
    assert runtime.redis.xlen("oml:other") == 1


@pytest.mark.parametrize("data", ["{", "[1]", "", "[" * 100_000])
def test_an_entry_that_is_no_event_says_so_when_it_is_read(runtime: Runtime, data: str) -> None:
    runtime.redis.xadd(EVENT_STREAM, {"data": data})
    (entry,) = reader(runtime).read(block_ms=10)
    assert (entry.id, entry.kind) == ("", "")
    with pytest.raises(MalformedEntryError):
        entry.data  # noqa: B018 - reading it is what fails


def test_fields_for_producers_with_their_own_connection() -> None:
    assert event_fields("agent", "agent:1", {"a": 1}) == {"id": "agent:1", "kind": "agent", "data": '{"a":1}'}
