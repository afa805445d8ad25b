"""The other sides of the trunks: whether we are registered there, and whether they answer. Looked at every few seconds.

What changed is posted to the application at once, everything again each minute: so a restart of either side, or a lost
post, is repaired by itself, and an old time of report says that nobody looks any more.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from asterisk_sync.control import AsteriskAwayError
from asterisk_sync.kinds import sections
from asterisk_sync.source import SourceError

LOOK_SECONDS = 5.0
REPEAT_SECONDS = 60.0

_REGISTRATION = re.compile(
    r"^\s*(?P<trunk>[A-Za-z]\w*)-reg-\d+/.*\s(?P<status>Registered|Unregistered|Rejected|Stopped)\b", re.MULTILINE
)
_CONTACT = re.compile(
    r"^\s*Contact:\s+(?P<trunk>[A-Za-z]\w*)/\S+\s.*?\b(?P<status>Avail|Unavail|NonQual|Unknown)\s+(?P<rtt>\S+)\s*$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Line:
    """One trunk's other side, in the words of the application's API."""

    trunk: str
    registration: str
    reachability: str
    round_trip_ms: int | None


class Commands(Protocol):
    """Asterisk; `control.Control` is one."""

    def command(self, text: str) -> str: ...


class Reports(Protocol):
    """The application; `source.Source` is one."""

    def report_lines(self, lines: list[dict[str, Any]]) -> None: ...


def read_lines(trunks: Sequence[str], registrations: str, contacts: str) -> list[Line]:
    """The lines of these trunks from what `pjsip show registrations` and `pjsip show contacts` print.

    A trunk with several hosts is as good as its best one: calls go out over that.
    """
    statuses: defaultdict[str, set[str]] = defaultdict(set)
    for match in _REGISTRATION.finditer(registrations):
        statuses[match["trunk"]].add(match["status"])
    answers: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for match in _CONTACT.finditer(contacts):
        answers[match["trunk"]].setdefault(match["status"], []).append(match["rtt"])
    return [
        Line(trunk, _registration(statuses[trunk]), _reachability(answers[trunk]), _round_trip(answers[trunk]))
        for trunk in trunks
    ]


def _registration(statuses: set[str]) -> str:
    if not statuses:
        return "none"
    if "Registered" in statuses:
        return "registered"
    return "rejected" if statuses & {"Rejected", "Stopped"} else "unregistered"


def _reachability(answers: dict[str, list[str]]) -> str:
    if "Avail" in answers:
        return "reachable"
    return "unreachable" if "Unavail" in answers else "unknown"


def _round_trip(answers: dict[str, list[str]]) -> int | None:
    measured = [float(rtt) for rtt in answers.get("Avail", ()) if re.fullmatch(r"\d+(\.\d+)?", rtt)]
    return round(min(measured)) if measured else None


class LineWatch:
    """Looks for ever, in a thread of its own. `log` takes an event name and fields, `pause` waits seconds."""

    def __init__(
        self,
        trunks_file: Path,
        console: Commands,
        source: Reports,
        *,
        log: Callable[..., None],
        pause: Callable[[float], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trunks_file = trunks_file
        self._console = console
        self._source = source
        self._log = log
        self._pause = pause
        self._now = now
        self._posted: list[Line] | None = None
        self._posted_at = 0.0
        self._is_failing = False

    def run_for_ever(self) -> None:
        """Never returns."""
        while True:
            self.look()
            self._pause(LOOK_SECONDS)

    def look(self) -> None:
        """Post what is different from the last time, or old. A part that is away is tried again by the next look."""
        try:
            lines = self._lines()
            if lines != self._posted or self._now() - self._posted_at >= REPEAT_SECONDS:
                self._source.report_lines([asdict(line) for line in lines])
                self._posted, self._posted_at = lines, self._now()
            self._is_failing = False
        except (SourceError, AsteriskAwayError, OSError) as error:
            if not self._is_failing:
                self._log("asterisk-sync.lines-unknown", reason=str(error))
            self._posted, self._is_failing = None, True

    def _lines(self) -> list[Line]:
        trunks = sorted(sections(self._trunks_file.read_text())) if self._trunks_file.exists() else []
        if not trunks:
            return []
        return read_lines(
            trunks, self._console.command("pjsip show registrations"), self._console.command("pjsip show contacts")
        )
