"""One task for each resource: it takes turns, one after another, whenever something wakes it and once in a while.

Events only wake; what there is to do is found in the turn itself. A turn that fails is tried again, later each time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from omnileads_operator.cluster import RefusedError, UnreachableError
from omnileads_operator.metrics import RECONCILIATIONS, SECONDS, WAITING

log = logging.getLogger(__name__)

SETTLE_SECONDS: Final = 0.1
"""Events come in bursts; one turn is enough for all of a burst."""
LONGEST_RETRY_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Key:
    kind: str
    namespace: str
    name: str


Turn = Callable[[Key], bool]
"""Does what there is to do. Returns whether the resource is still there."""


class Turns:
    """Made and woken on the event loop; turns run in threads, at most `parallel` at once."""

    def __init__(self, turn: Turn, resync_seconds: float, parallel: int = 4) -> None:
        self._turn = turn
        self._resync_seconds = resync_seconds
        self._places = asyncio.Semaphore(parallel)
        self._wakes: dict[Key, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, key: Key) -> None:
        if key not in self._wakes:
            self._wakes[key] = asyncio.Event()
            task = asyncio.create_task(self._take_turns(key), name=f"turns {key}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._wakes[key].set()

    async def stop(self) -> None:
        """Ends between turns; a turn under way is awaited."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take_turns(self, key: Key) -> None:
        failures = 0
        wake = self._wakes[key]
        try:
            while True:
                await asyncio.sleep(SETTLE_SECONDS)
                wake.clear()
                outcome = await self._take_one(key)
                if outcome == "gone":
                    if wake.is_set():
                        continue
                    return
                failures = 0 if outcome == "ok" else failures + 1
                delay = min(2.0 ** (failures - 1), LONGEST_RETRY_SECONDS) if failures else self._resync_seconds
                await _wait(wake, delay)
        finally:
            del self._wakes[key]

    async def _take_one(self, key: Key) -> str:
        WAITING.inc()
        async with self._places:
            WAITING.dec()
            outcome = await asyncio.shield(asyncio.to_thread(self._timed, key))
        RECONCILIATIONS.labels(key.kind, outcome).inc()
        return outcome

    def _timed(self, key: Key) -> str:
        started = time.monotonic()
        try:
            return "ok" if self._turn(key) else "gone"
        except UnreachableError as error:
            log.warning("reconcile.unreachable %s: %s", key, error)
            return "unreachable"
        except RefusedError as error:
            log.warning("reconcile.refused %s: %s %s", key, error.status, error.message)
            return "refused"
        except Exception:
            log.exception("reconcile.failed %s", key)
            return "failed"
        finally:
            SECONDS.labels(key.kind).observe(time.monotonic() - started)


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
