"""Dependencies of routes: the request's transaction, the runtime, the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, cast

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings


def runtime_of(connection: HTTPConnection) -> Runtime:
    return cast("Runtime", connection.app.state.runtime)


def settings_of(connection: HTTPConnection) -> Settings:
    return cast("Settings", connection.app.state.settings)


async def _runtime(connection: HTTPConnection) -> Runtime:
    """Not in a thread, as FastAPI would have a plain function: to go there costs more than the look."""
    return runtime_of(connection)


async def _settings(connection: HTTPConnection) -> Settings:
    return settings_of(connection)


CurrentRuntime = Annotated[Runtime, Depends(_runtime)]
CurrentSettings = Annotated[Settings, Depends(_settings)]


def _transaction(runtime: CurrentRuntime) -> Iterator[Session]:
    with runtime.database.transaction() as session:
        yield session


Transaction = Annotated[Session, Depends(_transaction, scope="function")]
"""The request's session. It is committed after the route returns and before the answer is sent; an error rolls it back.

Not for websockets: it would hold a connection for the whole life of the socket. Use `runtime.database.transaction()`.
"""


def _reading(runtime: CurrentRuntime) -> Iterator[Session]:
    with runtime.database.reading() as session:
        yield session


Reading = Annotated[Session, Depends(_reading, scope="function")]
"""A session for a route that only reads, without the cost of a transaction. See `Database.reading`."""
