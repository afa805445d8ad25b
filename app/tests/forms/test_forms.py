"""Forms and the catalogue of dispositions through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Column, ForeignKey, Integer, Table

from omnileads.accounts.passwords import Passwords
from omnileads.api import create_app
from omnileads.kit.db import Base
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import Browsers, People, SignedIn
from tests.crm.conftest import HERE
from tests.crm.server import Crm, Reply
from tests.domain import API, fields_of, make_campaign

FORMS = f"{API}/forms"
NAMES = f"{API}/disposition-names"
FIELDS: list[dict[str, Any]] = [
    {"name": "Comentarios", "type": "text-area"},
    {"name": "Calidad", "type": "list", "options": ["Mala", "Buena"], "is_required": True},
    {"name": "Fecha", "type": "date"},
    {"name": "Monto", "type": "number", "number_kind": "decimal", "digits": 2},
    {"name": "Edad", "type": "number", "number_kind": "integer"},
    {"name": "Nombre", "type": "text"},
]


@pytest.fixture
def client(sign_in: SignedIn) -> TestClient:
    return sign_in("supervisor")


def made(client: TestClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_a_form_keeps_its_fields_in_order(client: TestClient) -> None:
    form = made(client, FORMS, name="Encuesta", description="Calidad de servicio", fields=FIELDS)
    assert [field["name"] for field in form["fields"]] == [field["name"] for field in FIELDS]
    where = f"{FORMS}/{form['id']}"
    turned = client.patch(where, json={"fields": FIELDS[::-1], "name": "Otra"}).json()
    assert [field["name"] for field in turned["fields"]] == [field["name"] for field in FIELDS[::-1]]
    assert client.get(where).json() == turned
    assert (turned["name"], turned["description"], turned["is_locked"]) == ("Otra", "Calidad de servicio", False)
    assert client.patch(where, json={"is_hidden": True}).json()["is_hidden"] is True
    assert client.get(FORMS, params={"search": "CALIDAD de"}).json()["total"] == 1
    assert client.get(FORMS, params={"search": "%"}).json()["total"] == 0
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_names_of_forms_are_unique(client: TestClient) -> None:
    made(client, FORMS, name="A", fields=FIELDS)
    assert fields_of(client.post(FORMS, json={"name": "a", "fields": FIELDS})) == {"name": "taken"}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ([], {"fields": "too-short"}),
        ([{"name": "A", "type": "text"}] * 101, {"fields": "too-long"}),
        ([{"name": "A", "type": "list"}], {"fields.0.options": "missing"}),
        ([{"name": "A", "type": "text", "options": ["x"]}], {"fields.0.options": "not-of-type"}),
        ([{"name": "A", "type": "list", "options": ["x", "x"]}], {"fields.0.options": "repeated"}),
        ([{"name": "A", "type": "list", "options": [""]}], {"fields.0.options.0": "string-too-short"}),
        ([{"name": "A", "type": "number"}], {"fields.0.number_kind": "missing"}),
        ([{"name": "A", "type": "number", "number_kind": "decimal"}], {"fields.0.digits": "missing"}),
        (
            [{"name": "A", "type": "number", "number_kind": "integer", "digits": 2}],
            {"fields.0.digits": "not-of-type"},
        ),
        (
            [{"name": "A", "type": "number", "number_kind": "decimal", "digits": 11}],
            {"fields.0.digits": "less-than-equal"},
        ),
        ([{"name": "A", "type": "dynamic-list"}], {"fields.0.external_site_id": "missing"}),
        (
            [{"name": "A", "type": "dynamic-list", "external_site_id": 9}],
            {"fields.0.external_site_id": "unknown"},
        ),
        ([{"name": "A", "type": "text"}, {"name": "a", "type": "date"}], {"fields.1.name": "repeated"}),
        ([{"name": "A\nB", "type": "text"}], {"fields.0.name": "control-character"}),
        ([{"name": "A", "type": "colour"}], {"fields.0.type": "literal-error"}),
    ],
)
def test_a_form_that_cannot_be_filled_in(
    client: TestClient, fields: list[dict[str, Any]], refused: dict[str, str]
) -> None:
    assert fields_of(client.post(FORMS, json={"name": "A", "fields": fields})) == refused


@pytest.fixture
def openers(runtime: Runtime) -> Iterator[Table]:
    """A table of campaigns that refers to forms, as that of the disposition options does."""
    table = Table(
        "test_openers",
        Base.metadata,
        Column("campaign_id", Integer, ForeignKey("campaigns.id"), primary_key=True),
        Column("form_id", Integer, ForeignKey("forms.id")),
    )
    table.create(runtime.database.engine)
    yield table
    table.drop(runtime.database.engine)
    Base.metadata.remove(table)


def test_a_form_a_campaign_uses_is_locked(
    client: TestClient, sign_in: SignedIn, runtime: Runtime, openers: Table
) -> None:
    form, free = (made(client, FORMS, name=name, fields=FIELDS) for name in ("Encuesta", "Libre"))
    campaign = make_campaign(sign_in("administrator"), "Ventas")
    with runtime.database.transaction() as session:
        session.execute(openers.insert().values(campaign_id=campaign["id"], form_id=form["id"]))
    where = f"{FORMS}/{form['id']}"
    shown = client.get(where).json()
    assert (shown["is_locked"], shown["used_by"][0]["name"]) == (True, "Ventas")
    assert {item["id"]: item["is_locked"] for item in client.get(FORMS).json()["items"]} == {
        form["id"]: True,
        free["id"]: False,
    }
    for change in ({"name": "Otra"}, {"fields": FIELDS[:2]}, {"description": "x"}):
        refused = client.patch(where, json=change)
        assert (refused.status_code, refused.json()["code"]) == (409, "form-locked")
        assert 'campaign "Ventas"' in refused.json()["message"]
    assert client.patch(where, json={"is_hidden": True}).status_code == 200
    refused = client.delete(where)
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert client.get(where).json()["fields"] == form["fields"]


def test_a_list_comes_only_from_a_site_of_lists(client: TestClient, sign_in: SignedIn) -> None:
    site = {"name": "CRM", "url": "https://crm.example/", "trigger": "button", "target": "embedded"}
    button = made(sign_in("administrator"), f"{API}/external-sites", **site)
    field = {"name": "A", "type": "dynamic-list", "external_site_id": button["id"]}
    refused = client.post(FORMS, json={"name": "A", "fields": [field]})
    assert fields_of(refused) == {"fields.0.external_site_id": "unknown"}


def test_agents_get_the_options_of_a_dynamic_list(
    settings: Settings, runtime: Runtime, passwords: Passwords, users: People
) -> None:
    app = create_app(settings.model_copy(update={"outgoing": HERE}), runtime, passwords)
    with Crm(lambda _: Reply(200, b'["Basic", "Plus"]')) as crm, Browsers(app) as browsers:
        administrator, agent = SignedIn(browsers, users)("administrator"), SignedIn(browsers, users)("agent")
        site = made(
            administrator, f"{API}/external-sites", name="Plans", url=f"{crm.url}/plans", trigger="dynamic-list"
        )
        fields = [FIELDS[0], {"name": "Plan", "type": "dynamic-list", "external_site_id": site["id"]}]
        form = made(administrator, FORMS, name="Sale", fields=fields)
        where = f"{FORMS}/{form['id']}/fields"
        for _ in range(3):
            assert agent.get(f"{where}/1/options").json() == {"options": ["Basic", "Plus"]}
        assert len(crm.received) == 1
        assert agent.get(f"{where}/0/options").status_code == 404
        assert agent.get(f"{where}/2/options").status_code == 404
        runtime.redis.flushdb()
        crm.answer = lambda _: Reply(500)
        failed = administrator.get(f"{where}/1/options")
        assert (failed.status_code, failed.json()["code"]) == (503, "options-unavailable")
        assert '"Plans"' in failed.json()["message"]
        assert "status 500" in failed.json()["message"]


def test_a_disposition_of_the_catalogue(client: TestClient, sign_in: SignedIn) -> None:
    name = made(client, NAMES, name="Venta", subdispositions=["Plan A", "Plan B"])
    where = f"{NAMES}/{name['id']}"
    changed = client.patch(where, json={"subdispositions": ["Plan B"], "name": "Venta cerrada"}).json()
    assert (changed["name"], changed["subdispositions"]) == ("Venta cerrada", ["Plan B"])
    assert fields_of(client.post(NAMES, json={"name": "venta CERRADA"})) == {"name": "taken"}
    options = [{"name": "Venta cerrada", "kind": "no-action"}]
    make_campaign(sign_in("administrator"), "Ventas", dispositions=options)
    refused = client.delete(where)
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert 'campaign "Ventas"' in refused.json()["message"]
    assert client.get(where).json()["used_by"][0]["name"] == "Ventas"
    assert client.patch(where, json={"is_hidden": True}).json()["is_hidden"] is True
    other = made(client, NAMES, name="Ocupado")
    assert client.delete(f"{NAMES}/{other['id']}").status_code == 204


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"name": "Agenda"}, {"name": "reserved-disposition"}),
        ({"name": " aGENDA "}, {"name": "reserved-disposition"}),
        ({"name": "Callback"}, {"name": "reserved-disposition"}),
        ({"name": "x" * 51}, {"name": "string-too-long"}),
        ({"name": "A", "subdispositions": ["x", "X"]}, {"subdispositions": "repeated"}),
        ({"name": "A", "subdispositions": [""]}, {"subdispositions.0": "string-too-short"}),
    ],
)
def test_a_name_that_cannot_be(client: TestClient, body: dict[str, Any], refused: dict[str, str]) -> None:
    assert fields_of(client.post(NAMES, json=body)) == refused


def test_a_basic_supervisor_sees_neither(sign_in: SignedIn) -> None:
    reader = sign_in("basic-supervisor")
    assert (reader.get(FORMS).status_code, reader.get(NAMES).status_code) == (403, 403)
