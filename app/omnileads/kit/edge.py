"""Dependencies of routes: the request's transaction, the runtime, the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, cast

from anyio import CancelScope, CapacityLimiter
from anyio.to_thread import run_sync
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


async def _transaction(runtime: CurrentRuntime) -> AsyncIterator[Session]:
    """Begun here, where nothing waits yet; ended in a thread, one that is there also when all others are taken."""
    transaction = runtime.database.transaction()
    session = transaction.__enter__()
    try:
        yield session
    except BaseException as error:
        if not await _in_thread(transaction.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await _in_thread(transaction.__exit__, None, None, None)


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    with CancelScope(shield=True):
        return await run_sync(function, *arguments, limiter=CapacityLimiter(1))


Transaction = Annotated[Session, Depends(_transaction, scope="function")]
"""The request's session. It is committed after the route returns and before the answer is sent; an error rolls it back.

Not for websockets: it would hold a connection for the whole life of the socket. Use `runtime.database.transaction()`.
"""
