"""Every route of the application against every role: nobody gets further than the declaration says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from omnileads.accounts.roles import PERMISSIONS, PREDEFINED_ROLES
from omnileads.api.assembly import build_api
from omnileads.kit.permissions import Access, GuardedRoute, guarded_routes
from tests.api import declared_v1
from tests.api.declared import AREAS, EXCEPTIONS, declared_needs
from tests.conftest import PUBLIC_URL, Browsers, SignedIn

ROLES = {role.slug: role.permissions for role in PREDEFINED_ROLES}
ROUTES = guarded_routes(build_api())
HTTP_ROUTES = [(route, method) for route in ROUTES for method in sorted(route.methods)]
WEBSOCKETS = [route for route in ROUTES if not route.methods]
PUBLIC_PATHS = {
    "/api/v1/login",
    "/api/v1/openapi.json",
    "/api/v2/session",
    "/api/v2/tokens/sign-in",
    "/api/v2/openapi.json",
    "/api/v2/docs",
    "/api/v2/docs/start.js",
    "/api/v2/docs/{name}",
    "/healthz",
    "/readyz",
    "/metrics",
}
LEAVING = {
    ("/api/v2/session", "DELETE"),
    ("/api/v1/agente/logout", "GET"),
    ("/api/v1/agente/logout", "POST"),
}
SIGNED_IN_PATHS = {"/api/v2/session", "/api/v2/session/password"}
REFUSALS = {"not-signed-in", "forbidden", "csrf-failed"}


def address(route: GuardedRoute) -> str:
    """The route's path with something in place of its parameters that exists nowhere."""
    return re.sub(r"\{[^}]*\}", "2147483647", route.path)


def name(value: object) -> str | None:
    return value.path if isinstance(value, GuardedRoute) else None


def is_refused(answer: Any) -> bool:
    """Whether the caller was not let in; `/api/v1` says so with nothing but `detail`."""
    if answer.status_code not in (401, 403):
        return False
    body = answer.json()
    return list(body) == ["detail"] or body.get("code") in REFUSALS


def is_of_kind(route: GuardedRoute, kind: str) -> bool:
    return any(access.kind == kind for access in route.access)


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(role: str, sign_in: SignedIn) -> tuple[str, TestClient]:
    return role, sign_in(role)


def test_a_role_gets_through_exactly_where_the_declaration_lets_it(member: tuple[str, TestClient]) -> None:
    role, client = member
    wrong: list[str] = []
    for route, method in HTTP_ROUTES:
        if (route.path, method) in LEAVING:
            continue  # it would end the session these requests are made with
        answer = client.request(method, address(route))
        if is_refused(answer) == route.allows(ROLES[role]) or answer.status_code >= 500:
            wrong.append(f"{method} {route.path}: {answer.status_code} {answer.text[:80]}")
    assert wrong == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.path.startswith("/api/v2/")], ids=name)
def test_a_route_asks_for_what_the_table_says(route: GuardedRoute) -> None:
    if route.path in PUBLIC_PATHS | SIGNED_IN_PATHS:
        return
    asked = {access.any_of for access in route.access if access.kind == "permission"}
    for method in route.methods:
        needs = declared_needs(method, route.path.removeprefix("/api/v2"))
        assert needs is not None, f"{method} {route.path} is not in tests/api/declared.py"
        assert asked == set(needs), f"{method} {route.path}"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.path.startswith("/api/v1/")], ids=name)
def test_a_route_of_the_contract_asks_for_what_its_table_says(route: GuardedRoute) -> None:
    if route.path in PUBLIC_PATHS:
        return
    asked = {access.any_of for access in route.access if access.kind == "permission"}
    for method in route.methods:
        needs = declared_v1.needs_of(method, route.path.removeprefix("/api/v1"))
        assert needs is not None, f"{method} {route.path} is not in tests/api/declared_v1.py"
        assert asked == set(needs), f"{method} {route.path}"


def test_a_route_nobody_declared_is_noticed() -> None:
    assert declared_needs("GET", "/secrets") is None
    assert declared_v1.needs_of("GET", "/secrets") is None


def test_the_table_names_permissions_there_are() -> None:
    named = {f"{area}.{verb}" for area in AREAS.values() for verb in ("read", "write")}
    named |= {
        permission
        for needs in (*EXCEPTIONS.values(), *declared_v1.NEEDS.values())
        for group in needs
        for permission in group.split()
    }
    assert named <= set(PERMISSIONS)


def test_nobody_gets_through_without_signing_in(client: TestClient) -> None:
    wrong: list[str] = []
    for route, method in HTTP_ROUTES:
        answer = client.request(method, address(route))
        expected = 403 if route.path.startswith("/api/v1/") else 401
        if (answer.status_code == expected) == is_of_kind(route, "public"):
            # signing in without credentials is refused as a bad request, not as nobody
            wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert wrong == []


def test_unsafe_routes_are_closed_to_a_session_without_its_csrf_token(
    sign_in: SignedIn,
) -> None:
    client = sign_in("administrator")
    del client.headers["X-CSRF-Token"]
    for route, method in HTTP_ROUTES:
        if method in ("GET", "HEAD") or is_of_kind(route, "public") or is_of_kind(route, "internal"):
            continue
        answer = client.request(method, address(route))
        told = answer.json()
        is_csrf = told.get("code") == "csrf-failed" or told.get("detail", "").startswith("CSRF Failed")
        assert (answer.status_code, is_csrf) == (403, True), (method, route.path)


def test_internal_routes_want_the_internal_token(browsers: Browsers, sign_in: SignedIn) -> None:
    outside = sign_in("administrator")
    for route, method in HTTP_ROUTES:
        if is_of_kind(route, "internal"):
            assert outside.request(method, address(route)).status_code == 401
            wrong = {"Authorization": "Bearer not the token"}
            assert browsers.open().request(method, address(route), headers=wrong).status_code == 401


@pytest.mark.parametrize("route", WEBSOCKETS, ids=name)
def test_websockets_are_closed_to_who_may_not(
    route: GuardedRoute, browsers: Browsers, member: tuple[str, TestClient]
) -> None:
    role, client = member
    if route.allows(ROLES[role]):
        return
    for visitor, code in ((client, 4403), (browsers.open(), 4401)):
        socket = PUBLIC_URL.replace("https", "wss") + address(route)
        with pytest.raises(WebSocketDisconnect) as closed, visitor.websocket_connect(socket):
            pass
        assert closed.value.code == code


def test_only_these_routes_are_public() -> None:
    assert {route.path for route in ROUTES if is_of_kind(route, "public")} == PUBLIC_PATHS


def test_only_these_routes_ask_for_no_permission() -> None:
    assert {route.path for route in ROUTES if is_of_kind(route, "signed-in")} == SIGNED_IN_PATHS


def test_internal_routes_and_only_they_are_under_internal() -> None:
    assert all(route.path.startswith("/internal/") == is_of_kind(route, "internal") for route in ROUTES)


def test_every_permission_has_a_holder_and_a_meaning() -> None:
    granted = frozenset().union(*ROLES.values())
    assert granted == set(PERMISSIONS)
    assert all(text.endswith(".") for text in PERMISSIONS.values())


def test_writing_needs_reading() -> None:
    for slug, permissions in ROLES.items():
        for permission in permissions:
            area, _, verb = permission.partition(".")
            if verb.startswith(("write", "act", "listen")):
                assert f"{area}.read" in permissions, (slug, permission)


def test_what_the_roles_may() -> None:
    """The predefined roles as `facts` and the manual have them, without what was left open there."""
    assert "agent.console" not in ROLES["administrator"]
    assert ROLES["administrator"] > ROLES["manager"] > ROLES["supervisor"] > ROLES["basic-supervisor"]
    assert ROLES["agent"] == {"agent.console", "tokens.own"}
    assert ROLES["webphone-client"] == frozenset()
    assert not any(permission.endswith("write") for permission in ROLES["basic-supervisor"])
    assert {slug for slug, permissions in ROLES.items() if "scope.everything" in permissions} == {"administrator"}
    for setup in (
        "roles",
        "trunks",
        "customer-identifications",
        "custom-destinations",
        "telephony-settings",
        "external-sites",
    ):
        assert {slug for slug, permissions in ROLES.items() if f"{setup}.write" in permissions} == {"administrator"}
    assert "recordings.listen" not in ROLES["basic-supervisor"]


def test_a_declaration_allows_by_its_kind() -> None:
    assert Access("public").allows(())
    assert Access("signed-in").allows(())
    assert not Access("internal").allows(PERMISSIONS)
    assert not Access("permission", frozenset({"a"})).allows({"b"})
