"""Campaigns of the four kinds through the API: what they are made of, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.contacts.models import Column
from omnileads.crm.models import ExternalSite, ExternalSystem
from omnileads.forms.models import Form
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, Bases, dialer, make, manual, preview
from tests.conftest import People
from tests.domain import API, OPTIONS, Team, fields_of, make_campaign, wav


def refused(client: TestClient, body: dict[str, Any]) -> dict[str, str]:
    answer = client.post(CAMPAIGNS, json=body)
    assert answer.status_code == 422, answer.text
    return fields_of(answer)


def change(client: TestClient, campaign: dict[str, Any], **fields: Any) -> Any:
    return client.patch(f"{CAMPAIGNS}/{campaign['id']}", json=fields)


def add(runtime: Runtime, row: Any) -> int:
    with runtime.database.transaction() as session:
        session.add(row)
        session.flush()
        row_id: int = row.id
    return row_id


def test_each_kind_begins_and_keeps_what_was_sent(admin: TestClient, bases: Bases, team: Team) -> None:
    base = bases.make(2)
    _, agent = team.agent()
    rules = [
        {"outcome": "busy", "disposition": None, "max_attempts": 3, "delay_seconds": 60, "mode": "multiply"},
        {"outcome": None, "disposition": "Wrong number", "max_attempts": 1, "delay_seconds": 5, "mode": "fixed"},
    ]
    bodies = [
        manual(members=[{"agent_id": agent.id, "penalty": 2}], script="Hello {{name}}", contact_base_id=base.id),
        preview(base, reservation_minutes=5, deactivation_column="active"),
        dialer(base, priority=7, initial_boost_factor=1.5, prefix="9", incidence_rules=rules),
        {
            "kind": "inbound",
            "name": "Inbound",
            "dispositions": OPTIONS,
            "announce_position": True,
            "announce_seconds": 30,
        },
    ]
    states = {}
    for body in bodies:
        made = make(admin, body)
        states[made["kind"]] = made["state"]
        for field, value in body.items():
            if field in ("members", "dispositions", "incidence_rules"):
                shown = [{key: item[key] for key in sent} for sent, item in zip(value, made[field], strict=True)]
                assert shown == value, field
            else:
                assert made[field] == value, field
        assert admin.get(f"{CAMPAIGNS}/{made['id']}").json() == made
    assert states == {"manual": "active", "preview": "active", "dialer": "inactive", "inbound": "active"}


def test_a_patch_changes_what_was_sent_and_nothing_else(admin: TestClient, bases: Bases) -> None:
    made = make(admin, dialer(bases.make(1), priority=7))
    changed = change(admin, made, ends_on="2026-04-30", weekdays=[7]).json()
    assert changed == {**made, "ends_on": "2026-04-30", "weekdays": [7]}
    assert fields_of(change(admin, made, reservation_minutes=3)) == {"reservation_minutes": "extra-forbidden"}
    assert fields_of(change(admin, made, ends_on="2026-02-01")) == {"ends_on": "before-start"}
    assert fields_of(change(admin, made, name=None)) == {"name": "string-type"}
    assert fields_of(change(admin, made, kind="manual")) == {"kind": "extra-forbidden"}


def test_incidence_rules_follow_their_option(admin: TestClient, bases: Bases) -> None:
    rule = {"disposition": "Sale", "max_attempts": 1, "delay_seconds": 5}
    made = make(admin, dialer(bases.make(1), incidence_rules=[rule]))
    sale, wrong = made["dispositions"]
    renamed = change(admin, made, dispositions=[{**sale, "name": "Sold"}, wrong]).json()
    assert [item["disposition"] for item in renamed["incidence_rules"]] == ["Sold"]
    removed = change(admin, made, dispositions=[wrong])
    assert fields_of(removed) == {"incidence_rules.0.disposition": "unknown"}
    assert change(admin, made, dispositions=[wrong], incidence_rules=[]).status_code == 200


def test_what_the_union_is_called_is_in_no_path(admin: TestClient) -> None:
    assert refused(admin, {"kind": "dialer", "name": ""}) == {
        "name": "string-too-short",
        **dict.fromkeys(("starts_on", "ends_on", "weekdays", "opens_at", "closes_at"), "missing"),
    }
    assert refused(admin, {"kind": "other"}) == {"kind": "union-tag-invalid"}
    assert refused(admin, {}) == {"kind": "union-tag-not-found"}
    assert refused(admin, manual(strategy="ringall")) == {"strategy": "extra-forbidden"}


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"contact_base_id": None}, {"contact_base_id": "missing"}),
        ({"contact_base_id": 99}, {"contact_base_id": "unknown"}),
        ({"field_rules": {"none": {"locked": True}}}, {"field_rules.none": "unknown"}),
        (
            {"field_rules": {"phone": {"locked": True, "hidden": True}, "name": {"hidden": True, "required": True}}},
            {
                "field_rules.phone.hidden": "main-phone",
                "field_rules.name.locked": "hidden",
                "field_rules.name.required": "hidden",
            },
        ),
        ({"deactivation_column": "none"}, {"deactivation_column": "unknown"}),
        ({"deactivation_column": "mobile"}, {"deactivation_column": "not-data"}),
        ({"outbound_route_id": 9}, {"outbound_route_id": "unknown"}),
        ({"caller_id": "12a"}, {"caller_id": "string-pattern-mismatch"}),
        ({"external_site_id": 3}, {"external_site_id": "not-used"}),
        ({"interaction": "both"}, {"external_site_id": "missing"}),
        ({"interaction": "both", "external_site_id": 3}, {"external_site_id": "unknown"}),
        (
            {"external_site_parameters": [{"name": "a", "kind": "fixed", "value": "b"}]},
            {"external_site_parameters": "not-used"},
        ),
        ({"external_id": "x"}, {"external_system_id": "missing"}),
        ({"external_system_id": 3}, {"external_system_id": "unknown"}),
        ({"dispositions": [{"name": "a", "kind": "engaged"}]}, {"dispositions.0.form_id": "missing"}),
        ({"dispositions": [{"name": "a", "kind": "engaged", "form_id": 9}]}, {"dispositions.0.form_id": "unknown"}),
        (
            {"dispositions": [{"name": "a", "kind": "no-action", "form_id": 9}]},
            {"dispositions.0.form_id": "not-engaged"},
        ),
        (
            {"dispositions": [{"name": "a", "kind": "no-action", "calls_external_site": True}]},
            {"dispositions.0.calls_external_site": "no-site"},
        ),
        (
            {"dispositions": [{"name": "a", "kind": "no-action", "subdispositions": ["b", "B"]}]},
            {"dispositions.0.subdispositions.1": "repeated"},
        ),
    ],
)
def test_rules_of_every_kind(admin: TestClient, bases: Bases, fields: dict[str, Any], problems: dict[str, str]) -> None:
    assert refused(admin, preview(bases.make(1), **fields)) == problems


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"ends_on": "2026-02-01"}, {"ends_on": "before-start"}),
        ({"closes_at": "09:00:00"}, {"closes_at": "before-opening"}),
        ({"opens_at": "09:00:00+03:00"}, {"opens_at": "value-error"}),
        ({"weekdays": [1, 1]}, {"weekdays.1": "repeated"}),
        ({"weekdays": [8]}, {"weekdays.0": "less-than-equal"}),
        ({"machine_audio_id": 9}, {"machine_audio_id": "not-detected"}),
        ({"machine_audio_id": 9, "detect_machines": True}, {"machine_audio_id": "unknown"}),
        ({"exit_ivr_id": 9}, {"exit_ivr_id": "not-inbound"}),
        ({"answered": {"type": "ivr", "id": 9}}, {"answered.id": "unknown"}),
        ({"announce_hold_time": "once"}, {"announce_seconds": "missing"}),
        ({"agent_audio_id": 9}, {"agent_audio_id": "unknown"}),
        (
            {"incidence_rules": [{"max_attempts": 1, "delay_seconds": 1}]},
            {"incidence_rules.0": "value-error"},
        ),
        (
            {
                "incidence_rules": [
                    {"outcome": "busy", "max_attempts": 1, "delay_seconds": 1},
                    {"outcome": "busy", "max_attempts": 2, "delay_seconds": 1},
                    {"disposition": "sale", "max_attempts": 1, "delay_seconds": 1},
                    {"disposition": "SALE", "max_attempts": 1, "delay_seconds": 1},
                    {"disposition": "none", "max_attempts": 1, "delay_seconds": 1},
                ]
            },
            {
                "incidence_rules.1.outcome": "repeated",
                "incidence_rules.3.disposition": "repeated",
                "incidence_rules.4.disposition": "unknown",
            },
        ),
    ],
)
def test_rules_of_dialer_campaigns(
    admin: TestClient, bases: Bases, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    body = dialer(bases.make(1), **fields)
    found = refused(admin, body)
    assert {field: code for field, code in found.items() if field in problems} == problems


def test_all_problems_come_at_once(admin: TestClient) -> None:
    body = {**manual(caller_id="123"), "contact_base_id": 5, "outbound_route_id": 6, "supervisor_ids": [7]}
    assert refused(admin, body) == {
        "contact_base_id": "unknown",
        "outbound_route_id": "unknown",
        "supervisor_ids.0": "unknown",
    }


def test_sites_forms_and_systems(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    base = bases.make(1)
    site = add(
        runtime,
        ExternalSite(name="Site", url="https://crm.example", trigger="disposition", method="GET", target="embedded"),
    )
    hidden = add(
        runtime,
        ExternalSite(
            name="Hidden", url="https://crm.example", trigger="button", method="GET", target="embedded", is_hidden=True
        ),
    )
    lists = add(runtime, ExternalSite(name="List", url="https://crm.example", trigger="dynamic-list", method="GET"))
    form = add(runtime, Form(name="Form"))
    system = add(runtime, ExternalSystem(name="CRM"))
    option = {"name": "a", "kind": "engaged", "form_id": form, "calls_external_site": True}
    fields = {
        "interaction": "both",
        "external_site_id": site,
        "external_site_parameters": [{"name": "who", "kind": "contact", "value": "name"}],
        "external_system_id": system,
        "external_id": "42",
        "dispositions": [option],
    }
    made = make(admin, preview(base, **fields))
    assert {field: made[field] for field in fields if field != "dispositions"} == {
        field: value for field, value in fields.items() if field != "dispositions"
    }
    assert made["dispositions"][0]["form_id"] == form
    assert refused(admin, preview(base, **{**fields, "name": "Two"})) == {"external_id": "taken"}
    no_id = {**fields, "name": "Two", "external_id": None}
    assert refused(admin, preview(base, **no_id)) == {"external_id": "missing"}
    two = {**fields, "name": "Two", "external_id": "43"}
    wrong_column = {**two, "external_site_parameters": [{"name": "who", "kind": "contact", "value": "none"}]}
    assert refused(admin, preview(base, **wrong_column)) == {"external_site_parameters.0.value": "unknown"}
    assert refused(admin, preview(base, **{**two, "external_site_id": lists}))["external_site_id"] == "dynamic-list"
    assert refused(admin, preview(base, **{**two, "external_site_id": hidden})) == {
        "external_site_id": "hidden",
        "dispositions.0.calls_external_site": "no-site",
    }
    alone = {**two, "interaction": "external-site", "dispositions": [{"name": "a", "kind": "engaged"}]}
    assert make(admin, preview(base, **alone))["interaction"] == "external-site"
    with runtime.database.transaction() as session:
        session.get_one(Form, form).is_hidden = True
    assert refused(admin, preview(base, name="Three", dispositions=[{**option, "calls_external_site": False}])) == {
        "dispositions.0.form_id": "hidden"
    }
    assert change(admin, made, objective=3).status_code == 200, "what it has it keeps"


def test_deleting_frees_the_id_in_the_external_system(admin: TestClient, runtime: Runtime) -> None:
    system = add(runtime, ExternalSystem(name="CRM"))
    body = manual(external_system_id=system, external_id="1")
    made = make(admin, body)
    assert admin.delete(f"{CAMPAIGNS}/{made['id']}").status_code == 204
    make(admin, body)


def test_what_a_campaign_uses_cannot_be_deleted(admin: TestClient, bases: Bases) -> None:
    def sound(name: str, tone: int) -> int:
        answer = admin.post(f"{API}/audio-files", data={"name": name}, files={"file": wav(tone=tone)})
        sound_id: int = answer.json()["id"]
        return sound_id

    welcome, machine = sound("Hi", 1), sound("Beep", 2)
    end = {"type": "hangup"}
    ivr = admin.post(
        f"{API}/ivrs",
        json={
            "name": "Menu",
            "audio_id": welcome,
            "timeout": end,
            "invalid": end,
            "options": [{"digit": "1", "destination": end}],
        },
    ).json()
    base = bases.make(1)
    make(
        admin,
        dialer(
            base,
            name="Calls",
            detect_machines=True,
            machine_audio_id=machine,
            answered={"type": "ivr", "id": ivr["id"]},
        ),
    )
    leaving = make_campaign(admin, "Leaving", exit_ivr_id=ivr["id"])
    for address, names in (
        (f"{API}/audio-files/{machine}", 'campaign "Calls"'),
        (f"{API}/ivrs/{ivr['id']}", '"Calls"'),
        (f"{API}/ivrs/{ivr['id']}", '"Leaving"'),
        (f"{API}/contact-bases/{base.id}", "Calls"),
    ):
        answer = admin.delete(address)
        assert answer.status_code == 409, answer.text
        assert names in answer.json()["message"]
    assert change(admin, leaving, exit_ivr_id=None).status_code == 200


def test_calls_are_only_sent_to_inbound_campaigns(admin: TestClient, bases: Bases) -> None:
    made = make(admin, dialer(bases.make(1)))
    target = {"type": "inbound-campaign", "id": made["id"]}
    assert refused(admin, {"kind": "inbound", "name": "I", "dispositions": OPTIONS, "failover": target}) == {
        "failover.id": "unknown"
    }
    choices = admin.get(f"{API}/destinations", params={"type": "inbound-campaign"}).json()["items"]
    assert choices == []


def test_hiding_is_no_state(admin: TestClient) -> None:
    made = make(admin, manual())
    hidden = admin.post(f"{CAMPAIGNS}/{made['id']}/hide").json()
    assert (hidden["is_hidden"], hidden["state"]) == (True, "active")
    assert admin.get(CAMPAIGNS, params={"hidden": False}).json()["items"] == []
    assert admin.get(CAMPAIGNS, params={"hidden": True}).json()["total"] == 1
    assert admin.post(f"{CAMPAIGNS}/{made['id']}/show").json()["is_hidden"] is False


def test_a_dialer_campaign_is_activated_when_it_can_work(admin: TestClient, bases: Bases, team: Team) -> None:
    made = make(admin, dialer(bases.make(1), ends_on="2026-03-01"))

    def activate() -> Any:
        return admin.post(f"{CAMPAIGNS}/{made['id']}/activate")

    assert "last day" in activate().json()["message"]
    change(admin, made, ends_on="2026-03-31")
    assert "no agents" in activate().json()["message"]
    change(admin, made, members=[{"agent_id": team.agent()[1].id}])
    assert activate().json()["state"] == "active"


def test_members_of_a_group_get_its_penalty(admin: TestClient, team: Team) -> None:
    first, second = team.agent()[1], team.agent()[1]
    group = {"group_id": team.group.id, "penalty": 4}
    made = make(admin, manual(members=[{"agent_id": second.id, "penalty": 1}], groups=[group]))
    assert {member["agent_id"]: member["penalty"] for member in made["members"]} == {first.id: 4, second.id: 1}


def test_a_list_of_a_thousand_takes_as_many_statements_as_one_of_ten(admin: TestClient, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        for number in range(1000):
            kind: Any = ("manual", "inbound")[number % 2]
            queue = CampaignQueue(failover_type="hangup") if kind == "inbound" else None
            session.add(Campaign(kind=kind, name=f"C{number:04}", queue=queue))

    def counted(**query: Any) -> tuple[int, dict[str, Any]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(runtime.database.engine, "before_cursor_execute", note)
        try:
            answer = admin.get(CAMPAIGNS, params=query)
        finally:
            event.remove(runtime.database.engine, "before_cursor_execute", note)
        return len(statements), answer.json()

    few, _ = counted(page_size=10)
    many, page = counted(page_size=200)
    assert many == few
    assert (page["total"], len(page["items"])) == (1000, 200)
    assert [item["name"] for item in page["items"][:2]] == ["C0000", "C0001"]
    _, kinds = counted(kind=["manual", "preview"], search="c00")
    assert kinds["total"] == 50


def test_the_base_changes_to_one_with_the_same_columns(admin: TestClient, bases: Bases, users: People) -> None:
    del users
    made = make(admin, preview(bases.make(3), field_rules={"name": {"locked": True}}))
    poor: list[Column] = [{"key": "phone", "name": "Phone", "role": "phone"}]
    without = bases.make(name="Poor", columns=poor)
    assert fields_of(change(admin, made, contact_base_id=without.id)) == {"field_rules.name": "unknown"}
    other = bases.make(2, name="Other")
    changed = change(admin, made, contact_base_id=other.id).json()
    assert changed["contact_base_name"] == "Other"
    counts = admin.get(f"{CAMPAIGNS}/{made['id']}/leads/counts").json()
    assert counts["pending"] == 2
