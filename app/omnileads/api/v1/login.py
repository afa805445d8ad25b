"""`login`: a token for a username and a password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, SecretStr

from omnileads.accounts.login_tokens import make_login_tokens
from omnileads.accounts.models import USERNAME_LENGTH
from omnileads.accounts.sign_in import principal_of
from omnileads.accounts.wiring import CurrentDirectory, CurrentSignIn
from omnileads.api.v1.bodies import Fields, plain, sent, takes
from omnileads.kit.audit import AuditLog
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.errors import Forbidden
from omnileads.kit.permissions import PasswordChangeRequired, public
from omnileads.kit.schemas import TypedSecret

router = APIRouter(tags=["login"])


class Credentials(Fields):
    username: Annotated[str, Field(min_length=1, max_length=USERNAME_LENGTH)]
    password: Annotated[TypedSecret, Field(min_length=1, max_length=256)]

    def secret(self) -> str:
        password: SecretStr = self.password
        return password.get_secret_value()


@router.post("/login", dependencies=[public()], openapi_extra=takes(Credentials))
def login(
    body: Annotated[Credentials, sent(Credentials, plain)],
    session: Transaction,
    runtime: CurrentRuntime,
    settings: CurrentSettings,
    credentials: CurrentSignIn,
    directory: CurrentDirectory,
) -> dict[str, Any]:
    """The user's token: the same until it expires. Wrong passwords lock the account as in the console."""
    user = credentials.authenticate(body.username, body.secret(), "api")
    principal = principal_of(user)
    if principal.must_change_password:
        raise PasswordChangeRequired
    if not principal.may("tokens.own"):
        raise Forbidden
    secret, left = make_login_tokens(session, runtime.clock, settings).of_user(user)
    AuditLog(session, runtime.clock).record("token.told", "user", user.id, actor=principal)
    shown: dict[str, Any] = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email}
    agent = directory.by_user(session, [user.id]).get(user.id)
    if agent is not None:
        shown["agent_id"] = agent.id
    return {"user": shown, "expires_in": f"{left.total_seconds():.6f}", "token": secret}
