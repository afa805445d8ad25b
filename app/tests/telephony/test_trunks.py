"""Trunks, Asterisk's files and what Asterisk reports, through the API."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.kit.audit import AuditEntry
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from tests.conftest import INTERNAL_TOKEN, Browsers, SignedIn, VirtualClock
from tests.domain import API, fields_of, wav
from tests.telephony.test_wizard import COMPLETE
from tests.telephony.things import Things

TRUNK = {"name": "Provider_a", "max_channels": 30, "caller_id": "5550100", "wizard_text": COMPLETE}

UNKNOWN = {"registration": "none", "reachability": "unknown", "round_trip_ms": None, "reported_at": None}


@pytest.fixture
def asterisk(browsers: Browsers) -> TestClient:
    client = browsers.open("127.0.0.1")
    client.headers["Authorization"] = f"Bearer {INTERNAL_TOKEN}"
    return client


def create(client: TestClient, **fields: Any) -> Any:
    return client.post(f"{API}/sip-trunks", json={**TRUNK, **fields})


def test_a_trunk_is_created_listed_changed_and_deleted(admin: TestClient) -> None:
    made = create(admin).json()
    assert made == {
        **TRUNK,
        "wizard_text": COMPLETE.strip(),
        "id": made["id"],
        "sync": {"state": "pending", "message": ""},
        "line": UNKNOWN,
        "used_by": [],
    }
    listed = admin.get(f"{API}/sip-trunks", params={"search": "provider"}).json()["items"]
    assert listed == [{**made, "used_by": None}]
    assert admin.get(f"{API}/sip-trunks", params={"search": "100%"}).json()["total"] == 0
    changed = admin.patch(f"{API}/sip-trunks/{made['id']}", json={"max_channels": 10})
    assert changed.json()["max_channels"] == 10
    assert changed.json()["caller_id"] == "5550100"
    assert admin.delete(f"{API}/sip-trunks/{made['id']}").status_code == 204
    assert admin.get(f"{API}/sip-trunks/{made['id']}").status_code == 404


def test_broken_text_is_refused_with_the_line(admin: TestClient) -> None:
    answer = create(admin, wizard_text=COMPLETE + "#exec reboot\n[x]\n")
    assert answer.status_code == 422
    problems = answer.json()["fields"]
    assert {problem["field"] for problem in problems} == {"wizard_text"}
    assert [problem["code"] for problem in problems] == ["wizard-include", "wizard-section-head"]
    assert [problem["message"].partition(":")[0] for problem in problems] == ["line 10", "line 11"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "two words"}, "name"),
        ({"name": "agents"}, "name"),
        ({"name": "a]\n[b"}, "name"),
        ({"max_channels": 0}, "max_channels"),
        ({"caller_id": "abc"}, "caller_id"),
        ({"wizard_text": ""}, "wizard_text"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_every_field_is_checked(admin: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = create(admin, **fields)
    assert answer.status_code == 422
    assert field in fields_of(answer)


def test_names_are_unique_without_regard_to_case(admin: TestClient) -> None:
    first = create(admin).json()
    assert fields_of(create(admin, name="PROVIDER_A")) == {"name": "taken"}
    second = create(admin, name="Other").json()
    assert fields_of(admin.patch(f"{API}/sip-trunks/{second['id']}", json={"name": "provider_a"})) == {"name": "taken"}
    assert admin.patch(f"{API}/sip-trunks/{first['id']}", json={"name": "Provider_A"}).status_code == 200


def test_a_patch_obeys_the_rules_of_a_creation(admin: TestClient) -> None:
    made = create(admin).json()
    assert fields_of(admin.patch(f"{API}/sip-trunks/{made['id']}", json={"name": None})) == {"name": "string-type"}
    refused = admin.patch(f"{API}/sip-trunks/{made['id']}", json={"wizard_text": "type=wizard"})
    assert set(fields_of(refused)) == {"wizard_text"}


def test_templates(admin: TestClient) -> None:
    templates = admin.get(f"{API}/sip-trunks/templates").json()
    assert len(templates) == 7
    inside = next(template for template in templates if template["slug"] == "inside-pbx")
    assert "transport=trunk-container-transport" in inside["wizard_text"]
    assert "UDP port 5163" in inside["wizard_text"]
    assert all(template["name"]["es"] and template["name"]["en"] for template in templates)


@pytest.mark.parametrize(
    ("role", "read", "write"), [("manager", 200, 403), ("supervisor", 403, 403), ("agent", 403, 403)]
)
def test_who_may(sign_in: SignedIn, role: str, read: int, write: int) -> None:
    client = sign_in(role)
    assert client.get(f"{API}/sip-trunks").status_code == read
    assert create(client).status_code == write


def test_writes_are_audited_without_passwords_and_bump_the_revision(admin: TestClient, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        before = current_config_revision(session)
    made = create(admin).json()
    admin.patch(f"{API}/sip-trunks/{made['id']}", json={"max_channels": 3})
    admin.delete(f"{API}/sip-trunks/{made['id']}")
    with runtime.database.transaction() as session:
        assert current_config_revision(session) == before + 3
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_type == "trunk").order_by(AuditEntry.id)
        ).all()
    assert [entry.action for entry in entries] == ["trunk.created", "trunk.changed", "trunk.deleted"]
    assert entries[1].before == {"max_channels": 30}
    assert entries[1].after == {"max_channels": 3}
    assert "se\\;cret" not in str([(entry.before, entry.after) for entry in entries])


def files_of(asterisk: TestClient) -> Any:
    return asterisk.get("/internal/asterisk/files").json()


def report(asterisk: TestClient, files: Any, **failed: str) -> Any:
    """Tell the application that these files are applied, but those that failed: name without ".conf" -> message."""
    entries = [
        {
            "file": name,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "state": "failed" if name.removesuffix(".conf") in failed else "applied",
            "message": failed.get(name.removesuffix(".conf"), ""),
        }
        for name, text in files["files"]["texts"].items()
    ]
    answer = asterisk.post("/internal/asterisk/report", json={"revision": files["revision"], "files": entries})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_asterisk_gets_the_files_and_its_report_reaches_the_trunks(admin: TestClient, asterisk: TestClient) -> None:
    made = create(admin).json()
    files = files_of(asterisk)
    assert set(files["files"]["texts"]) == {
        "pjsip_trunks.conf",
        "musiconhold_playlists.conf",
        "oml_extensions_custom.conf",
        "amd.conf",
    }
    assert "[Provider_a]" in files["files"]["texts"]["pjsip_trunks.conf"]
    unchanged = asterisk.get("/internal/asterisk/files", params={"revision": files["revision"], "wait": 0})
    assert unchanged.status_code == 304

    refused = "Asterisk did not accept Provider_a."
    assert report(asterisk, files, pjsip_trunks=refused) == {"accepted": True}
    trunk = admin.get(f"{API}/sip-trunks/{made['id']}").json()
    assert trunk["sync"] == {"state": "failed", "message": refused}

    report(asterisk, files)
    assert admin.get(f"{API}/sip-trunks/{made['id']}").json()["sync"] == {"state": "applied", "message": ""}


def test_a_failure_leaves_what_runs_alone_and_a_change_is_pending_again(
    admin: TestClient, asterisk: TestClient
) -> None:
    first = create(admin).json()
    old = files_of(asterisk)
    report(asterisk, old)
    second = create(admin, name="Second").json()
    assert report(asterisk, old, pjsip_trunks="x") == {"accepted": False}
    report(asterisk, files_of(asterisk), pjsip_trunks="no")
    states = {trunk["id"]: trunk["sync"]["state"] for trunk in admin.get(f"{API}/sip-trunks").json()["items"]}
    assert states == {first["id"]: "applied", second["id"]: "failed"}
    admin.patch(f"{API}/sip-trunks/{second['id']}", json={"caller_id": ""})
    assert admin.get(f"{API}/sip-trunks/{second['id']}").json()["sync"]["state"] == "failed", "nothing new to try"
    admin.patch(f"{API}/sip-trunks/{second['id']}", json={"wizard_text": COMPLETE + "endpoint/dtmf_mode=info"})
    assert admin.get(f"{API}/sip-trunks/{second['id']}").json()["sync"]["state"] == "pending"
    admin.patch(f"{API}/sip-trunks/{first['id']}", json={"max_channels": 5})
    assert admin.get(f"{API}/sip-trunks/{first['id']}").json()["sync"]["state"] == "applied"


def test_when_nothing_was_pending_every_trunk_says_the_failure(admin: TestClient, asterisk: TestClient) -> None:
    made = create(admin).json()
    report(asterisk, files_of(asterisk))
    report(asterisk, files_of(asterisk), pjsip_trunks="gone")
    assert admin.get(f"{API}/sip-trunks/{made['id']}").json()["sync"] == {"state": "failed", "message": "gone"}


def test_each_file_says_its_failure_where_it_was_caused(things: Things, asterisk: TestClient) -> None:
    trunk = create(things.client).json()
    playlist = things.make("moh-playlists", name="Calm", audio_file_ids=[things.audio()])
    report(
        asterisk,
        files_of(asterisk),
        musiconhold_playlists="no music",
        oml_extensions_custom="no dialplan",
        amd="no machines",
    )

    def syncs() -> list[dict[str, str]]:
        paths = ("sip-trunks/" + str(trunk["id"]), f"moh-playlists/{playlist['id']}", "custom-dialplan", "amd-settings")
        return [things.client.get(f"{API}/{path}").json()["sync"] for path in paths]

    assert syncs() == [
        {"state": "applied", "message": ""},
        {"state": "failed", "message": "no music"},
        {"state": "failed", "message": "no dialplan"},
        {"state": "failed", "message": "no machines"},
    ]
    things.client.put(f"{API}/custom-dialplan", json={"text": "[mine]\nexten => s,1,NoOp()"})
    assert [sync["state"] for sync in syncs()] == ["applied", "failed", "pending", "failed"]
    report(asterisk, files_of(asterisk))
    assert syncs() == [{"state": "applied", "message": ""}] * 4


def test_the_other_sides_of_trunks_are_shown(things: Things, asterisk: TestClient, clock: VirtualClock) -> None:
    first = create(things.client).json()
    second = create(things.client, name="Second").json()

    def say(*lines: dict[str, Any]) -> None:
        assert asterisk.post("/internal/asterisk/lines", json={"lines": list(lines)}).status_code == 204

    def line(trunk: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = things.client.get(f"{API}/sip-trunks/{trunk['id']}").json()["line"]
        return shown

    reachable = {"registration": "registered", "reachability": "reachable", "round_trip_ms": 31}
    say({"trunk": "Provider_a", **reachable}, {"trunk": "gone", **reachable})
    assert line(first) == {**reachable, "reported_at": "2026-03-02T12:00:00Z"}
    assert line(second) == UNKNOWN
    clock.advance(seconds=5)
    away = {"registration": "rejected", "reachability": "unreachable", "round_trip_ms": None}
    say({"trunk": "Provider_a", **away}, {"trunk": "Second", **reachable})
    assert line(first) == {**away, "reported_at": "2026-03-02T12:00:05Z"}
    shown = things.client.get(f"{API}/sip-trunks").json()["items"]
    assert [item["line"]["reachability"] for item in shown] == ["unreachable", "reachable"]
    say()
    assert line(first) == line(second) == UNKNOWN


REGISTERING = COMPLETE.replace("sends_auth=yes", "sends_registrations=yes\nsends_auth=yes")


def registering(asterisk: TestClient, node: str, *, stopping: bool = False) -> bool:
    """Ask for the files as this Asterisk, and say whether it registers at the provider."""
    answer = asterisk.get("/internal/asterisk/files", params={"node": node, "stopping": stopping}).json()
    return "sends_registrations=yes" in answer["files"]["texts"]["pjsip_trunks.conf"]


def test_one_of_several_asterisks_registers_and_the_next_takes_over(
    admin: TestClient, asterisk: TestClient, clock: VirtualClock
) -> None:
    create(admin, wizard_text=REGISTERING)
    assert registering(asterisk, "b"), "the only one"
    clock.advance(seconds=1)
    assert not registering(asterisk, "a")
    clock.advance(seconds=60)
    assert not registering(asterisk, "a")
    assert registering(asterisk, "b")
    clock.advance(seconds=60)
    assert not registering(asterisk, "a"), "b was here a minute ago"
    clock.advance(seconds=20)
    assert registering(asterisk, "a"), "b is gone"
    assert not registering(asterisk, "b"), "who comes back stands behind"
    assert not registering(asterisk, "a", stopping=True)
    assert registering(asterisk, "b")
    clock.advance(seconds=80)
    assert registering(asterisk, "a", stopping=True), "nobody else is there"


def test_each_asterisk_reports_the_file_it_was_given(
    admin: TestClient, asterisk: TestClient, clock: VirtualClock
) -> None:
    made = create(admin, wizard_text=REGISTERING).json()
    for node in ("a", "b"):
        clock.advance(seconds=1)
        files = asterisk.get("/internal/asterisk/files", params={"node": node}).json()
        entries = [
            {"file": name, "digest": hashlib.sha256(text.encode()).hexdigest(), "state": "applied"}
            for name, text in files["files"]["texts"].items()
        ]
        said = {"node": node, "revision": files["revision"], "files": entries}
        assert asterisk.post("/internal/asterisk/report", json=said).json() == {"accepted": True}
        assert admin.get(f"{API}/sip-trunks/{made['id']}").json()["sync"]["state"] == "applied"


def test_a_trunk_is_as_well_as_for_the_asterisk_that_reaches_it_worst(
    things: Things, asterisk: TestClient, clock: VirtualClock
) -> None:
    trunk = create(things.client).json()

    def say(node: str, **line: object) -> None:
        lines = [{"trunk": "Provider_a", **line}]
        assert asterisk.post("/internal/asterisk/lines", json={"node": node, "lines": lines}).status_code == 204

    def shown() -> tuple[str, str]:
        line = things.client.get(f"{API}/sip-trunks/{trunk['id']}").json()["line"]
        return line["registration"], line["reachability"]

    say("a", registration="registered", reachability="reachable", round_trip_ms=10)
    say("b", registration="none", reachability="reachable", round_trip_ms=20)
    assert shown() == ("registered", "reachable")
    say("b", registration="none", reachability="unreachable")
    assert shown() == ("registered", "unreachable")
    clock.advance(seconds=400)
    say("a", registration="registered", reachability="reachable", round_trip_ms=10)
    assert shown() == ("registered", "reachable"), "b has said nothing for minutes: it is gone"


def test_sounds_are_named_and_served(admin: TestClient, asterisk: TestClient) -> None:
    sound = wav()
    audio = admin.post(f"{API}/audio-files", data={"name": "Hello"}, files={"file": sound}).json()
    sounds = asterisk.get("/internal/asterisk/files").json()["files"]["sounds"]
    assert list(sounds) == [f"{audio['id']}.wav"]
    assert asterisk.get(sounds[f"{audio['id']}.wav"]).content == sound
    assert asterisk.get("/internal/asterisk/sounds/999.wav").status_code == 404


def test_internal_addresses_need_the_internal_token(admin: TestClient, client: TestClient) -> None:
    for someone in (admin, client):
        assert someone.get("/internal/asterisk/files").status_code == 401
        assert someone.post("/internal/asterisk/report", json={}).status_code == 401


def test_a_waiting_asterisk_hears_of_a_change(admin: TestClient, asterisk: TestClient, clock: VirtualClock) -> None:
    revision = asterisk.get("/internal/asterisk/files").json()["revision"]
    answers: list[Any] = []

    def wait() -> None:
        answers.append(asterisk.get("/internal/asterisk/files", params={"revision": revision, "wait": 25}))

    waiting = threading.Thread(target=wait)
    waiting.start()
    create(admin)
    waiting.join(timeout=10)
    assert answers[0].json()["revision"] != revision


def test_a_wait_ends(asterisk: TestClient, clock: VirtualClock) -> None:
    revision = asterisk.get("/internal/asterisk/files").json()["revision"]
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(
            asterisk.get("/internal/asterisk/files", params={"revision": revision, "wait": 25})
        )
    )
    waiting.start()
    end = time.monotonic() + 10
    while not answers and time.monotonic() < end:
        clock.advance(seconds=30)
        waiting.join(timeout=0.2)
    assert answers[0].status_code == 304
