"""What surrounds requests to `/api/v1` alone: the slash at the end does not matter, the language, other origins."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from omnileads.api.v1.language import listen_to
from omnileads.api.v1.prefix import is_contract


class ContractMiddleware:
    """Routes are declared without the slash at the end of their address; both ways of writing it are answered.

    Pages of `origins` may read the answers; they identify themselves by a token, cookies are not theirs to send.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str], headers: Sequence[str]) -> None:
        self._app = app
        self._inner: ASGIApp = app
        if origins:
            self._inner = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_headers=headers,
                allow_methods=("GET", "POST", "PUT", "DELETE"),
                max_age=600,
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_contract(scope["path"]):
            await self._app(scope, receive, send)
            return
        listen_to(Headers(scope=scope).get("accept-language", ""))
        if scope["path"].endswith("/"):
            scope["path"] = scope["path"][:-1]
            scope["raw_path"] = scope.get("raw_path", b"").removesuffix(b"/")
        await self._inner(scope, receive, send)
