"""External systems through the API."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, Team, fields_of

SYSTEMS = f"{API}/external-systems"


@pytest.fixture
def team(runtime: Runtime, users: People) -> Team:
    return Team(runtime, users)


@pytest.fixture
def client(sign_in: SignedIn) -> TestClient:
    return sign_in("manager")


def entry(agent_id: int, external_id: str) -> dict[str, Any]:
    return {"agent_id": agent_id, "external_id": external_id}


def test_a_system_knows_agents_by_its_own_ids(client: TestClient, team: Team) -> None:
    _, ana = team.agent(first_name="Ana", last_name="Pereyra")
    _, bruno = team.agent(first_name="Bruno", last_name="Sosa")
    answer = client.post(SYSTEMS, json={"name": "Vtiger", "agents": [entry(bruno.id, "b"), entry(ana.id, "a")]})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [(row["name"], row["external_id"]) for row in made["agents"]] == [("Ana Pereyra", "a"), ("Bruno Sosa", "b")]
    where = f"{SYSTEMS}/{made['id']}"
    swapped = client.patch(where, json={"agents": [entry(ana.id, "b"), entry(bruno.id, "a")]})
    assert [row["external_id"] for row in swapped.json()["agents"]] == ["b", "a"]
    assert client.patch(where, json={"name": "Salesforce"}).json()["agents"] == swapped.json()["agents"]
    assert client.get(SYSTEMS, params={"search": "sales"}).json()["total"] == 1
    assert fields_of(client.post(SYSTEMS, json={"name": "salesforce"})) == {"name": "taken"}
    assert client.delete(where).status_code == 204


def test_ids_are_unique_both_ways(client: TestClient, team: Team) -> None:
    ids = [team.agent()[1].id for _ in range(2)]
    rows = [entry(ids[0], "x"), entry(ids[1], "x"), entry(ids[0], "y"), entry(999, "z"), entry(ids[1], " ")]
    refused = fields_of(client.post(SYSTEMS, json={"name": "A", "agents": rows[:4]}))
    assert refused == {
        "agents.1.external_id": "repeated",
        "agents.2.agent_id": "repeated",
        "agents.3.agent_id": "unknown",
    }
    assert fields_of(client.post(SYSTEMS, json={"name": "A", "agents": rows[4:]})) == {
        "agents.0.external_id": "string-too-short"
    }
    for name in ("A", "B"):  # two systems may use the same id
        assert client.post(SYSTEMS, json={"name": name, "agents": rows[:1]}).status_code == 201


def test_a_deleted_agent_is_forgotten(client: TestClient, team: Team, sign_in: SignedIn) -> None:
    user, gone = team.agent()
    _, stays = team.agent()
    made = client.post(SYSTEMS, json={"name": "A", "agents": [entry(gone.id, "1"), entry(stays.id, "2")]}).json()
    assert sign_in("administrator").delete(f"{API}/users/{user.id}").status_code == 204
    where = f"{SYSTEMS}/{made['id']}"
    assert [row["agent_id"] for row in client.get(where).json()["agents"]] == [stays.id]
    assert client.patch(where, json={"agents": [entry(stays.id, "1")]}).status_code == 200
    assert client.patch(where, json={"name": "B"}).status_code == 200


def test_a_supervisor_only_reads(sign_in: SignedIn) -> None:
    supervisor = sign_in("supervisor")
    assert supervisor.get(SYSTEMS).status_code == 200
    assert supervisor.post(SYSTEMS, json={"name": "A"}).status_code == 403
