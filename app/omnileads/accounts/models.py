"""Tables of accounts: `roles`, `users`, `web_sessions`, `access_tokens`, `login_tokens`, `sign_in_failures`,
`registration`.

A user is never deleted physically, because the audit and call logs refer to it: `deleted_at` hides it and frees its
username.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column, relationship

from omnileads.kit.db import Base

USERNAME_LENGTH = 150

Language = Literal["es", "en"]


class Role(Base):
    """`permissions` are keys of the catalogue in `accounts.roles`.

    A role of somebody's making is never deleted physically either: deleted users still refer to it.
    """

    __tablename__ = "roles"
    __table_args__ = (
        Index(
            "uq_roles_name_own",
            func.lower(text("name")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL AND NOT is_predefined"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    is_predefined: Mapped[bool]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    deleted_at: Mapped[datetime | None]


class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        Index(
            "uq_users_username",
            func.lower(text("username")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(USERNAME_LENGTH))
    first_name: Mapped[str] = mapped_column(String(150), default="")
    last_name: Mapped[str] = mapped_column(String(150), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[Language] = mapped_column(String(2), default="es", server_default="es")
    """Of the messages we send to the user; the console has a language for each browser."""
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"), index=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)


class WebSession(Base):
    """The one live web session of a user. The cookie's value is kept only as its SHA-256."""

    __tablename__ = "web_sessions"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    peer: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str] = mapped_column(String(200))


class AccessToken(Base):
    """A bearer token, kept only as its SHA-256.

    It opens what is in `permissions` and its user may at that moment; null stands for all of the user's.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (Index("uq_access_tokens_user_id_name", "user_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    permissions: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class LoginToken(Base):
    """The token of a user of `/api/v1`, made again from `nonce` and a secret of the server at each sign-in."""

    __tablename__ = "login_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInFailures(Base):
    """Failed sign-ins in a row for one name, whether a user has it or not, so that a lock does not tell which exist."""

    __tablename__ = "sign_in_failures"

    username: Mapped[str] = mapped_column(String(USERNAME_LENGTH), primary_key=True)
    """Lower case."""
    failures: Mapped[int]
    last_failure_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class Registration(Base):
    """Whom this installation is registered to: one row (`id` 1), none while nobody has said so."""

    __tablename__ = "registration"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    client: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(30))
    registered_at: Mapped[datetime]
