"""`/roles` and `/permissions`."""

from __future__ import annotations

from fastapi import APIRouter

from omnileads.accounts.management import WRITE_AGENTS, WRITE_ANY
from omnileads.accounts.roles import PERMISSIONS, group_of, needs_of
from omnileads.accounts.schemas import PermissionOut, RoleCreate, RoleList, RoleOut, RolePatch
from omnileads.accounts.wiring import CurrentRoles
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId

router = APIRouter(tags=["roles"])

_READS = [requires("roles.read", WRITE_ANY, WRITE_AGENTS)]
_WRITES = [requires("roles.read"), requires("roles.write")]


@router.get("/permissions", dependencies=[requires("roles.read", "users.read", "tokens.own")])
def list_permissions() -> list[PermissionOut]:
    """Every permission there is, in the order in which people read them."""
    return [
        PermissionOut(key=key, group=group_of(key), description=description, needs=sorted(needs_of(key)))
        for key, description in PERMISSIONS.items()
    ]


@router.get("/roles", dependencies=_READS)
def list_roles(roles: CurrentRoles) -> RoleList:
    return RoleList(items=roles.all())


@router.post("/roles", status_code=201, dependencies=_WRITES)
def create_role(roles: CurrentRoles, body: RoleCreate) -> RoleOut:
    """Create a role with no more than one may oneself."""
    return roles.create(body)


@router.get("/roles/{role_id}", dependencies=_READS)
def get_role(roles: CurrentRoles, role_id: PathId) -> RoleOut:
    return roles.one(role_id)


@router.patch("/roles/{role_id}", dependencies=_WRITES)
def change_role(roles: CurrentRoles, role_id: PathId, body: RolePatch) -> RoleOut:
    """Change a role that is not predefined; effective at once for everybody who has it."""
    return roles.change(role_id, body)


@router.delete("/roles/{role_id}", status_code=204, dependencies=_WRITES)
def delete_role(roles: CurrentRoles, role_id: PathId) -> None:
    """Delete a role nobody has."""
    roles.delete(role_id)
