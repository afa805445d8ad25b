"""The look at every recording's file: from "pending" to "available" or "missing".

Runs in the worker every few seconds. A row is looked at when `check_at` is due; a file that is not there yet is looked
for again, soon at first, then each hour for a week (a volume may have been away), and what is missing is said. Nothing
is ever deleted here, and a file whose writer died is repaired, not thrown away.

Where recordings go to a bucket, a file that is in neither place is believed to be on the disk of its Asterisk for a
day: the uploader may have to wait for the store. While the store does not answer, nothing is said of what it may have.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter
from sqlalchemy import select

from omnileads.calls.models import Recording, RecordingState
from omnileads.calls.recording_files import RecordingFiles, StoredSound
from omnileads.calls.wav import NotAWavError, WavFacts, facts_of, read_facts, repair
from omnileads.kit.bucket import BucketError
from omnileads.kit.clock import Clock
from omnileads.kit.db import Database

log = structlog.get_logger(__name__)

BATCH: Final = 100
SETTLED_AFTER: Final = timedelta(seconds=60)
"""A file nobody has written to for this long is no longer being written."""
RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300))
RETRY_LATER: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=7)
LEASE: Final = timedelta(minutes=5)
"""A worker that died while it looked is followed by another after this."""
STORE_AWAY: Final = timedelta(seconds=60)
STORING_FOR: Final = timedelta(days=1)
STORING_RETRIES: Final = (*(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30)), *[timedelta(minutes=1)] * 60)
STORING_RETRY_LATER: Final = timedelta(minutes=5)
_HEAD_BYTES: Final = 64 * 1024
"""Of a stored file: the header, whatever chunks are in it."""

_CHECKED = Counter("oml_recordings_checked_total", "Looks at recordings' files, by what was found.", ["state"])


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a file found; `facts` when it can be played. `is_storing`: it is on its way to the bucket."""

    state: RecordingState
    message: str = ""
    facts: WavFacts | None = None
    is_storing: bool = False


class RecordingCheck:
    def __init__(self, database: Database, files: RecordingFiles, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._clock = clock

    def run_due(self) -> int:
        """Look at the recordings that are due. Returns how many; safe to run in several workers."""
        total = 0
        while count := self._run_batch():
            total += count
        return total

    def _run_batch(self) -> int:
        """Nothing is locked while files are looked at: a store may be slow."""
        now = self._clock.now()
        due = self._take(now)
        findings: dict[int, Finding] = {}
        try:
            for recording_id, file in due:
                findings[recording_id] = self.look(file, now)
        except BucketError as error:
            log.warning("recordings.store-away", error=str(error), unknown=len(due) - len(findings))
        self._write([recording_id for recording_id, _ in due], findings, now)
        return len(due) if len(findings) == len(due) else 0

    def _take(self, now: datetime) -> list[tuple[int, str]]:
        with self._database.transaction() as session:
            due = session.scalars(
                select(Recording)
                .where(Recording.check_at <= now)
                .order_by(Recording.check_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            for recording in due:
                recording.check_at = now + LEASE
            return [(recording.id, recording.file) for recording in due]

    def _write(self, taken: Sequence[int], findings: Mapping[int, Finding], now: datetime) -> None:
        if not taken:
            return
        with self._database.transaction() as session:
            rows = select(Recording).where(Recording.id.in_(taken)).order_by(Recording.id).with_for_update()
            for recording in session.scalars(rows):
                finding = findings.get(recording.id)
                if finding is None:
                    recording.check_at = now + STORE_AWAY
                    continue
                _note(recording, finding, now)
                _CHECKED.labels(finding.state).inc()
                log.info("recording.checked", call_id=recording.call_id, state=recording.state, checks=recording.checks)

    def look(self, file: str, now: datetime) -> Finding:
        """What is at `file` (its name in the call log) now. Raises BucketError."""
        path = self._files.directory / file
        try:
            written_at = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
            return _inspect(path, is_settled=now - written_at >= SETTLED_AFTER)
        except FileNotFoundError:
            sound = self._files.find(file)
            if isinstance(sound, StoredSound):
                return _inspect_stored(sound)
            return Finding("missing", f"There is no file {file} in the recordings folder.")
        except OSError as error:
            return Finding("missing", f"The file cannot be read: {error.strerror}.")


def _inspect_stored(sound: StoredSound) -> Finding:
    """What is in the bucket. Raises BucketError."""
    found = sound.bucket.find(sound.key)
    if found is None:
        message = f"There is no file {sound.file} in the bucket; it may wait on the disk of its Asterisk."
        return Finding("missing", message, is_storing=True)
    try:
        head = b"".join(sound.bucket.read(sound.key, _HEAD_BYTES)) if found.size else b""
        facts = facts_of(io.BytesIO(head), found.size)
    except NotAWavError:
        return Finding("missing", "The file is not a WAV file.")
    if facts.sound_bytes <= 0:
        return Finding("missing", "The file holds no sound.")
    return Finding("available", facts=facts)


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
    retries, later = RETRIES, RETRY_LATER
    if finding.is_storing and now - recording.started_at <= STORING_FOR:
        retries, later = STORING_RETRIES, STORING_RETRY_LATER
    is_early = recording.checks < len(retries) or later is STORING_RETRY_LATER
    recording.state = "pending" if finding.state == "missing" and is_early else finding.state
    recording.message = finding.message
    if finding.facts is not None:
        recording.duration_seconds = finding.facts.duration_seconds
        recording.size_bytes = finding.facts.size_bytes
        recording.check_at = None
    elif now - recording.started_at > GIVE_UP_AFTER:
        recording.check_at = None
    else:
        recording.check_at = now + (retries[recording.checks] if recording.checks < len(retries) else later)
    recording.checks += 1
