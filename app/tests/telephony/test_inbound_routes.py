"""Inbound routes through the API."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import People, SignedIn
from tests.domain import API, fields_of, make_campaign

HANGUP = {"type": "hangup", "id": None}


def create(client: TestClient, **fields: Any) -> Any:
    return client.post(
        f"{API}/inbound-routes", json={"name": "Main", "did": "+5493515550100", "destination": HANGUP, **fields}
    )


def test_a_route_is_created_listed_changed_and_deleted(admin: TestClient) -> None:
    campaign = make_campaign(admin)
    made = create(admin, destination={"type": "inbound-campaign", "id": campaign["id"]}, language="en").json()
    assert made["destination"] == {"type": "inbound-campaign", "id": campaign["id"], "name": "Support"}
    assert made["used_by"] == []
    listed = admin.get(f"{API}/inbound-routes", params={"search": "351555"}).json()["items"]
    assert listed == [{**made, "used_by": None}]
    changed = admin.patch(f"{API}/inbound-routes/{made['id']}", json={"destination": HANGUP}).json()
    assert changed == {**made, "destination": {"type": "hangup", "id": None, "name": None}}
    assert admin.delete(f"{API}/inbound-routes/{made['id']}").status_code == 204
    assert admin.get(f"{API}/inbound-routes/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"did": "12a"}, "did", "string-pattern-mismatch"),
        ({"did": ""}, "did", "string-pattern-mismatch"),
        ({"name": " "}, "name", "string-too-short"),
        ({"language": "fr"}, "language", "literal-error"),
        ({"caller_id_prefix": 'a"b'}, "caller_id_prefix", "string-pattern-mismatch"),
        ({"destination": {"type": "moon", "id": 1}}, "destination.type", "literal-error"),
        ({"destination": {"type": "hangup", "id": 1}}, "destination.id", "not-null"),
        ({"destination": {"type": "inbound-campaign", "id": None}}, "destination.id", "missing"),
        ({"destination": {"type": "inbound-campaign", "id": 999}}, "destination.id", "unknown"),
    ],
)
def test_every_field_is_checked(admin: TestClient, fields: dict[str, Any], field: str, code: str) -> None:
    answer = create(admin, **fields)
    assert answer.status_code == 422
    assert fields_of(answer) == {field: code}


def test_names_and_numbers_are_unique(admin: TestClient) -> None:
    create(admin)
    assert fields_of(create(admin, did="1")) == {"name": "taken"}
    assert fields_of(create(admin, name="Other")) == {"did": "taken"}
    other = create(admin, name="Other", did="1").json()
    answer = admin.patch(f"{API}/inbound-routes/{other['id']}", json={"did": "+5493515550100"})
    assert fields_of(answer) == {"did": "taken"}


def test_a_finished_campaign_is_no_destination(admin: TestClient) -> None:
    campaign = make_campaign(admin)
    admin.post(f"{API}/campaigns/{campaign['id']}/finish")
    answer = create(admin, destination={"type": "inbound-campaign", "id": campaign["id"]})
    assert fields_of(answer) == {"destination.id": "finished"}


def test_a_supervisor_sees_and_uses_own_campaigns_only(admin: TestClient, sign_in: SignedIn, users: People) -> None:
    supervisor = users.make("supervisor")
    own = make_campaign(admin, "Own", supervisor_ids=[supervisor.id])
    other = make_campaign(admin, "Other")
    hidden = create(admin, destination={"type": "inbound-campaign", "id": other["id"]}).json()
    client = sign_in(supervisor)
    assert client.get(f"{API}/inbound-routes").json()["total"] == 0
    assert client.get(f"{API}/inbound-routes/{hidden['id']}").status_code == 404
    assert client.delete(f"{API}/inbound-routes/{hidden['id']}").status_code == 404
    refused = create(client, name="Mine", did="2", destination={"type": "inbound-campaign", "id": other["id"]})
    assert fields_of(refused) == {"destination.id": "unknown"}
    made = create(client, name="Mine", did="2", destination={"type": "inbound-campaign", "id": own["id"]})
    assert made.status_code == 201
