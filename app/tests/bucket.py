"""An S3 service as tests want it: real, with a door before it that can be broken in every way."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from omnileads.kit.bucket import Bucket
from omnileads.settings import BucketTopic

NAME = "sounds"
PREFIX = "recordings"


class Door:
    """Passes requests on, or does what `trouble` says; `seen` has what was asked."""

    def __init__(self, behind: str) -> None:
        self.behind = urlsplit(behind)
        self.trouble = ""
        self.delay_seconds = 0.0
        self.seen: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._bucket = Bucket(self.settings(url=behind))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self, **changes: Any) -> BucketTopic:
        values = {"url": self.address, "name": NAME, "access_key": "key", "secret_key": "secret", **changes}
        return BucketTopic(**values)

    def environment(self) -> dict[str, str]:
        return {
            "RECORDINGS_STORE": "s3",
            "BUCKET_URL": self.address,
            "BUCKET_NAME": NAME,
            "BUCKET_ACCESS_KEY": "key",
            "BUCKET_SECRET_KEY": "a secret nobody reads",
        }

    def object(self, file: str) -> bytes:
        return b"".join(self._bucket.read(f"{PREFIX}/{file}"))

    def put(self, file: str, content: bytes) -> None:
        self._bucket._client.put_object(Bucket=NAME, Key=f"{PREFIX}/{file}", Body=content)

    def names(self) -> list[str]:
        return sorted(key.removeprefix(f"{PREFIX}/") for key in self._bucket.sizes(f"{PREFIX}/"))

    def empty(self) -> None:
        for name in self.names():
            self.remove(name)

    def remove(self, file: str) -> None:
        self._bucket._client.delete_object(Bucket=NAME, Key=f"{PREFIX}/{file}")

    def _handler(door) -> type[BaseHTTPRequestHandler]:  # noqa: N805, C901 - the handler's self is another
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                self._pass()

            do_GET = do_HEAD = do_PUT  # noqa: N815 - the base class's names

            def _pass(self) -> None:
                door.seen.append((self.command, self.path))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = dict(self.headers)
                time.sleep(door.delay_seconds)
                if door.trouble.isdecimal():
                    self._answer(int(door.trouble), b"<Error><Code>InternalError</Code></Error>")
                    return
                if door.trouble in ("hang", "cut"):
                    time.sleep(3 if door.trouble == "hang" else 0)
                    self.close_connection = True
                    return
                self._ask(body, headers)

            def _ask(self, body: bytes, headers: dict[str, str]) -> None:
                if door.trouble == "spoil" and self.command == "PUT":
                    body = body[:-1] + bytes([body[-1] ^ 0xFF])
                    headers.pop("Content-MD5", None)
                upstream = http.client.HTTPConnection(door.behind.hostname or "", door.behind.port, timeout=20)
                upstream.request(self.command, self.path, body or None, headers)
                answer = upstream.getresponse()
                content = answer.read()
                kept = {
                    name: value
                    for name, value in answer.getheaders()
                    if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server")
                }
                if door.trouble == "no-etag" and self.command == "HEAD":
                    kept["ETag"] = '"0123456789abcdef0123456789abcdef-2"'
                length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
                self._answer(answer.status, content, {**kept, "Content-Length": length or "0"})

            def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in (headers or {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Nothing."""

        return Handler


@contextmanager
def door_before(address: str) -> Iterator[Door]:
    door = Door(address)
    try:
        yield door
    finally:
        door.close()
