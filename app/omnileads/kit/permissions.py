"""Access, denied unless declared.

Every route declares who may use it, on itself or on its router:

    router = APIRouter(prefix="/pauses", dependencies=[requires("pauses.read")])

    @router.post("", dependencies=[requires("pauses.write")])

Declarations add up: the route above needs both. `verify_routes` raises for a route without any, and for a permission
that is not in the catalogue, so such an application does not start. Who the caller is, is the business of the
`Authenticator` that the composition root puts on `app.state`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Protocol, cast

from fastapi import Depends, FastAPI, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from omnileads.kit.errors import AppError, Forbidden

SEES_EVERYTHING: Final = "scope.everything"
"""The permission of those who see every campaign; all others see the ones they supervise or work in."""


@dataclass(frozen=True)
class Principal:
    """The signed-in user behind a request: by a web session (`session_id`) or by a bearer token (`token_id`)."""

    user_id: int
    username: str
    role_slug: str
    permissions: frozenset[str]
    must_change_password: bool = False
    session_id: str | None = None
    token_id: int | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def sees_everything(self) -> bool:
        return SEES_EVERYTHING in self.permissions


class Authenticator(Protocol):
    """Says who is behind a connection. Called from threads; opens its own short transaction."""

    def principal(self, connection: HTTPConnection) -> Principal:
        """The caller. Raises NotSignedIn, or Forbidden's subclasses (a wrong CSRF token)."""

    def check_internal(self, connection: HTTPConnection) -> None:
        """Raises NotSignedIn unless the caller is one of the system's own parts."""


class PasswordChangeRequired(AppError):
    code = "password-change-required"
    status = 403
    message = "Choose a new password first."


@dataclass(frozen=True)
class Access:
    """A declaration, usable as a dependency. `any_of`: one of these permissions is enough."""

    kind: Literal["public", "signed-in", "permission", "internal"]
    any_of: frozenset[str] = frozenset()

    def __call__(self, connection: HTTPConnection) -> None:
        if self.kind == "public":
            return
        if self.kind == "internal":
            _authenticator(connection).check_internal(connection)
            return
        principal = current_principal(connection)
        if self.kind == "signed-in":
            return
        if principal.must_change_password:
            raise PasswordChangeRequired
        if not self.any_of & principal.permissions:
            raise Forbidden

    def allows(self, permissions: Collection[str]) -> bool:
        """Whether a signed-in user with these permissions passes."""
        return self.kind in ("public", "signed-in") or (
            self.kind == "permission" and not self.any_of.isdisjoint(permissions)
        )


def requires(*any_of: str) -> params.Depends:
    """Only users who have one of these permissions."""
    if not any_of:
        raise ValueError("requires() needs a permission")
    return cast("params.Depends", Depends(Access("permission", frozenset(any_of))))


def signed_in() -> params.Depends:
    """Every signed-in user, also one who must change the password first."""
    return cast("params.Depends", Depends(Access("signed-in")))


def public() -> params.Depends:
    """Everybody, without signing in."""
    return cast("params.Depends", Depends(Access("public")))


def internal() -> params.Depends:
    """Only the system's own parts, by the internal token."""
    return cast("params.Depends", Depends(Access("internal")))


def current_principal(connection: HTTPConnection) -> Principal:
    """The caller of this request; found once per request."""
    known: Principal | None = getattr(connection.state, "principal", None)
    if known is None:
        known = _authenticator(connection).principal(connection)
        connection.state.principal = known
    return known


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def _authenticator(connection: HTTPConnection) -> Authenticator:
    return cast("Authenticator", connection.app.state.authenticator)


class UndeclaredRouteError(Exception):
    """A route says nothing about who may use it, or names an unknown permission. The application must not start."""


def declared_access(route: APIRoute | APIWebSocketRoute) -> list[Access]:
    """All declarations that guard a route."""
    return [call for call in _calls(route.dependant) if isinstance(call, Access)]


def verify_routes(routes: Iterable[BaseRoute], catalogue: Collection[str], *, exempt: Collection[str] = ()) -> None:
    """Raise UndeclaredRouteError unless every route declares access with known permissions.

    `exempt` names routes that are not the API's (static files).
    """
    for route in routes:
        if not isinstance(route, APIRoute | APIWebSocketRoute):
            if getattr(route, "name", None) not in exempt:
                raise UndeclaredRouteError(f"{route!r} is not an API route, so nothing guards it")
            continue
        declared = declared_access(route)
        if not declared:
            raise UndeclaredRouteError(f"{route.path} ({route.name}) declares no permission")
        for access in declared:
            unknown = access.any_of.difference(catalogue)
            if unknown:
                raise UndeclaredRouteError(f"{route.path} ({route.name}) needs unknown permissions {sorted(unknown)}")


def document_access(app: FastAPI) -> None:
    """Write each route's permissions into its OpenAPI entry as `x-permissions` (a list of alternatives each)."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            needed: list[Any] = [sorted(access.any_of) for access in declared_access(route) if access.any_of]
            if needed:
                route.openapi_extra = {**(route.openapi_extra or {}), "x-permissions": needed}


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
