"""Finds the route of an address, and has it handled in one go by a worker.

FastAPI asks one route after the other whether the address is its own. Here a tree of the addresses' parts leads to it,
which matters with hundreds of routes. Where two routes fit, the one declared first wins, as in FastAPI. What is not in
the tree (websockets, methods and addresses nobody has) and what `Handler` cannot serve is FastAPI's, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import Pattern
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnileads.kit.handling import Handler
from omnileads.kit.workers import Workers

HELD_BYTES: Final = 256 * 1024
"""Larger bodies are not collected before the request is handled; FastAPI reads them, and keeps large files on disk."""


class _Address:
    """One route at its full address."""

    def __init__(self, order: int, context: RouteContext) -> None:
        self.order = order
        self.template: str = context.path_format or ""
        self.route = context.original_route
        self.endpoint = context.endpoint
        self.app: ASGIApp = context.app
        self.handler = Handler.of(context)
        limit: int | None = context.max_body_size
        self.held_bytes = HELD_BYTES if limit is None else min(HELD_BYTES, limit)
        self._pattern: Pattern[str] = context.path_regex
        self._convertors: dict[str, Any] = context.param_convertors

    def parameters(self, path: str) -> dict[str, Any] | None:
        """The values of the address's parameters; None for an address that is another's."""
        found = self._pattern.match(path)
        if found is None:
            return None
        return {name: self._convertors[name].convert(value) for name, value in found.groupdict().items()}


class _Part:
    """One part of addresses, between two slashes, and what may follow it. `by_name[None]` follows any text."""

    def __init__(self) -> None:
        self.by_name: dict[str | None, _Part] = {}
        self.addresses: dict[str, list[_Address]] = {}
        """The addresses that end here, by method, those declared first at the front."""

    def ends(self, parts: list[str], position: int, method: str) -> Iterator[_Address]:
        if position == len(parts):
            yield from self.addresses.get(method, ())
            return
        for name in (parts[position], None):
            following = self.by_name.get(name)
            if following is not None:
                yield from following.ends(parts, position + 1, method)


class Addresses:
    """The ASGI application that stands before FastAPI's router."""

    def __init__(self, app: FastAPI, workers: Workers) -> None:
        self._others: ASGIApp = app.router.app
        self._workers = workers
        self._root = _Part()
        for order, context in enumerate(iter_route_contexts(app.routes)):
            # A parameter that may hold slashes has no place in the tree.
            if isinstance(context.original_route, APIRoute) and ":path}" not in (context.path or ""):
                self._add(_Address(order, context), context.methods or set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("root_path"):
            await self._others(scope, receive, send)
            return
        found, parameters = self._find(scope["method"], scope["path"])
        if found is None:
            await self._others(scope, receive, send)
            return
        scope["route"], scope["endpoint"], scope["path_params"] = found.route, found.endpoint, parameters
        scope["oml.route"] = found.template
        if found.handler is None:
            await found.app(scope, receive, send)
            return
        content, receive = await _held(scope, receive, found.held_bytes)
        if content is None:
            await found.app(scope, receive, send)
            return
        response = await self._workers.run(found.handler.answer, scope, content)
        await response(scope, receive, send)

    def _add(self, address: _Address, methods: set[str]) -> None:
        part = self._root
        for name in address.template.split("/"):
            part = part.by_name.setdefault(None if "{" in name else name, _Part())
        for method in methods:
            part.addresses.setdefault(method, []).append(address)

    def _find(self, method: str, path: str) -> tuple[_Address | None, dict[str, Any]]:
        best: _Address | None = None
        values: dict[str, Any] = {}
        for address in self._root.ends(path.split("/"), 0, method):
            if best is not None and best.order < address.order:
                continue
            parameters = address.parameters(path)
            if parameters is not None:
                best, values = address, parameters
        return best, values


async def _held(scope: Scope, receive: Receive, limit: int) -> tuple[bytes | None, Receive]:
    """The whole body, and where to go on to listen. For a body over the limit None, and where to read it from."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not declared.isdigit() or int(declared) > limit:
        return None, receive
    read: list[Message] = []
    size = 0
    while True:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or size > limit:
            return None, _again(read, receive)
        if not message.get("more_body"):
            return b"".join(part.get("body", b"") for part in read), receive


def _again(read: list[Message], receive: Receive) -> Receive:
    """Receive what was read already, then what follows."""
    waiting = iter(read)

    async def receive_again() -> Message:
        for message in waiting:
            return message
        return await receive()

    return receive_again
