"""Do-not-call lists: kept in the console and by files, asked where calls are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.contacts.blacklists import blocking_list
from omnileads.kit.runtime import Runtime
from tests.conftest import SignedIn
from tests.contacts.conftest import API, Files

LISTS = f"{API}/blacklists"


def campaign(runtime: Runtime, name: str) -> int:
    with runtime.database.transaction() as session:
        row = Campaign(name=name, kind="inbound", queue=CampaignQueue())
        session.add(row)
        session.flush()
        return row.id


def make(client: TestClient, name: str = "Do not call", **fields: Any) -> int:
    made = client.post(LISTS, json={"name": name, **fields})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def put(client: TestClient, list_id: int, number: str, **fields: Any) -> Any:
    return client.post(f"{LISTS}/{list_id}/entries", json={"number": number, **fields})


def blocked(runtime: Runtime, number: str, campaign_id: int | None = None) -> str | None:
    with runtime.database.transaction() as session:
        return blocking_list(session, number, campaign_id)


def test_a_number_is_blocked_however_it_is_written(admin: TestClient, runtime: Runtime) -> None:
    list_id = make(admin)
    assert put(admin, list_id, "+54 341 414-9090").json()["number"] == "543414149090"
    for number in ("543414149090", "+543414149090", "54 (341) 4149090"):
        assert blocked(runtime, number) == "Do not call"
    for number in ("4149090", "5434141490901", "", "anonymous"):
        assert blocked(runtime, number) is None


def test_a_list_counts_for_its_campaigns_only(admin: TestClient, runtime: Runtime) -> None:
    chosen, other = campaign(runtime, "Chosen"), campaign(runtime, "Other")
    list_id = make(admin, applies_to_all=False, campaign_ids=[chosen])
    put(admin, list_id, "4149090")
    assert blocked(runtime, "4149090", chosen) == "Do not call"
    assert blocked(runtime, "4149090", other) is None
    assert blocked(runtime, "4149090", None) is None
    changed = admin.patch(f"{LISTS}/{list_id}", json={"applies_to_all": True, "campaign_ids": []})
    assert changed.json()["campaigns"] == []
    assert blocked(runtime, "4149090", None) == "Do not call"
    admin.patch(f"{LISTS}/{list_id}", json={"is_enabled": False})
    assert blocked(runtime, "4149090", None) is None


def test_a_number_that_expired_may_be_called(admin: TestClient, runtime: Runtime) -> None:
    list_id = make(admin)
    now = datetime.now(UTC)
    put(admin, list_id, "4149090", expires_at=(now - timedelta(minutes=1)).isoformat())
    assert blocked(runtime, "4149090") is None
    put(admin, list_id, "4149090", expires_at=(now + timedelta(minutes=1)).isoformat(), reason="asked for a year")
    assert blocked(runtime, "4149090") == "Do not call"
    shown = admin.get(LISTS).json()["items"][0]
    assert shown["entry_count"] == 1


def test_numbers_are_found_and_removed(admin: TestClient) -> None:
    list_id = make(admin)
    for number in ("4149091", "4149092", "5550000"):
        put(admin, list_id, number)
    place = f"{LISTS}/{list_id}/entries"
    first = admin.get(place, params={"size": 2}).json()
    assert [entry["number"] for entry in first["items"]] == ["4149091", "4149092"]
    rest = admin.get(place, params={"size": 2, "cursor": first["next"]}).json()
    assert ([entry["number"] for entry in rest["items"]], rest["next"]) == (["5550000"], None)
    assert len(admin.get(place, params={"search": "+414"}).json()["items"]) == 2
    assert admin.get(place, params={"search": "abc"}).json()["items"] == []
    assert admin.delete(f"{place}/+4149091").status_code == 204
    assert admin.delete(f"{place}/4149091").status_code == 404
    assert admin.get(f"{LISTS}/{list_id}").json()["entry_count"] == 2


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "do NOT call"}, "name", "taken"),
        ({"name": "x", "campaign_ids": [99]}, "campaign_ids.0", "unknown"),
    ],
)
def test_lists_that_are_refused(admin: TestClient, body: dict[str, Any], field: str, code: str) -> None:
    make(admin)
    answer = admin.post(LISTS, json=body)
    assert answer.status_code == 422
    assert [(item["field"], item["code"]) for item in answer.json()["fields"]] == [(field, code)]
    assert put(admin, 1, "no number").json()["fields"][0]["code"] == "not-a-phone"


def test_a_file_of_numbers(admin: TestClient, files: Files, runtime: Runtime) -> None:
    list_id = make(admin)
    put(admin, list_id, "4149090")
    place = files.upload(b"n;number\r\n1;+4149090\r\n2;414-9091\r\n3;4149091\r\n4;none\r\n5\r\n", blacklist_id=list_id)
    assert files.start(place, source=1, reason="by law", expires_at="2999-01-01T00:00:00Z").status_code == 200
    done = files.run(place)
    assert (done["state"], done["read_count"], done["accepted_count"]) == ("done", 5, 2)
    assert (done["rejected_count"], done["duplicate_count"]) == (2, 1)
    assert admin.get(f"{LISTS}/{list_id}").json()["entry_count"] == 2
    assert {entry["reason"] for entry in admin.get(f"{LISTS}/{list_id}/entries").json()["items"]} == {"by law"}
    assert blocked(runtime, "4149091") == "Do not call"
    rejects = admin.get(f"{place}/rejects").content.decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in rejects] == ["line", "5", "6"]


def test_a_file_that_replaces_the_list(admin: TestClient, files: Files, runtime: Runtime) -> None:
    list_id = make(admin)
    put(admin, list_id, "4149090")
    place = files.upload(b"4149095\r\n4149096\r\n", blacklist_id=list_id)
    assert files.start(place, replaces=True).status_code == 200
    assert files.run(place)["accepted_count"] == 2
    assert (blocked(runtime, "4149090"), blocked(runtime, "4149095")) == (None, "Do not call")
    assert admin.get(f"{LISTS}/{list_id}").json()["entry_count"] == 2
    assert admin.delete(f"{LISTS}/{list_id}").status_code == 204
    assert blocked(runtime, "4149095") is None


def test_the_question_is_one_look_into_an_index(admin: TestClient, runtime: Runtime) -> None:
    list_id = make(admin)
    with runtime.database.transaction() as session:
        session.execute(
            text("INSERT INTO blacklist_entries (blacklist_id, number) SELECT :id, g FROM generate_series(1, 20000) g"),
            {"id": list_id},
        )
    with runtime.database.transaction() as session:
        session.execute(text("ANALYZE blacklist_entries"))
        plan = session.scalars(
            text("EXPLAIN SELECT 1 FROM blacklist_entries WHERE number = '15000' AND expires_at IS NULL")
        ).all()
    assert any("Index" in line and "ix_blacklist_entries_number" in line for line in plan), plan


def test_who_reads_lists_does_not_write_them(sign_in: SignedIn) -> None:
    assert sign_in("basic-supervisor").get(LISTS).status_code == 403
    assert sign_in("supervisor").get(LISTS).status_code == 200
    assert sign_in("agent").get(LISTS).status_code == 403
