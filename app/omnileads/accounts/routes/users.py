"""`/users` and `/roles`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from omnileads.accounts.models import Role
from omnileads.accounts.schemas import AgentOut, PasswordReset, RoleList, RoleOut, UserChange, UserCreate, UserOut
from omnileads.accounts.users import WRITE_AGENTS, WRITE_ANY, UserView
from omnileads.accounts.wiring import CurrentUsers
from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import Page, Paging, page_of
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(tags=["users"])

_READS = [requires("users.read")]
_WRITES = [requires(WRITE_ANY, WRITE_AGENTS)]


@router.get("/roles", dependencies=[requires("roles.read", WRITE_ANY, WRITE_AGENTS)])
def list_roles(session: Transaction) -> RoleList:
    roles = session.scalars(select(Role).order_by(Role.id)).all()
    return RoleList(items=[RoleOut.model_validate(role) for role in roles])


@router.get("/users", dependencies=_READS)
def list_users(
    users: CurrentUsers,
    paging: Paging,
    role: Annotated[str | None, Query(max_length=40, description="Only users of this role (its slug).")] = None,
) -> Page[UserOut]:
    views, total = users.page(paging, role)
    return page_of(views, total, paging, _present)


@router.post("/users", status_code=201, dependencies=_WRITES)
def create_user(body: UserCreate, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    """Create a user. For the role agent, `group_id` is required and an extension is assigned."""
    return _present(users.create(principal, body))


@router.get("/users/{user_id}", dependencies=_READS)
def show_user(user_id: PathId, users: CurrentUsers) -> UserOut:
    return _present(users.get(user_id))


@router.patch("/users/{user_id}", dependencies=_WRITES)
def change_user(user_id: PathId, body: UserChange, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    return _present(users.change(principal, user_id, body))


@router.delete("/users/{user_id}", status_code=204, dependencies=_WRITES)
def delete_user(user_id: PathId, users: CurrentUsers, principal: CurrentPrincipal) -> None:
    """Delete a user; its history stays, its name is free again."""
    users.delete(principal, user_id)


@router.post("/users/{user_id}/unblock", dependencies=_WRITES)
def unblock_user(user_id: PathId, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    """Let a user whose account is locked sign in again."""
    return _present(users.unblock(principal, user_id))


@router.post("/users/{user_id}/password", status_code=204, dependencies=_WRITES)
def reset_password(user_id: PathId, body: PasswordReset, users: CurrentUsers, principal: CurrentPrincipal) -> None:
    """Give a user a new password. Ends the user's session and tokens."""
    users.reset_password(
        principal, user_id, body.new_password.get_secret_value(), must_change=body.must_change_password
    )


def _present(view: UserView) -> UserOut:
    user = view.user
    return UserOut(
        id=user.id,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        role_slug=user.role.slug,
        is_active=user.is_active,
        is_locked=view.is_locked,
        agent=AgentOut.model_validate(view.agent) if view.agent else None,
        created_at=user.created_at,
    )
