"""What a campaign's agents may see and change, enforced by the server alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from omnileads.contacts.models import Column
from omnileads.desk.restrictions import Restrictions
from tests.desk.conftest import ANA, Desk
from tests.domain import API, fields_of

RULES = {
    "deuda": {"locked": True, "hidden": True},
    "documento": {"locked": True},
    "nombre": {"required": True},
}


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    desk.change(field_rules=RULES)
    return desk


def test_hidden_columns_never_leave_the_server(ruled: Desk) -> None:
    ana = ruled.contact()
    ruled.log("c1", "CONNECT")
    answers = [
        ruled.client.get(f"{API}/agent/calls/c1/card"),
        ruled.attach(ana),
        ruled.client.get(ruled.path),
        ruled.client.get(ruled.path, params={"search": "perez"}),
        ruled.client.get(f"{ruled.path}/{ana}"),
        ruled.client.get(f"{ruled.path}/{ana}/history"),
        ruled.patch(ana, nombre="Ana P."),
        ruled.client.post(ruled.path, json={"values": {"telefono": "777666555", "nombre": "N"}}),
        ruled.client.get(f"{API}/agent/session"),
    ]
    for answer in answers:
        assert answer.status_code in (200, 201), answer.text
        assert "90210" not in answer.text
        assert "deuda" not in answer.text.lower()


def test_what_is_hidden_cannot_be_guessed_by_searching(ruled: Desk) -> None:
    ana = ruled.contact()

    def found(search: str) -> list[int]:
        return [item["id"] for item in ruled.client.get(ruled.path, params={"search": search}).json()["items"]]

    assert found("90210") == []
    assert found("ana 902") == []
    assert found("ana per") == [ana]
    assert found("1160000") == [ana], "a visible phone"
    assert found("a1") == [ana]
    ruled.change(field_rules={**RULES, "documento": {"locked": True, "hidden": True}})
    assert found("a1") == []
    assert ruled.client.get(f"{ruled.path}/{ana}").json()["external_id"] is None


def test_a_caller_is_not_found_by_a_hidden_external_id(ruled: Desk) -> None:
    ruled.contact()
    ruled.change(field_rules={"documento": {"locked": True, "hidden": True}})
    ruled.log("c1", "CONNECT", number="000")
    assert ruled.card(customer_id="A1")["contact"] is None


def test_locked_and_hidden_columns_are_refused_by_name(ruled: Desk) -> None:
    ana = ruled.contact()
    refused = ruled.patch(ana, documento="X", deuda="0", telefono="3515550009")
    assert fields_of(refused) == {"values.documento": "locked", "values.deuda": "hidden"}
    assert [problem["message"] for problem in refused.json()["fields"] if problem["code"] == "locked"] == [
        '"Documento" is locked in this campaign and cannot be changed.'
    ]
    assert ruled.client.get(f"{ruled.path}/{ana}").json()["values"]["telefono"] == "3515550001", "nothing half done"
    assert fields_of(ruled.patch(ana, deuda="90210")) == {"values.deuda": "hidden"}, "not even its own value"
    assert ruled.patch(ana, documento="A1", nombre="Ana").status_code == 200, "a locked value as it is"
    assert fields_of(ruled.patch(ana, nada="x")) == {"values.nada": "unknown"}
    stored = ruled.admin.get(f"{API}/contact-bases/{ruled.base}/contacts/{ana}").json()["values"]
    assert stored == {**ANA, "nombre": "Ana"}, "what is hidden stays"


def test_required_columns_are_required_on_every_save(ruled: Desk) -> None:
    ana = ruled.contact()
    assert fields_of(ruled.patch(ana, nombre="  ")) == {"values.nombre": "required"}
    empty = ruled.contact(nombre="", documento="B2")
    assert fields_of(ruled.patch(empty, celular="1160000002")) == {"values.nombre": "required"}
    made = ruled.client.post(ruled.path, json={"values": {"telefono": "777666555"}})
    assert fields_of(made) == {"values.nombre": "required"}


def test_a_locked_column_of_a_new_contact_is_filled_in_once(ruled: Desk) -> None:
    values = {"telefono": "777666555", "nombre": "Nora", "documento": "N1"}
    made = ruled.client.post(ruled.path, json={"values": values})
    assert made.status_code == 201, made.text
    assert made.json()["external_id"] == "N1"
    hidden = ruled.client.post(ruled.path, json={"values": {**values, "documento": "N2", "deuda": "1"}})
    assert fields_of(hidden) == {"values.deuda": "hidden"}
    again = ruled.client.post(ruled.path, json={"values": values})
    assert fields_of(again) == {"values.documento": "taken"}


def test_a_campaign_may_allow_a_phone_once(desk: Desk) -> None:
    desk.contact()
    body = {"values": {"telefono": "351 555-0001", "nombre": "Otra"}}
    desk.change(allow_duplicates=False)
    assert fields_of(desk.client.post(desk.path, json=body)) == {"values.telefono": "duplicate-phone"}
    desk.change(allow_duplicates=True)
    assert desk.client.post(desk.path, json=body).status_code == 201


def test_two_campaigns_of_one_base_have_rules_of_their_own(ruled: Desk) -> None:
    ana = ruled.contact()
    free = ruled.make_campaign("Ventas")
    values = ruled.client.get(f"{API}/agent/campaigns/{free['id']}/contacts/{ana}").json()["values"]
    assert values == ANA


def test_who_saves_second_is_told_and_loses_nothing(desk: Desk) -> None:
    ana = desk.contact()
    version = desk.client.get(f"{desk.path}/{ana}").json()["version"]
    assert desk.patch(ana, version, nombre="Ana 1").status_code == 200
    late = desk.patch(ana, version, nombre="Ana 2")
    assert (late.status_code, late.json()["code"]) == (409, "contact-changed")
    assert desk.client.get(f"{desk.path}/{ana}").json()["values"]["nombre"] == "Ana 1"
    assert desk.patch(ana, nombre="Ana 2").status_code == 200


def test_of_edits_at_the_same_time_one_wins(desk: Desk) -> None:
    ana = desk.contact()
    version = desk.client.get(f"{desk.path}/{ana}").json()["version"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: desk.patch(ana, version, nombre=f"Ana {n}"), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    [winner] = [answer.json()["values"]["nombre"] for answer in answers if answer.status_code == 200]
    assert desk.client.get(f"{desk.path}/{ana}").json()["values"]["nombre"] == winner


def test_the_main_phone_is_never_hidden() -> None:
    columns: list[Column] = [
        {"key": "tel", "name": "Tel", "role": "phone"},
        {"key": "cel", "name": "Cel", "role": "phone"},
    ]
    hidden: dict[str, Any] = {"locked": True, "hidden": True}
    restrictions = Restrictions(columns, {"tel": hidden, "cel": hidden})
    assert [column["key"] for column in restrictions.visible] == ["tel"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("Buen día {{nombre}}, {{ Nombre }}", None),
        ("Buen día {{apellido}} y {{nombre}}", "unknown-column"),
        ("{{}}", "unknown-column"),
        ("Debe {{deuda}}", "hidden-column"),
        ("{nombre} {{ }", None),
    ],
)
def test_the_fields_of_a_script_are_checked_when_it_is_saved(ruled: Desk, script: str, code: str | None) -> None:
    answer = ruled.admin.patch(f"{API}/campaigns/{ruled.campaign['id']}", json={"script": script})
    assert answer.status_code == (422 if code else 200), answer.text
    if code:
        assert fields_of(answer) == {"script": code}
    if code == "unknown-column":
        assert "{{telefono}}, {{celular}}, {{nombre}}" in answer.text


def test_a_script_without_base_has_no_fields(desk: Desk) -> None:
    body = {"kind": "inbound", "name": "Sola", "dispositions": desk.campaign["dispositions"], "script": "Hola {{x}}"}
    body["dispositions"] = [{"name": "Sale", "kind": "no-action"}]
    assert fields_of(desk.admin.post(f"{API}/campaigns", json=body)) == {"script": "no-base"}


def test_the_script_is_text_with_the_contacts_values(desk: Desk) -> None:
    desk.contact(nombre="<img src=x onerror=alert(1)>")
    desk.change(script="Buen día {{nombre}}, debe {{Deuda}}. <b>Fin</b>")
    desk.log("c1", "CONNECT")
    assert desk.card()["script"] == [
        {"text": "Buen día ", "is_value": False},
        {"text": "<img src=x onerror=alert(1)>", "is_value": True},
        {"text": ", debe ", "is_value": False},
        {"text": "90210", "is_value": True},
        {"text": ". <b>Fin</b>", "is_value": False},
    ]
