"""`permissions/...`: roles of one's own making. Every answer is 200; `status` says how it went.

A permission is named by its number here: a checksum of its name, so it stays when others come and go. Names are
understood as well.
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError

from omnileads.accounts.errors import RoleInUse
from omnileads.accounts.roles import PERMISSIONS
from omnileads.accounts.schemas import RoleCreate, RoleOut, RolePatch
from omnileads.accounts.wiring import CurrentRoles
from omnileads.api.v1.bodies import Data, Fields, as_id, takes
from omnileads.api.v1.errors import Refused, failed
from omnileads.api.v1.language import say
from omnileads.kit.errors import AppError, ValidationFailed
from omnileads.kit.permissions import requires

router = APIRouter(
    prefix="/permissions", tags=["roles"], dependencies=[requires("roles.read"), requires("roles.write")]
)


class NewRole(Fields):
    name: str


class OneRole(Fields):
    role_id: int


class RolePermissions(OneRole):
    permissions: list[int | str]


def number_of(permission: str) -> int:
    return zlib.crc32(permission.encode()) & 0x7FFFFFFF


_NAMES: Final = {number_of(permission): permission for permission in PERMISSIONS}


@router.post("/new_role", openapi_extra=takes(NewRole))
def new_role(service: CurrentRoles, data: Data) -> dict[str, Any]:
    """A role that may do nothing yet."""
    if "name" not in data:
        raise failed(say('Se esperaba el campo "name"', 'The field "name" was expected'))
    try:
        return _told(service.create(RoleCreate(name=data["name"], permissions=[])))
    except ValidationError as error:
        raise failed(say("Nombre de rol incorrecto", "Wrong name of a role")) from error
    except ValidationFailed as error:
        raise failed(say("Ya existe un rol con ese nombre", "There is a role with that name already")) from error


@router.post("/update_role_permissions", openapi_extra=takes(RolePermissions))
def update_role_permissions(service: CurrentRoles, data: Data) -> dict[str, Any]:
    """The role has exactly these permissions then."""
    role_id = _role_id(data)
    _own_making(service, role_id)
    wanted = data.get("permissions")
    if not isinstance(wanted, list):
        text = say('Se esperaba el campo "permissions" (lista)', 'The field "permissions" (a list) was expected')
        raise failed(text)
    names = [_name(entry) for entry in wanted]
    if None in names:
        raise _wrong_list()
    try:
        return _told(service.change(role_id, RolePatch(permissions=[name for name in names if name])))
    except RoleInUse as error:
        raise failed(error.text) from error
    except (AppError, ValidationError) as error:
        raise _wrong_list() from error


@router.post("/delete_role", openapi_extra=takes(OneRole))
def delete_role(service: CurrentRoles, data: Data) -> dict[str, Any]:
    role_id = _role_id(data)
    _own_making(service, role_id)
    try:
        service.delete(role_id)
    except RoleInUse as error:
        text = say("No se puede borrar un rol asignado a usuarios.", "A role that users have cannot be deleted.")
        raise failed(text) from error
    except AppError as error:
        raise _wrong_id() from error
    return {"status": "OK"}


def _role_id(data: dict[str, Any]) -> int:
    role_id = as_id(data.get("role_id"))
    if role_id is None:
        text = say('Se esperaba el campo "role_id" (numérico)', 'The field "role_id" (a number) was expected')
        raise failed(text)
    return role_id


def _own_making(service: CurrentRoles, role_id: int) -> None:
    try:
        is_predefined = service.one(role_id).is_predefined
    except AppError as error:
        raise _wrong_id() from error
    if is_predefined:
        raise _wrong_id()


def _wrong_id() -> Refused:
    return failed(say("Id de Rol incorrecto", "Wrong id of a role"))


def _wrong_list() -> Refused:
    return failed(say("Lista de permisos incorrecta", "Wrong list of permissions"))


def _name(entry: Any) -> str | None:
    if isinstance(entry, str) and entry in PERMISSIONS:
        return entry
    number = as_id(entry)
    return _NAMES.get(number) if number is not None else None


def _told(role: RoleOut) -> dict[str, Any]:
    numbers = sorted(number_of(permission) for permission in role.permissions)
    return {"status": "OK", "role": {"id": role.id, "name": role.name, "permissions": numbers}}
