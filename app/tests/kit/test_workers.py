from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from omnileads.kit.workers import Workers

SECONDS = 10.0


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(2)
    yield made
    made.close()


def test_what_the_function_returns_or_raises(workers: Workers) -> None:
    async def asked() -> None:
        assert await workers.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await workers.run(divmod, 1, 0)

    asyncio.run(asked())


def test_never_more_at_once_than_the_limit(workers: Workers) -> None:
    both = threading.Barrier(2)
    at_once: list[int] = []
    running: set[int] = set()

    def work(number: int) -> None:
        running.add(number)
        at_once.append(len(running))
        both.wait(SECONDS)
        running.discard(number)
        both.wait(SECONDS)

    async def asked() -> None:
        await asyncio.gather(*(workers.run(work, number) for number in range(6)))

    asyncio.run(asked())
    assert len(at_once) == 6
    assert max(at_once) == 2


def test_a_caller_that_gave_up_disturbs_nobody(workers: Workers) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(SECONDS)
        done.set()

    async def asked() -> None:
        task = asyncio.create_task(workers.run(work))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        assert await workers.run(lambda: "another") == "another"

    asyncio.run(asked())
    assert done.wait(SECONDS)


def test_a_loop_that_is_gone_does_not_end_the_worker(workers: Workers) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(SECONDS)

    async def left() -> None:
        task = asyncio.create_task(workers.run(work))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(left())
    go_on.set()

    async def asked() -> list[str]:
        return await asyncio.gather(*(workers.run(lambda: "alive") for _ in range(4)))

    assert asyncio.run(asked()) == ["alive"] * 4


def test_closed_workers_end_and_start_again_when_needed(workers: Workers) -> None:
    async def thread() -> threading.Thread:
        return await workers.run(threading.current_thread)

    first = asyncio.run(thread())
    workers.close()
    first.join(SECONDS)
    assert not first.is_alive()
    assert asyncio.run(thread()).is_alive()
