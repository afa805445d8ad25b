"""What `oml recordings` does: the way from a volume to a bucket, and the look whether every recording is somewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy import select

from omnileads.calls.models import Recording
from omnileads.calls.open_files import ignore_lease_breaks
from omnileads.calls.recording_files import RecordingFiles, is_plain
from omnileads.calls.recording_transfer import NotStoredError, OtherContentError, RecordingTransfer
from omnileads.calls.uploader import find_recordings
from omnileads.kit.bucket import Bucket
from omnileads.kit.clock import SystemClock
from omnileads.kit.runtime import Runtime
from omnileads.settings import RecordingsSettings, SettingsError

SAY_EVERY: Final = 500
ROWS: Final = 1000


class RecordingCommands:
    """`say` is told one sentence at a time."""

    def __init__(self, settings: RecordingsSettings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say

    def move(self) -> int:
        """Move every finished recording of the folder. May be ended and begun again. Returns the exit code.

        Raises SettingsError, BucketError: what was moved until then is moved.
        """
        if self._settings.recordings.store != "s3":
            raise SettingsError("RECORDINGS_STORE is not s3: there is no bucket to move recordings to.")
        ignore_lease_breaks()
        directory, bucket = self._settings.recordings.directory, Bucket(self._settings.bucket)
        bucket.check()
        files = RecordingFiles(directory, bucket, self._settings.bucket.prefix)
        transfer = RecordingTransfer(files, bucket, SystemClock())
        found = find_recordings(directory)
        self._say(f"There are {len(found)} recordings in {directory}.")
        done: Counter[str] = Counter()
        for number, path in enumerate(found, 1):
            name = path.relative_to(directory).as_posix()
            try:
                done[transfer.move(path)] += 1
            except FileNotFoundError:
                done["gone"] += 1
            except OtherContentError:
                done["left"] += 1
                self._say(f"{name} stays: the bucket has other content under this name.")
            except NotStoredError:
                done["left"] += 1
                self._say(f"{name} stays: what the bucket has after the upload is not what was uploaded.")
            except OSError as error:
                done["left"] += 1
                self._say(f"{name} stays: {error.strerror}.")
            if number % SAY_EVERY == 0:
                self._say(f"{number} of {len(found)} are looked at.")
        self._say(
            f"Moved: {done['uploaded']}. There already: {done['found']}. Moved by somebody else: {done['gone']}. "
            f"Still written: {done['open']}. Left with a reason: {done['left']}."
        )
        return 1 if done["left"] or done["open"] else 0

    def verify(self) -> int:
        """Look for every recording that the call log names. Returns 1 where one is nowhere, or of another size."""
        runtime = Runtime.build(self._settings)
        try:
            return self._verify(runtime, RecordingFiles.of(self._settings))
        finally:
            runtime.close()

    def _verify(self, runtime: Runtime, files: RecordingFiles) -> int:
        told: Counter[str] = Counter()
        for folder, rows in groupby(_rows(runtime), key=lambda row: str(PurePosixPath(row[0]).parent)):
            stored = files.bucket.sizes(files.key(folder) + "/") if files.bucket else {}
            for file, size, state in rows:
                what = _look(files, stored, file, size)
                if what == "nowhere" and state == "pending":
                    what = "on its way"
                told[what] += 1
                if what in ("nowhere", "of another size"):
                    self._say(f"{file}: {what}.")
        self._say(
            f"Recordings in the call log: {told.total()}. In the folder: {told['folder']}. In the bucket: "
            f"{told['bucket']}. On their way there: {told['on its way']}. Nowhere: {told['nowhere']}. "
            f"Of another size: {told['of another size']}."
        )
        return 1 if told["nowhere"] or told["of another size"] else 0


def _rows(runtime: Runtime) -> Iterator[tuple[str, int | None, str]]:
    """Files, sizes and states, in the order of the names; read in parts, so that nothing is kept waiting."""
    after = ""
    while True:
        wanted = select(Recording.file, Recording.size_bytes, Recording.state).where(Recording.file > after)
        with runtime.database.transaction() as session:
            rows = session.execute(wanted.order_by(Recording.file).limit(ROWS)).all()
        if not rows:
            return
        yield from ((file, size, state) for file, size, state in rows)
        after = rows[-1][0]


def _look(files: RecordingFiles, stored: dict[str, int], file: str, size: int | None) -> str:
    if not is_plain(file):
        return "nowhere"
    path = files.directory / file
    found, where = stored.get(files.key(file)), "bucket"
    if path.is_file():
        found, where = path.stat().st_size, "folder"
    if found is None:
        return "nowhere"
    return where if size is None or size == found else "of another size"
