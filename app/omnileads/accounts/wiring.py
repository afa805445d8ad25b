"""Builds the services of accounts for one request."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from omnileads.accounts.custom_roles import Roles
from omnileads.accounts.notices import UserNotices
from omnileads.accounts.passwords import Passwords
from omnileads.accounts.ports import AgentDirectory
from omnileads.accounts.sessions import WebSessions
from omnileads.accounts.sign_in import SignIn
from omnileads.accounts.tokens import AccessTokens
from omnileads.accounts.user_import import UserImport
from omnileads.accounts.users import Users
from omnileads.kit.audit import AuditLog
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.permissions import CurrentPrincipal
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings


def _passwords(connection: HTTPConnection) -> Passwords:
    return cast("Passwords", connection.app.state.passwords)


def _directory(connection: HTTPConnection) -> AgentDirectory:
    return cast("AgentDirectory", connection.app.state.agent_directory)


CurrentPasswords = Annotated[Passwords, Depends(_passwords)]
CurrentDirectory = Annotated[AgentDirectory, Depends(_directory)]


def _sessions(session: Transaction, runtime: CurrentRuntime, settings: CurrentSettings) -> WebSessions:
    return WebSessions(session, runtime.redis, runtime.clock, settings.session.cookie_age)


def _tokens(session: Transaction, runtime: CurrentRuntime) -> AccessTokens:
    return AccessTokens(session, runtime.clock, AuditLog(session, runtime.clock))


def _sign_in(
    session: Transaction, runtime: CurrentRuntime, settings: CurrentSettings, passwords: CurrentPasswords
) -> SignIn:
    audit = AuditLog(session, runtime.clock)
    return SignIn(session, runtime.clock, passwords, audit, settings.login.failure_limit)


CurrentSessions = Annotated[WebSessions, Depends(_sessions)]
CurrentTokens = Annotated[AccessTokens, Depends(_tokens)]
CurrentSignIn = Annotated[SignIn, Depends(_sign_in)]


def make_users(
    session: Session, runtime: Runtime, settings: Settings, passwords: Passwords, directory: AgentDirectory
) -> Users:
    """The service of users in a transaction that is not the request's."""
    sessions = WebSessions(session, runtime.redis, runtime.clock, settings.session.cookie_age)
    notices = UserNotices(session, runtime.jobs, str(settings.app.public_url))
    return Users(session, runtime.redis, runtime.clock, passwords, directory, sessions, notices)


def _users(
    session: Transaction,
    runtime: CurrentRuntime,
    settings: CurrentSettings,
    passwords: CurrentPasswords,
    directory: CurrentDirectory,
) -> Users:
    return make_users(session, runtime, settings, passwords, directory)


def _user_import(
    runtime: CurrentRuntime,
    settings: CurrentSettings,
    passwords: CurrentPasswords,
    directory: CurrentDirectory,
    principal: CurrentPrincipal,
) -> UserImport:
    def users(session: Session, hashing: Passwords) -> Users:
        return make_users(session, runtime, settings, hashing, directory)

    return UserImport(runtime.database, users, passwords, directory, principal)


def _roles(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Roles:
    return Roles(session, ConfigurationChanges(session, runtime, principal), runtime.clock, principal)


CurrentUsers = Annotated[Users, Depends(_users)]
CurrentUserImport = Annotated[UserImport, Depends(_user_import)]
CurrentRoles = Annotated[Roles, Depends(_roles)]
