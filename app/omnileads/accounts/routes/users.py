"""`/users`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response, UploadFile

from omnileads.accounts.management import WRITE_AGENTS, WRITE_ANY
from omnileads.accounts.schemas import (
    AgentOut,
    ImportReport,
    PasswordReset,
    UserChange,
    UserClone,
    UserCreate,
    UserDetail,
    UserOut,
)
from omnileads.accounts.user_export import users_as_csv
from omnileads.accounts.user_import import MAX_BYTES
from omnileads.accounts.users import UserView
from omnileads.accounts.wiring import CurrentDirectory, CurrentUserImport, CurrentUsers
from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import Page, Paging, page_of
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(tags=["users"])

_READS = [requires("users.read")]
_WRITES = [requires(WRITE_ANY, WRITE_AGENTS)]
_MULTIPART_OVERHEAD_BYTES = 16 * 1024


@router.get("/users", dependencies=_READS)
def list_users(
    users: CurrentUsers,
    principal: CurrentPrincipal,
    paging: Paging,
    role: Annotated[str | None, Query(max_length=40, description="Only users of this role (its slug).")] = None,
) -> Page[UserOut]:
    """Users by name. Who manages agents only sees the people of their campaigns and the agents of none."""
    views, total = users.page(principal, paging, role)
    return page_of(views, total, paging, _present)


@router.post("/users", status_code=201, dependencies=_WRITES)
def create_user(body: UserCreate, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    """Create a user. For a role that works as an agent, `group_id` is required and an extension is assigned."""
    return _present(users.create(principal, body))


@router.post(
    "/users/import",
    dependencies=[requires("users.read"), *_WRITES],
    max_body_size=MAX_BYTES + _MULTIPART_OVERHEAD_BYTES,
)
def import_users(
    service: CurrentUserImport,
    file: UploadFile,
    *,
    dry_run: Annotated[bool, Form(description="Create nobody, only say what would happen.")] = False,
) -> ImportReport:
    """Create users from a CSV file with a header row: every row is judged, the good ones are created.

    Columns: `username`, `password`, `role` (slug or name), and optionally `first_name`, `last_name`, `email`, `group`
    (name; required for agents), `language` (`es`, `en`), `must_change_password` (yes, no). At most 500 users.
    """
    return service.run(file.file.read(), dry_run=dry_run)


@router.get(
    "/users/export", dependencies=_READS, response_class=Response, responses={200: {"content": {"text/csv": {}}}}
)
def export_users(
    users: CurrentUsers, principal: CurrentPrincipal, session: Transaction, directory: CurrentDirectory
) -> Response:
    """The users one may see as a CSV file, in the columns that the import takes."""
    content = users_as_csv(users.visible(principal), directory.group_names(session))
    headers = {"Content-Disposition": 'attachment; filename="users.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/users/{user_id}", dependencies=_READS)
def show_user(user_id: PathId, users: CurrentUsers, principal: CurrentPrincipal) -> UserDetail:
    view = users.get(principal, user_id)
    return UserDetail(
        **dict(_present(view)),
        last_sign_in_at=view.user.last_sign_in_at,
        permissions=sorted(view.user.role.permissions),
    )


@router.patch("/users/{user_id}", dependencies=_WRITES)
def change_user(user_id: PathId, body: UserChange, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    return _present(users.change(principal, user_id, body))


@router.delete("/users/{user_id}", status_code=204, dependencies=_WRITES)
def delete_user(user_id: PathId, users: CurrentUsers, principal: CurrentPrincipal) -> None:
    """Delete a user; its history stays, its name is free again."""
    users.delete(principal, user_id)


@router.post("/users/{user_id}/clone", status_code=201, dependencies=_WRITES)
def clone_user(user_id: PathId, body: UserClone, users: CurrentUsers, principal: CurrentPrincipal) -> UserOut:
    """Create another agent with the role, the group and the campaigns (with penalties) of this one."""
    return _present(users.clone(principal, user_id, body))


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
        language=user.language,
        role_slug=user.role.slug,
        is_active=user.is_active,
        is_locked=view.is_locked,
        agent=AgentOut.model_validate(view.agent) if view.agent else None,
        created_at=user.created_at,
    )
