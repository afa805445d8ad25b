"""Facts 13 to 30: the columns of a campaign's contact list, and new contacts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from omnileads.campaigns.models import Lead
from omnileads.contacts.models import Contact, ContactBase
from tests.api_v1.crm import V1, World, errors

METADATA = f"{V1}/campaign/database_metadata/"
NEW = f"{V1}/new_contact/"
PATHS = pytest.mark.parametrize("path", [METADATA, NEW])


@PATHS
def test_013_nobody_signed_in_is_refused(world: World, path: str) -> None:
    del world.agent.headers["Authorization"]
    assert world.agent.post(path, json={"idCampaign": world.campaign_id}).status_code == 403


@PATHS
def test_014_who_has_no_part_in_the_campaign_is_refused(world: World, path: str) -> None:
    stranger = world.by_token(world.users.make("supervisor"))
    for client in (stranger, world.other_agent()[0], world.admin):
        answer = client.post(path, json={"idCampaign": world.campaign_id, "tel": "3515550001"})
        assert answer.status_code == 400
        assert answer.json()["message"] == "Hubo errores en los datos recibidos"
        assert errors(answer) == {"idCampaign": ["No tiene permiso para editar la campaña."]}


@PATHS
def test_015_what_is_not_known_is_named(world: World, path: str) -> None:
    unknown = ["Campaña inexistente."]
    for sent, expected in (
        ({"idCampaign": 1, "idExternalSystem": 9999}, {"idExternalSystem": ["Sistema externo inexistente."]}),
        ({"idCampaign": 1, "idExternalSystem": "x"}, {"idExternalSystem": ["Sistema externo inexistente."]}),
        ({"idCampaign": "text"}, {"idCampaign": ["Debe indicar un idCampaign válido."]}),
        ({}, {"idCampaign": ["Debe indicar un idCampaign válido."]}),
        ({"idCampaign": 9999}, {"idCampaign": unknown}),
        ({"idCampaign": "crm-2", "idExternalSystem": world.system_id}, {"idCampaign": unknown}),
    ):
        answer = world.agent.post(path, json=sent)
        assert (answer.status_code, errors(answer)) == (400, expected), sent


@PATHS
def test_016_a_campaign_that_is_not_active_is_unknown(world: World, path: str) -> None:
    assert world.admin.post(f"/api/v2/campaigns/{world.campaign_id}/pause").status_code == 200
    answer = world.agent.post(path, json={"idCampaign": world.campaign_id})
    assert errors(answer) == {"idCampaign": ["Campaña inexistente."]}


@pytest.mark.parametrize("who", ["agent", "supervisor"])
def test_017_the_columns_are_told_by_either_id(world: World, who: str) -> None:
    client = getattr(world, who)
    expected = {
        "status": "OK",
        "main_phone": "tel",
        "external_id": "idext",
        "fields": ["nombre", "idext", "tel", "tel2"],
    }
    assert client.post(METADATA, data={"idCampaign": world.campaign_id}).json() == expected
    sent = {"idCampaign": "crm-1", "idExternalSystem": world.system_id}
    answer = client.post(METADATA, json=sent)
    assert (answer.status_code, answer.json()) == (200, expected)


def test_018_two_systems_may_call_their_campaigns_alike(world: World) -> None:
    entry = {"agent_id": world.ana.id, "external_id": "a"}
    other = world.made("external-systems", name="Other", agents=[entry])["id"]
    base = world.made("contact-bases", name="Leads", columns=[{"name": "phone", "role": "phone"}])
    world.make_campaign("Sales", contact_base_id=base["id"], external_system_id=other, external_id="crm-1")
    answer = world.agent.post(METADATA, json={"idCampaign": "crm-1", "idExternalSystem": other})
    assert answer.json() == {"status": "OK", "main_phone": "phone", "external_id": None, "fields": ["phone"]}


def new(world: World, **values: Any) -> Any:
    return world.agent.post(NEW, json={"idCampaign": world.campaign_id, **values})


@pytest.mark.parametrize("who", ["agent", "supervisor"])
def test_019_a_contact_is_made(world: World, who: str) -> None:
    sent = {"idCampaign": "crm-1", "idExternalSystem": world.system_id, "tel": "351222221", "nombre": "Juan"}
    answer = getattr(world, who).post(NEW, json={**sent, "idext": "id7"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told == {
        "status": "OK",
        "message": "Contacto agregado",
        "id": told["id"],
        "contacto": {"nombre": "Juan", "idext": "id7", "tel": "351222221", "tel2": None},
    }
    with world.runtime.database.transaction() as session:
        contact = session.get_one(Contact, told["id"])
        assert session.get_one(ContactBase, world.base["id"]).contact_count == 1
    assert contact.values == ["Juan", "id7", "351222221", ""]
    assert contact.is_original is (who == "supervisor")


def test_020_an_external_id_is_there_once(world: World) -> None:
    world.contact("id7")
    answer = new(world, tel="351222222", idext="id7")
    expected = {"idext": ["Ya existe un contacto con ese id externo en la base de datos"]}
    assert (answer.status_code, errors(answer)) == (400, expected)


def test_021_the_phone_must_be_there(world: World) -> None:
    answer = new(world, nombre="Juan")
    expected = {"status": "ERROR", "message": "El campo es obligatorio", "errors": "tel"}
    assert (answer.status_code, answer.json()) == (400, expected)


def test_022_unknown_columns_are_listed(world: World) -> None:
    answer = new(world, tel="351222222", apellido="x", edad=3)
    assert (answer.status_code, errors(answer)) == (400, ["apellido", "edad"])
    assert answer.json()["message"] == "Se recibieron campos incorrectos"
    both = new(world, tel="351222222", confirmar_duplicado="1", edad=3)
    assert errors(both) == ["confirmar_duplicado", "edad"]
    assert new(world, tel="351222222", confirmar_duplicado="1").status_code == 200


def test_023_without_an_external_id_it_is_null(world: World) -> None:
    answer = new(world, tel="351222222")
    assert (answer.status_code, answer.json()["contacto"]["idext"]) == (200, None)
    assert new(world, tel="351222223").status_code == 200


def test_024_phones_must_be_phones(world: World) -> None:
    assert list(errors(new(world, tel="12"))) == ["tel"]
    assert list(errors(new(world, tel="351222222", tel2="abc"))) == ["tel2"]
    assert list(errors(new(world, tel={"a": 1}))) == ["tel"]


def test_025_a_campaign_may_forbid_a_second_contact_with_a_phone(world: World) -> None:
    world.contact("c1", "351222222")
    assert new(world, tel="351222222").status_code == 200
    assert (
        world.admin.patch(f"/api/v2/campaigns/{world.campaign_id}", json={"allow_duplicates": False}).status_code == 200
    )
    answer = new(world, tel="351222222")
    expected = {"__all__": ["Ya existe un contacto con el mismo teléfono."]}
    assert (answer.status_code, errors(answer)) == (400, expected)


@pytest.mark.parametrize("who", ["agent", "supervisor"])
def test_026_in_a_preview_campaign_the_contact_is_dealt_out(world: World, who: str) -> None:
    campaign = world.make_campaign("Preview", kind="preview")
    answer = getattr(world, who).post(NEW, json={"idCampaign": campaign["id"], "tel": "351222222"})
    assert answer.status_code == 200, answer.text
    with world.runtime.database.transaction() as session:
        (lead,) = session.scalars(select(Lead).where(Lead.campaign_id == campaign["id"]))
    is_agent = who == "agent"
    assert (lead.contact_id, lead.agent_id) == (answer.json()["id"], world.ana.id if is_agent else None)
    assert lead.is_original is not is_agent


def test_contacts_without_a_disposition_are_listed_for_tables(world: World) -> None:
    first, second = world.contact("c1"), world.contact("c2", "3515550002")
    assert world.disposition(first).status_code == 201
    path = f"{V1}/campaign/{world.campaign_id}/contacts/"
    row = [second, "Eva", "c2", "3515550002", ""]
    asked: dict[str, Any] = {"draw": 3, "start": 0, "length": 10, "search[value]": ""}
    assert world.agent.get(path, params=asked).json() == {
        "draw": 3,
        "recordsTotal": 1,
        "recordsFiltered": 1,
        "data": [row],
    }
    found = world.agent.get(path, params={**asked, "search[value]": "3515550002"}).json()
    assert (found["data"], found["recordsFiltered"]) == ([row], 1)
    nothing = world.agent.get(path, params={**asked, "search[value]": "nobody"}).json()
    assert (nothing["data"], nothing["recordsTotal"], nothing["recordsFiltered"]) == ([], 1, 0)
    assert world.agent.get(path, params={**asked, "length": -1, "start": 1}).json()["data"] == []
    assert world.agent.get(path, params={"start": -1}).status_code == 400
    assert world.supervisor.get(path).status_code == 403
    assert world.other_agent()[0].get(path).status_code == 404


def test_one_contact_is_told_by_either_id(world: World) -> None:
    contact = world.contact("c1")
    told = world.agent.get(f"{V1}/campaign/{world.campaign_id}/contacts/{contact}/").json()
    assert (told["id"], told["id_externo"], told["contacto"]["nombre"]) == (contact, "c1", "Eva")
    by_system = {"idExternalSystem": world.system_id}
    assert world.agent.get(f"{V1}/campaign/crm-1/contacts/c1/", params=by_system).json() == told
    for campaign, sent, query in ((world.campaign_id, 9999, {}), ("crm-1", "c2", by_system), ("x", contact, {})):
        assert world.agent.get(f"{V1}/campaign/{campaign}/contacts/{sent}/", params=query).status_code == 404
