"""Turns: in the order of waiting, each resource once at a time, and no namespace in everybody's way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

from omnileads_operator.cluster import UnreachableError
from omnileads_operator.turns import Key, Turns


def key(namespace: str, name: str) -> Key:
    return Key("OMniLeads", namespace, name)


class Work:
    """What turns do: those of the namespace `stuck` wait until they are let go."""

    def __init__(self) -> None:
        self.done: list[Key] = []
        self.under_way = 0
        self.most_under_way = 0
        self.let_go = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, each: Key) -> bool:
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        if each.namespace == "stuck":
            self.let_go.wait(timeout=60)
        with self._lock:
            self.under_way -= 1
            self.done.append(each)
        if each.namespace == "failing":
            raise UnreachableError("no")
        return True


def run(scenario: Callable[[Work, Turns], Awaitable[None]], *, parallel: int = 4, of_namespace: int = 2) -> Work:
    work = Work()

    async def all_of_it() -> None:
        turns = Turns(work, 3600, parallel=parallel, of_namespace=of_namespace)
        try:
            await scenario(work, turns)
        finally:
            work.let_go.set()
            await turns.stop(30)

    asyncio.run(all_of_it())
    return work


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not found():
            await asyncio.sleep(0.01)


def test_nothing_is_done_before_it_may_go_on_nor_while_it_is_held() -> None:
    async def scenario(work: Work, turns: Turns) -> None:
        turns.wake(key("a", "early"))
        await asyncio.sleep(0.3)
        assert work.done == []
        turns.go_on()
        await until(lambda: len(work.done) == 1)
        turns.hold()
        turns.wake(key("a", "early"))
        turns.wake(key("a", "late"))
        await asyncio.sleep(0.3)
        assert len(work.done) == 1
        turns.go_on()
        await until(lambda: len(work.done) == 3)

    run(scenario)


def test_a_namespace_that_hangs_leaves_places_to_the_others() -> None:
    async def scenario(work: Work, turns: Turns) -> None:
        turns.go_on()
        for number in range(20):
            turns.wake(key("stuck", str(number)))
        await until(lambda: work.under_way == 2)
        for number in range(20):
            turns.wake(key("well", str(number)))
        await until(lambda: len(work.done) == 20)
        assert {each.namespace for each in work.done} == {"well"}
        work.let_go.set()
        await until(lambda: len(work.done) == 40)

    assert run(scenario).most_under_way <= 4


def test_who_is_woken_all_the_time_does_not_come_before_who_waits() -> None:
    async def scenario(work: Work, turns: Turns) -> None:
        turns.go_on()
        keys = [key("a", str(number)) for number in range(30)]
        for each in keys:
            turns.wake(each)
        while len({each.name for each in work.done}) < len(keys):
            turns.wake(keys[0])
            turns.wake(key("failing", "x"))
            await asyncio.sleep(0.01)
        assert work.done.count(keys[0]) <= 3

    run(scenario, parallel=1, of_namespace=1)


def test_stopping_awaits_what_is_under_way() -> None:
    async def scenario(work: Work, turns: Turns) -> None:
        turns.go_on()
        turns.wake(key("stuck", "x"))
        await until(lambda: work.under_way == 1)
        assert not await turns.stop(0.1)
        work.let_go.set()
        assert await turns.stop(30)
        assert len(work.done) == 1

    run(scenario)
