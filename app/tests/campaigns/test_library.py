"""Clones, templates and drafts."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from omnileads.campaigns.library import MAX_DRAFTS, numbered
from omnileads.campaigns.models import CampaignDraft
from omnileads.crm.models import ExternalSystem
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, Bases, dialer, make, manual, preview
from tests.conftest import People, SignedIn
from tests.domain import API, OPTIONS, Team, fields_of

TEMPLATES = f"{API}/campaign-templates"
DRAFTS = f"{API}/campaign-drafts"


def test_a_clone_makes_the_same_campaign(admin: TestClient, bases: Bases, team: Team, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        system = ExternalSystem(name="CRM")
        session.add(system)
        session.flush()
        system_id = system.id
    rules = [{"disposition": "Sale", "max_attempts": 2, "delay_seconds": 9}]
    members = [{"agent_id": team.agent()[1].id, "penalty": 3}]
    body = dialer(bases.make(2), members=members, incidence_rules=rules, external_system_id=system_id, external_id="1")
    first = make(admin, body)
    request = admin.get(f"{CAMPAIGNS}/{first['id']}/clone").json()
    second = make(admin, request)
    for shown in (first, second):
        for row in (*shown["dispositions"], *shown["incidence_rules"]):
            del row["id"]
    changed = {"id", "name", "external_system_id", "external_id", "created_at"}
    assert {key for key in first if first[key] != second[key]} <= changed
    assert (second["name"], second["external_id"]) == ("Dialer (2)", None)


@given(name=st.text(min_size=1, max_size=60), taken=st.integers(0, 20))
def test_suggested_names_are_free_and_fit(name: str, taken: int) -> None:
    names = {name.lower()}
    for _ in range(taken):
        suggestion = numbered(name, names)
        assert suggestion.lower() not in names
        assert len(suggestion) <= 60
        names.add(suggestion.lower())


def test_templates_are_made_of_a_campaign_or_of_a_request(admin: TestClient, bases: Bases) -> None:
    made = make(admin, preview(bases.make(1), reservation_minutes=7))
    of_campaign = admin.post(TEMPLATES, json={"name": "Seven", "campaign_id": made["id"]}).json()
    assert of_campaign["request"]["reservation_minutes"] == 7
    assert "name" not in of_campaign["request"]
    again = make(admin, {**of_campaign["request"], "name": "Again"})
    assert again["reservation_minutes"] == 7
    of_request = admin.post(TEMPLATES, json={"name": "Few", "request": {"kind": "manual", "objective": 5}}).json()
    assert of_request["request"] == {"kind": "manual", "objective": 5}
    assert [item["name"] for item in admin.get(TEMPLATES).json()["items"]] == ["Few", "Seven"]
    assert admin.get(TEMPLATES, params={"kind": "preview", "search": "sev"}).json()["total"] == 1
    assert admin.get(f"{TEMPLATES}/{of_request['id']}").json() == of_request
    assert admin.delete(f"{TEMPLATES}/{of_request['id']}").status_code == 204
    assert admin.get(f"{TEMPLATES}/{of_request['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"name": "x"}, {"": "value-error"}),
        ({"name": "x", "campaign_id": 1, "request": {"kind": "manual"}}, {"": "value-error"}),
        ({"name": "x", "request": {"kind": "manual", "strategy": "random"}}, {"request.strategy": "extra-forbidden"}),
        ({"name": "x", "request": {"kind": "dialer", "priority": 0}}, {"request.priority": "greater-than-equal"}),
        ({"name": "SAME", "request": {"kind": "manual"}}, {"name": "taken"}),
    ],
)
def test_templates_are_checked(admin: TestClient, body: dict[str, Any], problems: dict[str, str]) -> None:
    admin.post(TEMPLATES, json={"name": "Same", "request": {"kind": "manual"}})
    answer = admin.post(TEMPLATES, json=body)
    assert answer.status_code == 422, answer.text
    assert fields_of(answer) == problems


def test_nobody_makes_a_template_of_a_campaign_they_do_not_see(admin: TestClient, sign_in: SignedIn) -> None:
    made = make(admin, manual())
    supervisor = sign_in("supervisor")
    assert supervisor.post(TEMPLATES, json={"name": "x", "campaign_id": made["id"]}).status_code == 404
    assert supervisor.get(f"{CAMPAIGNS}/{made['id']}/clone").status_code == 404


def test_a_draft_is_kept_until_the_campaign_is_made(sign_in: SignedIn) -> None:
    client = sign_in("administrator")
    half = {"name": "Half", "members": "not even a list"}
    draft = client.post(DRAFTS, json={"kind": "manual", "name": "Half", "step": 2, "request": half}).json()
    assert client.get(DRAFTS).json() == [{key: draft[key] for key in ("id", "kind", "name", "step", "updated_at")}]
    whole = {**draft, "step": 3, "request": manual()}
    saved = client.put(
        f"{DRAFTS}/{draft['id']}", json={key: whole[key] for key in ("kind", "name", "step", "request")}
    ).json()
    assert client.get(f"{DRAFTS}/{draft['id']}").json() == saved
    refused = client.post(CAMPAIGNS, params={"draft_id": draft["id"]}, json=half | {"kind": "manual"})
    assert fields_of(refused) == {"members": "list-type"}
    assert len(client.get(DRAFTS).json()) == 1
    made = client.post(CAMPAIGNS, params={"draft_id": draft["id"]}, json=saved["request"])
    assert made.status_code == 201
    assert client.get(DRAFTS).json() == []


def test_drafts_are_ones_own(sign_in: SignedIn) -> None:
    one, two = sign_in("administrator"), sign_in("administrator")
    draft = one.post(DRAFTS, json={"kind": "manual", "request": {}}).json()
    body = {"kind": "manual", "request": {}}
    assert two.get(DRAFTS).json() == []
    assert two.get(f"{DRAFTS}/{draft['id']}").status_code == 404
    assert two.put(f"{DRAFTS}/{draft['id']}", json=body).status_code == 404
    assert two.delete(f"{DRAFTS}/{draft['id']}").status_code == 404
    stolen = two.post(CAMPAIGNS, params={"draft_id": draft["id"]}, json=manual())
    assert stolen.status_code == 404
    assert two.get(CAMPAIGNS).json()["total"] == 0, "nothing is made"
    assert sign_in("basic-supervisor").get(DRAFTS).status_code == 403
    assert one.delete(f"{DRAFTS}/{draft['id']}").status_code == 204


def test_drafts_have_limits(sign_in: SignedIn, users: People, runtime: Runtime) -> None:
    user = users.make("administrator")
    client = sign_in(user)
    large = {"kind": "manual", "request": {"script": "x" * (256 * 1024)}}
    assert fields_of(client.post(DRAFTS, json=large)) == {"request": "value-error"}
    nul = {"kind": "manual", "request": {"a": [{"b": "\x00"}]}}
    assert fields_of(client.post(DRAFTS, json=nul)) == {"request": "nul-character"}
    with runtime.database.transaction() as session:
        session.add_all(CampaignDraft(user_id=user.id, kind="manual", request={}) for _ in range(MAX_DRAFTS))
    full = client.post(DRAFTS, json={"kind": "manual", "request": {"dispositions": OPTIONS}})
    assert full.json()["code"] == "drafts-full"
