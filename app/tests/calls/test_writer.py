"""The writer, on a real Redis and a real Postgres."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import delete, func, select, text

from omnileads.calls import writer
from omnileads.calls.intake import MalformedEventError, read_event
from omnileads.calls.models import AgentActivity, Call, CallEvent, Recording
from omnileads.calls.store import store
from omnileads.calls.writer import GROUP, EventWriter
from omnileads.kit.events import EVENT_STREAM, GroupReader, dead_letters, replay_dead_letters
from omnileads.kit.runtime import Runtime
from tests.domain import Phone


def make_writer(runtime: Runtime, stop: threading.Event | None = None, consumer: str = "one") -> EventWriter:
    reader = GroupReader(runtime.redis, group=GROUP, consumer=consumer, claim_after_ms=200)
    return EventWriter(runtime.database, reader, runtime.clock, stop or threading.Event())


def drain(runtime: Runtime) -> None:
    """Let a writer run until everything in the stream is stored."""
    stop = threading.Event()
    thread = threading.Thread(target=make_writer(runtime, stop).run)
    thread.start()
    try:
        wait_until(lambda: pending(runtime) == 0)
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def pending(runtime: Runtime) -> int:
    """Entries that are not acknowledged or not read."""
    groups: Any = runtime.redis.xinfo_groups(EVENT_STREAM)
    group = next((group for group in groups if group["name"] == GROUP), None)
    return 1 if group is None else int(group["pending"]) + int(group["lag"] or 0)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)


def count(runtime: Runtime, table: type[Any]) -> int:
    with runtime.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def get_call(runtime: Runtime, call_id: str) -> Call:
    with runtime.database.transaction() as session:
        return session.get_one(Call, call_id)


def test_events_become_a_call_and_a_recording(runtime: Runtime) -> None:
    phone = Phone(runtime)
    file = "2026-03-02/in-c1.wav"
    phone.event("c1", "ENTERQUEUE", campaign_id=7)
    phone.event("c1", "CONNECT", campaign_id=7, agent_id=4, wait_seconds=1.5, recording=file)
    phone.event("c1", "COMPLETEAGENT", campaign_id=7, agent_id=4, talk_seconds=30, recording=file)
    runtime.events.append(
        "agent",
        "agent:4:1:1",
        {"id": "agent:4:1:1", "time": 1000, "agent_id": 4, "event": "PAUSEALL", "pause_id": "00"},
    )
    drain(runtime)
    assert count(runtime, CallEvent) == 3
    call = get_call(runtime, "c1")
    assert (call.outcome, call.ended_by, call.wait_seconds, call.talk_seconds) == ("answered", "agent", 1.5, 30)
    with runtime.database.transaction() as session:
        recording = session.scalars(select(Recording)).one()
        activity = session.scalars(select(AgentActivity)).one()
    assert (recording.file, recording.call_id, recording.agent_id, recording.state) == (file, "c1", 4, "pending")
    assert (activity.event, activity.pause_id) == ("PAUSEALL", "00")


def test_a_call_belongs_to_the_contact_its_events_name(runtime: Runtime) -> None:
    phone = Phone(runtime)
    phone.event("c1", "DIAL", campaign_id=7, agent_id=4, contact_id=2**40)
    phone.event("c1", "BUSY", campaign_id=7, agent_id=4, contact_id=2**40)
    phone.event("c2", "DIAL", campaign_id=7, agent_id=4, contact_id=-1)
    drain(runtime)
    assert [get_call(runtime, call_id).contact_id for call_id in ("c1", "c2")] == [2**40, None]


def test_a_repeated_event_is_kept_once_even_with_another_time(runtime: Runtime) -> None:
    phone = Phone(runtime)
    phone.event("c1", "ENTERQUEUE", campaign_id=7)
    runtime.events.append("call", "c1:0", {**phone.document("c1", "ENTERQUEUE", campaign_id=7), "time": 5})
    drain(runtime)
    assert count(runtime, CallEvent) == 1
    assert get_call(runtime, "c1").started_at == runtime.clock.now()


def test_handled_entries_leave_the_stream(runtime: Runtime) -> None:
    phone = Phone(runtime)
    for index in range(20):
        phone.event(f"c{index}", "ENTERQUEUE", campaign_id=7)
    drain(runtime)
    reader = GroupReader(runtime.redis, group=GROUP, consumer="one")
    reader.trim_handled()
    assert runtime.redis.xlen(EVENT_STREAM) <= 1
    phone.event("later", "ENTERQUEUE", campaign_id=7)
    reader.trim_handled()
    assert [entry.id for entry in reader.read(block_ms=10)] == ["later:0"], "what nobody has read stays"
    reader.trim_handled()
    assert [entry.id for entry in reader.recover()] == ["later:0"], "what is not acknowledged stays"


POISON: list[tuple[dict[str, str], str]] = [
    ({"id": "c1:0", "kind": "call", "data": "{"}, "data is not JSON"),
    ({"id": "c1:0", "kind": "call", "data": "[]"}, "data is not an object"),
    ({"id": "c1:0", "kind": "call"}, "data is not JSON"),
    ({"id": "c1:0", "kind": "fax", "data": "{}"}, "kind 'fax' is not known"),
    ({"id": "c1", "kind": "call", "data": "{}"}, "the id is not"),
    ({"id": "c1:x", "kind": "call", "data": "{}"}, "the id is not"),
    ({"id": "c1:0", "kind": "call", "data": '{"call_id":"c2"}'}, "call_id is not the one in the id"),
    ({"id": "c1:0", "kind": "call", "data": '{"call_id":"c1"}'}, "time: missing; event: missing"),
    (
        {"id": "c1:0", "kind": "call", "data": '{"call_id":"c1","time":1,"event":"A","recording":"../../x.wav"}'},
        "recording: string_pattern_mismatch",
    ),
    ({"id": "a", "kind": "agent", "data": '{"time":1,"agent_id":1,"event":"DANCE"}'}, "event: literal_error"),
    ({"unrelated": "fields"}, "kind '' is not known"),
]


@pytest.mark.parametrize(("fields", "reason"), POISON)
def test_a_poison_entry_is_buried_with_its_reason(runtime: Runtime, fields: dict[str, str], reason: str) -> None:
    runtime.redis.xadd(EVENT_STREAM, fields)  # type: ignore[arg-type]  # str is accepted
    Phone(runtime).event("good", "ENTERQUEUE", campaign_id=7)
    drain(runtime)
    letters: Any = runtime.redis.xrange(dead_letters(EVENT_STREAM))
    assert len(letters) == 1
    assert letters[0][1].items() >= fields.items()
    assert reason in letters[0][1]["reason"] or "data is not JSON" in letters[0][1]["reason"]
    assert letters[0][1]["group"] == GROUP
    assert count(runtime, CallEvent) == 1


def test_bytes_that_are_not_text_stop_nobody(runtime: Runtime) -> None:
    runtime.redis.xadd(EVENT_STREAM, {b"id": b"\xff\xfe", b"kind": b"call", b"data": b"\xff"})
    drain(runtime)
    assert runtime.redis.xlen(dead_letters(EVENT_STREAM)) == 1


def test_an_entry_postgres_refuses_does_not_hold_up_its_batch(runtime: Runtime) -> None:
    phone = Phone(runtime)
    for call_id in ("c1", "c2", "c3"):
        phone.event(call_id, "ENTERQUEUE", campaign_id=2 if call_id == "c2" else 1)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE call_events ADD CONSTRAINT no_two CHECK (campaign_id <> 2)"))
    try:
        drain(runtime)
    finally:
        with runtime.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE call_events DROP CONSTRAINT no_two"))
    assert count(runtime, CallEvent) == 2
    letters: Any = runtime.redis.xrange(dead_letters(EVENT_STREAM))
    assert [(fields["id"], fields["reason"]) for _, fields in letters] == [
        ("c2:0", "it cannot be stored: CheckViolation")
    ]
    assert replay_dead_letters(runtime.redis) == 1
    drain(runtime)
    assert count(runtime, CallEvent) == 3, "once the reason is gone, buried events can be stored after all"
    assert not runtime.redis.xlen(dead_letters(EVENT_STREAM))


@pytest.mark.parametrize("number", ["\x00351", "\ud83d", "9" * 5000, "+54 (351) 555"])
def test_no_number_costs_a_call(runtime: Runtime, number: str) -> None:
    document = {**Phone(runtime).document("c1", "ENTERQUEUE", campaign_id=7), "number": number}
    fields = {"id": "c1:0", "kind": "call", "data": json.dumps(document)}
    runtime.redis.xadd(EVENT_STREAM, fields)  # type: ignore[arg-type]  # str is accepted
    drain(runtime)
    assert len(get_call(runtime, "c1").number) == len(number)


def test_a_database_that_is_not_migrated_yet_is_waited_for(runtime: Runtime) -> None:
    Phone(runtime).event("c1", "ENTERQUEUE", campaign_id=7)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE call_events RENAME TO call_events_later"))
    stop = threading.Event()
    thread = threading.Thread(target=make_writer(runtime, stop).run)
    thread.start()
    try:
        wait_until(lambda: bool(runtime.redis.exists(EVENT_STREAM)) and pending(runtime) > 0)
        time.sleep(0.5)
        assert not runtime.redis.exists(dead_letters(EVENT_STREAM))
        with runtime.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE call_events_later RENAME TO call_events"))
        wait_until(lambda: count(runtime, CallEvent) == 1)
    finally:
        stop.set()
        thread.join(timeout=10)


def test_the_entries_of_a_dead_writer_are_claimed(runtime: Runtime) -> None:
    Phone(runtime).event("c1", "ENTERQUEUE", campaign_id=7)
    dead = GroupReader(runtime.redis, group=GROUP, consumer="dead")
    dead.create_group()
    assert len(dead.read(block_ms=10)) == 1
    drain(runtime)
    assert count(runtime, CallEvent) == 1


def test_a_restarted_writer_takes_up_its_own_entries_at_once(runtime: Runtime) -> None:
    phone = Phone(runtime)
    phone.event("c1", "ENTERQUEUE", campaign_id=7)
    phone.event("c2", "ENTERQUEUE", campaign_id=7)
    before = GroupReader(runtime.redis, group=GROUP, consumer="one")
    before.create_group()
    entries = before.read(block_ms=10)
    runtime.redis.xdel(EVENT_STREAM, entries[0].position)
    again = GroupReader(runtime.redis, group=GROUP, consumer="one")
    assert [entry.id for entry in again.recover()] == ["c2:0"]
    again.acknowledge(entries[1:])
    assert again.recover() == []


def test_the_group_is_made_again_when_redis_came_back_empty(runtime: Runtime) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=make_writer(runtime, stop).run)
    thread.start()
    try:
        wait_until(lambda: bool(runtime.redis.exists(EVENT_STREAM)))
        runtime.redis.flushdb()
        Phone(runtime).event("c1", "ENTERQUEUE", campaign_id=7)
        wait_until(lambda: count(runtime, CallEvent) == 1)
    finally:
        stop.set()
        thread.join(timeout=10)


def test_run_counts_what_it_does_and_stops_when_told(runtime: Runtime) -> None:
    before = REGISTRY.get_sample_value("oml_events_stored_total", {"kind": "call"}) or 0
    stop = threading.Event()
    thread = threading.Thread(target=writer.run, args=(runtime, stop))
    thread.start()
    Phone(runtime).event("c1", "ENTERQUEUE", campaign_id=7)
    wait_until(lambda: count(runtime, CallEvent) == 1)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert REGISTRY.get_sample_value("oml_events_stored_total", {"kind": "call"}) == before + 1


def test_two_writers_at_once_agree_on_every_call(runtime: Runtime) -> None:
    """Events of the same calls in both hands: whoever commits last has seen them all."""
    phone = Phone(runtime)
    calls = [f"c{index}" for index in range(60)]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("ENTERQUEUE", {}),
        ("CONNECT", {"agent_id": 3, "wait_seconds": 1}),
        ("COMPLETEAGENT", {"agent_id": 3, "talk_seconds": 9}),
    ]
    for name, data in steps:
        for call_id in calls:
            phone.event(call_id, name, campaign_id=7, **data)
    stop = threading.Event()
    writers = [
        EventWriter(
            runtime.database,
            GroupReader(runtime.redis, group=GROUP, consumer=f"w{index}", batch=7),
            runtime.clock,
            stop,
        )
        for index in range(3)
    ]
    threads = [threading.Thread(target=each.run) for each in writers]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: pending(runtime) == 0)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)
    assert count(runtime, CallEvent) == 180
    with runtime.database.transaction() as session:
        outcomes = set(session.execute(select(Call.outcome, Call.talk_seconds)).all())
    assert outcomes == {("answered", 9.0)}


SEQUENCE: list[tuple[str, dict[str, Any]]] = [
    ("ENTERQUEUE", {}),
    ("RINGNOANSWER", {"agent_id": 2}),
    ("CONNECT", {"agent_id": 3, "wait_seconds": 4.0, "recording": "2026-03-02/a.wav"}),
    ("COMPLETEOUTNUM", {"agent_id": 3, "talk_seconds": 8.0, "recording": "2026-03-02/a.wav"}),
]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), max_size=8), st.permutations(range(4)))
def test_any_order_and_duplication_gives_the_same_rows(runtime: Runtime, extra: list[int], order: list[int]) -> None:
    phone = Phone(runtime)
    events = [
        read_event("call", f"c1:{index}", phone.document("c1", name, campaign_id=7, **data))
        for index, (name, data) in enumerate(SEQUENCE)
    ]
    with runtime.database.transaction() as session:
        for table in (CallEvent, Call, Recording):
            session.execute(delete(table))
    for index in [*order[:2], *extra, *order[2:], *extra]:
        with runtime.database.transaction() as session:
            store(session, [events[index], events[order[0]]], runtime.clock.now())
    with runtime.database.transaction() as session:
        call = session.scalars(select(Call)).one()
        recording = session.scalars(select(Recording)).one()
        assert session.scalar(select(func.count()).select_from(CallEvent)) == 4
    assert (call.outcome, call.agent_id, call.wait_seconds, call.talk_seconds) == ("answered", 3, 4.0, 8.0)
    assert (recording.agent_id, recording.campaign_id, recording.checks) == (3, 7, 0)


def test_reasons_hold_no_personal_data() -> None:
    data = {"call_id": "c1", "time": 1, "event": "A", "number": 3515550001}
    with pytest.raises(MalformedEventError) as refused:
        read_event("call", "c1:0", data)
    assert "3515550001" not in str(refused.value)
    assert json.dumps(str(refused.value))
