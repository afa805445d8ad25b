from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import dramatiq
import pytest

from omnileads.kit.errors import ValidationFailed
from omnileads.kit.jobs import (
    FAILED_MESSAGE,
    MAX_ATTEMPTS,
    RESEND_AFTER,
    STALE_AFTER,
    Job,
    JobFailedError,
    JobRun,
    Jobs,
    find_job,
)
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import VirtualClock


def queue(runtime: Runtime, kind: str = "test.job", **arguments: Any) -> str:
    with runtime.database.transaction() as session:
        return runtime.jobs.enqueue(session, kind, arguments, created_by=None)


def job(runtime: Runtime, job_id: str) -> Job:
    with runtime.database.transaction() as session:
        found = find_job(session, job_id)
    assert found is not None
    return found


def messages(runtime: Runtime) -> int:
    return int(runtime.redis.llen("oml:jobs:jobs"))


def test_a_job_runs_with_its_arguments_and_keeps_its_result(runtime: Runtime) -> None:
    def double(run: JobRun) -> Mapping[str, Any]:
        run.progress(1, 2)
        return {"double": run.arguments["number"] * 2}

    runtime.jobs.register("test.job", double)
    job_id = queue(runtime, number=21)
    assert job(runtime, job_id).state == "queued"
    runtime.jobs.run(job_id)
    done = job(runtime, job_id)
    assert (done.state, done.result, done.done_count, done.total_count) == ("done", {"double": 42}, 1, 2)


def test_the_worker_of_the_queue_runs_it(runtime: Runtime) -> None:
    ran = threading.Event()
    runtime.jobs.register("test.job", lambda _run: ran.set())
    worker = dramatiq.Worker(runtime.jobs.broker, worker_threads=1, worker_timeout=100)
    worker.start()
    try:
        queue(runtime)
        assert ran.wait(10)
    finally:
        worker.stop()


def test_a_job_of_a_transaction_that_is_rolled_back_does_not_exist(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="stop"), runtime.database.transaction() as session:
        runtime.jobs.enqueue(session, "test.job", {})
        raise ValueError("stop")
    assert messages(runtime) == 0


def test_a_finished_job_does_not_run_again(runtime: Runtime) -> None:
    runs: list[str] = []
    runtime.jobs.register("test.job", lambda run: runs.append(run.id))
    job_id = queue(runtime)
    runtime.jobs.run(job_id)
    runtime.jobs.run(job_id)
    assert runs == [job_id]


def test_a_refusal_fails_at_once_and_says_why(runtime: Runtime) -> None:
    def refuse(_run: JobRun) -> None:
        raise ValidationFailed("The file has no column with a phone number.")

    runtime.jobs.register("test.job", refuse)
    job_id = queue(runtime)
    runtime.jobs.run(job_id)
    failed = job(runtime, job_id)
    assert (failed.state, failed.message) == ("failed", "The file has no column with a phone number.")


def test_an_error_is_tried_again_and_then_given_up(runtime: Runtime) -> None:
    def fail(_run: JobRun) -> None:
        raise ConnectionError

    runtime.jobs.register("test.job", fail)
    job_id = queue(runtime)
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(JobFailedError):
            runtime.jobs.run(job_id)
        assert job(runtime, job_id).state == "queued"
    runtime.jobs.run(job_id)
    failed = job(runtime, job_id)
    assert (failed.state, failed.message, failed.attempts) == ("failed", FAILED_MESSAGE, MAX_ATTEMPTS)


def test_a_job_another_worker_runs_is_left_alone_until_its_heartbeat_is_old(
    runtime: Runtime, clock: VirtualClock
) -> None:
    runs: list[str] = []

    def run_twice(run: JobRun) -> None:
        runs.append(run.id)
        if len(runs) == 1:
            runtime.jobs.run(run.id)
            assert runs == [run.id]
            clock.advance(seconds=STALE_AFTER.total_seconds() + 1)
            runtime.jobs.run(run.id)

    runtime.jobs.register("test.job", run_twice)
    job_id = queue(runtime)
    runtime.jobs.run(job_id)
    assert runs == [job_id, job_id]


def test_a_long_job_stays_its_workers(runtime: Runtime, settings: Settings, clock: VirtualClock) -> None:
    """The heartbeat is written while the handler is busy, also after the database was away for one of them."""
    jobs = Jobs(settings.redis, runtime.database, clock, heartbeat_seconds=0.02)
    beaten = threading.Event()

    def work(run: JobRun) -> None:
        started = job(runtime, run.id).touched_at
        clock.advance(seconds=STALE_AFTER.total_seconds() + 1)
        for _ in range(500):
            if job(runtime, run.id).touched_at > started:
                beaten.set()
                return
            time.sleep(0.01)

    jobs.register("test.job", work)
    jobs.run(queue(runtime))
    jobs.close()
    assert beaten.is_set()


def test_a_lost_message_is_sent_again_once(runtime: Runtime, clock: VirtualClock) -> None:
    queue(runtime)
    runtime.redis.flushdb()
    assert runtime.jobs.resend_lost() == 0
    clock.advance(seconds=RESEND_AFTER.total_seconds() + 1)
    assert runtime.jobs.resend_lost() == 1
    assert messages(runtime) == 1
    assert runtime.jobs.resend_lost() == 0


def test_a_kind_has_one_handler(runtime: Runtime) -> None:
    runtime.jobs.register("test.job", lambda _run: None)
    with pytest.raises(ValueError, match=r"test\.job"):
        runtime.jobs.register("test.job", lambda _run: None)


def test_an_unknown_kind_is_tried_again(runtime: Runtime) -> None:
    """During an upgrade an older worker may see a kind it does not know yet."""
    job_id = queue(runtime, "test.unknown")
    with pytest.raises(JobFailedError):
        runtime.jobs.run(job_id)
