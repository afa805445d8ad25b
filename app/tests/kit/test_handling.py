"""Requests that are handled in one go are answered as FastAPI answers them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, File, Header, Query, Request, Response, UploadFile
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from omnileads.kit.addresses import HELD_BYTES, Addresses
from omnileads.kit.handling import finished
from omnileads.kit.workers import Workers

LIMIT = 2 * HELD_BYTES


class Thing(BaseModel):
    name: str = Field(max_length=10)
    size: int = 1


def whoever(request: Request, x_who: Annotated[str, Header(max_length=5)] = "you") -> str:
    seen.append(threading.current_thread().name)
    return f"{request.method} {x_who}"


async def language(accept_language: Annotated[str, Header()] = "es") -> str:
    return accept_language


def opened(who: Annotated[str, Depends(whoever)]) -> Iterator[list[str]]:
    journal.append("opened")
    try:
        yield [who]
    except KeyError:
        journal.append("rolled back")
        raise
    journal.append("closed")


async def read(request: Request) -> AsyncIterator[bytes]:
    yield await request.body()
    journal.append("read")


Who = Annotated[str, Depends(whoever)]
Opened = Annotated[list[str], Depends(opened, scope="function")]

journal: list[str] = []
seen: list[str] = []
caller: ContextVar[str] = ContextVar("caller", default="nobody")


def make_app() -> FastAPI:  # noqa: C901 - one of each kind of route
    router = APIRouter(dependencies=[Depends(whoever)])

    @router.get("/things/{number}")
    def one(number: int, who: Who, spoken: Annotated[str, Depends(language)]) -> dict[str, Any]:
        return {"number": number, "who": who, "language": spoken}

    @router.get("/things/first")
    def first() -> str:
        return "never: the address above was declared before"

    @router.get("/things")
    def some(
        limit: Annotated[int, Query(ge=1, le=9)], tags: Annotated[list[str] | None, Query()] = None
    ) -> dict[str, Any]:
        return {"limit": limit, "tags": tags}

    @router.post("/things", status_code=201)
    def make(thing: Thing, session: Opened, response: Response, flavour: Annotated[str, Cookie()] = "plain") -> Thing:
        response.headers["X-Flavour"] = flavour
        response.set_cookie("seen", session[0])
        return thing

    @router.post("/pairs")
    def pair(one: Thing, other: Thing) -> list[str]:
        return [one.name, other.name]

    @router.delete("/things/{number}", status_code=204)
    def remove(number: int) -> None:
        del number

    @router.put("/raw")
    def raw(content: Annotated[bytes, Depends(read)]) -> PlainTextResponse:
        return PlainTextResponse(f"{len(content)} bytes", headers={"X-Size": str(len(content))})

    @router.post("/files")
    def upload(file: Annotated[UploadFile, File()]) -> int:
        return len(file.file.read())

    @router.get("/fails")
    def fail(session: Opened) -> None:
        raise KeyError(session[0])

    @router.get("/slow/{name}.txt")
    async def slow(name: str) -> str:
        return name

    @router.get("/caller")
    def called() -> str:
        return caller.get()

    app = FastAPI()
    app.include_router(router, prefix="/api", max_body_size=LIMIT)
    app.add_exception_handler(KeyError, lambda _request, error: PlainTextResponse(str(error), 418))
    return app


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(4)
    yield made
    made.close()


@pytest.fixture
def ours(workers: Workers) -> Iterator[TestClient]:
    app = make_app()
    app.router.middleware_stack = Addresses(app, workers)
    journal.clear()
    seen.clear()
    with TestClient(app) as client:
        yield client


@pytest.fixture
def theirs() -> Iterator[TestClient]:
    with TestClient(make_app()) as client:
        yield client


JSON = {"Content-Type": "application/json"}
QUESTIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/things/7", {"headers": {"X-Who": "ana", "Accept-Language": "en"}}),
    ("GET", "/api/things/7", {"headers": {"X-Who": "much too long"}}),
    ("GET", "/api/things/first", {}),
    ("GET", "/api/things", {"params": {"limit": 3, "tags": ["a", "b"]}}),
    ("GET", "/api/things", {"params": {"limit": 30}}),
    ("GET", "/api/things", {}),
    ("POST", "/api/things", {"json": {"name": "box"}, "headers": {"Cookie": "flavour=salt"}}),
    ("POST", "/api/things", {"json": {"name": "a name too long", "size": "x"}}),
    ("POST", "/api/things", {"json": [1]}),
    ("POST", "/api/things", {"content": b'{"name": ', "headers": JSON}),
    ("POST", "/api/things", {"content": b'{"name": "\xff"}', "headers": JSON}),
    ("POST", "/api/things", {"content": b"[" * 100_000, "headers": JSON}),
    ("POST", "/api/things", {"content": b'{"name": "box"}', "headers": {"Content-Type": "application/x+json; a=b"}}),
    ("POST", "/api/things", {"content": b'{"name": "box"}', "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/api/things", {"content": b'{"name": "box"}'}),
    ("POST", "/api/things", {}),
    ("POST", "/api/pairs", {"json": {"one": {"name": "a"}, "other": {"name": "b"}}}),
    ("POST", "/api/pairs", {"json": {"one": {"name": "a"}}}),
    ("DELETE", "/api/things/7", {}),
    ("DELETE", "/api/things/none", {}),
    ("PATCH", "/api/things/7", {}),
    ("GET", "/api/nothing", {}),
    ("GET", "/api/things/7/", {}),
    ("GET", "/api/things/", {}),
    ("PUT", "/api/raw", {"content": b"x" * 1000}),
    ("PUT", "/api/raw", {"content": b"x" * (HELD_BYTES + 1)}),
    ("PUT", "/api/raw", {"content": b"x" * (LIMIT + 1)}),
    ("PUT", "/api/raw", {"content": iter([b"x" * 1000] * 3)}),
    ("PUT", "/api/raw", {"content": iter([b"x" * HELD_BYTES, b"y"])}),
    ("PUT", "/api/raw", {"content": iter([b"x" * LIMIT, b"y"])}),
    ("POST", "/api/files", {"files": {"file": ("a.txt", b"x" * 1000)}}),
    ("GET", "/api/fails", {}),
    ("GET", "/api/slow/a.txt", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), QUESTIONS)
def test_the_answer_is_fastapis(
    ours: TestClient, theirs: TestClient, method: str, path: str, more: dict[str, Any]
) -> None:
    def asked(client: TestClient) -> tuple[int, list[tuple[str, str]], bytes]:
        sent = {**more, "content": iter(parts)} if parts is not None else more
        answer = client.request(method, path, **sent, follow_redirects=False)
        return answer.status_code, sorted(answer.headers.items()), answer.content

    parts = list(more["content"]) if isinstance(more.get("content"), Iterator) else None
    assert asked(ours) == asked(theirs)


def test_a_request_stays_in_one_worker(ours: TestClient) -> None:
    assert ours.post("/api/things", json={"name": "box"}).status_code == 201
    assert seen == ["request worker"], "the dependency runs once, in a worker"
    assert journal == ["opened", "closed"]


def test_a_generator_hears_of_the_error(ours: TestClient) -> None:
    assert ours.get("/api/fails").status_code == 418
    assert journal == ["opened", "rolled back"]


def test_a_worker_sees_what_surrounds_the_request(workers: Workers) -> None:
    app = make_app()
    app.router.middleware_stack = Addresses(app, workers)

    async def called_by_ana(scope: Scope, receive: Receive, send: Send) -> None:
        caller.set("ana")
        await app(scope, receive, send)

    assert TestClient(called_by_ana).get("/api/caller").json() == "ana"


def test_what_waits_is_refused_in_a_plain_route() -> None:
    async def wait() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waits"):
        finished(wait())
