"""Facts 60 to 67: roles."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from omnileads.accounts.models import Role
from omnileads.api.v1.roles import number_of
from omnileads.kit.runtime import Runtime
from tests.api_v1.crm import V1
from tests.conftest import People, SignedIn

WRONG_ID = {"status": "ERROR", "message": "Id de Rol incorrecto"}
WANTED = ["calls.read", "recordings.read"]


class Roles:
    def __init__(self, sign_in: SignedIn, runtime: Runtime) -> None:
        self.client = sign_in("administrator")
        self._runtime = runtime

    def ask(self, what: str, **sent: Any) -> Any:
        answer = self.client.post(f"{V1}/permissions/{what}/", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def one(self, name: str) -> Role | None:
        with self._runtime.database.transaction() as session:
            return session.scalar(select(Role).where(Role.name == name, Role.deleted_at.is_(None)))

    def id_of(self, name: str) -> int:
        role = self.one(name)
        assert role is not None
        return role.id


@pytest.fixture
def roles(sign_in: SignedIn, runtime: Runtime) -> Roles:
    roles = Roles(sign_in, runtime)
    roles.ask("new_role", name="Auditor")
    return roles


def test_060_a_role_is_made(roles: Roles) -> None:
    told = roles.ask("new_role", name="Reader")
    assert told == {"status": "OK", "role": {"id": roles.id_of("Reader"), "name": "Reader", "permissions": []}}


def test_061_a_name_is_given_once(roles: Roles) -> None:
    expected = {"status": "ERROR", "message": "Ya existe un rol con ese nombre"}
    assert roles.ask("new_role", name="Auditor") == roles.ask("new_role", name="Supervisor") == expected
    assert roles.ask("new_role", name="x" * 200)["status"] == "ERROR"


def test_062_the_name_is_expected(roles: Roles) -> None:
    assert roles.ask("new_role", nombre="X") == {"status": "ERROR", "message": 'Se esperaba el campo "name"'}


@pytest.mark.parametrize("by", ["number", "name"])
def test_063_a_role_has_exactly_the_permissions_sent(roles: Roles, by: str) -> None:
    numbers = sorted(map(number_of, WANTED))
    role_id = roles.id_of("Auditor")
    told = roles.ask("update_role_permissions", role_id=role_id, permissions=numbers if by == "number" else WANTED)
    assert told == {"status": "OK", "role": {"id": role_id, "name": "Auditor", "permissions": numbers}}
    role = roles.one("Auditor")
    assert role is not None
    assert role.permissions == WANTED


def test_064_what_is_wrong_with_an_update_is_told(roles: Roles) -> None:
    role_id = roles.id_of("Auditor")
    for sent, message in (
        ({"role_": role_id, "permissions": []}, 'Se esperaba el campo "role_id" (numérico)'),
        ({"role_id": 9999, "permissions": []}, "Id de Rol incorrecto"),
        ({"role_id": roles.id_of("Supervisor"), "permissions": []}, "Id de Rol incorrecto"),
        ({"role_id": role_id, "permisos": []}, 'Se esperaba el campo "permissions" (lista)'),
        ({"role_id": role_id, "permissions": [1]}, "Lista de permisos incorrecta"),
        ({"role_id": role_id, "permissions": ["calls.write", {}]}, "Lista de permisos incorrecta"),
        ({"role_id": role_id, "permissions": ["recordings.listen"]}, "Lista de permisos incorrecta"),
    ):
        assert roles.ask("update_role_permissions", **sent) == {"status": "ERROR", "message": message}, sent


def test_065_a_role_nobody_has_is_deleted(roles: Roles) -> None:
    assert roles.ask("delete_role", role_id=roles.id_of("Auditor")) == {"status": "OK"}
    assert roles.one("Auditor") is None


def test_066_a_role_somebody_has_stays(roles: Roles, users: People) -> None:
    role = roles.one("Auditor")
    assert role is not None
    users.make(role.slug)
    expected = {"status": "ERROR", "message": "No se puede borrar un rol asignado a usuarios."}
    assert roles.ask("delete_role", role_id=role.id) == expected
    assert roles.one("Auditor") is not None


def test_067_a_predefined_role_stays(roles: Roles) -> None:
    assert roles.ask("delete_role", role_id=roles.id_of("Supervisor")) == WRONG_ID
    assert roles.ask("delete_role", role_id=9999) == WRONG_ID
    assert roles.one("Supervisor") is not None
