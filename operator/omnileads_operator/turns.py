"""One task for each resource: it takes turns, one after another, whenever something wakes it and once in a while.

Events only wake; what there is to do is found in the turn itself. A turn that fails is tried again, later each time.
Who waits is served in the order of waiting, each resource once at a time, and one namespace never has all places: what
fails or hangs there delays only its own.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from omnileads_operator.cluster import NotLeadingError, RefusedError, UnreachableError
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
    """Made and woken on the event loop. Turns run in threads: `parallel` at once, `of_namespace` in one namespace.

    None is taken before `go_on()`, nor after `hold()` until it is called again.
    """

    def __init__(self, turn: Turn, resync_seconds: float, *, parallel: int, of_namespace: int) -> None:
        self._turn = turn
        self._resync_seconds = resync_seconds
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="turn")
        self._places = asyncio.Semaphore(parallel)
        self._places_of: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(of_namespace))
        self._may = asyncio.Event()
        self._wakes: dict[Key, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, key: Key) -> None:
        if key not in self._wakes:
            self._wakes[key] = asyncio.Event()
            task = asyncio.create_task(self._take_turns(key), name=f"turns {key}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._wakes[key].set()

    def go_on(self) -> None:
        """Look at everything, whatever was known of it before."""
        self._may.set()
        for wake in self._wakes.values():
            wake.set()

    def hold(self) -> None:
        self._may.clear()

    async def stop(self, limit_seconds: float) -> bool:
        """Ends between turns; turns under way are awaited. Returns whether all ended within the limit."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        ended = threading.Thread(target=self._threads.shutdown, daemon=True)
        ended.start()
        await asyncio.to_thread(ended.join, limit_seconds)
        return not ended.is_alive()

    async def _take_turns(self, key: Key) -> None:
        failures = 0
        wake = self._wakes[key]
        try:
            while True:
                await asyncio.sleep(SETTLE_SECONDS)
                await self._may.wait()
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
        with WAITING.track_inprogress():
            # The namespace's own queue first: who waits there takes no place away from others.
            await self._places_of[key.namespace].acquire()
            try:
                await self._places.acquire()
            except BaseException:
                self._places_of[key.namespace].release()
                raise
        try:
            turn = asyncio.get_running_loop().run_in_executor(self._threads, self._timed, key)
            outcome = await asyncio.shield(turn)
        finally:
            self._places.release()
            self._places_of[key.namespace].release()
        RECONCILIATIONS.labels(key.kind, outcome).inc()
        return outcome

    def _timed(self, key: Key) -> str:
        started = time.monotonic()
        try:
            return "ok" if self._turn(key) else "gone"
        except NotLeadingError:
            return "standby"
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


class Alarm:
    """Wakes an instance after a while. Set from the threads of turns; a new time takes the place of the one before."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: Callable[[str, str, str], None] | None = None
        self._pending: dict[tuple[str, str], asyncio.TimerHandle] = {}

    def begin(self, loop: asyncio.AbstractEventLoop, wake: Callable[[str, str, str], None]) -> None:
        """`wake` takes a kind, a namespace and a name."""
        self._loop, self._wake = loop, wake

    def set(self, namespace: str, name: str, seconds: float) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._plan, namespace, name, seconds)

    def _plan(self, namespace: str, name: str, seconds: float) -> None:
        if self._loop is None or self._wake is None:
            return
        if (namespace, name) in self._pending:
            self._pending.pop((namespace, name)).cancel()
        self._pending[namespace, name] = self._loop.call_later(seconds, self._wake, "OMniLeads", namespace, name)


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
