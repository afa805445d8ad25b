"""Recordings: the check of their files, the list, and playing them."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.models import User
from omnileads.agents.models import Agent, AgentGroup
from omnileads.calls.intake import read_event
from omnileads.calls.models import Recording
from omnileads.calls.recording_check import RecordingCheck
from omnileads.calls.recording_files import RecordingFiles
from omnileads.calls.store import store
from omnileads.calls.wav import NotAWavError, read_facts
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Phone, Team, make_campaign, wav

FILE = "2026-03-02/in-c1.wav"


class Studio:
    """A campaign with an agent, and recorded calls of it."""

    def __init__(self, sign_in: SignedIn, runtime: Runtime, users: People, settings: Settings) -> None:
        self.runtime = runtime
        self.folder = settings.recordings.directory
        self.sign_in = sign_in
        self.admin = sign_in("administrator")
        self.team = Team(runtime, users)
        self.user: User
        self.agent: Agent
        self.user, self.agent = self.team.agent(first_name="Ana", last_name="Paz")
        self.supervisor = users.make("supervisor")
        self.campaign = make_campaign(
            self.admin, members=[{"agent_id": self.agent.id}], supervisor_ids=[self.supervisor.id]
        )
        self.check = RecordingCheck(runtime.database, RecordingFiles.of(settings), runtime.clock)

    def record(self, call_id: str = "c1", file: str = FILE, *, is_over: bool = True, **data: Any) -> None:
        """The events of a recorded call."""
        common = {"campaign_id": self.campaign["id"], "agent_id": self.agent.id, "recording": file, **data}
        names = ["CONNECT", "COMPLETEAGENT"] if is_over else ["CONNECT"]
        phone = Phone(self.runtime)
        events = [
            read_event("call", f"{call_id}:{index}", phone.document(call_id, name, **common))
            for index, name in enumerate(names)
        ]
        with self.runtime.database.transaction() as session:
            store(session, events, self.runtime.clock.now())

    def write(self, content: bytes, file: str = FILE, *, age_seconds: float = 0) -> Path:
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        moment = self.runtime.clock.now().timestamp() - age_seconds
        os.utime(path, (moment, moment))
        return path

    def row(self, call_id: str = "c1") -> Recording:
        with self.runtime.database.transaction() as session:
            return session.scalars(select(Recording).where(Recording.call_id == call_id)).one()


@pytest.fixture
def studio(sign_in: SignedIn, runtime: Runtime, users: People, settings: Settings) -> Studio:
    for path in settings.recordings.directory.rglob("*.wav"):
        path.unlink()
    return Studio(sign_in, runtime, users, settings)


def test_a_finished_file_becomes_available(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    studio.write(wav(2.5))
    assert studio.check.run_due() == 0, "Asterisk is given a moment to close the file"
    clock.advance(seconds=2)
    assert studio.check.run_due() == 1
    row = studio.row()
    assert (row.state, row.duration_seconds, row.size_bytes, row.check_at) == ("available", 2.5, 40044, None)
    assert studio.check.run_due() == 0


def test_a_call_that_goes_on_is_not_looked_at_yet(studio: Studio, clock: VirtualClock) -> None:
    studio.record(is_over=False)
    clock.advance(hours=1)
    assert studio.check.run_due() == 0
    studio.record()
    clock.advance(seconds=3)
    studio.write(wav(1))
    assert studio.check.run_due() == 1


def test_a_recording_whose_call_never_ended_is_looked_at_in_the_end(studio: Studio, clock: VirtualClock) -> None:
    studio.record(is_over=False)
    studio.write(wav(1))
    clock.advance(hours=12)
    assert studio.check.run_due() == 1
    assert studio.row().state == "available"


def test_a_file_being_written_is_waited_for(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    clock.advance(seconds=2)
    unfinished = bytearray(wav(1))
    unfinished[40:44] = struct.pack("<I", 0)
    studio.write(bytes(unfinished))
    studio.check.run_due()
    assert (studio.row().state, studio.row().message) == ("pending", "Asterisk is still writing the file.")
    studio.write(b"RIFF")
    clock.advance(seconds=2)
    studio.check.run_due()
    assert studio.row().state == "pending"
    studio.write(wav(1))
    clock.advance(seconds=5)
    studio.check.run_due()
    assert studio.row().state == "available"


def test_a_file_asterisk_did_not_live_to_finish_is_repaired(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    clock.advance(seconds=2)
    unfinished = bytearray(wav(1.5))
    unfinished[4:8] = unfinished[40:44] = struct.pack("<I", 0)
    path = studio.write(bytes(unfinished), age_seconds=61)
    studio.check.run_due()
    row = studio.row()
    assert (row.state, row.duration_seconds) == ("available", 1.5)
    assert "header was completed" in row.message
    assert path.read_bytes() == wav(1.5)


@pytest.mark.parametrize(
    ("content", "said"),
    [(wav(0), "holds no sound"), (b"not a sound", "is not a WAV file"), (b"RIFF\0\0\0\0WAVE", "is not a WAV file")],
)
def test_what_cannot_be_played_is_said(studio: Studio, clock: VirtualClock, content: bytes, said: str) -> None:
    studio.record()
    studio.write(content, age_seconds=100)
    for _ in range(6):
        clock.advance(minutes=10)
        studio.check.run_due()
    assert studio.row().state == "missing"
    assert said in studio.row().message


def test_a_missing_file_is_said_looked_for_and_found(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    for _ in range(5):
        clock.advance(minutes=10)
        studio.check.run_due()
        assert studio.row().state == "pending"
    clock.advance(minutes=10)
    studio.check.run_due()
    assert studio.row().state == "missing"
    assert FILE in studio.row().message
    listed = studio.sign_in("administrator").get(f"{API}/recordings").json()["items"][0]
    assert (listed["state"], listed["duration_seconds"]) == ("missing", None)
    clock.advance(hours=1)
    studio.write(wav(1))
    studio.check.run_due()
    assert studio.row().state == "available"


def test_after_a_week_it_is_given_up_but_not_deleted(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    for _ in range(8):
        clock.advance(days=1)
        studio.check.run_due()
    assert (studio.row().state, studio.row().check_at) == ("missing", None)
    assert studio.check.run_due() == 0


def test_a_folder_in_its_place_is_said(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    (studio.folder / FILE).mkdir(parents=True)
    try:
        for _ in range(6):
            clock.advance(minutes=10)
            studio.check.run_due()
        assert "cannot be read" in studio.row().message
    finally:
        (studio.folder / FILE).rmdir()


def test_an_already_checked_recording_is_not_started_again_by_a_repeated_event(
    studio: Studio, clock: VirtualClock
) -> None:
    studio.record()
    studio.write(wav(1))
    clock.advance(seconds=3)
    studio.check.run_due()
    studio.record()
    assert (studio.row().state, studio.row().check_at) == ("available", None)


@pytest.mark.parametrize("size", [14, 30, 40])
def test_cut_headers_are_no_wav(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav(1)[:size])
    with pytest.raises(NotAWavError):
        read_facts(path)


def test_other_chunks_are_skipped(tmp_path: Path) -> None:
    sound = wav(1)
    path = tmp_path / "x.wav"
    path.write_bytes(sound[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + sound[36:])
    assert read_facts(path).duration_seconds == 1
    path.write_bytes(sound[:12] + b"data" + struct.pack("<I", 4) + b"\0\0\0\0")
    with pytest.raises(NotAWavError):
        read_facts(path)


def available(studio: Studio, clock: VirtualClock, call_id: str = "c1", **data: Any) -> int:
    file = f"2026-03-02/in-{call_id}.wav"
    studio.record(call_id, file, **data)
    studio.write(wav(1), file)
    clock.advance(seconds=3)
    studio.check.run_due()
    return studio.row(call_id).id


def test_a_recording_is_heard_whole_and_in_parts_and_that_is_noted_once(
    studio: Studio, clock: VirtualClock, sign_in: SignedIn
) -> None:
    recording_id = available(studio, clock)
    client = sign_in(studio.supervisor)
    address = f"{API}/recordings/{recording_id}/audio"
    whole = client.get(address)
    assert whole.status_code == 200
    assert whole.content == wav(1)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=44-143"})
    assert part.status_code == 206
    assert part.content == wav(1)[44:144]
    assert part.headers["content-range"] == "bytes 44-143/16044"
    assert client.get(address, headers={"Range": "bytes=99999-"}).status_code == 416
    heard = select(AuditEntry).where(AuditEntry.action == "recording.heard")
    with studio.runtime.database.transaction() as session:
        entries = session.scalars(heard).all()
    assert [(entry.actor_id, entry.subject_id, entry.after) for entry in entries] == [
        (studio.supervisor.id, str(recording_id), {"call_id": "c1"})
    ]
    clock.advance(minutes=11)
    client.get(address, headers={"Range": "bytes=100-"})
    with studio.runtime.database.transaction() as session:
        assert len(session.scalars(heard).all()) == 2


def test_recordings_are_listed_and_filtered(studio: Studio, clock: VirtualClock) -> None:
    available(studio, clock)
    clock.advance(minutes=40)
    available(studio, clock, "c2", number="3519999")
    listed = studio.admin.get(f"{API}/recordings").json()
    assert [item["call_id"] for item in listed["items"]] == ["c2", "c1"]
    first = listed["items"][1]
    assert first["campaign"] == {"id": studio.campaign["id"], "name": "Support"}
    assert first["agent"] == {"id": studio.agent.id, "name": "Ana Paz"}
    assert (first["number"], first["duration_seconds"], first["state"]) == ("3515550001", 1.0, "available")

    def found(**params: Any) -> list[str]:
        answer = studio.admin.get(f"{API}/recordings", params=params)
        assert answer.status_code == 200, answer.text
        return [item["call_id"] for item in answer.json()["items"]]

    assert found(number="9999") == ["c2"]
    assert found(call_id="c1") == ["c1"]
    assert found(agent_id=studio.agent.id, campaign_id=studio.campaign["id"]) == ["c2", "c1"]
    assert found(agent_id=999) == []
    assert found(**{"from": "2026-03-02T12:30:00Z"}) == ["c2"]
    assert found(to="2026-03-02T12:30:00Z") == ["c1"]
    assert studio.admin.get(f"{API}/recordings", params={"from": "yesterday"}).status_code == 422


def test_scope(studio: Studio, clock: VirtualClock, sign_in: SignedIn) -> None:
    recording_id = available(studio, clock)
    stranger = sign_in("supervisor")
    assert stranger.get(f"{API}/recordings").json()["total"] == 0
    assert stranger.get(f"{API}/recordings/{recording_id}/audio").status_code == 404
    assert sign_in("basic-supervisor").get(f"{API}/recordings/{recording_id}/audio").status_code == 403


def test_agents_hear_their_own_if_their_group_may(studio: Studio, clock: VirtualClock, sign_in: SignedIn) -> None:
    recording_id = available(studio, clock)
    client = sign_in(studio.user)
    for address in (f"{API}/recordings", f"{API}/recordings/{recording_id}/audio"):
        assert client.get(address).json()["code"] == "recordings-not-allowed"
    with studio.runtime.database.transaction() as session:
        session.get_one(AgentGroup, studio.team.group.id).allow_recordings = True
    assert client.get(f"{API}/recordings").json()["total"] == 1
    assert client.get(f"{API}/recordings/{recording_id}/audio").status_code == 200
    colleague, _ = studio.team.agent()
    other = sign_in(colleague)
    assert other.get(f"{API}/recordings").json()["total"] == 0
    assert other.get(f"{API}/recordings/{recording_id}/audio").status_code == 404


def test_a_recording_that_cannot_be_played_says_why(studio: Studio, clock: VirtualClock) -> None:
    studio.record()
    address = f"{API}/recordings/{studio.row().id}/audio"
    assert studio.admin.get(address).json()["code"] == "recording-pending"
    recording_id = available(studio, clock, "c2")
    (studio.folder / "2026-03-02/in-c2.wav").unlink()
    gone = studio.admin.get(f"{API}/recordings/{recording_id}/audio")
    assert (gone.status_code, gone.json()["code"]) == (404, "recording-missing")
    assert studio.admin.get(f"{API}/recordings/999/audio").json()["code"] == "not-found"


def test_no_row_leads_out_of_the_folder(studio: Studio, clock: VirtualClock, client: TestClient) -> None:
    recording_id = available(studio, clock)
    outside = studio.folder.parent / "outside.wav"
    outside.write_bytes(wav(1))
    with studio.runtime.database.transaction() as session:
        session.get_one(Recording, recording_id).file = "../outside.wav"
    address = f"{API}/recordings/{recording_id}/audio"
    assert studio.admin.get(address).json()["code"] == "recording-missing"
    assert client.get(address).status_code == 401
