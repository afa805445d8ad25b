"""Bases and single contacts: defined, searched, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.contacts import usage
from omnileads.contacts.contacts import validate_values
from omnileads.contacts.lookup import by_phone, iterate
from omnileads.contacts.models import Contact, ContactBase
from omnileads.kit.runtime import Runtime
from tests.contacts.conftest import API, Files

BASES = f"{API}/contact-bases"
COLUMNS = [
    {"name": "Teléfono", "role": "phone"},
    {"name": "Otro teléfono", "role": "phone"},
    {"name": "Nombre", "role": "data"},
    {"name": "Código", "role": "external-id"},
]


@pytest.fixture
def base_id(admin: TestClient) -> int:
    made = admin.post(BASES, json={"name": "Clientes", "columns": COLUMNS})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def add(client: TestClient, base_id: int, phone: str, **values: str) -> Any:
    return client.post(f"{BASES}/{base_id}/contacts", json={"values": {"telefono": phone, **values}})


def found(client: TestClient, base_id: int, search: str) -> list[str]:
    answer = client.get(f"{BASES}/{base_id}/contacts", params={"search": search})
    assert answer.status_code == 200, answer.text
    return [contact["values"]["nombre"] for contact in answer.json()["items"]]


def test_a_structure_before_any_file(admin: TestClient, base_id: int) -> None:
    base = admin.get(f"{BASES}/{base_id}").json()
    assert [column["key"] for column in base["columns"]] == ["telefono", "otro_telefono", "nombre", "codigo"]
    changed = admin.patch(f"{BASES}/{base_id}", json={"columns": COLUMNS[:1], "name": "Otros", "is_hidden": True})
    assert (changed.json()["name"], changed.json()["is_hidden"], len(changed.json()["columns"])) == ("Otros", True, 1)
    assert admin.get(BASES, params={"is_hidden": "false"}).json()["total"] == 0
    assert admin.get(BASES, params={"is_hidden": "true", "search": "OTR"}).json()["total"] == 1
    assert admin.delete(f"{BASES}/{base_id}").status_code == 204
    assert admin.get(f"{BASES}/{base_id}").status_code == 404
    assert admin.post(BASES, json={"name": "otros", "columns": COLUMNS}).status_code == 201


def test_two_bases_do_not_have_one_name(admin: TestClient, base_id: int) -> None:
    assert base_id
    again = admin.post(BASES, json={"name": "CLIENTES", "columns": COLUMNS})
    assert again.json()["fields"][0]["code"] == "taken"


def test_the_structure_is_fixed_once_there_is_a_contact(admin: TestClient, base_id: int) -> None:
    contact = add(admin, base_id, "4149090").json()
    changed = admin.patch(f"{BASES}/{base_id}", json={"columns": COLUMNS[:1]})
    assert (changed.status_code, changed.json()["code"]) == (409, "structure-fixed")
    assert admin.patch(f"{BASES}/{base_id}", json={"columns": COLUMNS, "name": "A"}).status_code == 200
    assert admin.delete(f"{BASES}/{base_id}").json()["code"] == "base-not-empty"
    assert admin.delete(f"{BASES}/{base_id}/contacts/{contact['id']}").status_code == 204
    assert admin.patch(f"{BASES}/{base_id}", json={"columns": COLUMNS[:1]}).status_code == 200


def test_a_base_a_campaign_uses_stays(admin: TestClient, base_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the columns other parts of the system add to `usage`."""
    monkeypatch.setattr(usage, "_USERS", (lambda wanted: select(ContactBase.name).where(ContactBase.id == wanted),))
    refused = admin.delete(f"{BASES}/{base_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "base-in-use")
    assert '"Clientes"' in refused.json()["message"]
    problem = {"field": "campaigns", "code": "in-use", "message": 'The campaign "Clientes" uses this base.'}
    assert refused.json()["fields"] == [problem]
    assert admin.get(f"{BASES}/{base_id}").json()["used_by"] == ["Clientes"]


def test_contacts_are_made_changed_and_deleted(admin: TestClient, base_id: int) -> None:
    made = add(admin, base_id, " +54 (341) 414-9090 ", nombre="José", codigo="A-1").json()
    place = f"{BASES}/{base_id}/contacts/{made['id']}"
    assert made["values"] == {"telefono": "+543414149090", "otro_telefono": "", "nombre": "José", "codigo": "A-1"}
    changed = admin.patch(place, json={"values": {"otro_telefono": "5551234", "codigo": ""}}).json()
    assert (changed["values"]["nombre"], changed["external_id"]) == ("José", None)
    assert found(admin, base_id, "5551234") == ["José"]
    assert admin.get(f"{BASES}/{base_id}").json()["contact_count"] == 1
    assert admin.delete(place).status_code == 204
    assert admin.get(place).status_code == 404
    assert admin.get(f"{BASES}/{base_id}").json()["contact_count"] == 0


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"nombre": "x"}, "values.telefono", "no-phone"),
        ({"telefono": "12"}, "values.telefono", "not-a-phone"),
        ({"telefono": "4149090", "otro_telefono": "x"}, "values.otro_telefono", "not-a-phone"),
        ({"telefono": "4149090", "edad": "3"}, "values.edad", "unknown"),
        ({"telefono": "4149090", "codigo": "1"}, "values.codigo", "taken"),
        ({"telefono": "4149090", "codigo": "1" * 201}, "values.codigo", "external-id-too-long"),
    ],
)
def test_values_that_are_not_acceptable(
    admin: TestClient, base_id: int, values: dict[str, str], field: str, code: str
) -> None:
    add(admin, base_id, "4149000", codigo="1")
    answer = admin.post(f"{BASES}/{base_id}/contacts", json={"values": values})
    assert answer.status_code == 422
    assert [(item["field"], item["code"]) for item in answer.json()["fields"]] == [(field, code)]


def test_search_finds_words_by_their_beginning_and_any_phone(admin: TestClient, base_id: int) -> None:
    other = admin.post(BASES, json={"name": "Otra", "columns": COLUMNS}).json()["id"]
    add(admin, other, "4149090", nombre="José Pérez de la otra base", codigo="A-1")
    add(admin, base_id, "+543414149090", nombre="José Pérez", codigo="A-1")
    add(admin, base_id, "3415550000", otro_telefono="4149090", nombre="María Perezoso", codigo="B-77")
    for search, names in {
        "jose": ["José Pérez"],
        "PÉRE": ["José Pérez", "María Perezoso"],
        "perez jo": ["José Pérez"],
        "b-77": ["María Perezoso"],
        "77": ["María Perezoso"],
        "+54 341 414-9090": ["José Pérez"],
        "54341": ["José Pérez"],
        "4149090": ["María Perezoso"],
        "414": ["María Perezoso"],
        "nobody": [],
        "' | x:*": [],
        "!!": [],
    }.items():
        assert found(admin, base_id, search) == names, search


def test_a_long_list_is_read_slice_by_slice(admin: TestClient, files: Files) -> None:
    rows = "".join(f"{4_000_000 + number},common w{number}\r\n" for number in range(450))
    base_id = files.load(f"phone,name\r\n{rows}".encode())["base_id"]
    names: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"size": 200, **({"cursor": cursor} if cursor else {})}
        answer = admin.get(f"{BASES}/{base_id}/contacts", params=query).json()
        names += [contact["values"]["name"] for contact in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert names == [f"common w{number}" for number in range(450)]
    for search in ("common", "400"):
        cut = admin.get(f"{BASES}/{base_id}/contacts", params={"search": search}).json()
        assert (len(cut["items"]), cut["next"], cut["is_cut"]) == (200, None, True)
    assert admin.get(f"{BASES}/{base_id}/contacts", params={"cursor": "!"}).status_code == 422


def test_what_other_parts_ask(admin: TestClient, base_id: int, runtime: Runtime) -> None:
    add(admin, base_id, "+543414149090", nombre="a")
    add(admin, base_id, "5550000", otro_telefono="543414149090", nombre="b")
    add(admin, base_id, "5550001", nombre="543414149090")
    with runtime.database.transaction() as session:
        for number in ("543414149090", "+543414149090", "+54 341 414-9090"):
            assert [contact.values[2] for contact in by_phone(session, base_id, number)] == ["a", "b"]
        assert len(by_phone(session, base_id, "543414149090", limit=1)) == 1
        assert by_phone(session, base_id, "anonymous") == []
        assert by_phone(session, base_id + 1, "5550000") == []
        everybody = [contact.values[2] for contact in iterate(session, base_id)]
        assert everybody == ["a", "b", "543414149090"]
        base = session.get_one(ContactBase, base_id)
        assert validate_values(base, {"telefono": "4149090"}) == []
        assert [problem.code for problem in validate_values(base, {"telefono": "x"})] == ["not-a-phone"]
        assert len(session.scalars(select(Contact.id)).all()) == 3
