"""`/tokens`: one's own bearer tokens, and the sign-in for programs."""

from __future__ import annotations

from fastapi import APIRouter

from omnileads.accounts.errors import SessionRequired
from omnileads.accounts.models import AccessToken
from omnileads.accounts.schemas import TokenCreate, TokenCreated, TokenList, TokenOut, TokenSignIn
from omnileads.accounts.sign_in import principal_of
from omnileads.accounts.wiring import CurrentSignIn, CurrentTokens
from omnileads.kit.errors import Forbidden
from omnileads.kit.permissions import CurrentPrincipal, PasswordChangeRequired, public, requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.get("", dependencies=[requires("tokens.own")])
def list_tokens(principal: CurrentPrincipal, tokens: CurrentTokens) -> TokenList:
    return TokenList(items=[TokenOut.model_validate(token) for token in tokens.of_user(principal.user_id)])


@router.post("", status_code=201, dependencies=[requires("tokens.own")])
def create_token(body: TokenCreate, principal: CurrentPrincipal, tokens: CurrentTokens) -> TokenCreated:
    """Create a token. Needs a web session, so that a token cannot renew itself for ever."""
    if principal.session_id is None:
        raise SessionRequired
    return _created(*tokens.create(principal, body.name, body.expires_in_days, body.permissions))


@router.post("/sign-in", status_code=201, dependencies=[public()])
def sign_in_for_token(body: TokenSignIn, credentials: CurrentSignIn, tokens: CurrentTokens) -> TokenCreated:
    """Create a token with a username and a password, for programs. Failures lock the account as in the console."""
    user = credentials.authenticate(body.username, body.password.get_secret_value(), "api")
    principal = principal_of(user)
    if principal.must_change_password:
        raise PasswordChangeRequired
    if not principal.may("tokens.own"):
        raise Forbidden
    return _created(*tokens.replace(principal, body.name, body.expires_in_days, body.permissions))


@router.delete("/{token_id}", status_code=204, dependencies=[requires("tokens.own")])
def revoke_token(token_id: PathId, principal: CurrentPrincipal, tokens: CurrentTokens) -> None:
    tokens.revoke(principal, token_id)


def _created(token: AccessToken, secret: str) -> TokenCreated:
    return TokenCreated(**TokenOut.model_validate(token).model_dump(), token=secret)
