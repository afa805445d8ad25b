"""Audio files through the API."""

from __future__ import annotations

import array
import contextlib
import io
import random
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from omnileads.telephony.audio import MAX_BYTES, Sound, convert
from omnileads.telephony.errors import AudioRefused
from tests.domain import API, fields_of, make_campaign, wav

SOUNDS = Path(__file__).parent / "sounds"


def test_a_file_is_uploaded_heard_and_deleted(admin: TestClient) -> None:
    sound = wav(1.5)
    answer = admin.post(f"{API}/audio-files", data={"name": " Welcome "}, files={"file": sound})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["duration_seconds"], made["size_bytes"]) == ("Welcome", 1.5, len(sound))
    content = admin.get(f"{API}/audio-files/{made['id']}/content")
    assert content.content == sound
    assert content.headers["content-type"] == "audio/wav"
    assert admin.get(f"{API}/audio-files", params={"search": "wel"}).json()["total"] == 1
    assert admin.delete(f"{API}/audio-files/{made['id']}").status_code == 204
    assert admin.delete(f"{API}/audio-files/{made['id']}").status_code == 404
    assert admin.get(f"{API}/audio-files/{made['id']}/content").status_code == 404


def rises(sound: Sound) -> int:
    """How often the wave goes up through zero: the tone's frequency in a second."""
    with wave.open(io.BytesIO(sound.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        samples = array.array("h", file.readframes(file.getnframes()))
    return sum(1 for before, after in pairwise(samples) if before < 0 <= after)


@pytest.mark.parametrize("name", ["tone.mp3", "tone.ogg"])
def test_music_is_brought_to_what_asterisk_plays(admin: TestClient, name: str) -> None:
    """A second of 440 Hz, stereo, 44.1 kHz."""
    content = (SOUNDS / name).read_bytes()
    sound = convert(content)
    assert sound.duration_seconds == pytest.approx(1, abs=0.06)
    assert rises(sound) == pytest.approx(440, abs=22)
    made = admin.post(f"{API}/audio-files", data={"name": name}, files={"file": content}).json()
    assert admin.get(f"{API}/audio-files/{made['id']}/content").content == sound.content


@pytest.mark.parametrize(
    "content",
    [wav(0.25, rate=16000), wav(0.25, rate=44100, channels=2), wav(0.25, width=1), wav(0.25, width=3, rate=48000)],
    ids=["wide", "stereo", "8 bit", "24 bit"],
)
def test_other_wav_files_are_converted(content: bytes) -> None:
    assert convert(content).duration_seconds == pytest.approx(0.25, abs=0.01)


def test_a_wav_file_of_unknown_length_is_taken() -> None:
    content = bytearray(wav(0.5))
    content[40:44] = b"\xff\xff\xff\xff"
    assert convert(bytes(content)).duration_seconds == 0.5


NOT_AUDIO = "not a WAV, MP3 or Ogg Vorbis"
TOO_LONG = "longer than 20 minutes"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "not-audio", NOT_AUDIO),
        (b"ID3\x03 an mp3", "not-audio", NOT_AUDIO),
        (b"ID3" + b"\xff\xfb\x90\x00" * 5000, "not-audio", NOT_AUDIO),
        (b"RIFF\0\0\0\0WAVE", "not-audio", NOT_AUDIO),
        (b"<script>alert(1)</script>", "not-audio", NOT_AUDIO),
        (b"\x7fELF" + bytes(1000), "not-audio", NOT_AUDIO),
        ((SOUNDS / "tone.opus.ogg").read_bytes(), "not-audio", NOT_AUDIO),
        ((SOUNDS / "tone.ogg").read_bytes()[:3000], "not-audio", NOT_AUDIO),
        (wav(rate=2**31 - 1, seconds=0), "not-audio", NOT_AUDIO),
        (wav(0), "silent", "no sound"),
        (wav(1)[:-100], "cut-off", "cut off"),
        (wav(21 * 60), "too-long", TOO_LONG),
        (wav(100_000, rate=1), "too-long", TOO_LONG),
        (b"\0" * (MAX_BYTES + 1), "too-large", "larger than 50 MB"),
    ],
    ids=range(14),
)
def test_what_is_no_usable_sound_is_refused(content: bytes, code: str, said: str) -> None:
    with pytest.raises(AudioRefused) as refused:
        convert(content)
    problem = refused.value.fields[0]
    assert (problem.field, problem.code) == ("file", code)
    assert said in problem.message


@pytest.mark.parametrize("name", ["tone.mp3", "tone.ogg"])
def test_damaged_files_are_converted_or_refused(name: str) -> None:
    """The decoder may die; the application must not, and must say something about every file."""
    content = (SOUNDS / name).read_bytes()
    draw = random.Random(name)  # noqa: S311 (the same damage in every run)
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(40):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        with contextlib.suppress(AudioRefused):
            assert convert(bytes(damaged)).duration_seconds < 20 * 60


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "import time; time.sleep(60)", "import os; os.abort()"])
def test_a_reader_that_dies_or_hangs_is_a_refusal(program: str) -> None:
    with pytest.raises(AudioRefused) as refused:
        convert(wav(), program=[sys.executable, "-c", program], limit_seconds=2)
    assert refused.value.fields[0].code == "not-readable"


def test_the_reader_has_little_memory_and_time() -> None:
    """The limits of `sound_conversion.main` are in force while a file is read."""
    program = (
        "import io, resource, sys; from omnileads.telephony import sound_conversion as program;"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b''));"
        "program.main();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["536870912", "20"]


def test_a_file_is_renamed(admin: TestClient) -> None:
    made = admin.post(f"{API}/audio-files", data={"name": "One"}, files={"file": wav()}).json()
    other = admin.post(f"{API}/audio-files", data={"name": "Two"}, files={"file": wav(tone=3)}).json()
    address = f"{API}/audio-files/{made['id']}"
    assert admin.patch(address, json={"name": "Welcome"}).json() == {**made, "name": "Welcome"}
    assert fields_of(admin.patch(address, json={"name": "two"})) == {"name": "taken"}
    assert admin.get(f"{API}/audio-files/{other['id']}").json() == other
    assert admin.patch(f"{API}/audio-files/999", json={"name": "x"}).status_code == 404


def test_the_same_sound_and_the_same_name_are_refused(admin: TestClient) -> None:
    admin.post(f"{API}/audio-files", data={"name": "One"}, files={"file": wav()})
    again = admin.post(f"{API}/audio-files", data={"name": "Two"}, files={"file": wav()})
    assert again.status_code == 422
    assert 'already here as "One"' in again.json()["fields"][0]["message"]
    named = admin.post(f"{API}/audio-files", data={"name": "one"}, files={"file": wav(tone=7)})
    assert fields_of(named) == {"name": "taken"}
    assert fields_of(admin.post(f"{API}/audio-files", data={"name": "x"}))["file"] == "missing"


def test_a_file_in_use_stays(admin: TestClient) -> None:
    audio = admin.post(f"{API}/audio-files", data={"name": "One"}, files={"file": wav()}).json()
    campaign = make_campaign(admin, welcome_audio_id=audio["id"])
    refused = admin.delete(f"{API}/audio-files/{audio['id']}")
    assert refused.status_code == 409
    assert refused.json()["code"] == "in-use"
    assert '"Support"' in refused.json()["message"]
    assert admin.delete(f"{API}/campaigns/{campaign['id']}").status_code == 204
    assert admin.delete(f"{API}/audio-files/{audio['id']}").status_code == 204
