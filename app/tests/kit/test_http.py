from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.testclient import TestClient
from pydantic import Field
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocketDisconnect

from omnileads.kit.clock import SystemClock
from omnileads.kit.errors import AppError, FieldProblem, NotFound, ValidationFailed
from omnileads.kit.http import install_error_handlers
from omnileads.kit.middleware import SECURITY_HEADERS, RequestMiddleware, WebsocketOriginMiddleware, origin_of
from omnileads.kit.schemas import RequestModel


class Body(RequestModel):
    name: str = Field(min_length=2)
    numbers: list[int] = Field(default_factory=list)


class Teapot(AppError):
    code = "teapot"
    status = 418
    message = "Ask for coffee elsewhere."
    headers: ClassVar[dict[str, str]] = {"X-Pot": "tea"}


ERRORS: dict[str, Exception] = {
    "teapot": Teapot(),
    "fields": ValidationFailed(fields=[FieldProblem("a.0.b", "odd", "Even, please.")]),
    "operational": OperationalError("SELECT", {}, Exception("gone")),
    "interface": InterfaceError("SELECT", {}, Exception("gone")),
    "pool": PoolTimeoutError("no connection left"),
    "data": DataError("SELECT", {}, Exception("out of range")),
    "former-leader": InternalError("INSERT", {}, Exception("read-only"), connection_invalidated=True),
    "redis": RedisConnectionError("gone"),
    "redis-slow": RedisTimeoutError("slow"),
    "redis-alone": ResponseError("Command # 1 (XADD) of pipeline caused error: NOREPLICAS Not enough good replicas."),
    "redis-wrong": ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
    "framework": HTTPException(409, "Odd."),
    "surprise": RuntimeError("a secret in the message"),
}


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise ERRORS[name]

    @app.post("/body", max_body_size=1000)
    def body(body: Body) -> Body:
        return body

    @app.get("/number/{number}")
    def number(number: int, factor: int = 1) -> int:
        return number * factor

    @app.get("/half")
    def half() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"half"
            raise RuntimeError("the other half is lost")

        return StreamingResponse(parts())

    @app.websocket("/ws/{name}")
    async def socket(websocket: WebSocket, name: str) -> None:
        if name in ERRORS:
            raise ERRORS[name]
        await websocket.accept()
        await websocket.close()

    app.add_middleware(WebsocketOriginMiddleware, public_url="https://contact.example")
    app.add_middleware(RequestMiddleware, clock=SystemClock())
    with TestClient(app, base_url="https://contact.example") as client:
        yield client


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("teapot", 418, "teapot"),
        ("fields", 422, "validation-failed"),
        ("operational", 503, "database-unavailable"),
        ("interface", 503, "database-unavailable"),
        ("pool", 503, "database-unavailable"),
        ("former-leader", 503, "database-unavailable"),
        ("data", 422, "validation-failed"),
        ("redis", 503, "live-state-unavailable"),
        ("redis-slow", 503, "live-state-unavailable"),
        ("redis-alone", 503, "live-state-takes-nothing"),
        ("redis-wrong", 500, "internal-error"),
        ("framework", 409, "conflict"),
        ("surprise", 500, "internal-error"),
    ],
)
def test_every_error_has_the_one_body(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/raise/{name}")
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"code", "message", "fields"}
    assert body["code"] == code
    assert body["message"].endswith(".")
    assert "secret" not in answer.text


def test_an_errors_headers_are_sent(client: TestClient) -> None:
    assert client.get("/raise/teapot").headers["X-Pot"] == "tea"
    assert client.get("/raise/redis").headers["Retry-After"] == "5"


def test_field_problems_name_the_field_by_its_path(client: TestClient) -> None:
    answer = client.post("/body", json={"name": "x", "numbers": [1, "two"], "odd": 1})
    assert answer.status_code == 422
    assert {(item["field"], item["code"]) for item in answer.json()["fields"]} == {
        ("name", "string-too-short"),
        ("numbers.1", "int-parsing"),
        ("odd", "extra-forbidden"),
    }


def test_addresses_and_queries_are_named_too(client: TestClient) -> None:
    assert [item["field"] for item in client.get("/number/x?factor=y").json()["fields"]] == ["number", "factor"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b""])
def test_a_body_that_is_no_json(client: TestClient, content: bytes) -> None:
    answer = client.post("/body", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("validation-failed", "bad-request")


def test_an_unknown_address_and_an_unknown_method(client: TestClient) -> None:
    assert client.get("/nowhere").json()["code"] == "not-found"
    answer = client.delete("/body")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method-not-allowed", "POST")


def test_a_body_over_the_limit(client: TestClient) -> None:
    answer = client.post("/body", json={"name": "x" * 2000})
    assert (answer.status_code, answer.json()["code"]) == (413, "request-too-large")


@pytest.mark.parametrize("address", ["/number/%00", "/number/1?factor=%00"])
def test_nul_in_an_address_is_refused(client: TestClient, address: str) -> None:
    assert client.get(address).json()["code"] == "bad-request"


def test_every_answer_carries_the_security_headers_and_is_not_stored(client: TestClient) -> None:
    for answer in (client.get("/number/2"), client.get("/nowhere"), client.get("/raise/surprise")):
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_request_keeps_the_id_it_came_with_if_it_is_one(client: TestClient) -> None:
    assert client.get("/number/2", headers={"X-Request-ID": "abcdef-123456"}).headers["X-Request-ID"] == "abcdef-123456"
    made = client.get("/number/2", headers={"X-Request-ID": "a\tb; DROP"}).headers["X-Request-ID"]
    assert len(made) == 26


def test_a_request_is_logged_by_its_template_and_without_its_query(
    client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, object]] = []
    monkeypatch.setattr("omnileads.kit.middleware.log.info", lambda event, **fields: lines.append(fields))
    client.get("/number/7?factor=5551234")
    assert lines[0]["route"] == "/number/{number}"
    assert "5551234" not in json.dumps(lines)


def test_an_error_closes_a_websocket_with_its_status(client: TestClient) -> None:
    for name, code in (("teapot", 4418), ("redis", 4503)):
        headers = {"Origin": "https://contact.example"}
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect(f"/ws/{name}", headers=headers):
            pass
        assert closed.value.code == code


@pytest.mark.parametrize(
    ("headers", "is_welcome"),
    [
        ({"Origin": "https://contact.example"}, True),
        ({"Origin": "https://contact.example:443"}, True),
        ({"Origin": "https://192.0.2.1", "Host": "192.0.2.1"}, True),
        ({"Origin": "http://192.0.2.1", "Host": "192.0.2.1"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://contact.example"}, False),
        ({"Origin": "https://contact.example:444"}, False),
        ({"Origin": "https://contact.example:x"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
        ({"Authorization": "Bearer abc"}, True),
        ({"Authorization": "Bearer abc", "Origin": "https://evil.example"}, False),
    ],
)
def test_a_websocket_must_come_from_our_own_page(client: TestClient, headers: dict[str, str], is_welcome: bool) -> None:
    if is_welcome:
        with client.websocket_connect("/ws/open", headers=headers):
            return
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/ws/open", headers=headers):
        pass
    assert closed.value.code == 1008


def test_the_origin_of_an_address() -> None:
    assert origin_of("https://Contact.Example/x?y") == ("https", "contact.example", 443)
    assert origin_of("http://contact.example:8080") == ("http", "contact.example", 8080)
    assert origin_of("ftp://contact.example")[2] == 0


def test_an_answer_that_breaks_off_is_not_mended(client: TestClient) -> None:
    with pytest.raises(RuntimeError, match="the other half is lost"):
        client.get("/half")


def test_not_found_is_the_default_of_its_class() -> None:
    assert NotFound().text == NotFound.message
