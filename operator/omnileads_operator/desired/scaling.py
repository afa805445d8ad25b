"""How many Asterisks there are to be now, from the calls there are.

More at once. Fewer only one at a time: the highest is the one that a StatefulSet takes away, so it gets no new calls
first, and goes when it has none. Not knowing is no reason to take anything away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from omnileads_operator.resources.voice import Asterisk, AsteriskAutoscaling

SLACK: Final = 0.8
"""Fewer are enough when they would have this part of the calls they may: not one call less than too many."""
NOTICE: Final = timedelta(seconds=30)
"""Until the engine has surely heard that an Asterisk gets no new calls, and those on the way are counted."""


@dataclass(frozen=True)
class Running:
    """A pod of Asterisk. `calls` is None where nobody can say; `closed_at` is when it got no new calls any more."""

    ordinal: int
    is_up: bool
    calls: int | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Scale:
    """What is to be: `replicas` pods, of which those from `open` on get no new calls."""

    replicas: int
    open: int
    fewer_since: datetime | None = None
    message: str = ""


def scale(
    asterisk: Asterisk,
    current: int | None,
    running: Mapping[int, Running],
    fewer_since: datetime | None,
    now: datetime,
) -> Scale:
    """`current` is what the StatefulSet has, None if there is none; `running` are its pods by ordinal."""
    least = asterisk.autoscaling.min_replicas if asterisk.autoscaling else asterisk.replicas
    if current is None:
        return Scale(least, least)
    wanted, since = asterisk.replicas, None
    if asterisk.autoscaling:
        wanted, since = _by_calls(asterisk.autoscaling, current, running, fewer_since, now)
    if wanted >= current:
        return Scale(wanted, wanted, since)
    highest = running.get(current - 1)
    if highest is None or not highest.is_up or _is_idle(highest, now):
        return Scale(current - 1, wanted, None if asterisk.autoscaling else since)
    calls = "an unknown number of" if highest.calls is None else highest.calls
    return Scale(current, wanted, since, f"Asterisk {current - 1} is to go and has {calls} calls.")


def _is_idle(pod: Running, now: datetime) -> bool:
    return pod.calls == 0 and pod.closed_at is not None and now - pod.closed_at >= NOTICE


def _by_calls(
    autoscaling: AsteriskAutoscaling,
    current: int,
    running: Mapping[int, Running],
    fewer_since: datetime | None,
    now: datetime,
) -> tuple[int, datetime | None]:
    """The number wanted, and since when fewer would have been enough."""
    least, most, each = autoscaling.min_replicas, autoscaling.max_replicas, autoscaling.calls_per_replica
    held = min(max(current, least), most)
    known = [pod.calls for pod in running.values() if pod.is_up]
    counts = [calls for calls in known if calls is not None]
    if len(counts) < len(known) or not counts:
        return max(current, least), fewer_since
    total = sum(counts)
    needed = min(max(ceil(total / each), least), most)
    if needed > current:
        return needed, None
    are_fewer_enough = held > least and total <= (held - 1) * each * SLACK
    if not are_fewer_enough:
        return held, None
    since = fewer_since or now
    is_long_enough = now - since >= timedelta(seconds=autoscaling.quiet_seconds)
    return (held - 1 if is_long_enough else held), since
