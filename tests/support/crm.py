"""Somebody's CRM: a real HTTP server that answers what a test tells it to."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs


@dataclass
class Inquiry:
    """A request as it came. `form` are the fields of its body."""

    path: str
    user_agent: str
    form: dict[str, list[str]]


@dataclass
class Crm:
    """`status` and `body` are the answer; it waits `delay_seconds` before it gives it."""

    status: int = 200
    body: str = '{"status": "ok", "destination": "true"}'
    delay_seconds: float = 0.0
    inquiries: list[Inquiry] = field(default_factory=list)

    def __enter__(self) -> Crm:
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                crm.inquiries.append(Inquiry(self.path, self.headers.get("User-Agent", ""), parse_qs(body)))
                time.sleep(crm.delay_seconds)
                content = crm.body.encode()
                self.send_response(crm.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Tests print what they need."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/who"
