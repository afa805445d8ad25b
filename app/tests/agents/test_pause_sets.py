"""Pause sets, and the pauses they let agents take."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, Team, fields_of

SETS = f"{API}/pause-sets"


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


def pause(client: TestClient, name: str) -> int:
    return int(client.post(f"{API}/pauses", json={"name": name, "kind": "recreational"}).json()["id"])


def create(client: TestClient, *entries: dict[str, Any], name: str = "Morning") -> Any:
    return client.post(SETS, json={"name": name, "pauses": list(entries)})


def test_a_set_is_created_listed_changed_and_deleted(admin: TestClient) -> None:
    lunch, bath = pause(admin, "Lunch"), pause(admin, "Bath")
    made = create(admin, {"pause_id": lunch, "limit_seconds": 3600}, {"pause_id": bath}).json()
    assert made == {
        "id": made["id"],
        "name": "Morning",
        "pauses": [
            {"pause_id": bath, "name": "Bath", "kind": "recreational", "limit_seconds": 0},
            {"pause_id": lunch, "name": "Lunch", "kind": "recreational", "limit_seconds": 3600},
        ],
        "groups": [],
    }
    assert admin.get(SETS, params={"search": "morn"}).json()["items"] == [made]
    address = f"{SETS}/{made['id']}"
    changed = admin.patch(address, json={"pauses": [{"pause_id": lunch, "limit_seconds": 60}]}).json()
    assert [entry["limit_seconds"] for entry in changed["pauses"]] == [60]
    assert admin.patch(address, json={"name": "Day"}).json() == {**changed, "name": "Day"}
    assert admin.get(address).json()["name"] == "Day"
    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404


def test_every_field_is_checked(admin: TestClient) -> None:
    lunch = pause(admin, "Lunch")
    assert fields_of(create(admin)) == {"pauses": "too-short"}
    assert fields_of(create(admin, {"pause_id": lunch, "limit_seconds": 28801})) == {
        "pauses.0.limit_seconds": "less-than-equal"
    }
    refused = create(admin, {"pause_id": lunch}, {"pause_id": lunch}, {"pause_id": 999})
    assert fields_of(refused) == {"pauses.1.pause_id": "repeated", "pauses.2.pause_id": "unknown"}
    create(admin, {"pause_id": lunch})
    assert fields_of(create(admin, {"pause_id": lunch}, name="MORNING")) == {"name": "taken"}
    other = create(admin, {"pause_id": lunch}, name="Other").json()
    assert fields_of(admin.patch(f"{SETS}/{other['id']}", json={"name": "morning"})) == {"name": "taken"}


def test_what_is_in_use_stays_and_says_by_what(admin: TestClient, users: People) -> None:
    lunch = pause(admin, "Lunch")
    made = create(admin, {"pause_id": lunch}).json()
    group = users.make_group("Sales")
    admin.patch(f"{API}/agent-groups/{group.id}", json={"pause_set_id": made["id"]})
    assert admin.get(f"{SETS}/{made['id']}").json()["groups"] == [{"id": group.id, "name": "Sales"}]
    refused = admin.delete(f"{SETS}/{made['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert '"Sales"' in refused.json()["message"]
    refused = admin.delete(f"{API}/pauses/{lunch}")
    assert (refused.status_code, refused.json()["code"]) == (409, "pause-in-use")
    assert '"Morning"' in refused.json()["message"]
    assert admin.delete(f"{API}/agent-groups/{group.id}").status_code == 204
    assert admin.delete(f"{SETS}/{made['id']}").status_code == 204


def test_a_group_has_no_set_that_does_not_exist(admin: TestClient) -> None:
    refused = admin.post(f"{API}/agent-groups", json={"name": "Sales", "pause_set_id": 9})
    assert fields_of(refused) == {"pause_set_id": "unknown"}


def test_agents_are_offered_the_pauses_of_their_groups_set(
    admin: TestClient, sign_in: SignedIn, runtime: Runtime, users: People
) -> None:
    team = Team(runtime, users)
    client = sign_in(team.agent()[0])
    lunch, bath = pause(admin, "Lunch"), pause(admin, "Bath")
    assert [entry["id"] for entry in client.get(f"{API}/agent/session").json()["pauses"]] == [bath, lunch]
    made = create(admin, {"pause_id": lunch, "limit_seconds": 600}).json()
    admin.patch(f"{API}/agent-groups/{team.group.id}", json={"pause_set_id": made["id"]})
    assert client.get(f"{API}/agent/session").json()["pauses"] == [
        {"id": lunch, "name": "Lunch", "kind": "recreational", "limit_seconds": 600}
    ]
    refused = client.post(f"{API}/agent/pause", json={"pause_id": bath})
    assert (refused.status_code, refused.json()["code"]) == (409, "pause-not-offered")
    admin.patch(f"{API}/agent-groups/{team.group.id}", json={"pause_set_id": None})
    assert len(client.get(f"{API}/agent/session").json()["pauses"]) == 2


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("basic-supervisor", 403), ("agent", 403)])
def test_who_may(sign_in: SignedIn, role: str, status: int) -> None:
    assert sign_in(role).get(SETS).status_code == status
