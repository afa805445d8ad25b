"""The loop: ask the application, apply, report, for ever. It outlives restarts of the application and of Asterisk."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from asterisk_sync.apply import Outcome
from asterisk_sync.control import AsteriskAwayError
from asterisk_sync.source import FileSet, SourceError

WAIT_SECONDS = 25
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


class Files(Protocol):
    """The application; `source.Source` is one."""

    def fetch(self, revision: str, wait_seconds: int, *, is_stopping: bool) -> FileSet | None: ...
    def report(self, revision: str, files: Sequence[Mapping[str, str]]) -> None: ...


class Loop:
    """`log` takes an event name and fields, `pause` waits that many seconds; `alive` is touched on every turn.

    `is_stopping` says whether this Asterisk takes no new calls any more.
    """

    def __init__(
        self,
        source: Files,
        apply: Callable[[FileSet], list[Outcome]],
        *,
        alive: Path,
        is_stopping: Callable[[], bool],
        log: Callable[..., None],
        pause: Callable[[float], None],
    ) -> None:
        self._source = source
        self._apply = apply
        self._alive = alive
        self._is_stopping = is_stopping
        self._log = log
        self._pause = pause
        self._revision = ""
        self._failures = 0

    def run_for_ever(self) -> None:
        """Never returns."""
        while True:
            self.turn()

    def turn(self) -> None:
        """One question to the application, with all that follows from its answer."""
        self._alive.touch()
        try:
            files = self._source.fetch(self._revision, WAIT_SECONDS, is_stopping=self._is_stopping())
            if files is not None:
                self._take(files)
            self._failures = 0
        except (SourceError, AsteriskAwayError, OSError) as error:
            self._failures += 1
            self._log("asterisk-sync.waiting", reason=str(error), failures=self._failures)
            self._pause(self._pause_seconds())

    def _take(self, files: FileSet) -> None:
        outcomes = self._apply(files)
        failed = {outcome.file: outcome.message for outcome in outcomes if not outcome.is_applied}
        state = "failed" if failed else "applied"
        self._log(f"asterisk-sync.{state}", revision=files.revision, **({"failed": failed} if failed else {}))
        self._source.report(files.revision, [_entry(outcome) for outcome in outcomes])
        # Only a reported revision counts as dealt with: if the report is lost, all of it is done again.
        self._revision = files.revision

    def _pause_seconds(self) -> float:
        longest = min(FIRST_PAUSE_SECONDS * 2.0 ** (self._failures - 1), LONGEST_PAUSE_SECONDS)
        return longest * random.uniform(0.75, 1.0)  # noqa: S311 (spreads retries, no secret)


def _entry(outcome: Outcome) -> dict[str, str]:
    state = "applied" if outcome.is_applied else "failed"
    return {"file": outcome.file, "digest": outcome.digest, "state": state, "message": outcome.message}
