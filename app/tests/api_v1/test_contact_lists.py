"""Facts 68 to 89: contact lists made by other systems, from CSV files and from JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from omnileads.contacts.models import ContactBase, ContactImport, ImportChunk
from tests.api_v1.crm import V1, World, bearer, token_of
from tests.conftest import SignedIn

UPLOAD = f"{V1}/crear_base_contactos/"
CSV = b"abc,cxf\n3515550001,one\n3515550002,two\n"


def upload(client: Any, *, file: bytes | None = CSV, name: str = "file.csv", **data: Any) -> Any:
    sent = {"nombre": "list", "campos_telefono": "abc", **data}
    files = {"filename": (name, file, "text/csv")} if file is not None else {"x": (None, "y")}
    return client.post(UPLOAD, data={key: value for key, value in sent.items() if value is not None}, files=files)


def message(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "ERROR"
    text: str = answer.json()["message"]
    return text


def test_068_nobody_signed_in_may_not_upload(world: World) -> None:
    del world.agent.headers["Authorization"]
    assert upload(world.agent).status_code == 403


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_069_070_other_methods_are_not_there(world: World, method: str) -> None:
    answer = world.admin.request(method, UPLOAD)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Método no permitido."})


def test_071_072_073_supervisors_and_administrators_upload(world: World, sign_in: SignedIn) -> None:
    assert upload(world.admin, nombre="one").json()["status"] == "OK"
    token = token_of(world.agent, world.users.make("administrator"))
    world.agent.headers.update(bearer(token))
    assert upload(world.agent, nombre="two").json()["status"] == "OK"
    assert upload(world.supervisor, nombre="three").json()["status"] == "OK"


def test_074_an_agent_may_not_upload(world: World) -> None:
    assert upload(world.agent).status_code == 403


def test_075_to_077_what_is_missing_is_told(world: World) -> None:
    client = world.supervisor
    assert message(upload(client, file=None)) == "falta parámetro filename en request"
    assert message(upload(client, nombre=None)) == "falta parámetro:nombre"
    assert message(upload(client, campos_telefono=None)) == "falta parámetro:campos_telefono"


def test_078_to_081_what_is_wrong_is_told(world: World) -> None:
    client = world.supervisor
    phone = "campo de teléfono no coincide con nombre de columna"
    assert message(upload(client, campos_telefono="1,2,3a")) == phone
    assert message(upload(client, id_externo="1")) == "campo de id externo no coincide con nombre de columna"
    assert message(upload(client, name="file.txt")) == "la extensión del archivo no es .CSV"
    too_long = "La longitud del nombre no debe exceder los 45 caracteres"
    assert message(upload(client, nombre="x" * 46, name="file.txt")) == too_long


def test_082_a_list_is_made_and_its_file_is_on_its_way(world: World) -> None:
    answer = upload(world.supervisor, id_externo="cxf")
    assert answer.json()["status"] == "OK", answer.text
    with world.runtime.database.transaction() as session:
        base = session.get_one(ContactBase, answer.json()["id"])
        (run,) = session.scalars(select(ContactImport))
        content = b"".join(session.scalars(select(ImportChunk.content).order_by(ImportChunk.position)))
    assert [(column["name"], column["role"]) for column in base.columns] == [("abc", "phone"), ("cxf", "external-id")]
    assert (run.base_id, run.state, content) == (base.id, "queued", CSV)
    assert message(upload(world.supervisor)) == "no se pudo crear la base de datos de contacto"


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04\x00\x00", b"\x00\x01"])
def test_082_what_is_no_csv_makes_no_list(world: World, file: bytes) -> None:
    assert upload(world.supervisor, file=file).json()["status"] == "ERROR"
    with world.runtime.database.transaction() as session:
        assert session.scalars(select(ContactBase.name)).all() == ["Clients"]


def test_083_columns_are_called_once(world: World) -> None:
    expected = "El archivo a procesar tiene nombres de columnas repetidos."
    assert message(upload(world.supervisor, file=b"abc,cxf,abc\n1234,a,b\n")) == expected


WANTED = {
    "name": "people",
    "phone_fields": ["tel", "cel"],
    "data_fields": ["nombre", "apellido"],
    "external_id_field": "dni",
}


def create(world: World, **fields: Any) -> Any:
    return world.supervisor.post(f"{V1}/contact_database/create/", json={**WANTED, **fields})


def test_084_a_list_that_cannot_be_is_refused(world: World) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"external_id_field": "tel"},
        {"data_fields": []},
        {"data_fields": "nombre"},
        {"phone_fields": []},
        {"name": "Clients"},
        {"name": "x" * 46},
        {"name": "ñandú"},
    )
    for fields in wrong:
        answer = create(world, **fields)
        assert (answer.status_code, answer.json()["message"]) == (400, "Error en los datos"), fields
    assert world.agent.post(f"{V1}/contact_database/create/", json=WANTED).status_code == 403


def test_085_a_list_is_made(world: World) -> None:
    answer = create(world)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told == {
        "status": "SUCCESS",
        "data": {
            "id": told["data"]["id"],
            "name": "people",
            "main_phone": "tel",
            "external_id": "dni",
            "fields": ["tel", "cel", "nombre", "apellido", "dni"],
        },
    }


def contacts(world: World) -> str:
    return f"{V1}/contact_database/{world.base['id']}/contact/"


def test_086_contacts_are_added_together(world: World) -> None:
    rows = [{"tel": "3515550001", "idext": "a", "nombre": "Eva", "tel2": ""}, {"tel": "3515550002", "idext": "b"}]
    answer = world.supervisor.post(contacts(world), json=rows)
    assert (answer.status_code, answer.json()["status"]) == (201, "SUCCESS"), answer.text
    listed = world.supervisor.get(contacts(world)).json()
    assert [row["idext"] for row in listed["data"]] == ["a", "b"]
    assert listed["data"] == answer.json()["data"]


def test_087_to_089_one_that_is_wrong_keeps_all_out(world: World) -> None:
    good = {"tel": "3515550001", "idext": "a"}
    for bad in ({**good, "idext": "b", "telefono": "x"}, {"idext": "b"}, good, {"tel": "abc"}, "text"):
        answer = world.supervisor.post(contacts(world), json=[good, bad])
        assert answer.status_code == 400, bad
    assert world.supervisor.get(contacts(world)).json()["data"] == []
    answer = world.supervisor.post(f"{V1}/contact_database/9999/contact/", json=[good])
    assert (answer.status_code, answer.json()) == (404, {"error": "Base de datos inexistente"})


def test_the_campaigns_and_data_columns_of_a_list_are_told(world: World) -> None:
    told = world.supervisor.get(f"{V1}/contact_database/{world.base['id']}/campaings/").json()
    assert told["data"]["campanas"] == [{"id": world.campaign_id, "nombre": "Support"}]
    address = f"{V1}/campaign/database_metadata_columns_fields"
    assert world.agent.get(f"{address}/{world.campaign_id}/").json() == ["nombre", "idext"]
    assert world.other_agent()[0].get(f"{address}/{world.campaign_id}/").status_code == 404
