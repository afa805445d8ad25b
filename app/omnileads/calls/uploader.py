"""The uploader's work: again and again, every finished recording of a folder goes into the bucket.

While the service is away files stay where they are, and it is asked again later and later. A file that cannot be stored
for a reason of its own waits by itself and holds up nobody. How much waits is measured: nothing else tells of a disk
that fills.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Final, Literal

import structlog
from prometheus_client import Counter, Gauge

from omnileads.calls.recording_transfer import NotStoredError, OtherContentError, RecordingTransfer
from omnileads.kit.bucket import BucketError
from omnileads.kit.clock import Clock

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 300.0
OWN_REASON_SECONDS: Final = 60.0
OWN_REASON_LONGEST_SECONDS: Final = 3600.0
FOLDER_KEPT_FOR: Final = timedelta(days=2)

Result = Literal["uploaded", "found", "open", "gone", "away", "conflict", "not-stored", "failed"]
_WAITS: Final = frozenset({"away", "conflict", "not-stored", "failed"})

_RESULTS: Final = Counter("oml_uploader_recordings_total", "Tries to store a recording, by result.", ["result"])
_WAITING = Gauge("oml_uploader_waiting_recordings", "Finished recordings on this disk that the bucket has not yet.")
_WAITING_BYTES = Gauge("oml_uploader_waiting_bytes", "Their size.")
_OLDEST = Gauge("oml_uploader_oldest_waiting_seconds", "For how long the oldest of them waits.")
_CONFLICTS = Gauge("oml_uploader_conflicting_recordings", "Those whose name the bucket has with other content.")
_FREE = Gauge("oml_uploader_disk_free_bytes", "What is free on the disk that recordings are written to.")
_REACHABLE = Gauge("oml_uploader_store_reachable", "1 while the S3 service takes recordings.")


@dataclass
class _Trouble:
    result: Result
    tries: int
    again_at: float


class Uploader:
    def __init__(self, directory: Path, transfer: RecordingTransfer, clock: Clock, threads: int) -> None:
        self._directory = directory
        self._transfer = transfer
        self._clock = clock
        self._threads = threads
        self._troubles: dict[Path, _Trouble] = {}
        self._away_rounds = 0

    def run(self, stop: Event) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="upload") as pool:
            while not stop.is_set():
                stop.wait(self.round(pool, stop))

    def round(self, pool: ThreadPoolExecutor, stop: Event) -> float:
        """Try every file that is due. Returns after how many seconds to come again."""
        files = find_recordings(self._directory)
        self._troubles = {path: trouble for path, trouble in self._troubles.items() if path in files}
        now = self._clock.monotonic()
        due = [path for path in files if path not in self._troubles or self._troubles[path].again_at <= now]
        is_away = Event()

        def one(path: Path) -> Result | None:
            if stop.is_set() or is_away.is_set():
                return None
            result = self._try(path)
            if result == "away":
                is_away.set()
            return result

        results = dict(zip(due, pool.map(one, due), strict=True))
        for path, result in results.items():
            self._note(path, result)
        self._measure(files, results, is_away=is_away.is_set())
        self._tidy()
        self._away_rounds = self._away_rounds + 1 if is_away.is_set() else 0
        return _later(EVERY_SECONDS, self._away_rounds, LONGEST_SECONDS)

    def _try(self, path: Path) -> Result:
        result: Result
        try:
            result = self._transfer.move(path)
        except FileNotFoundError:
            result = "gone"
        except BucketError as error:
            result = "away"
            log.warning("uploader.store-away", error=str(error))
        except OtherContentError:
            result = "conflict"
            log.warning("uploader.other-content-in-bucket", pii={"file": path.name}, size=_size(path))
        except NotStoredError:
            result = "not-stored"
            log.warning("uploader.not-stored", pii={"file": path.name}, size=_size(path))
        except OSError as error:
            result = "failed"
            log.warning("uploader.file-unreadable", pii={"file": path.name}, error=error.strerror)
        _RESULTS.labels(result).inc()
        if result in ("uploaded", "found"):
            log.info("uploader.stored", result=result, pii={"file": path.name})
        return result

    def _note(self, path: Path, result: Result | None) -> None:
        if result is None:
            return
        if result not in _WAITS:
            self._troubles.pop(path, None)
            return
        known = self._troubles.get(path)
        tries = known.tries + 1 if known else 0
        first, longest = (EVERY_SECONDS, LONGEST_SECONDS)
        if result != "away":
            first, longest = OWN_REASON_SECONDS, OWN_REASON_LONGEST_SECONDS
        self._troubles[path] = _Trouble(result, tries, self._clock.monotonic() + _later(first, tries, longest))

    def _measure(self, files: Iterable[Path], results: dict[Path, Result | None], *, is_away: bool) -> None:
        done = {path for path, result in results.items() if result in ("uploaded", "found", "open", "gone")}
        found = [stat for stat in (_stat(path) for path in files if path not in done) if stat]
        now = self._clock.now().timestamp()
        _WAITING.set(len(found))
        _WAITING_BYTES.set(sum(size for size, _ in found))
        _OLDEST.set(max((now - written for _, written in found), default=0.0))
        _CONFLICTS.set(sum(trouble.result == "conflict" for trouble in self._troubles.values()))
        _FREE.set(shutil.disk_usage(self._directory).free)
        if is_away:
            _REACHABLE.set(0)
        elif any(result in ("uploaded", "found") for result in results.values()) or not found:
            _REACHABLE.set(1)

    def _tidy(self) -> None:
        """Folders of days that are over and have nothing left."""
        today = self._clock.now().date()
        for folder in self._directory.iterdir():
            try:
                if today - date.fromisoformat(folder.name) > FOLDER_KEPT_FOR:
                    folder.rmdir()
            except (ValueError, OSError):
                continue


def find_recordings(directory: Path) -> list[Path]:
    """Every recording of the folder, the oldest first."""
    found = [(stat[1], path) for path in directory.rglob("*.wav") if not path.is_symlink() and (stat := _stat(path))]
    return [path for _, path in sorted(found)]


def _later(first: float, times: int, longest: float) -> float:
    """Twice as long each time, never exactly when others come again."""
    seconds = min(longest, first * float(2 ** min(times, 20)))
    return seconds * random.uniform(0.8, 1.0) if times else seconds  # noqa: S311 - to spread, not to hide


def _stat(path: Path) -> tuple[int, float] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime


def _size(path: Path) -> int:
    stat = _stat(path)
    return stat[0] if stat else 0
