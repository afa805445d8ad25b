"""Threads of a process, chores, and the small health server beside them."""

from __future__ import annotations

import json
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from omnileads.kit.clock import SystemClock
from omnileads.kit.health import SUPPORTED, HealthServer, MigrationsPendingError, Probe, check_migrations, readiness
from omnileads.kit.periodic import Chore, run_chores
from omnileads.kit.process import ThreadedProcess
from omnileads.kit.runtime import Runtime
from omnileads.schema import migrate


def until_stopped(stop: threading.Event) -> None:
    stop.wait()


def fail(_stop: threading.Event) -> None:
    raise ConnectionError


def end(_stop: threading.Event) -> None:
    return


def ask_to_stop(stop: threading.Event) -> None:
    signal.raise_signal(signal.SIGTERM)
    stop.wait()


def test_a_process_runs_until_it_is_asked_to_stop() -> None:
    process = ThreadedProcess()
    process.add("one", until_stopped)
    process.add("stopper", lambda stop: stop.set())
    assert process.run() == 0


@pytest.mark.parametrize("task", [fail, end])
def test_a_task_that_dies_ends_the_process(task: object) -> None:
    process = ThreadedProcess()
    process.add("one", until_stopped)
    process.add("dying", task)  # type: ignore[arg-type]  # one of the two above
    assert process.run() == 1
    assert not process.is_alive()


def test_a_task_that_fails_while_stopping_is_logged_only() -> None:
    process = ThreadedProcess()

    def fail_late(stop: threading.Event) -> None:
        stop.wait()
        raise ConnectionError

    process.add("late", fail_late)
    process.add("stopper", lambda stop: stop.set())
    assert process.run() == 0


def test_a_signal_stops_the_process() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    process = ThreadedProcess()
    process.handle_signals()
    try:
        process.add("one", ask_to_stop)
        assert process.run() == 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_chores_are_done_again_though_they_fail() -> None:
    stop, done = threading.Event(), [0]

    def work() -> None:
        done[0] += 1
        if done[0] == 3:
            stop.set()
        raise ConnectionError

    run_chores([Chore("failing", 0.01, work), Chore("rare", 3600, lambda: None)], SystemClock(), stop)
    assert done == [3]


@pytest.fixture
def states() -> dict[str, bool]:
    return {"alive": True, "ready": True}


@pytest.fixture
def server(states: dict[str, bool]) -> Iterator[str]:
    def check() -> None:
        if not states["ready"]:
            raise ConnectionError

    server = HealthServer("127.0.0.1", 0, [Probe("part", check)], lambda: states["alive"])
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def ask(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_says_whether_the_process_works(server: str, states: dict[str, bool]) -> None:
    assert ask(f"{server}/healthz")[0] == 200
    states["alive"] = False
    assert ask(f"{server}/healthz")[0] == 503


def test_readiness_says_what_is_missing(server: str, states: dict[str, bool]) -> None:
    assert ask(f"{server}/readyz")[0] == 200
    states["ready"] = False
    status, body = ask(f"{server}/readyz")
    assert (status, json.loads(body)) == (503, {"status": "not-ready", "checks": {"part": "failed"}})


def test_metrics_are_not_given_through_a_proxy(server: str) -> None:
    assert "python_info" in ask(f"{server}/metrics")[1]
    assert ask(f"{server}/metrics", **{"X-Forwarded-For": "10.0.0.1"})[0] == 404
    assert ask(f"{server}/else")[0] == 404


def test_all_probes_are_asked(states: dict[str, bool]) -> None:
    def broken() -> None:
        raise ValueError

    assert readiness([Probe("a", broken), Probe("b", lambda: None)]) == (False, {"a": "failed", "b": "ok"})


def test_pending_migrations_are_named(runtime: Runtime) -> None:
    check_migrations(runtime)
    with runtime.database.transaction() as session:
        version = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        with pytest.raises(MigrationsPendingError, match="run `oml migrate`"):
            check_migrations(runtime)
    finally:
        with runtime.database.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


@pytest.fixture
def schema_of_tomorrow(runtime: Runtime) -> Iterator[str]:
    """The database is of a revision that this code does not know. Yields the revision of this code."""
    with runtime.database.transaction() as session:
        version = str(session.scalar(text("SELECT version_num FROM alembic_version")))
        note = session.scalar(text("SELECT obj_description('alembic_version'::regclass, 'pg_class')"))
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    yield version
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        session.execute(text(f"COMMENT ON TABLE alembic_version IS '{note}'"))


def note_support(runtime: Runtime, revisions: str) -> None:
    with runtime.database.transaction() as session:
        session.execute(text(f"COMMENT ON TABLE alembic_version IS '{SUPPORTED}{revisions}'"))


def test_a_newer_schema_that_only_added_something_will_do(runtime: Runtime, schema_of_tomorrow: str) -> None:
    note_support(runtime, f"9999 9998 {schema_of_tomorrow}")
    check_migrations(runtime)
    # An upgrade that was taken back: the older version's migration finds nothing to do.
    assert migrate(runtime.database) is False
    with runtime.database.transaction() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_newer_schema_that_took_something_away_will_not_do(runtime: Runtime, schema_of_tomorrow: str) -> None:
    assert schema_of_tomorrow
    note_support(runtime, "9999 9998")
    with pytest.raises(MigrationsPendingError):
        check_migrations(runtime)


def test_a_note_of_another_schema_does_not_count(runtime: Runtime, schema_of_tomorrow: str) -> None:
    """As after a backup of another version was put back by hand."""
    note_support(runtime, f"9998 {schema_of_tomorrow}")
    with pytest.raises(MigrationsPendingError):
        check_migrations(runtime)


def test_code_newer_than_the_schema_waits(runtime: Runtime, schema_of_tomorrow: str) -> None:
    """Also where the old schema says that it works with many: not with one that it does not know."""
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    note_support(runtime, "0001")
    with pytest.raises(MigrationsPendingError):
        check_migrations(runtime)
    assert schema_of_tomorrow != "0001"
