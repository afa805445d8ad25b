"""Small chores done again and again in one thread. Several processes may do the same chore; it must not matter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from omnileads.kit.clock import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chore:
    """`action` is called every `every_seconds`, first at once; one that raises is logged and tried again next time."""

    name: str
    every_seconds: float
    action: Callable[[], object]


def run_chores(chores: Sequence[Chore], clock: Clock, stop: threading.Event) -> None:
    """Do the chores until `stop` is set."""
    due = {chore.name: clock.monotonic() for chore in chores}
    while not stop.is_set():
        now = clock.monotonic()
        for chore in chores:
            if due[chore.name] <= now:
                _do(chore)
                due[chore.name] = now + chore.every_seconds
        stop.wait(max(0.05, min(due.values(), default=now + 1) - clock.monotonic()))


def _do(chore: Chore) -> None:
    try:
        chore.action()
    except Exception:
        log.exception("chore.failed", chore=chore.name)
