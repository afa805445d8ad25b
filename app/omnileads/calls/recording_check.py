"""The look at every recording's file: from "pending" to "available" or "missing".

Runs in the worker every few seconds. A row is looked at when `check_at` is due; a file that is not there yet is looked
for again, soon at first, then each hour for a week (a volume may have been away), and what is missing is said. Nothing
is ever deleted here, and a file whose writer died is repaired, not thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter
from sqlalchemy import select

from omnileads.calls.models import Recording, RecordingState
from omnileads.calls.wav import NotAWavError, WavFacts, read_facts, repair
from omnileads.kit.clock import Clock
from omnileads.kit.db import Database

log = structlog.get_logger(__name__)

BATCH: Final = 100
SETTLED_AFTER: Final = timedelta(seconds=60)
"""A file nobody has written to for this long is no longer being written."""
RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300))
RETRY_LATER: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=7)

_CHECKED = Counter("oml_recordings_checked_total", "Looks at recordings' files, by what was found.", ["state"])


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a file found; `facts` when it can be played."""

    state: RecordingState
    message: str = ""
    facts: WavFacts | None = None


class RecordingCheck:
    def __init__(self, database: Database, directory: Path, clock: Clock) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock

    def run_due(self) -> int:
        """Look at the recordings that are due. Returns how many; safe to run in several workers."""
        total = 0
        while count := self._run_batch():
            total += count
        return total

    def _run_batch(self) -> int:
        now = self._clock.now()
        with self._database.transaction() as session:
            due = session.scalars(
                select(Recording)
                .where(Recording.check_at <= now)
                .order_by(Recording.check_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            for recording in due:
                finding = self.look(recording.file, now)
                _note(recording, finding, now)
                _CHECKED.labels(finding.state).inc()
                log.info("recording.checked", call_id=recording.call_id, state=recording.state, checks=recording.checks)
        return len(due)

    def look(self, file: str, now: datetime) -> Finding:
        """What is at `file` (relative to the recordings folder) now."""
        path = self._directory / file
        try:
            written_at = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
            return _inspect(path, is_settled=now - written_at >= SETTLED_AFTER)
        except FileNotFoundError:
            return Finding("missing", f"There is no file {file} in the recordings folder.")
        except OSError as error:
            return Finding("missing", f"The file cannot be read: {error.strerror}.")


def _inspect(path: Path, *, is_settled: bool) -> Finding:
    """What is in the file. Raises OSError."""
    try:
        facts = read_facts(path)
    except NotAWavError:
        return Finding("missing", "The file is not a WAV file.") if is_settled else Finding("pending")
    if facts.is_finished:
        return Finding("available", facts=facts)
    if not is_settled:
        return Finding("pending", "Asterisk is still writing the file.")
    if facts.sound_bytes <= 0:
        return Finding("missing", "The file holds no sound.")
    repair(path, facts)
    return Finding("available", "Asterisk did not finish this file; its header was completed.", read_facts(path))


def _note(recording: Recording, finding: Finding, now: datetime) -> None:
    """Write the finding down and decide when to look again."""
    is_early = recording.checks < len(RETRIES)
    recording.state = "pending" if finding.state == "missing" and is_early else finding.state
    recording.message = finding.message
    if finding.facts is not None:
        recording.duration_seconds = finding.facts.duration_seconds
        recording.size_bytes = finding.facts.size_bytes
        recording.check_at = None
    elif now - recording.started_at > GIVE_UP_AFTER:
        recording.check_at = None
    else:
        recording.check_at = now + (RETRIES[recording.checks] if is_early else RETRY_LATER)
    recording.checks += 1
