"""Waiting for what happens in other processes: a condition with a limit, and the evidence when it is not met."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Limits are written for an idle machine; one that is busy, or slow, has this many times as long.
PATIENCE = 4


class NotInTime(AssertionError):
    """The condition was not met within the limit."""


def eventually(
    condition: Callable[[], T | None],
    *,
    within_seconds: float = 10.0,
    every_seconds: float = 0.1,
    evidence: Callable[[], object] | None = None,
) -> T:
    """Ask until the answer is true and return it; an AssertionError or OSError counts as "not yet".

    `within_seconds` is no promise of speed: it only bounds the waiting (see PATIENCE).

    Raises NotInTime with the last answer and what `evidence` returns.
    """
    limit = time.monotonic() + within_seconds * PATIENCE
    while True:
        try:
            answer = condition()
            if answer:
                return answer
            last: object = answer
        except (AssertionError, OSError) as error:
            last = error
        if time.monotonic() >= limit:
            break
        time.sleep(every_seconds)
    shown = "" if evidence is None else f"\n{_shown(evidence)}"
    raise NotInTime(
        f"not within {within_seconds:g} s, nor {PATIENCE} times as long; the last answer was {last!r}{shown}"
    )


def always(
    condition: Callable[[], object], *, for_seconds: float, evidence: Callable[[], object] | None = None
) -> None:
    """Check that the condition holds all the time: for what must not happen."""
    limit = time.monotonic() + for_seconds
    while time.monotonic() < limit:
        assert condition(), "it did not hold" if evidence is None else _shown(evidence)
        time.sleep(0.1)


def _shown(evidence: Callable[[], object]) -> str:
    try:
        return str(evidence())
    except Exception as error:
        return f"(no evidence: {error!r})"
