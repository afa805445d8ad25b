"""Audio files through the API."""

from __future__ import annotations

import struct

import pytest
from fastapi.testclient import TestClient

from omnileads.telephony.audio import MAX_BYTES, check_wav
from omnileads.telephony.errors import AudioRefused
from tests.conftest import SignedIn
from tests.domain import API, fields_of, make_campaign, wav


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


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


def test_a_float_wav_is_not_pcm() -> None:
    data = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 40, b"WAVE", b"fmt ", 16, 3, 1, 8000, 32000, 4, 32, b"data", 4)
    with pytest.raises(AudioRefused) as refused:
        check_wav(data + b"\0\0\0\0")
    assert "not a WAV file with PCM" in refused.value.fields[0].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a WAV file"),
        (b"ID3\x03 an mp3", "not a WAV file"),
        (wav(rate=16000), "it has 16 bit, 1 channels, 16000 Hz"),
        (wav(channels=2), "it has 16 bit, 2 channels"),
        (wav(width=1), "it has 8 bit"),
        (wav(0), "no sound"),
        (wav(1)[:-100], "cut off"),
        (b"\0" * (MAX_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_asterisk_cannot_play_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(AudioRefused) as refused:
        check_wav(content)
    problem = refused.value.fields[0]
    assert problem.field == "file"
    assert said in problem.message


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
    assert admin.delete(f"{API}/inbound-campaigns/{campaign['id']}").status_code == 204
    assert admin.delete(f"{API}/audio-files/{audio['id']}").status_code == 204
