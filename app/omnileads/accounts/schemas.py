"""Requests and answers of accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.accounts.models import USERNAME_LENGTH, Language
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, PlainText, RequestModel, ResponseModel, TypedSecret

_USERNAME = r"^[\w.@+-]+$"
_EMAIL = r"^$|^[^@\s]+@[^@\s]+$"

Username = Annotated[
    str,
    Field(
        min_length=1,
        max_length=USERNAME_LENGTH,
        pattern=_USERNAME,
        description="Letters, digits and @ . + - _ only; the case of letters does not matter.",
    ),
]
PersonName = Annotated[str, Field(max_length=150)]
Email = Annotated[str, Field(max_length=254, pattern=_EMAIL, description="Empty, or an email address.")]
Password = Annotated[TypedSecret, Field(max_length=1024)]
TypedUsername = Annotated[str, Field(max_length=USERNAME_LENGTH)]
TokenName = Annotated[PlainText, Field(min_length=1, max_length=80)]
RoleName = Annotated[str, Field(min_length=1, max_length=80)]
PermissionKey = Annotated[str, Field(max_length=64)]
PermissionKeys = Annotated[list[PermissionKey], Field(max_length=200)]
TokenPermissions = Annotated[
    PermissionKeys | None,
    Field(description="What the token may, of what its user may; null: everything the user may at that moment."),
]
TokenDays = Annotated[int, Field(ge=1, le=365, description="Days until the token expires.")]


class Credentials(RequestModel):
    username: TypedUsername
    password: Password


class PasswordChange(RequestModel):
    current_password: Password
    new_password: Password


class PasswordReset(RequestModel):
    new_password: Password
    must_change_password: bool = False


class TokenCreate(RequestModel):
    name: TokenName
    expires_in_days: TokenDays = 90
    permissions: TokenPermissions = None


class TokenSignIn(Credentials):
    """Name and password of a user whose program needs a token; an earlier token of this name is revoked."""

    name: TokenName = "api"
    expires_in_days: TokenDays = 1
    permissions: TokenPermissions = None


class TokenOut(ResponseModel):
    id: int
    name: str
    permissions: list[str] | None
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None


class TokenCreated(TokenOut):
    """`token` is shown this once."""

    token: str


class RoleRef(ResponseModel):
    slug: str
    name: str


class RoleOut(RoleRef):
    id: int
    is_predefined: bool
    permissions: list[str]
    user_count: int


class RoleCreate(RequestModel):
    """Nobody gives a role more than they hold themselves."""

    name: RoleName
    permissions: PermissionKeys


class RolePatch(RequestModel):
    """Only what is sent changes; `permissions` replaces all of them."""

    name: RoleName | None = None
    permissions: PermissionKeys | None = None


class PermissionOut(ResponseModel):
    """`needs` are the permissions without which this one is of no use; a role must have them too."""

    key: str
    group: str
    description: str
    needs: list[str]


class RoleList(ResponseModel):
    items: list[RoleOut]


class TokenList(ResponseModel):
    items: list[TokenOut]


class AgentOut(ResponseModel):
    id: int
    extension: int
    group_id: int


class MeUser(ResponseModel):
    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    language: Language
    role: RoleRef
    must_change_password: bool


class Me(ResponseModel):
    """Who is signed in. `csrf_token` goes into the header X-CSRF-Token; it is null for a bearer token."""

    user: MeUser
    permissions: list[str]
    agent: AgentOut | None
    may_change_password: bool
    csrf_token: str | None


class UserCreate(RequestModel):
    """`group_id` is required for a role that works as an agent and refused for any other."""

    username: Username
    password: Password
    role_slug: str
    first_name: PersonName = ""
    last_name: PersonName = ""
    email: Email = ""
    language: Language = "es"
    group_id: Id | None = None
    is_active: bool = True
    must_change_password: bool = False


class UserChange(RequestModel):
    """Only the fields that are sent change."""

    username: Username | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    email: Email | None = None
    language: Language | None = None
    role_slug: str | None = None
    group_id: Id | None = None
    is_active: bool | None = None


class UserOut(ResponseModel):
    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    language: Language
    role_slug: str
    is_active: bool
    is_locked: bool
    agent: AgentOut | None
    created_at: Instant


class UserDetail(UserOut):
    """`permissions` are what the user may now."""

    last_sign_in_at: Instant | None
    permissions: list[str]


class UserClone(RequestModel):
    """The person of a new agent; role, group and campaigns are those of the agent it is cloned from."""

    username: Username
    password: Password
    first_name: PersonName = ""
    last_name: PersonName = ""
    email: Email = ""
    language: Language = "es"
    must_change_password: bool = False


class ImportProblem(ResponseModel):
    field: str
    code: str
    message: str


class ImportRow(ResponseModel):
    """`line` counts from 1, where the header is. `fields` says what is wrong with a refused row."""

    line: int
    username: str
    outcome: Literal["created", "would-create", "refused"]
    fields: list[ImportProblem]


class ImportReport(ResponseModel):
    """`created` are the rows that were, or with `dry_run` would be, created."""

    rows: list[ImportRow]
    created: int
    refused: int
