"""What all named things of telephony have in common, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.kit.audit import AuditEntry
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, Team, fields_of, make_campaign, wav
from tests.telephony.things import ALWAYS, HANGUP, Things

DESTINATION_PATHS = {
    "time-condition": "time-conditions",
    "ivr": "ivrs",
    "customer-identification": "customer-identifications",
    "custom-destination": "custom-destinations",
    "voicemail": "voicemail-boxes",
}
MISMATCH = "string-pattern-mismatch"
PATHS = ["inbound-routes", "outbound-routes", "time-groups", *DESTINATION_PATHS.values()]


@pytest.mark.parametrize("path", PATHS)
def test_a_thing_is_created_listed_changed_and_deleted(things: Things, runtime: Runtime, path: str) -> None:
    client = things.client
    made = things.item(path, "First thing")
    address = f"{API}/{path}/{made['id']}"
    assert client.get(address).json() == made
    assert made["used_by"] == []
    assert client.get(f"{API}/{path}", params={"search": "FIRST"}).json()["items"] == [{**made, "used_by": None}]
    assert client.get(f"{API}/{path}", params={"search": "100%"}).json()["total"] == 0
    with runtime.database.transaction() as session:
        before = current_config_revision(session)
    changed = client.patch(address, json={"name": "Second thing"})
    assert changed.json() == {**made, "name": "Second thing"}
    assert client.delete(address).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        assert client.request(method, address, json={} if method == "PATCH" else None).status_code == 404
    with runtime.database.transaction() as session:
        assert current_config_revision(session) == before + 2
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert [action.rpartition(".")[2] for action in actions] == ["deleted", "changed"]
    assert last is not None
    assert last.before is not None
    assert last.before["name"] == "Second thing"


@pytest.mark.parametrize("path", PATHS[1:])
def test_names_are_unique_whatever_their_case(things: Things, path: str) -> None:
    body = things.body(path, "Taken")
    assert things.client.post(f"{API}/{path}", json=body).status_code == 201
    again = things.client.post(f"{API}/{path}", json={**body, "name": "taken"})
    assert fields_of(again) == {"name": "taken"}
    other = things.client.post(f"{API}/{path}", json={**body, "name": "Other"}).json()
    renamed = things.client.patch(f"{API}/{path}/{other['id']}", json={"name": "TAKEN"})
    assert fields_of(renamed) == {"name": "taken"}


@pytest.mark.parametrize("kind", DESTINATION_PATHS)
def test_what_calls_are_sent_to_cannot_be_deleted(things: Things, kind: str) -> None:
    path = DESTINATION_PATHS[kind]
    target = things.item(path, "Target")
    here = {"type": kind, "id": target["id"]}
    route = things.item("inbound-routes", "Main", destination=here)
    condition = things.item("time-conditions", "Hours", otherwise=here)
    ivr = things.item("ivrs", "Menu", options=[{"digit": "#", "destination": here}], timeout=here)
    asked = things.item("customer-identifications", "Who", unidentified=here)
    custom = things.item("custom-destinations", "Program", failover=here)
    campaign = make_campaign(things.client, "Sales", failover=here)
    shown = things.client.get(f"{API}/{path}/{target['id']}").json()
    assert {(user["type"], user["name"]) for user in shown["used_by"]} == {
        ("inbound-route", "Main"),
        ("time-condition", "Hours"),
        ("ivr", "Menu"),
        ("customer-identification", "Who"),
        ("custom-destination", "Program"),
        ("inbound-campaign", "Sales"),
    }
    refused = things.client.delete(f"{API}/{path}/{target['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    for name in ('inbound route "Main"', 'IVR "Menu"', 'campaign "Sales"', 'custom destination "Program"'):
        assert name in refused.json()["message"]
    for user_path, user in (
        ("inbound-routes", route),
        ("time-conditions", condition),
        ("ivrs", ivr),
        ("customer-identifications", asked),
        ("custom-destinations", custom),
        ("campaigns", campaign),
    ):
        assert things.client.delete(f"{API}/{user_path}/{user['id']}").status_code == 204
    assert things.client.delete(f"{API}/{path}/{target['id']}").status_code == 204


def test_an_item_that_only_uses_itself_can_be_deleted(things: Things) -> None:
    made = things.item("ivrs", "Menu")
    again = {"type": "ivr", "id": made["id"]}
    changed = things.client.patch(f"{API}/ivrs/{made['id']}", json={"timeout": again, "invalid": again})
    assert changed.json()["timeout"] == {**again, "name": "Menu"}
    assert things.client.delete(f"{API}/ivrs/{made['id']}").status_code == 204


def test_time_groups_trunks_and_sounds_in_use_cannot_be_deleted(things: Things) -> None:
    group, trunk, sound = things.time_group(), things.trunk(), things.audio()
    things.item("time-conditions", "Hours", time_group_id=group)
    things.item("outbound-routes", "Local calls", trunk_ids=[trunk])
    things.item("ivrs", "Menu", audio_id=sound)
    things.item("ivrs", "Other menu", timeout_audio_id=sound, invalid_audio_id=sound)
    things.item("customer-identifications", "Who", audio_id=sound)
    things.item("voicemail-boxes", "Box", greeting_audio_id=sound)
    make_campaign(things.client, "Sales", welcome_audio_id=sound)
    for address, names in {
        f"time-groups/{group}": ['time condition "Hours"'],
        f"sip-trunks/{trunk}": ['outbound route "Local calls"'],
        f"audio-files/{sound}": [
            'IVR "Menu", "Other menu"',
            'customer identification "Who"',
            'voicemail box "Box"',
            'campaign "Sales"',
        ],
    }.items():
        refused = things.client.delete(f"{API}/{address}")
        assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
        assert all(name in refused.json()["message"] for name in names)


def test_an_agent_that_calls_are_sent_to_cannot_be_deleted(things: Things, runtime: Runtime, users: People) -> None:
    user, agent = Team(runtime, users).agent(first_name="Ana", last_name="Pereyra")
    route = things.item("inbound-routes", destination={"type": "agent", "id": agent.id})
    assert route["destination"]["name"] == "Ana Pereyra"
    refused = things.client.delete(f"{API}/users/{user.id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    things.client.delete(f"{API}/inbound-routes/{route['id']}")
    assert things.client.delete(f"{API}/users/{user.id}").status_code == 204
    gone = things.client.post(
        f"{API}/inbound-routes", json={"name": "x", "did": "1", "destination": {"type": "agent", "id": agent.id}}
    )
    assert fields_of(gone) == {"destination.id": "unknown"}


@pytest.mark.parametrize("kind", [*DESTINATION_PATHS, "agent", "inbound-campaign"])
def test_a_destination_must_exist(things: Things, kind: str) -> None:
    for wanted, code in (({"type": kind, "id": 999}, "unknown"), ({"type": kind, "id": None}, "missing")):
        answer = things.client.post(f"{API}/inbound-routes", json=things.body("inbound-routes", destination=wanted))
        assert fields_of(answer) == {"destination.id": code}


@pytest.mark.parametrize(
    ("path", "fields", "field", "code"),
    [
        ("time-groups", {"ranges": []}, "ranges", "too-short"),
        ("time-groups", {"ranges": [{**ALWAYS, "time_to": "24:00"}]}, "ranges.0.time_to", MISMATCH),
        ("time-groups", {"ranges": [{**ALWAYS, "weekday_from": 1}]}, "ranges.0", "half-range"),
        (
            "time-groups",
            {"ranges": [{**ALWAYS, "month_from": 13, "month_to": 1}]},
            "ranges.0.month_from",
            "less-than-equal",
        ),
        ("time-conditions", {"time_group_id": 999}, "time_group_id", "unknown"),
        ("ivrs", {"audio_id": 999}, "audio_id", "unknown"),
        ("ivrs", {"timeout_audio_id": 999}, "timeout_audio_id", "unknown"),
        ("ivrs", {"options": []}, "options", "too-short"),
        ("ivrs", {"options": [{"digit": "1 2", "destination": HANGUP}]}, "options.0.digit", MISMATCH),
        ("ivrs", {"options": [{"digit": "1", "destination": HANGUP}] * 2}, "options.1.digit", "repeated"),
        (
            "ivrs",
            {"options": [{"digit": "1", "destination": {"type": "ivr", "id": 999}}]},
            "options.0.destination.id",
            "unknown",
        ),
        ("customer-identifications", {"mode": "crm-decides"}, "url", "missing"),
        ("customer-identifications", {"url": "ftp://crm.example"}, "url", "web-address"),
        ("customer-identifications", {"url": "http://[::1"}, "url", "web-address"),
        ("customer-identifications", {"url": "https://crm.example:0/"}, "url", "web-address"),
        ("customer-identifications", {"url": "https://a:b@crm.example/"}, "url", "web-address-password"),
        ("customer-identifications", {"audio_id": 999}, "audio_id", "unknown"),
        ("customer-identifications", {"length": 31}, "length", "less-than-equal"),
        ("custom-destinations", {"context": "a b"}, "context", MISMATCH),
        ("custom-destinations", {"extension": "s,1)"}, "extension", MISMATCH),
        ("custom-destinations", {"priority": 0}, "priority", "greater-than-equal"),
        ("voicemail-boxes", {"greeting_audio_id": 999}, "greeting_audio_id", "unknown"),
        ("voicemail-boxes", {"max_seconds": 5}, "max_seconds", "greater-than-equal"),
        ("outbound-routes", {"trunk_ids": [999]}, "trunk_ids.0", "unknown"),
        ("outbound-routes", {"patterns": []}, "patterns", "too-short"),
        ("outbound-routes", {"patterns": [{"match": "1.2"}]}, "patterns.0.match", "dial-pattern"),
        (
            "outbound-routes",
            {"patterns": [{"match": "X", "prefix": "X"}]},
            "patterns.0.prefix",
            MISMATCH,
        ),
        ("outbound-routes", {"dial_options": "tT"}, "dial_options", "dial-options"),
        ("outbound-routes", {"ring_seconds": 4}, "ring_seconds", "greater-than-equal"),
    ],
)
def test_every_field_is_checked(things: Things, path: str, fields: dict[str, Any], field: str, code: str) -> None:
    answer = things.client.post(f"{API}/{path}", json={**things.body(path), **fields})
    assert answer.status_code == 422, answer.text
    assert fields_of(answer) == {field: code}


def test_a_supervisor_leaves_destinations_alone_that_are_not_seen(
    things: Things, sign_in: SignedIn, users: People
) -> None:
    supervisor = users.make("supervisor")
    own = make_campaign(things.client, "Own", supervisor_ids=[supervisor.id])
    other = make_campaign(things.client, "Other")
    to_other = {"type": "inbound-campaign", "id": other["id"]}
    to_own = {"type": "inbound-campaign", "id": own["id"]}
    made = things.item("ivrs", "Menu", timeout=to_other)
    client = sign_in(supervisor)
    kept = client.patch(f"{API}/ivrs/{made['id']}", json={"timeout": to_other, "invalid": to_own})
    assert kept.json()["invalid"] == {**to_own, "name": "Own"}
    options = [{"digit": "1", "destination": to_own}, {"digit": "2", "destination": to_other}]
    assert client.patch(f"{API}/ivrs/{made['id']}", json={"options": options}).status_code == 200
    fresh = client.post(f"{API}/voicemail-boxes", json={"name": "Mine"})
    assert fresh.status_code == 201
    refused = client.post(f"{API}/inbound-routes", json={"name": "Mine", "did": "1", "destination": to_other})
    assert fields_of(refused) == {"destination.id": "unknown"}


def test_an_unused_sound_can_be_deleted(things: Things) -> None:
    answer = things.client.post(f"{API}/audio-files", data={"name": "x"}, files={"file": wav(0.2)})
    assert things.client.delete(f"{API}/audio-files/{answer.json()['id']}").status_code == 204


def test_nothing_is_made_without_permission(sign_in: SignedIn) -> None:
    client: TestClient = sign_in("supervisor")
    answer = client.post(f"{API}/custom-destinations", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
