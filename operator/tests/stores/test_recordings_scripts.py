"""Recordings in backups: each is stored once and proven, what is killed goes on, and a restore adds and proves them."""

from __future__ import annotations

import hashlib
import json
import os
import wave

import pytest

from tests.stores.test_backup_script import TOLD
from tests.support.stores import Database, Done, S3Server

DAY = "2026-06-01"
OLD = 1_780_000_000
"""Long ago, for files that nobody writes to any more."""


def write(centre: Database, name: str, seconds: int = 1, *, sample: bytes = b"\x01\x02") -> bytes:
    path = centre.folder / "recordings" / name
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o777)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sample * 8000 * seconds)
    return path.read_bytes()


def back_up(centre: Database, uid: str = "uid-1", before: str = "", **variables: str) -> Done:
    told = {**TOLD, "BACKUP_UID": uid, "RECORDINGS": "true", "BATCH_FILES": "3", **variables}
    return centre.run("store", "recordings", "recordings-out", "backup", before=before, **told)


def put_back(centre: Database, before: str = "", **variables: str) -> Done:
    return centre.run("store", "recordings", "put-back", before=before, BATCH_FILES="3", **variables)


def new_volume(centre: Database) -> None:
    """As another backup has it; what is shared stays."""
    for path in (centre.folder / "volume").iterdir():
        path.unlink()


def lose_recordings(centre: Database) -> None:
    for path in (centre.folder / "recordings").rglob("*.wav"):
        path.unlink()


def recordings(centre: Database) -> dict[str, bytes]:
    folder = centre.folder / "recordings"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Stored:
    """The common folder, on a volume or in a bucket, and where a backup's own files are."""

    def __init__(self, centre: Database, s3: S3Server | None, prefix: str) -> None:
        self._centre, self._s3, self._prefix = centre, s3, prefix

    def env(self, backup: str) -> dict[str, str]:
        return self._s3.env(f"{self._prefix}/{backup}") if self._s3 else {}

    def files(self, folder: str = "files") -> dict[str, bytes]:
        if self._s3:
            start = f"{self._prefix}/_recordings/acme/{folder}/"
            return {
                name.removeprefix(start): self._s3.read(name) for name in self._s3.names() if name.startswith(start)
            }
        root = self._centre.folder / "stored" / folder
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def change(self, name: str, content: bytes | None, *, folder: str = "files") -> None:
        if self._s3:
            path = f"backups/{self._prefix}/_recordings/acme/{folder}/{name}"
            self._s3.call("PUT" if content is not None else "DELETE", path, content)
            return
        file = self._centre.folder / "stored" / folder / name
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)

    def read(self, backup: str, name: str) -> bytes:
        return self._s3.read(f"{self._prefix}/{backup}/{name}") if self._s3 else self._centre.stored(name).read_bytes()


@pytest.fixture(params=["volume", "s3"])
def stored(request: pytest.FixtureRequest, centre: Database) -> Stored:
    s3 = request.getfixturevalue("s3") if request.param == "s3" else None
    return Stored(centre, s3, f"oml/{request.node.name.partition('[')[0].replace('_', '-')}")


def key(name: str, content: bytes) -> str:
    return f"{name}.{hashlib.sha256(content).hexdigest()}"


def test_each_is_stored_once_listed_and_put_back(centre: Database, stored: Stored) -> None:
    written = {f"{DAY}/call-{number}+a.wav": write(centre, f"{DAY}/call-{number}+a.wav") for number in range(7)}
    done = back_up(centre, **stored.env("first"))
    assert done.returncode == 0, done.stderr
    assert stored.files() == {key(name, content): content for name, content in written.items()}
    assert stored.files("proving") == {}
    listed = stored.read("first", "recordings.list")
    told = json.loads(stored.read("first", "manifest.json"))
    assert told["recordings"] == {
        "count": 7,
        "size": sum(map(len, written.values())),
        "list_sha256": hashlib.sha256(listed).hexdigest(),
    }
    lines = [line.split(" ") for line in listed.decode().splitlines()]
    assert {name: (sum_, int(size)) for sum_, size, name in lines} == {
        name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in written.items()
    }
    # Another backup: what is there is not read again, which would show.
    new_volume(centre)
    first = f"{DAY}/call-0+a.wav"
    same_size = write(centre, first, sample=b"\x09\x09")
    added = write(centre, "2026-06-02/late.wav", 2)
    done = back_up(centre, "uid-2", **stored.env("second"))
    assert done.returncode == 0, done.stderr
    assert key(first, same_size) not in stored.files()
    assert len(stored.files()) == 8
    assert json.loads(stored.read("second", "manifest.json"))["recordings"]["count"] == 8
    lose_recordings(centre)
    done = put_back(centre, **stored.env("second"))
    assert done.returncode == 0, done.stderr
    assert recordings(centre) == {**written, "2026-06-02/late.wav": added}
    # Once more, with one that a user deleted meanwhile: it comes again, and nothing else changes.
    (centre.folder / "recordings" / first).unlink()
    assert put_back(centre, **stored.env("second")).returncode == 0
    assert recordings(centre) == {**written, "2026-06-02/late.wav": added}


def test_a_recording_that_grew_does_not_take_the_place_of_what_was_stored(centre: Database, stored: Stored) -> None:
    name = f"{DAY}/grows.wav"
    short = write(centre, name, 1)
    assert back_up(centre, **stored.env("first")).returncode == 0
    new_volume(centre)
    long = write(centre, name, 2)
    assert back_up(centre, "uid-2", **stored.env("second")).returncode == 0
    assert stored.files() == {key(name, short): short, key(name, long): long}


def test_one_that_is_still_written_is_left_for_the_next_backup(centre: Database, stored: Stored) -> None:
    for name in ("dead", "talking"):
        content = bytearray(write(centre, f"{DAY}/{name}.wav"))
        content[40:44] = bytes(4)
        (centre.folder / "recordings" / DAY / f"{name}.wav").write_bytes(content)
    os.utime(centre.folder / "recordings" / DAY / "dead.wav", (OLD, OLD))
    (centre.folder / "recordings" / DAY / "notes.txt").write_text("not a recording")
    done = back_up(centre, **stored.env("first"))
    assert done.returncode == 0, done.stderr
    assert [name.partition(".wav")[0] for name in stored.files()] == [f"{DAY}/dead"]
    new_volume(centre)
    write(centre, f"{DAY}/talking.wav", 2)
    assert back_up(centre, "uid-2", **stored.env("second")).returncode == 0
    assert len(stored.files()) == 2


def killed_at(command: int) -> str:
    return f"set -o functrace; left={command}; trap '((--left)) || kill -9 $$' DEBUG\n"


def test_killed_at_several_points_it_goes_on_and_ends_complete(centre: Database, stored: Stored) -> None:
    written = {f"{DAY}/c-{number}.wav": write(centre, f"{DAY}/c-{number}.wav") for number in range(7)}
    place = stored.env("first")
    kept = []
    for command in (60, 90, 120, 170, 230):
        done = back_up(centre, before=killed_at(command), **place)
        assert done.returncode in (137, -9), (command, done.stderr)
        kept.append(len(stored.files()))
    assert kept == sorted(kept), "what was stored is not lost"
    assert kept[-1] > 0
    done = back_up(centre, **place)
    assert done.returncode == 0, done.stderr
    found = {name: content for name, content in stored.files().items() if not name.endswith(".partial")}
    assert found == {key(name, content): content for name, content in written.items()}
    assert stored.files("proving") == {}


def test_what_a_killed_backup_did_not_prove_is_stored_again(centre: Database, stored: Stored) -> None:
    name = f"{DAY}/half.wav"
    content = write(centre, name)
    assert back_up(centre, **stored.env("first")).returncode == 0
    stored.change(key(name, content), content[:-2] + b"\xff\xff")
    # As it is when it was killed between storing and proving.
    stored.change("uid-0", f"{key(name, content)}\n".encode(), folder="proving")
    new_volume(centre)
    done = back_up(centre, "uid-2", **stored.env("second"))
    assert done.returncode == 0, done.stderr
    assert stored.files() == {key(name, content): content}
    assert stored.files("proving") == {}


def test_a_truncated_copy_is_replaced_by_the_next_backup(centre: Database, stored: Stored) -> None:
    name = f"{DAY}/cut.wav"
    content = write(centre, name)
    assert back_up(centre, **stored.env("first")).returncode == 0
    stored.change(key(name, content), content[:1000])
    new_volume(centre)
    assert back_up(centre, "uid-2", **stored.env("second")).returncode == 0
    assert stored.files() == {key(name, content): content}


@pytest.mark.parametrize("damage", ["changed", "truncated", "gone"])
def test_a_damaged_copy_is_found_and_not_put_back(centre: Database, stored: Stored, damage: str) -> None:
    name = f"{DAY}/one.wav"
    content = write(centre, name)
    assert back_up(centre, **stored.env(damage)).returncode == 0
    lose_recordings(centre)
    changed = {"changed": content[:-2] + b"\xff\xff", "truncated": content[:500], "gone": None}
    stored.change(key(name, content), changed[damage])
    done = put_back(centre, **stored.env(damage))
    assert done.returncode == 50, done.stderr
    assert "one.wav" in done.stderr
    assert recordings(centre) == {}


def test_another_recording_of_that_name_is_never_overwritten(centre: Database, stored: Stored) -> None:
    write(centre, f"{DAY}/a.wav")
    write(centre, f"{DAY}/b.wav")
    assert back_up(centre, **stored.env("first")).returncode == 0
    lose_recordings(centre)
    other = write(centre, f"{DAY}/b.wav", sample=b"\x05\x06")
    done = put_back(centre, **stored.env("first"))
    assert done.returncode == 47, done.stderr
    assert recordings(centre) == {f"{DAY}/b.wav": other}


def test_a_killed_restore_goes_on(centre: Database, stored: Stored) -> None:
    written = {f"{DAY}/c-{number}.wav": write(centre, f"{DAY}/c-{number}.wav") for number in range(7)}
    assert back_up(centre, **stored.env("first")).returncode == 0
    lose_recordings(centre)
    for command in (50, 80, 110):
        done = put_back(centre, before=killed_at(command), **stored.env("first"))
        assert done.returncode in (137, -9), (command, done.stderr)
    done = put_back(centre, **stored.env("first"))
    assert done.returncode == 0, done.stderr
    assert recordings(centre) == written


def test_a_list_that_was_changed_is_refused(centre: Database, stored: Stored) -> None:
    write(centre, f"{DAY}/a.wav")
    assert back_up(centre, **stored.env("first")).returncode == 0
    stored_list = stored.read("first", "recordings.list")
    changed = b"0" * 64 + stored_list[64:]
    env = stored.env("first")
    if env:
        s3 = S3Server(env["S3_ENDPOINT"])
        s3.call("PUT", f"backups/{env['S3_FOLDER']}/recordings.list", changed)
    else:
        centre.stored("recordings.list").write_bytes(changed)
    assert put_back(centre, **env).returncode == 50


def test_a_backup_without_recordings_needs_none(centre: Database) -> None:
    assert centre.run("store", "backup", **TOLD).returncode == 0
    assert centre.names() == ["database.dump", "manifest.json"]
    assert "recordings" not in json.loads(centre.stored("manifest.json").read_text())
    assert put_back(centre).returncode == 0


def test_no_recordings_is_a_list_without_any(centre: Database, stored: Stored) -> None:
    done = back_up(centre, **stored.env("first"))
    assert done.returncode == 0, done.stderr
    assert json.loads(stored.read("first", "manifest.json"))["recordings"]["count"] == 0
    assert put_back(centre, **stored.env("first")).returncode == 0


def test_a_target_with_a_bucket_is_refused_before_anything(centre: Database, stored: Stored) -> None:
    write(centre, f"{DAY}/a.wav")
    assert back_up(centre, **stored.env("first")).returncode == 0
    asked = {"TARGET_VERSION": "0.1.0", "OVERWRITE": "true", **stored.env("first")}
    assert centre.run("store", "check", RECORDINGS_IN_BUCKET="true", **asked).returncode == 48
    done = centre.run("store", "check", **asked)
    assert done.returncode == 0, done.stderr


def test_removing_a_backup_leaves_the_recordings_of_others(centre: Database, stored: Stored) -> None:
    write(centre, f"{DAY}/a.wav")
    assert back_up(centre, **stored.env("first")).returncode == 0
    before = stored.files()
    done = centre.run("store", "remove", **stored.env("first"))
    assert done.returncode == 0, done.stderr
    assert stored.files() == before
    assert back_up(centre, "uid-2", **stored.env("first")).returncode == 0
