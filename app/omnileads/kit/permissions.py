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
from fastapi.routing import APIRoute, APIWebSocketRoute, RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

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

    async def __call__(self, connection: HTTPConnection) -> None:
        if self.kind == "public":
            return
        if self.kind == "internal":
            _authenticator(connection).check_internal(connection)
            return
        principal = await _principal(connection)
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


async def _principal(connection: HTTPConnection) -> Principal:
    """The same; the first one to ask waits for a thread, the others do not."""
    known: Principal | None = getattr(connection.state, "principal", None)
    return known if known is not None else await run_in_threadpool(current_principal, connection)


CurrentPrincipal = Annotated[Principal, Depends(_principal)]


def _authenticator(connection: HTTPConnection) -> Authenticator:
    return cast("Authenticator", connection.app.state.authenticator)


class UndeclaredRouteError(Exception):
    """A route says nothing about who may use it, or names an unknown permission. The application must not start."""


@dataclass(frozen=True)
class GuardedRoute:
    """A route as the application serves it. `methods` is empty for a websocket."""

    path: str
    name: str
    methods: frozenset[str]
    access: tuple[Access, ...]

    def allows(self, permissions: Collection[str]) -> bool:
        return all(access.allows(permissions) for access in self.access)


def guarded_routes(app: FastAPI) -> list[GuardedRoute]:
    """Every route of the application with its declarations.

    Raises UndeclaredRouteError for a route that declares none, or that is of a kind nothing can guard.
    """
    return [_guarded(context) for context in iter_route_contexts(app.routes)]


def verify_routes(app: FastAPI, catalogue: Collection[str]) -> None:
    """Raise UndeclaredRouteError unless every route declares its access with permissions of the catalogue."""
    for route in guarded_routes(app):
        unknown = {permission for access in route.access for permission in access.any_of}.difference(catalogue)
        if unknown:
            raise UndeclaredRouteError(f"{route.path} ({route.name}) needs unknown permissions {sorted(unknown)}")


def document_access(schema: dict[str, Any], routes: Iterable[GuardedRoute]) -> None:
    """Write each route's permissions into the OpenAPI document as `x-permissions`, a list of sets of alternatives."""
    for route in routes:
        needed = [sorted(access.any_of) for access in route.access if access.any_of]
        for method in route.methods:
            operation = schema["paths"].get(route.path, {}).get(method.lower())
            if operation is not None and needed:
                operation["x-permissions"] = needed


def _guarded(context: RouteContext) -> GuardedRoute:
    place = f"{context.path} ({context.name})"
    if not isinstance(context.original_route, APIRoute | APIWebSocketRoute):
        raise UndeclaredRouteError(f"{place} is not an API route, so nothing guards it")
    access = tuple(call for call in _calls(context.dependant) if isinstance(call, Access))
    if not access:
        raise UndeclaredRouteError(f"{place} declares no permission")
    return GuardedRoute(
        path=context.path or "", name=context.name or "", methods=frozenset(context.methods or ()), access=access
    )


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
