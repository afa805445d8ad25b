"""The order of an upgrade: data, then migration, then the rest in stages, each after the one before has settled."""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.instance import Observed

STAGES: Final = (
    ("postgres", "redis"),
    ("app",),
    ("worker", "acd", "dialer"),
    ("nginx",),
    ("kamailio", "rtpengine", "asterisk"),
)
COMPONENTS: Final = tuple(component for stage in STAGES for component in stage)
NEED_MIGRATION: Final = frozenset({"app", "worker", "acd", "dialer"})


class VersionRefusedError(ValueError):
    """The version cannot be reached from the one that runs."""


def check_jump(running: str | None, wanted: str) -> None:
    """Raises VersionRefusedError for a way down, and for a way up by more than one minor version."""
    if running is None or running == wanted:
        return
    now, then = _parts(running), _parts(wanted)
    if then < now:
        raise VersionRefusedError(
            f"Version {wanted} is older than {running}, which runs: its schema is not the database's. "
            f"Restore a backup made with {wanted} into a new instance."
        )
    if then[0] != now[0] or then[1] - now[1] > 1:
        raise VersionRefusedError(
            f"From version {running} the next one is {now[0]}.{now[1] + 1}: upgrade to that before {wanted}."
        )


def planned(wanted: str, observed: Observed) -> dict[str, str]:
    """The version each component is told now. Level-based: called again whenever something has settled.

    After an upgrade that was taken back, PostgreSQL and Redis stay where they are, and all else goes back at once.
    """
    if observed.has_returned:
        return {name: observed.versions.get(name, wanted) if name in STAGES[0] else wanted for name in COMPONENTS}
    told: dict[str, str] = {}
    may_move = True
    for stage in STAGES:
        may_move = may_move and (stage is not STAGES[-1] or observed.is_window_open)
        for component in stage:
            current = observed.versions.get(component, wanted)
            must_wait = component in NEED_MIGRATION and current != wanted and wanted not in observed.migrated
            told[component] = wanted if may_move and not must_wait else current
        is_done = all(told[component] == wanted and _is_settled(component, wanted, observed) for component in stage)
        may_move = may_move and is_done
    return told


def _is_settled(component: str, wanted: str, observed: Observed) -> bool:
    """A component that is not there yet holds nobody up: an installation starts everything at once."""
    if component not in observed.versions:
        return True
    return observed.versions[component] == wanted and component in observed.settled


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
