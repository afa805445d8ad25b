"""`/session`: signing in and out of the console, who is signed in, one's own password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from sqlalchemy.orm import Session

from omnileads.accounts.errors import PasswordChangeNotAllowed, SessionRequired
from omnileads.accounts.models import User
from omnileads.accounts.ports import AgentDirectory, AgentRef
from omnileads.accounts.schemas import AgentOut, Credentials, Me, MeUser, PasswordChange
from omnileads.accounts.sessions import CSRF_COOKIE, SESSION_COOKIE, StartedSession, csrf_token
from omnileads.accounts.sign_in import principal_of
from omnileads.accounts.wiring import CurrentDirectory, CurrentSessions, CurrentSignIn, CurrentUsers
from omnileads.kit.edge import Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal, public, signed_in

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", dependencies=[public()])
def sign_in(
    body: Credentials,
    response: Response,
    session: Transaction,
    credentials: CurrentSignIn,
    sessions: CurrentSessions,
    directory: CurrentDirectory,
    user_agent: Annotated[str, Header()] = "",
) -> Me:
    """Sign in to the console. Ends the user's session elsewhere."""
    user = credentials.authenticate(body.username, body.password.get_secret_value(), "web")
    started = sessions.start(user, user_agent)
    _set_cookies(response, started)
    return _me(session, user, principal_of(user), directory, started.csrf_token)


@router.get("", dependencies=[signed_in()])
def show_me(request: Request, session: Transaction, principal: CurrentPrincipal, directory: CurrentDirectory) -> Me:
    """Who is signed in, and what they may do."""
    user = session.get_one(User, principal.user_id)
    cookie = request.cookies.get(SESSION_COOKIE)
    token = csrf_token(cookie) if cookie and principal.session_id else None
    return _me(session, user, principal, directory, token)


@router.delete("", status_code=204, dependencies=[signed_in()])
def sign_out(response: Response, principal: CurrentPrincipal, sessions: CurrentSessions) -> None:
    """End this web session."""
    if principal.session_id is None:
        raise SessionRequired
    sessions.end_of_user(principal.user_id)
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, secure=True, samesite="strict")


@router.post("/password", status_code=204, dependencies=[signed_in()])
def change_own_password(
    body: PasswordChange,
    session: Transaction,
    principal: CurrentPrincipal,
    credentials: CurrentSignIn,
    users: CurrentUsers,
    directory: CurrentDirectory,
) -> None:
    """Change one's own password. The session goes on; tokens stay valid."""
    if principal.session_id is None:
        raise SessionRequired
    user = session.get_one(User, principal.user_id)
    if not _may_change_password(user, directory.by_user(session, [user.id]).get(user.id)):
        raise PasswordChangeNotAllowed
    credentials.confirm_password(user, body.current_password.get_secret_value())
    users.change_own_password(principal, body.new_password.get_secret_value())


def _set_cookies(response: Response, started: StartedSession) -> None:
    response.set_cookie(SESSION_COOKIE, started.cookie, secure=True, httponly=True, samesite="strict")
    response.set_cookie(CSRF_COOKIE, started.csrf_token, secure=True, httponly=False, samesite="strict")


def _may_change_password(user: User, agent: AgentRef | None) -> bool:
    """An agent's group may forbid it, but not to somebody who must choose a password first."""
    return agent is None or agent.allow_password_change or user.must_change_password


def _me(session: Session, user: User, principal: Principal, directory: AgentDirectory, csrf: str | None) -> Me:
    agent = directory.by_user(session, [user.id]).get(user.id)
    return Me(
        user=MeUser.model_validate(user),
        permissions=sorted(principal.permissions),
        agent=AgentOut.model_validate(agent) if agent else None,
        may_change_password=_may_change_password(user, agent),
        csrf_token=csrf,
    )
