"""What surrounds every request: an id, one log line and one measurement, safe headers, and refusal of what no route
should see (NUL in an address, a websocket from a foreign page).
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.context import RequestContext, set_request_context
from omnileads.kit.errors import AppError
from omnileads.kit.http import BadRequest, RequestTooLarge, problem_response
from omnileads.kit.ids import new_id

log = structlog.get_logger(__name__)

REQUESTS = Counter("oml_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
DURATION = Histogram(
    "oml_http_request_seconds",
    "Time from the request's head to the end of its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; font-src 'self' data:; connect-src 'self' wss:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; frame-src 'self' https: http:; form-action 'self' https: http:; "
        "frame-ancestors 'none'"
    ),
}
"""Styles may be inline because the console's component library writes its theme into the page. Frames and forms may go
anywhere because agents work with the sites administrators name, embedded or with a POST; scripts are ours only."""

_HEADERS: Final = [
    (name.lower().encode(), value.encode()) for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store"}.items()
]
"""As they are sent with each answer that does not say otherwise."""


class RequestMiddleware:
    """Gives the request its id and context, logs and measures it, and answers what nobody handled with a 500."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = self._request_id(Headers(scope=scope))
        peer = _ip_address(scope["client"][0]) if scope.get("client") else None
        set_request_context(RequestContext(request_id=request_id, peer=peer, door="web"))
        structlog.contextvars.bind_contextvars(request_id=request_id)  # of this request's task, which ends with it
        if scope["type"] == "http":
            await self._http(scope, receive, send, request_id)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = perf_counter()
        status = 0
        is_replaced = False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, is_replaced
            if is_replaced:
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                if status == RequestTooLarge.status and (b"content-type", b"application/json") not in headers:
                    await problem_response(RequestTooLarge())(scope, receive, send_with_headers)
                    is_replaced = True  # the framework's own answer to a body over the limit is plain text
                    return
                given = {name for name, _value in headers}
                message["headers"] = [
                    *headers,
                    (b"x-request-id", request_id.encode()),
                    *(header for header in _HEADERS if header[0] not in given),
                ]
            await send(message)

        try:
            if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
                await problem_response(BadRequest())(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("http.unhandled-error", route=_route(scope))
            if status:
                raise
            await problem_response(AppError())(scope, receive, send_with_headers)
        finally:
            self._measure(scope, status, perf_counter() - started)

    @staticmethod
    def _measure(scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = _route(scope)
        answered, duration = _measures(method, route, status)
        answered.inc()
        duration.observe(seconds)
        if scope["path"] not in _QUIET:
            log.info("http.request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))

    def _request_id(self, headers: Headers) -> str:
        given = headers.get("x-request-id", "")
        return given if _REQUEST_ID.fullmatch(given) else new_id(epoch_ms(self._clock.now()))


class WebsocketOriginMiddleware:
    """Refuses websockets opened by another site's page, which would carry the user's cookie.

    A browser always sends `Origin`: it must be the public address or the very host that was asked. A client without
    `Origin` is no browser and must identify itself with a bearer token.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_origin = origin_of(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not self._is_welcome(Headers(scope=scope)):
            log.warning("websocket.foreign-origin")
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign-origin"})
            return
        await self._app(scope, receive, send)

    def _is_welcome(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("authorization", "").lower().startswith("bearer ")
        parts = urlsplit(origin)
        return origin_of(origin) == self._public_origin or (
            parts.scheme == "https" and parts.netloc.lower() == headers.get("host", "").lower()
        )


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; an unreadable port counts as 0."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    default = {"https": 443, "http": 80}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), default if port is None else port


@cache
def _measures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Kept, because to find them takes longer than to count. There are as many as routes have methods and statuses."""
    return REQUESTS.labels(method, route, str(status)), DURATION.labels(method, route)


@lru_cache(maxsize=4096)
def _ip_address(text: str) -> str | None:
    """The address without a zone; None for what is none (a Unix socket's path)."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def _route(scope: Scope) -> str:
    """The route's template, so addresses with ids count as one; unknown addresses count as one too.

    A route knows its address without its routers' prefixes, which are what is left of the asked path.
    """
    known: str | None = getattr(scope.get("route"), "path_format", None)
    if known is None:
        return str(scope.get("oml.route", "unknown"))
    own_part = known.format(**scope.get("path_params", {}))
    path: str = scope["path"]
    return path.removesuffix(own_part) + known if path.endswith(own_part) else known
