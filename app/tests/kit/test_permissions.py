from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from omnileads.kit.errors import NotSignedIn
from omnileads.kit.http import install_error_handlers
from omnileads.kit.permissions import (
    CurrentPrincipal,
    Principal,
    UndeclaredRouteError,
    document_access,
    guarded_routes,
    internal,
    public,
    requires,
    signed_in,
    verify_routes,
)

CATALOGUE = {"cats.read", "cats.write", "dogs.read"}


class ByHeader:
    """Whoever sends `X-May` has these permissions; without it nobody is signed in."""

    def principal(self, connection: HTTPConnection) -> Principal:
        given = connection.headers.get("X-May")
        if given is None:
            raise NotSignedIn
        return Principal(1, "ana", "some-role", frozenset(given.split()), "X-Must" in connection.headers)

    def check_internal(self, connection: HTTPConnection) -> None:
        if "X-Internal" not in connection.headers:
            raise NotSignedIn


def application(*routers: APIRouter) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.authenticator = ByHeader()
    outer = APIRouter(prefix="/api")
    for router in routers:
        outer.include_router(router)
    app.include_router(outer)
    install_error_handlers(app)
    return app


def cats() -> APIRouter:
    router = APIRouter(prefix="/cats", dependencies=[requires("cats.read")])

    @router.get("")
    def read(principal: CurrentPrincipal) -> str:
        return principal.username

    @router.post("", dependencies=[requires("cats.write")])
    def write() -> None: ...

    @router.get("/either", dependencies=[requires("cats.write", "dogs.read")])
    def either() -> None: ...

    return router


def doors() -> APIRouter:
    router = APIRouter(prefix="/doors")

    @router.get("/open", dependencies=[public()])
    def open_door() -> None: ...

    @router.get("/mine", dependencies=[signed_in()])
    def mine() -> None: ...

    @router.get("/inside", dependencies=[internal()])
    def inside() -> None: ...

    @router.websocket("/socket", dependencies=[requires("cats.read")])
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    return router


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/cats", {}, 401),
        ("GET", "/cats", {"X-May": ""}, 403),
        ("GET", "/cats", {"X-May": "dogs.read"}, 403),
        ("GET", "/cats", {"X-May": "cats.read"}, 200),
        ("POST", "/cats", {"X-May": "cats.read"}, 403),
        ("POST", "/cats", {"X-May": "cats.write"}, 403),
        ("POST", "/cats", {"X-May": "cats.read cats.write"}, 200),
        ("GET", "/cats/either", {"X-May": "cats.read dogs.read"}, 200),
        ("GET", "/cats/either", {"X-May": "cats.read"}, 403),
        ("GET", "/cats", {"X-May": "cats.read", "X-Must": "1"}, 403),
        ("GET", "/doors/open", {}, 200),
        ("GET", "/doors/mine", {}, 401),
        ("GET", "/doors/mine", {"X-May": "", "X-Must": "1"}, 200),
        ("GET", "/doors/inside", {"X-May": "cats.read"}, 401),
        ("GET", "/doors/inside", {"X-Internal": "1"}, 200),
    ],
)
def test_declarations_are_enforced(method: str, path: str, headers: dict[str, str], status: int) -> None:
    client = TestClient(application(cats(), doors()))
    assert client.request(method, f"/api{path}", headers=headers).status_code == status


def test_a_forced_password_change_says_so() -> None:
    client = TestClient(application(cats()))
    answer = client.get("/api/cats", headers={"X-May": "cats.read", "X-Must": "1"})
    assert answer.json()["code"] == "password-change-required"


def test_websockets_are_guarded_too() -> None:
    client = TestClient(application(doors()))
    with client.websocket_connect("/api/doors/socket", headers={"X-May": "cats.read"}):
        pass
    for headers, code in (({"X-May": ""}, 4403), ({}, 4401)):
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            client.websocket_connect("/api/doors/socket", headers=headers),
        ):
            pass
        assert closed.value.code == code


def test_declared_routes_pass() -> None:
    app = application(cats(), doors())
    verify_routes(app, CATALOGUE)
    by_name = {route.name: route for route in guarded_routes(app)}
    assert by_name["write"].path == "/api/cats"
    assert by_name["write"].allows({"cats.read", "cats.write"})
    assert not by_name["write"].allows({"cats.write"})
    assert by_name["mine"].allows(())
    assert not by_name["inside"].allows(CATALOGUE)


def test_a_route_without_declaration_does_not_start() -> None:
    router = APIRouter(prefix="/forgotten")

    @router.get("")
    def forgotten() -> None: ...

    with pytest.raises(UndeclaredRouteError, match=r"/api/forgotten .* declares no permission"):
        verify_routes(application(cats(), router), CATALOGUE)


def test_a_websocket_without_declaration_does_not_start() -> None:
    router = APIRouter()

    @router.websocket("/forgotten")
    async def forgotten(websocket: WebSocket) -> None: ...

    with pytest.raises(UndeclaredRouteError, match=r"/api/forgotten .* declares no permission"):
        verify_routes(application(router), CATALOGUE)


def test_a_permission_that_does_not_exist_does_not_start() -> None:
    with pytest.raises(UndeclaredRouteError, match=r"unknown permissions \['cats.write'\]"):
        verify_routes(application(cats()), CATALOGUE - {"cats.write"})


def test_a_route_nothing_can_guard_does_not_start() -> None:
    app = application(cats())
    app.mount("/files", FastAPI())
    with pytest.raises(UndeclaredRouteError, match="nothing guards it"):
        verify_routes(app, CATALOGUE)


def test_a_requirement_names_a_permission() -> None:
    with pytest.raises(ValueError, match="needs a permission"):
        requires()


def test_permissions_are_documented() -> None:
    schema: dict[str, Any] = {"paths": {"/api/cats": {"get": {}, "post": {}}, "/api/doors/open": {"get": {}}}}
    document_access(schema, guarded_routes(application(cats(), doors())))
    assert schema["paths"]["/api/cats"]["post"]["x-permissions"] == [["cats.read"], ["cats.write"]]
    assert schema["paths"]["/api/doors/open"]["get"] == {}


def test_what_a_principal_may() -> None:
    principal = Principal(1, "ana", "manager", frozenset({"cats.read"}))
    assert principal.may("cats.read")
    assert not principal.may("dogs.read")
    assert not principal.sees_everything
