"""The uploader: whatever happens to it, to the store or to the file, a recording is on the disk or in the bucket."""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from prometheus_client import REGISTRY

from omnileads.calls import open_files, recording_transfer
from omnileads.calls.open_files import is_open_for_writing
from omnileads.calls.recording_files import RecordingFiles
from omnileads.calls.recording_transfer import NotStoredError, OtherContentError, RecordingTransfer
from omnileads.calls.uploader import LONGEST_SECONDS, Uploader
from omnileads.kit import bucket as bucket_module
from omnileads.kit.bucket import Bucket, BucketError
from omnileads.kit.clock import SystemClock
from tests.bucket import PREFIX, Door
from tests.conftest import VirtualClock
from tests.domain import wav
from tests.servers import REPOSITORY, free_port

DAY = "2026-03-02"
FILE = f"{DAY}/in-20260302-3515550001-c1.wav"


class Disk:
    """The folder of an Asterisk, and the uploader beside it."""

    def __init__(self, folder: Path, door: Door, clock: VirtualClock) -> None:
        self.folder = folder
        self.clock = clock
        self.bucket = Bucket(door.settings())
        files = RecordingFiles(folder, self.bucket, PREFIX)
        self.transfer = RecordingTransfer(files, self.bucket, clock)
        self.uploader = Uploader(folder, self.transfer, clock, threads=2)

    def write(self, file: str = FILE, content: bytes | None = None) -> Path:
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(wav(1) if content is None else content)
        moment = self.clock.now().timestamp()
        os.utime(path, (moment, moment))
        return path

    def round(self) -> float:
        with ThreadPoolExecutor(2) as pool:
            return self.uploader.round(pool, Event())


@pytest.fixture
def disk(tmp_path: Path, door: Door, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(bucket_module, "ANSWER_SECONDS", 1)
    return Disk(tmp_path, door, clock)


def measured(name: str) -> float:
    return REGISTRY.get_sample_value(f"oml_uploader_{name}") or 0.0


def test_a_finished_recording_is_in_the_bucket_and_no_longer_on_the_disk(disk: Disk, door: Door) -> None:
    path = disk.write()
    disk.round()
    assert door.object(FILE) == wav(1)
    assert not path.exists()
    assert (measured("waiting_recordings"), measured("store_reachable")) == (0, 1)
    assert measured("disk_free_bytes") > 0
    found = disk.bucket.find(f"{PREFIX}/{FILE}")
    assert found is not None
    assert found.sha256 == hashlib.sha256(wav(1)).hexdigest()


def test_a_recording_that_is_written_to_is_left_alone_however_old(disk: Disk, door: Door, clock: VirtualClock) -> None:
    """Another process writes it, as Asterisk does; not even a finished header or its age makes it complete."""
    path = disk.write()
    program = (
        f"f = open({str(path)!r}, 'r+b'); print('open', flush=True); input(); f.close(); "
        "print('closed', flush=True); input()"
    )
    writer = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdin
    assert writer.stdout
    try:
        assert writer.stdout.readline() == "open\n"
        clock.advance(days=3)
        disk.round()
        assert (path.exists(), door.names()) == (True, [])
        assert measured("waiting_recordings") == 0, "it is not waiting: it is not finished"
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "closed\n"
        disk.round()
        assert (path.exists(), door.names()) == (False, [FILE])
    finally:
        writer.kill()
        writer.communicate()


def test_the_header_that_a_killed_asterisk_left_is_finished_on_the_way(disk: Disk, door: Door) -> None:
    unfinished = bytearray(wav(1.5))
    unfinished[4:8] = unfinished[40:44] = struct.pack("<I", 0)
    disk.write(content=bytes(unfinished))
    disk.round()
    assert door.object(FILE) == wav(1.5)


def test_what_is_no_sound_is_kept_too(disk: Disk, door: Door) -> None:
    disk.write(content=b"")
    disk.round()
    assert door.object(FILE) == b""


def test_where_the_kernel_does_not_say_the_header_does(
    disk: Disk, door: Door, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_transfer, "is_open_for_writing", lambda _: None)
    unfinished = bytearray(wav(1))
    unfinished[40:44] = struct.pack("<I", 0)
    disk.write(content=bytes(unfinished))
    disk.write(f"{DAY}/other.wav")
    disk.round()
    assert door.names() == [f"{DAY}/other.wav"]
    clock.advance(hours=2)
    disk.round()
    assert FILE in door.names()


@pytest.mark.parametrize("trouble", ["500", "503", "507", "403", "hang", "cut"])
def test_while_the_store_is_away_everything_stays_and_is_measured(
    disk: Disk, door: Door, clock: VirtualClock, trouble: str
) -> None:
    paths = [disk.write(f"{DAY}/{number}.wav") for number in range(5)]
    door.trouble = trouble
    pauses = []
    for _ in range(3):
        pauses.append(disk.round())
        clock.advance(seconds=400)
    assert all(path.exists() for path in paths)
    assert pauses[0] < pauses[1] < pauses[2] <= LONGEST_SECONDS
    assert (measured("waiting_recordings"), measured("store_reachable")) == (5, 0)
    assert measured("oldest_waiting_seconds") >= 800
    assert measured("waiting_bytes") == 5 * len(wav(1))
    door.trouble = ""
    disk.round()
    assert door.names() == [f"{DAY}/{number}.wav" for number in range(5)]
    assert not any(path.exists() for path in paths)
    assert (measured("waiting_recordings"), measured("store_reachable")) == (0, 1)


def test_a_store_that_is_away_is_not_asked_for_every_file(disk: Disk, door: Door) -> None:
    for number in range(30):
        disk.write(f"{DAY}/{number}.wav")
    door.trouble = "500"
    disk.round()
    assert len(door.seen) <= 2 * 2 * 2, "two threads, a request and its repetition each"


def test_what_the_store_spoils_is_not_deleted_and_put_right_later(disk: Disk, door: Door, clock: VirtualClock) -> None:
    path = disk.write()
    door.trouble = "spoil"
    with pytest.raises(NotStoredError):
        disk.transfer.move(path)
    assert path.exists()
    assert door.object(FILE) != wav(1)
    disk.round()
    assert path.exists()
    assert measured("waiting_recordings") == 1
    door.trouble = ""
    clock.advance(seconds=61)
    disk.round()
    assert door.object(FILE) == wav(1)
    assert not path.exists()


def test_where_the_etag_says_nothing_the_content_is_read_back(disk: Disk, door: Door) -> None:
    path = disk.write()
    door.trouble = "no-etag"
    disk.round()
    assert not path.exists()
    assert any(command == "GET" for command, _ in door.seen)
    path = disk.write()
    assert disk.transfer.move(path) == "found"


def test_other_content_under_the_name_is_never_overwritten(disk: Disk, door: Door, clock: VirtualClock) -> None:
    door.put(FILE, wav(3))
    path = disk.write()
    other = disk.write(f"{DAY}/other.wav")
    with pytest.raises(OtherContentError):
        disk.transfer.move(path)
    for _ in range(3):
        disk.round()
        clock.advance(hours=2)
    assert door.object(FILE) == wav(3)
    assert path.exists()
    assert not other.exists(), "it holds up nobody"
    assert (measured("conflicting_recordings"), measured("waiting_recordings")) == (1, 1)


def test_two_that_come_at_once_do_not_overwrite_each_other(disk: Disk, door: Door) -> None:
    path = disk.write()
    find = disk.bucket.find

    def find_too_early(key: str) -> None:
        disk.bucket.find = find  # type: ignore[method-assign]  # only the first look is too early
        door.put(FILE, wav(3))

    disk.bucket.find = find_too_early  # type: ignore[method-assign]
    with pytest.raises(NotStoredError):
        disk.transfer.move(path)
    assert door.object(FILE) == wav(3)
    assert path.exists()


def test_what_is_there_already_is_found(disk: Disk, door: Door) -> None:
    door.put(FILE, wav(1))
    path = disk.write()
    assert disk.transfer.move(path) == "found"
    assert not path.exists()
    assert not [verb for verb, _ in door.seen if verb == "PUT"]


def test_a_file_that_changes_while_it_is_stored_is_not_deleted(
    disk: Disk, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = disk.write()
    put = disk.bucket.put

    def put_and_change(*arguments: object, **named: object) -> None:
        put(*arguments, **named)  # type: ignore[arg-type]  # whatever it was called with
        with path.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(disk.bucket, "put", put_and_change)
    assert disk.transfer.move(path) == "open"
    assert path.exists()


def test_empty_folders_of_days_that_are_over_go(disk: Disk) -> None:
    disk.write("2026-02-20/a.wav")
    disk.write()
    (disk.folder / "music").mkdir()
    disk.round()
    assert sorted(path.name for path in disk.folder.iterdir()) == [DAY, "music"]


def test_a_bucket_that_is_not_there_is_the_stores_trouble(disk: Disk, door: Door) -> None:
    bucket = Bucket(door.settings(name="nowhere"))
    with pytest.raises(BucketError, match="HeadBucket"):
        bucket.check()
    transfer = RecordingTransfer(RecordingFiles(disk.folder, bucket, PREFIX), bucket, disk.clock)
    path = disk.write()
    with pytest.raises(BucketError) as raised:
        transfer.move(path)
    assert "secret" not in str(raised.value)
    assert path.exists()


def test_the_kernel_knows_of_every_writer(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    assert is_open_for_writing(path) is False
    with path.open("rb"):
        assert is_open_for_writing(path) is False
    with path.open("ab"):
        assert is_open_for_writing(path) is True
    assert is_open_for_writing(path) is False
    assert open_files.is_open_for_writing(Path("/proc/self/status")) in (None, False)


def wait_until(is_so: Callable[[], bool], evidence: Callable[[], object]) -> None:
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end, evidence()
        time.sleep(0.05)


@pytest.mark.timeout(300)
def test_killed_again_and_again_it_loses_nothing(tmp_path: Path, door: Door) -> None:
    """The real process, killed at moments nobody chose; after each, every recording is somewhere, whole."""
    folder, log = tmp_path / "recordings", tmp_path / "log"
    wanted: dict[str, bytes] = {}
    door.delay_seconds = 0.01
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        **door.environment(),
        "PYTHONPATH": str(REPOSITORY / "app"),
        "RECORDINGS_DIRECTORY": str(folder),
        "UPLOADER_PORT": str(free_port()),
    }
    proven = set[str]()
    for kill in range(6):
        (folder / DAY).mkdir(parents=True, exist_ok=True)
        for number in range(15):
            file = f"{DAY}/{kill}-{number}.wav"
            wanted[file] = wav(0.5, tone=number)
            (folder / file).write_bytes(wanted[file])
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "omnileads.cli", "uploader"], env=environment, stdout=output, stderr=output
            )
        before = len(door.names())
        wait_until(lambda count=before: len(door.names()) >= count + 5, log.read_text)  # type: ignore[misc]
        time.sleep(0.013 * kill)
        process.send_signal(signal.SIGKILL)
        process.wait()
        stored = set(door.names())
        for file in wanted.keys() - proven:
            if not (folder / file).exists():
                assert file in stored
                assert door.object(file) == wanted[file]
                proven.add(file)
    process = subprocess.Popen(
        [sys.executable, "-m", "omnileads.cli", "uploader"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: not list(folder.rglob("*.wav")), log.read_text)
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert {file: door.object(file) for file in door.names()} == wanted
    assert "a secret nobody reads" not in log.read_text()


def test_the_real_clock_is_one(tmp_path: Path, door: Door) -> None:
    """With the clock of the real process nothing is different."""
    bucket = Bucket(door.settings())
    files = RecordingFiles(tmp_path, bucket, PREFIX)
    path = tmp_path / "x.wav"
    path.write_bytes(wav(1))
    assert RecordingTransfer(files, bucket, SystemClock()).move(path) == "uploaded"
