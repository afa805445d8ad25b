"""The edge's one error handler: every failure becomes the same JSON body (`Problem`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

import structlog
from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from omnileads.kit.errors import (
    AppError,
    DatabaseUnavailable,
    FieldProblem,
    LiveStateTakesNothing,
    LiveStateUnavailable,
    NotFound,
    ValidationFailed,
)

log = structlog.get_logger(__name__)

Renderer = Callable[[AppError, Mapping[str, str] | None], Response]
"""Makes the answer of an error."""

WEBSOCKET_REFUSED: Final = 4000
"""Close codes of refused websockets are 4000 + the HTTP status, e.g. 4401 when nobody is signed in."""


class FieldProblemBody(BaseModel):
    field: str
    code: str
    message: str


class Problem(BaseModel):
    """Every error's body. `code` is stable; `message` says what to do; `fields` is filled for 422."""

    code: str
    message: str
    fields: list[FieldProblemBody]


class RequestTooLarge(AppError):
    code = "request-too-large"
    status = 413
    message = "The request is larger than the server accepts here. Send less at once."


class MethodNotAllowed(AppError):
    code = "method-not-allowed"
    status = 405
    message = "This address does not support that method."


class BadRequest(AppError):
    code = "bad-request"
    status = 400
    message = "The server does not understand this request."


_PLACES: Final = ("body", "query", "path", "header", "cookie")

_BY_STATUS: Final[dict[int, type[AppError]]] = {
    error.status: error for error in (NotFound, RequestTooLarge, MethodNotAllowed, BadRequest)
}


def problem_response(error: AppError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = Problem(
        code=error.code,
        message=error.text,
        fields=[FieldProblemBody(field=item.field, code=item.code, message=item.message) for item in error.fields],
    )
    return JSONResponse(body.model_dump(), status_code=error.status, headers={**error.headers, **(headers or {})})


def install_error_handlers(app: FastAPI, renderers: Mapping[str, Renderer] | None = None) -> None:
    """Answer application errors, invalid requests, framework errors and absent back ends with a `Problem`.

    Below a prefix of `renderers` its answers are given instead. What no handler knows is logged and answered by
    `RequestMiddleware`.
    """
    app.state.error_renderers = dict(renderers or {})
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for absent in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(absent, _on_database_error)
    app.add_exception_handler(InternalError, _on_internal_error)
    app.add_exception_handler(DataError, _on_data_error)
    app.add_exception_handler(RedisConnectionError, _on_redis_error)
    app.add_exception_handler(RedisTimeoutError, _on_redis_error)
    app.add_exception_handler(ResponseError, _on_redis_refusal)


async def _answer(connection: Request | WebSocket, error: AppError) -> Response | None:
    if isinstance(connection, WebSocket):
        await connection.close(WEBSOCKET_REFUSED + error.status, error.code)
        return None
    return _rendered(connection, error)


def _rendered(request: Request, error: AppError, headers: Mapping[str, str] | None = None) -> Response:
    for prefix, render in request.app.state.error_renderers.items():
        if request.scope["path"].startswith(prefix):
            return cast("Renderer", render)(error, headers)
    return problem_response(error, headers)


async def _on_app_error(connection: Any, error: Exception) -> Any:
    return await _answer(connection, cast("AppError", error))


async def _on_invalid_request(connection: Any, error: Exception) -> Any:
    refused = cast("RequestValidationError", error)
    return await _answer(connection, ValidationFailed(fields=field_problems(refused.errors(), refused.body)))


async def _on_http_exception(request: Any, error: Exception) -> Any:
    raised = cast("HTTPException", error)
    known = _BY_STATUS.get(raised.status_code)
    if known is not None:
        return _rendered(request, known(), raised.headers)
    status = HTTPStatus(raised.status_code)
    body = Problem(code=status.phrase.lower().replace(" ", "-"), message=str(raised.detail), fields=[])
    return JSONResponse(body.model_dump(), status_code=status, headers=raised.headers)


async def _on_database_error(connection: Any, error: Exception) -> Any:
    log.error("database.unavailable", exc_info=error)
    return await _answer(connection, DatabaseUnavailable())


async def _on_internal_error(connection: Any, error: Exception) -> Any:
    """A former leader, which takes no writes, is the same as none."""
    if cast("InternalError", error).connection_invalidated:
        return await _on_database_error(connection, error)
    raise error


async def _on_data_error(connection: Any, error: Exception) -> Any:
    log.warning("database.value-refused", exc_info=error)
    return await _answer(connection, ValidationFailed("A value is outside the range that can be stored."))


async def _on_redis_error(connection: Any, error: Exception) -> Any:
    log.error("redis.unavailable", exc_info=error)
    return await _answer(connection, LiveStateUnavailable())


async def _on_redis_refusal(connection: Any, error: Exception) -> Any:
    """A master that nobody follows takes nothing, until a replica is back. Any other refusal is our own mistake."""
    if "NOREPLICAS" not in str(error):
        raise error
    log.error("redis.no-replicas", exc_info=error)
    return await _answer(connection, LiveStateTakesNothing())


def field_problems(errors: Sequence[Any], body: Any = None) -> list[FieldProblem]:
    """Translate pydantic's errors: the location becomes a dotted path without `body`, the type a kebab-case code.

    With the `body` that was sent, what pydantic calls the branch of a union is left out of the path.
    """
    problems: list[FieldProblem] = []
    for error in errors:
        place, *path = error["loc"]
        if error["type"] == "json_invalid":
            problems.append(FieldProblem("", "json-invalid", "The body is not valid JSON."))
            continue
        if place not in _PLACES:
            path = list(error["loc"])
        elif place == "body":
            path = _sent(path, body, is_missing=error["type"] == "missing")
        if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
            path.append(error["ctx"]["discriminator"].strip("'"))
        name = ".".join(str(part) for part in path)
        message = str(error["msg"]).removeprefix("Value error, ")
        problems.append(FieldProblem(name, str(error["type"]).replace("_", "-"), message))
    return problems


def _sent(path: Sequence[str | int], body: Any, *, is_missing: bool) -> list[str | int]:
    """The parts of the path that lead through the body; the last one is not in it when it is missing."""
    kept: list[str | int] = []
    for index, part in enumerate(path):
        is_wanted = is_missing and index == len(path) - 1
        if isinstance(body, dict) and part not in body and not is_wanted:
            continue
        kept.append(part)
        body = _inside(body, part)
    return kept


def _inside(body: Any, part: str | int) -> Any:
    if isinstance(body, dict):
        return body.get(part)
    if isinstance(body, list) and isinstance(part, int) and part < len(body):
        return body[part]
    return None
