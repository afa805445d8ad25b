"""Serves the built web console: every address that is not the API's.

A file that exists is sent; any other address gets `index.html`, where the console's router takes over. Files under
`assets/` carry a hash in their name and may be kept for ever; everything else is asked for again each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import anyio.to_thread
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from omnileads.kit.errors import NotFound
from omnileads.kit.http import MethodNotAllowed, problem_response

API_PREFIXES: Final = ("/api/", "/internal/", "/ws/")
API_PATHS: Final = frozenset({"/api", "/internal", "/ws", "/healthz", "/readyz", "/metrics"})

_ASSETS: Final = "/assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"


class ConsoleMiddleware:
    """Passes the API's addresses on and answers all others from `directory`."""

    def __init__(self, app: ASGIApp, directory: Path) -> None:
        self._app = app
        self._directory = directory.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_api_path(scope["path"]):
            await self._app(scope, receive, send)
            return
        scope["oml.route"] = "console"
        response = await anyio.to_thread.run_sync(self._answer, scope["method"], scope["path"])
        await response(scope, receive, send)

    def _answer(self, method: str, path: str) -> Response:
        if method not in ("GET", "HEAD"):
            return problem_response(MethodNotAllowed(), {"Allow": "GET, HEAD"})
        found = self._file(path)
        if found is not None:
            return FileResponse(found, headers={"Cache-Control": _FOR_EVER if path.startswith(_ASSETS) else _ASK_AGAIN})
        index = self._file("/index.html")
        if index is None or path.startswith(_ASSETS):
            return problem_response(NotFound())
        return FileResponse(index, headers={"Cache-Control": "no-store"})

    def _file(self, path: str) -> Path | None:
        """The file of an address inside the folder, never outside of it."""
        try:
            wanted = (self._directory / path.lstrip("/")).resolve()
            is_inside = wanted.is_relative_to(self._directory) and wanted.is_file()
        except (OSError, ValueError):
            return None
        return wanted if is_inside else None


def is_api_path(path: str) -> bool:
    return path in API_PATHS or path.startswith(API_PREFIXES)
