"""Builds the services of accounts for one request."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from omnileads.accounts.passwords import Passwords
from omnileads.accounts.ports import AgentDirectory
from omnileads.accounts.sessions import WebSessions
from omnileads.accounts.sign_in import SignIn
from omnileads.accounts.tokens import AccessTokens
from omnileads.accounts.users import Users
from omnileads.kit.audit import AuditLog
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction


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


def _users(
    session: Transaction,
    runtime: CurrentRuntime,
    passwords: CurrentPasswords,
    directory: CurrentDirectory,
    sessions: CurrentSessions,
) -> Users:
    return Users(session, runtime.redis, runtime.clock, passwords, directory, sessions)


CurrentUsers = Annotated[Users, Depends(_users)]
