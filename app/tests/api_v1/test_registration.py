"""Facts 156 to 159: whom the installation is registered to."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads.accounts.models import Registration
from omnileads.kit.audit import AuditEntry
from tests.api_v1.crm import V1, World

SENT = {"client": "Test Client", "password": "asdf1324..#$", "email": "test@example.com", "phone": "5555555555"}
TOLD = {"client": "Test Client", "email": "test@example.com", "phone": "5555555555"}


def test_156_an_administrator_reads_the_registration(world: World) -> None:
    answer = world.admin.get(f"{V1}/register_server/")
    assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS")
    assert answer.json()["message"] == "Se obtuvo el registro del servidor forma exitosa"
    assert answer.json()["registerServer"] == {"client": "", "email": "", "phone": ""}


def test_157_an_administrator_registers_the_installation(world: World) -> None:
    answer = world.admin.post(f"{V1}/register_server/create/", json=SENT)
    assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS"), answer.text
    assert answer.json()["message"] == "Se creo el registro al servidor de forma exitosa"
    again = world.admin.post(f"{V1}/register_server/create/", data={**SENT, "client": "Other"})
    assert again.json()["registerServer"] == {**TOLD, "client": "Other"}
    told = world.admin.get(f"{V1}/register_server/")
    assert told.json()["registerServer"] == {**TOLD, "client": "Other"}
    with world.runtime.database.transaction() as session:
        kept = session.get_one(Registration, 1)
        assert (kept.client, kept.email, kept.phone) == ("Other", "test@example.com", "5555555555")
        entries = session.query(AuditEntry).filter_by(action="installation.registered").order_by(AuditEntry.id).all()
        assert [(entry.before, entry.after) for entry in entries] == [
            (None, TOLD),
            ({"client": "Test Client"}, {"client": "Other"}),
        ]
        assert SENT["password"] not in str([(entry.before, entry.after) for entry in entries])


def test_158_a_supervisor_does_not_read_it(world: World) -> None:
    for client in (world.supervisor, world.agent):
        assert client.get(f"{V1}/register_server/").status_code == 403


def test_159_a_supervisor_does_not_register(world: World) -> None:
    for client in (world.supervisor, world.agent):
        assert client.post(f"{V1}/register_server/create/", json=SENT).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"client": ""}, {"email": "nobody"}, {"phone": "call me"}, {"password": ""}, {"client": "x" * 201}]
)
def test_what_is_wrong_is_said_by_field(world: World, wrong: dict[str, Any]) -> None:
    answer = world.admin.post(f"{V1}/register_server/create/", json={**SENT, **wrong})
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == wrong.keys()
    assert world.admin.get(f"{V1}/register_server/").json()["registerServer"]["client"] == ""
