"""Handles a request in one go, in one thread: who asks, what the route depends on, the route, its answer.

FastAPI would go to a thread and back for each plain function of a request. Here a route's declaration, as FastAPI has
understood it, is turned into `Handler`, which calls the same functions in the same order with the same validation, and
makes the same answer; FastAPI's own means read parameters and bodies and write answers. `Handler.of` says which routes
it can serve; the others (coroutines, uploads) are FastAPI's.

Dependencies may be plain functions and, where they only read what is there, coroutines and generators of either kind.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from email.message import Message as Header
from typing import Any, Final, TypeVar

from fastapi import params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import RouteContext, serialize_response
from fastapi.utils import is_body_allowed_for_status_code
from pydantic_core import PydanticUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Scope

T = TypeVar("T")

_SOURCES: Final = (
    ("path_params", "path_params"),
    ("query_params", "query_params"),
    ("header_params", "headers"),
    ("cookie_params", "cookies"),
)
"""Where FastAPI keeps the parameters of each kind, and the property of a request that has their values."""


class Handler:
    """One route. `Handler.of` makes it."""

    def __init__(self, context: RouteContext) -> None:
        self._root = _Node(context.dependant)
        self._body_field = context.body_field
        self._embeds_body = context._embed_body_fields  # noqa: SLF001 - FastAPI keeps it nowhere else
        self._is_strict = _given(context.strict_content_type)
        self._status = context.status_code
        self._response_class: type[Response] = _given(context.response_class)
        self._rendering = {
            "field": context.response_field,
            "include": context.response_model_include,
            "exclude": context.response_model_exclude,
            "by_alias": context.response_model_by_alias,
            "exclude_unset": context.response_model_exclude_unset,
            "exclude_defaults": context.response_model_exclude_defaults,
            "exclude_none": context.response_model_exclude_none,
        }
        self._is_dumped = context.response_field is not None and isinstance(context.response_class, DefaultPlaceholder)

    @classmethod
    def of(cls, context: RouteContext) -> Handler | None:
        """None for a route that FastAPI must serve: one that waits, reads a form of its own, or streams."""
        is_form = context.body_field is not None and isinstance(context.body_field.field_info, params.Form)
        if is_form or _kind(context.dependant.call) != "plain" or not all(map(_is_known, _tree(context.dependant))):
            return None
        return cls(context)

    def answer(self, scope: Scope, content: bytes) -> Response:
        """The answer to a request with this body. Blocks; raises what FastAPI would raise."""
        request = Request(scope, _receiver(content))
        body = self._body(request, content)
        with ExitStack() as request_stack, ExitStack() as function_stack:
            call = _Call(request, body, {"request": request_stack, "function": function_stack})
            values, errors = call.arguments(self._root, embeds_body=self._embeds_body)
            if errors:
                raise RequestValidationError(errors, body=None if body is PydanticUndefined else body)
            answer = self._root.call(**values)
            if isinstance(answer, Response):
                return answer
            return self._rendered(answer, call.response)
        raise RuntimeError("a dependency kept an error to itself")

    def _body(self, request: Request, content: bytes) -> Any:
        """What the route's own parameters take as the body. Raises RequestValidationError for what is no JSON."""
        if self._body_field is None or not content:
            return PydanticUndefined
        if not _is_json(request.headers.get("content-type"), otherwise=not self._is_strict):
            return content
        try:
            return json.loads(content)
        except json.JSONDecodeError as error:
            problem = {
                "type": "json_invalid",
                "loc": ("body", error.pos),
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": error.msg},
            }
            raise RequestValidationError([problem], body=error.doc) from error
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "There was an error parsing the body") from error

    def _rendered(self, answer: Any, given: Response) -> Response:
        """`given` is where the route and its dependencies put a status, headers and cookies."""
        content = finished(serialize_response(response_content=answer, dump_json=self._is_dumped, **self._rendering))
        status = given.status_code or self._status
        make = _DumpedJSON if self._is_dumped else self._response_class
        response = make(content) if status is None else make(content, status_code=status)
        if not is_body_allowed_for_status_code(response.status_code):
            response.body = b""
        response.headers.raw.extend(given.headers.raw)
        return response


class _DumpedJSON(Response):
    """JSON that is bytes already."""

    media_type = "application/json"


class _Node:
    """A function with what it takes: the route's own, or a dependency with what that depends on."""

    def __init__(self, dependant: Dependant) -> None:
        self.call: Callable[..., Any] = dependant.call  # type: ignore[assignment]  # only a dataclass default is None
        self.name = dependant.name
        self.kind = _kind(self.call)
        self.scope = dependant.scope or "request"
        self.is_kept = dependant.use_cache
        self.nodes = tuple(_Node(inner) for inner in dependant.dependencies)
        self.parameters = tuple((fields, source) for kind, source in _SOURCES if (fields := getattr(dependant, kind)))
        self.body_params = dependant.body_params
        self.request_names = tuple(
            name for name in (dependant.http_connection_param_name, dependant.request_param_name) if name
        )
        self.response_name = dependant.response_param_name


class _Call:
    """One request on its way through the nodes. `stacks` hold what generators have to do at the end."""

    def __init__(self, request: Request, body: Any, stacks: Mapping[str, ExitStack]) -> None:
        self._request = request
        self._body = body
        self._stacks = stacks
        self._known: dict[tuple[Any, str], Any] = {}
        self.response = _empty_response()

    def arguments(self, node: _Node, *, embeds_body: bool = False) -> tuple[dict[str, Any], list[Any]]:
        """What the node's function takes, and what is wrong with what was sent for it."""
        values: dict[str, Any] = {}
        errors: list[Any] = []
        for inner in node.nodes:
            key = (inner.call, inner.scope)
            if not inner.is_kept or key not in self._known:
                found, problems = self.arguments(inner)
                if problems:
                    errors += problems
                    continue
                self._known[key] = self._called(inner, found)
            if inner.name is not None:
                values[inner.name] = self._known[key]
        for fields, source in node.parameters:
            found, problems = request_params_to_args(fields, getattr(self._request, source))
            values.update(found)
            errors += problems
        if node.body_params:
            found, problems = finished(request_body_to_args(node.body_params, self._body, embeds_body))
            values.update(found)
            errors += problems
        for name in node.request_names:
            values[name] = self._request
        if node.response_name:
            values[node.response_name] = self.response
        return values, errors

    def _called(self, node: _Node, values: dict[str, Any]) -> Any:
        if node.kind == "plain":
            return node.call(**values)
        if node.kind == "coroutine":
            return finished(node.call(**values))
        stack = self._stacks[node.scope]
        if node.kind == "generator":
            return stack.enter_context(contextmanager(node.call)(**values))
        manager = asynccontextmanager(node.call)(**values)
        entered = finished(manager.__aenter__())
        stack.push(lambda *error: finished(manager.__aexit__(*error)))
        return entered


def finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that waits for nothing. Raises RuntimeError for one that does."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        outcome: T = end.value
        return outcome
    coroutine.close()
    raise RuntimeError(f"{coroutine} waits, which a route that is a plain function cannot")


def _receiver(content: bytes) -> Callable[[], Coroutine[Any, Any, Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


def _empty_response() -> Response:
    """Where dependencies put headers; it says nothing by itself."""
    response = Response()
    del response.headers["content-length"]
    response.status_code = None  # type: ignore[assignment]  # as FastAPI has it: nobody chose one
    return response


def _given(value: Any) -> Any:
    return value.value if isinstance(value, DefaultPlaceholder) else value


def _is_json(content_type: str | None, *, otherwise: bool) -> bool:
    """Whether a body of this type is JSON; `otherwise` when it has none."""
    if content_type == "application/json":
        return True
    if not content_type:
        return otherwise
    header = Header()
    header["content-type"] = content_type
    subtype = header.get_content_subtype()
    return header.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))


def _kind(call: Any) -> str:
    function = inspect.unwrap(call)
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = type(function).__call__  # an object that can be called
    if inspect.iscoroutinefunction(function):
        return "coroutine"
    if inspect.isasyncgenfunction(function):
        return "async generator"
    return "generator" if inspect.isgeneratorfunction(function) else "plain"


def _tree(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _tree(inner)


def _is_known(dependant: Dependant) -> bool:
    """Whether it needs nothing but what `_Node` knows of."""
    return not (
        dependant.concurrency
        or dependant.websocket_param_name
        or dependant.background_tasks_param_name
        or dependant.security_scopes_param_name
    )
