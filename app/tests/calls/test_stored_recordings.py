"""Recordings in a bucket: when they count as there, who hears them how, many as one ZIP, and the commands."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from omnileads.calls.models import Recording
from omnileads.calls.recording_check import RecordingCheck
from omnileads.calls.recording_files import RecordingFiles
from omnileads.kit.audit import AuditEntry
from omnileads.kit.bucket import Bucket
from omnileads.kit.runtime import Runtime
from omnileads.recording_commands import RecordingCommands
from omnileads.settings import (
    RecordingsSettings,
    RecordingsTopic,
    Settings,
    SettingsError,
    UploaderSettings,
    WorkerSettings,
    read,
)
from tests.bucket import PREFIX, Door
from tests.calls.test_recordings import FILE, Studio
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, wav


@pytest.fixture
def files(door: Door, app: FastAPI, settings: Settings) -> Iterator[RecordingFiles]:
    """The application's recordings are in the bucket, for this test."""
    before = app.state.recordings
    for path in settings.recordings.directory.rglob("*.wav"):
        path.unlink()
    app.state.recordings = RecordingFiles(settings.recordings.directory, Bucket(door.settings()), PREFIX)
    yield app.state.recordings
    app.state.recordings = before


@pytest.fixture
def studio(sign_in: SignedIn, runtime: Runtime, users: People, settings: Settings, files: RecordingFiles) -> Studio:
    studio = Studio(sign_in, runtime, users, settings)
    studio.check = RecordingCheck(runtime.database, files, runtime.clock)
    return studio


def stored(studio: Studio, door: Door, clock: VirtualClock, call_id: str = "c1", file: str = FILE) -> int:
    studio.record(call_id, file)
    door.put(file, wav(1))
    clock.advance(seconds=3)
    studio.check.run_due()
    return studio.row(call_id).id


def audio(studio: Studio, recording_id: int) -> Any:
    return studio.sign_in("administrator").get(f"{API}/recordings/{recording_id}/audio")


def heard_by(runtime: Runtime) -> int:
    with runtime.database.transaction() as session:
        return session.query(AuditEntry).filter_by(action="recording.heard").count()


def test_a_recording_on_the_disk_of_its_asterisk_is_being_stored(
    studio: Studio, door: Door, clock: VirtualClock, runtime: Runtime
) -> None:
    studio.record()
    for _ in range(80):
        clock.advance(minutes=10)
        studio.check.run_due()
    answer = audio(studio, studio.row().id)
    assert (answer.status_code, answer.json()["code"]) == (409, "recording-storing")
    assert answer.headers["retry-after"] == "60"
    assert heard_by(runtime) == 0
    door.put(FILE, wav(2.5))
    clock.advance(minutes=10)
    studio.check.run_due()
    row = studio.row()
    assert (row.state, row.duration_seconds, row.size_bytes, row.check_at) == ("available", 2.5, 40044, None)


def test_what_is_nowhere_after_a_day_is_missing_and_still_looked_for(
    studio: Studio, door: Door, clock: VirtualClock
) -> None:
    studio.record()
    for _ in range(30):
        clock.advance(hours=1)
        studio.check.run_due()
    assert studio.row().state == "missing"
    assert audio(studio, studio.row().id).json()["code"] == "recording-missing"
    door.put(FILE, wav(1))
    clock.advance(hours=1)
    studio.check.run_due()
    assert studio.row().state == "available"


def test_while_the_store_is_away_nothing_is_said_about_what_it_has(
    studio: Studio, door: Door, clock: VirtualClock
) -> None:
    for number in range(3):
        studio.record(f"c{number}", f"2026-03-02/{number}.wav")
    studio.write(wav(1), "2026-03-02/0.wav")
    door.trouble = "500"
    clock.advance(seconds=3)
    asked = len(door.seen)
    studio.check.run_due()
    assert len(door.seen) - asked <= 4, "it is asked once more, and not for every recording"
    assert [studio.row(f"c{number}").state for number in range(3)] == ["available", "pending", "pending"]
    assert studio.row("c2").checks == 0
    door.trouble = ""
    for number in (1, 2):
        door.put(f"2026-03-02/{number}.wav", wav(1))
    clock.advance(seconds=61)
    studio.check.run_due()
    assert [studio.row(f"c{number}").state for number in range(3)] == ["available"] * 3


@pytest.mark.parametrize(("content", "said"), [(b"not a sound", "not a WAV"), (b"", "not a WAV"), (wav(0), "no sound")])
def test_an_object_that_is_no_sound_is_said(
    studio: Studio, door: Door, clock: VirtualClock, content: bytes, said: str
) -> None:
    studio.record()
    door.put(FILE, content)
    for _ in range(7):
        clock.advance(minutes=10)
        studio.check.run_due()
    assert studio.row().state == "missing"
    assert said in studio.row().message


def test_an_object_with_an_unfinished_header_has_its_length(studio: Studio, door: Door, clock: VirtualClock) -> None:
    unfinished = bytearray(wav(1.5))
    unfinished[40:44] = struct.pack("<I", 0)
    studio.record()
    door.put(FILE, bytes(unfinished))
    clock.advance(seconds=3)
    studio.check.run_due()
    assert (studio.row().state, studio.row().duration_seconds) == ("available", 1.5)


def test_nginx_is_sent_to_the_bucket_and_the_browser_learns_nothing_of_it(
    studio: Studio, door: Door, clock: VirtualClock, runtime: Runtime
) -> None:
    answer = audio(studio, stored(studio, door, clock))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-accel-redirect"] == "/_bucket"
    path = answer.headers["x-bucket-path"]
    assert path.startswith(f"/sounds/{PREFIX}/{FILE}?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert "X-Amz-Expires=300" in path
    assert door.address not in str(answer.headers)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert answer.headers["cache-control"] == "private, no-store"
    assert heard_by(runtime) == 1


def test_who_may_not_hear_it_gets_no_address(
    studio: Studio, door: Door, clock: VirtualClock, sign_in: SignedIn, runtime: Runtime
) -> None:
    recording_id = stored(studio, door, clock)
    for person, status in ((sign_in("supervisor"), 404), (sign_in("basic-supervisor"), 403)):
        answer = person.get(f"{API}/recordings/{recording_id}/audio")
        assert answer.status_code == status
        assert "x-bucket-path" not in answer.headers
    assert heard_by(runtime) == 0


def test_the_file_on_the_disk_is_heard_while_it_is_there(studio: Studio, door: Door, clock: VirtualClock) -> None:
    """Also those from before there was a bucket."""
    recording_id = stored(studio, door, clock)
    path = studio.write(wav(1))
    answer = audio(studio, recording_id)
    assert (answer.content, "x-accel-redirect" in answer.headers) == (wav(1), False)
    path.unlink()
    assert "x-accel-redirect" in audio(studio, recording_id).headers


def test_no_name_leads_out_of_the_folder_of_the_bucket(studio: Studio, door: Door, clock: VirtualClock) -> None:
    recording_id = stored(studio, door, clock)
    for name in ("../other/secret.wav", "/etc/passwd", "2026-03-02/../../x.wav"):
        with studio.runtime.database.transaction() as session:
            session.get_one(Recording, recording_id).file = name
        assert audio(studio, recording_id).json()["code"] == "recording-missing"


def test_a_file_that_is_moved_before_it_is_read_is_read_from_the_bucket(files: RecordingFiles, door: Door) -> None:
    path = files.directory / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(wav(1))
    sound = files.find(FILE)
    door.put(FILE, wav(1))
    path.unlink()
    assert sound is not None
    assert b"".join(sound.pieces()) == wav(1)


# --- settings and commands ---


def platform(settings: Settings) -> dict[str, str]:
    return {
        "POSTGRES_HOST": settings.postgres.host,
        "POSTGRES_PASSWORD": settings.postgres.password.get_secret_value(),
        "REDIS_HOST": settings.redis.host,
        "REDIS_PASSWORD": settings.redis.password.get_secret_value(),
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"BUCKET_URL": ""}, "BUCKET_URL is not set; RECORDINGS_STORE=s3 needs it."),
        ({"BUCKET_URL": "s3.example.com"}, "BUCKET_URL is not accepted:"),
        ({"BUCKET_URL": "https://s3.example.com/bucket"}, "BUCKET_URL is not accepted:"),
        ({"BUCKET_NAME": "Not/A Name"}, "BUCKET_NAME is not accepted:"),
        ({"BUCKET_ACCESS_KEY": ""}, "BUCKET_ACCESS_KEY is not set; RECORDINGS_STORE=s3 needs it."),
        ({"BUCKET_SECRET_KEY": ""}, "BUCKET_SECRET_KEY (or BUCKET_SECRET_KEY_FILE) is not set"),
        ({"BUCKET_SECRET_KEY_FILE": "/nowhere"}, "BUCKET_SECRET_KEY and BUCKET_SECRET_KEY_FILE are both set"),
        ({"BUCKET_CA_FILE": "/nowhere"}, "BUCKET_CA_FILE is not accepted: /nowhere cannot be read."),
        ({"BUCKET_PREFIX": "../up"}, "BUCKET_PREFIX is not accepted:"),
        ({"RECORDINGS_STORE": "s4"}, "RECORDINGS_STORE is not accepted:"),
    ],
)
@pytest.mark.parametrize("kind", [UploaderSettings, WorkerSettings])
def test_a_bucket_that_is_not_fully_described_is_refused_at_start(
    kind: type[UploaderSettings],
    changes: dict[str, str],
    sentence: str,
    settings: Settings,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("BUCKET_")]:
        monkeypatch.delenv(name)
    for name, value in {**platform(settings), **door.environment()}.items():
        monkeypatch.setenv(name, value)
    assert read(kind).bucket.verify_tls
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        read(kind)
    assert sentence in str(raised.value)
    assert "a secret nobody reads" not in str(raised.value)


def test_the_secret_key_may_be_in_a_file(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "key"
    path.write_text("from a file\n")
    assert door.settings(secret_key=None, secret_key_file=path).secret() == "from a file"


class Told:
    def __init__(self, settings: Settings, door: Door) -> None:
        self.sentences: list[str] = []
        self.settings = RecordingsSettings(
            postgres=settings.postgres,
            redis=settings.redis,
            recordings=RecordingsTopic(directory=settings.recordings.directory, store="s3"),
            bucket=door.settings(),
        )
        self.commands = RecordingCommands(self.settings, self.sentences.append)


def test_what_is_on_the_volume_is_moved_and_moved_again(studio: Studio, settings: Settings, door: Door) -> None:
    told = Told(settings, door)
    names = [f"2026-03-02/{number}.wav" for number in range(3)]
    for name in names:
        studio.write(wav(1), name)
    door.put(names[0], wav(1))
    door.put(names[1], wav(3))
    assert told.commands.move() == 1
    assert told.sentences[1:] == [
        "2026-03-02/1.wav stays: the bucket has other content under this name.",
        "Moved: 1. There already: 1. Moved by somebody else: 0. Still written: 0. Left with a reason: 1.",
    ]
    assert [path.name for path in (studio.folder / "2026-03-02").iterdir()] == ["1.wav"]
    door.remove(names[1])
    assert told.commands.move() == 0
    assert door.names() == names
    assert told.commands.move() == 0


def test_every_recording_of_the_call_log_is_looked_for(
    studio: Studio, settings: Settings, door: Door, clock: VirtualClock
) -> None:
    told = Told(settings, door)
    stored(studio, door, clock)
    stored(studio, door, clock, "c2", "2026-03-02/in-c2.wav")
    assert told.commands.verify() == 0
    studio.record("c3", "2026-03-02/in-c3.wav")
    assert told.commands.verify() == 0, "the third is on its way"
    door.remove(FILE)
    door.put("2026-03-02/in-c2.wav", wav(2))
    assert told.commands.verify() == 1
    assert told.sentences[-3:] == [
        f"{FILE}: nowhere.",
        "2026-03-02/in-c2.wav: of another size.",
        (
            "Recordings in the call log: 3. In the folder: 0. In the bucket: 0. On their way there: 1. Nowhere: 1. "
            "Of another size: 1."
        ),
    ]


def test_without_a_bucket_nothing_is_moved(studio: Studio, settings: Settings, door: Door) -> None:
    told = Told(settings, door)
    plain = told.settings.model_copy(update={"recordings": settings.recordings})
    with pytest.raises(SettingsError, match="RECORDINGS_STORE is not s3"):
        RecordingCommands(plain, told.sentences.append).move()
    studio.record()
    assert RecordingCommands(plain, told.sentences.append).verify() == 0
