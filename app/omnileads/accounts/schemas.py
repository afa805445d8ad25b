"""Requests and answers of accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.accounts.models import USERNAME_LENGTH
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


class TokenSignIn(Credentials):
    """Name and password of a user whose program needs a token; an earlier token of this name is revoked."""

    name: TokenName = "api"
    expires_in_days: TokenDays = 1


class TokenOut(ResponseModel):
    id: int
    name: str
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
    is_predefined: bool
    permissions: list[str]


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
    role: RoleRef
    must_change_password: bool


class Me(ResponseModel):
    """Who is signed in. `csrf_token` goes into the header X-CSRF-Token; it is null for a bearer token."""

    user: MeUser
    permissions: list[str]
    agent: AgentOut | None
    csrf_token: str | None


class UserCreate(RequestModel):
    """`group_id` is required for the role agent and refused for any other."""

    username: Username
    password: Password
    role_slug: str
    first_name: PersonName = ""
    last_name: PersonName = ""
    email: Email = ""
    group_id: Id | None = None
    is_active: bool = True
    must_change_password: bool = False


class UserChange(RequestModel):
    """Only the fields that are sent change."""

    username: Username | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    email: Email | None = None
    role_slug: str | None = None
    group_id: Id | None = None
    is_active: bool | None = None


class UserOut(ResponseModel):
    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    role_slug: str
    is_active: bool
    is_locked: bool
    agent: AgentOut | None
    created_at: Instant
