"""A process that is not a web application: run some threads until a signal, and stop when one of them dies."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

StopEvent = threading.Event


class ThreadedProcess:
    """Runs named tasks, each in a thread, each given the event that asks it to stop.

    A task that returns before it was asked to, or raises, ends the process with code 1, so that the container engine
    starts it again.
    """

    def __init__(self, *, stop_timeout_seconds: float = 30.0) -> None:
        self.stop = StopEvent()
        self._stop_timeout_seconds = stop_timeout_seconds
        self._threads: list[threading.Thread] = []
        self._has_failed = False

    def add(self, name: str, task: Callable[[StopEvent], None]) -> None:
        self._threads.append(threading.Thread(target=self._guard, args=(name, task), name=name, daemon=True))

    def is_alive(self) -> bool:
        """Whether every task still runs."""
        return not self._has_failed and all(thread.is_alive() for thread in self._threads)

    def handle_signals(self) -> None:
        """Stop on SIGTERM and SIGINT. Only from the main thread."""

        def on_signal(number: int, _frame: FrameType | None) -> None:
            log.info("process.stopping", signal=signal.Signals(number).name)
            self.stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)

    def run(self) -> int:
        """Run until asked to stop or a task dies. Returns the exit code."""
        for thread in self._threads:
            thread.start()
        while not self.stop.wait(timeout=1):
            pass  # wakes now and then, because a signal that reached another thread is handled only when this one runs
        for thread in self._threads:
            thread.join(self._stop_timeout_seconds)
        return 1 if self._has_failed else 0

    def _guard(self, name: str, task: Callable[[StopEvent], None]) -> None:
        try:
            task(self.stop)
        except Exception:
            log.exception("process.task-failed", task=name)
        if not self.stop.is_set():
            log.error("process.task-ended", task=name)
            self._has_failed = True
            self.stop.set()
