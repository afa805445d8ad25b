"""One recording's way from a disk into the bucket: upload, proof, and only then it is deleted from the disk.

It may be killed at any moment: the next try uploads the file again or finds it there. An object of the same name with
other content is never overwritten, except one that says of itself that it should have been this very content.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import structlog

from omnileads.calls.open_files import is_open_for_writing
from omnileads.calls.recording_files import RecordingFiles
from omnileads.calls.wav import NotAWavError, WavFacts, read_facts, repair
from omnileads.kit.bucket import Bucket, Fingerprint, NameTakenError, fingerprint
from omnileads.kit.clock import Clock

log = structlog.get_logger(__name__)

LEFT_ALONE_FOR: Final = timedelta(hours=1)
"""Where the kernel does not say who writes a file: one with an unfinished header is no longer written to after this."""

Outcome = Literal["uploaded", "found", "open"]


class OtherContentError(Exception):
    """The bucket has another content under the name of this file."""


class NotStoredError(Exception):
    """What the service has after the upload is not what was uploaded."""


class RecordingTransfer:
    def __init__(self, files: RecordingFiles, bucket: Bucket, clock: Clock) -> None:
        self._files = files
        self._bucket = bucket
        self._clock = clock

    def move(self, path: Path) -> Outcome:
        """Take a file of the folder into the bucket: "open" while it is written to.

        Raises BucketError, OtherContentError, NotStoredError, OSError (FileNotFoundError: somebody else moved it).
        """
        if not self._is_complete(path):
            return "open"
        before = _state(path)
        content = fingerprint(path)
        key = self._files.key(path.relative_to(self._files.directory).as_posix())
        outcome = self._store(key, path, content)
        if is_open_for_writing(path) or _state(path) != before:
            return "open"
        path.unlink()
        return outcome

    def _is_complete(self, path: Path) -> bool:
        """Whether nobody writes the file; a header that its writer did not live to finish is finished here."""
        is_open = is_open_for_writing(path)
        if is_open:
            return False
        facts = _facts(path)
        if facts is not None and facts.is_finished:
            return True
        if is_open is None:
            written_at = datetime.fromtimestamp(path.stat().st_mtime, self._clock.now().tzinfo)
            if self._clock.now() - written_at < LEFT_ALONE_FOR:
                return False
        if facts is not None and facts.sound_bytes > 0:
            repair(path, facts)
            log.warning("recording.repaired", size=facts.size_bytes)
        return True

    def _store(self, key: str, path: Path, content: Fingerprint) -> Outcome:
        found = self._bucket.find(key)
        is_broken = False
        if found is not None:
            if self._bucket.has(key, content, found):
                return "found"
            # It was uploaded as this content and is not: an upload of ours that the service spoilt.
            is_broken = found.sha256 == content.sha256
            if not is_broken:
                raise OtherContentError
        try:
            self._bucket.put(key, path, content, replaces=is_broken)
        except NameTakenError:
            log.info("recording.name-taken-meanwhile")
        found = self._bucket.find(key)
        if found is None or not self._bucket.has(key, content, found):
            raise NotStoredError
        return "uploaded"


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat(follow_symlinks=False)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _facts(path: Path) -> WavFacts | None:
    try:
        return read_facts(path)
    except NotAWavError:
        return None
