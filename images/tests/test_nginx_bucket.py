"""nginx: recordings come out of a bucket, and nothing else does."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import botocore.config
import botocore.session
import pytest
import settings
from containers import REPOSITORY, Container, eventually, free_port
from test_nginx import Backend, fetch, make_certificate

from conftest import Start

SOUND = bytes(range(256)) * 400
KEY = "recordings/2026-03-02/in one+two.wav"


class Studio(http.server.BaseHTTPRequestHandler):
    """Stands for the app: sends nginx to the path that the visitor asked for, as the app does with signed ones."""

    protocol_version = "HTTP/1.1"
    path_told = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Disposition", "inline; filename*=utf-8''x.wav")
        self.send_header("Cache-Control", "private, no-store")
        self.send_header("X-Accel-Redirect", "/_bucket")
        self.send_header("X-Bucket-Path", type(self).path_told)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Service(http.server.BaseHTTPRequestHandler):
    """Stands for a service that fails, and writes down what it was asked."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    status = 500

    def do_GET(self) -> None:
        type(self).seen.append((self.path, dict(self.headers)))
        self.send_response(type(self).status)
        self.send_header("X-Accel-Redirect", "/metrics")
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def serve(handler: type[http.server.BaseHTTPRequestHandler], port: int) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def listen(start: Start, tmp_path: Path) -> Iterator[Callable[[str], Container]]:
    """Starts nginx with recordings at this service, and the app behind it."""
    make_certificate(tmp_path, "first.example")
    servers: list[http.server.ThreadingHTTPServer] = []

    def begin(url: str, **variables: str) -> Container:
        environment = settings.nginx() | {"BUCKET_URL": url, "BUCKET_NAME": "sounds"} | variables
        servers.append(serve(Studio, int(environment["APP_PORT"])))
        return start("nginx", environment, volumes={"/etc/omnileads/tls": str(tmp_path)})

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a real S3 service that has one recording."""
    found = subprocess.run([str(REPOSITORY / "bin" / "s3-server")], capture_output=True, text=True, check=False)
    if found.returncode == 3:
        pytest.skip(found.stderr)
    port = free_port()
    with (tmp_path_factory.mktemp("s3") / "log").open("wb") as log:
        process = subprocess.Popen([found.stdout.strip(), "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    client = botocore.session.Session().create_client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    try:
        eventually(lambda: socket.create_connection(("127.0.0.1", port)), within_seconds=60)
        client.create_bucket(Bucket="sounds")
        client.put_object(Bucket="sounds", Key=KEY, Body=SOUND, ContentType="text/html", CacheControl="public")
        yield client
    finally:
        process.terminate()
        process.wait(timeout=30)


def signed(client: Any, key: str) -> str:
    address = urlsplit(client.generate_presigned_url("get_object", {"Bucket": "sounds", "Key": key}, 60))
    return f"{address.path}?{address.query}"


def test_a_recording_comes_from_the_bucket_whole_and_in_parts(listen: Callable[[str], Container], bucket: Any) -> None:
    door = listen(bucket.meta.endpoint_url)
    Studio.path_told = signed(bucket, KEY)
    status, headers, body = fetch(door, "/api/v2/recordings/1/audio", Cookie="oml_session=x")
    assert (status, body) == (200, SOUND)
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-disposition"] == "inline; filename*=utf-8''x.wav"
    assert "media-src 'self' blob:" in headers["content-security-policy"]
    assert not [name for name in headers if name.startswith("x-amz") or name == "x-bucket-path"]
    status, headers, body = fetch(door, "/api/v2/recordings/1/audio", Range="bytes=100-199")
    assert (status, body) == (206, SOUND[100:200])
    assert headers["content-range"] == f"bytes 100-199/{len(SOUND)}"
    assert fetch(door, "/api/v2/recordings/1/audio", Range="bytes=-50")[2] == SOUND[-50:]
    assert fetch(door, "/api/v2/recordings/1/audio", Range="bytes=9999999-")[0] == 416
    Studio.path_told = signed(bucket, "recordings/none.wav")
    status, _, body = fetch(door, "/api/v2/recordings/1/audio")
    assert (status, json.loads(body)["code"]) == (404, "recording-missing")


@pytest.mark.parametrize("path", ["/_bucket", "/_bucket/", "/_bucket?X-Bucket-Path=/sounds/x", "/%5fbucket"])
def test_nobody_reaches_the_bucket_without_the_app(listen: Callable[[str], Container], bucket: Any, path: str) -> None:
    door = listen(bucket.meta.endpoint_url)
    Studio.path_told = ""
    status, _, body = fetch(door, path, X_Bucket_Path=signed(bucket, KEY))
    assert status == 404
    assert SOUND[:20] not in body


def test_nothing_but_the_service_is_reached(listen: Callable[[str], Container]) -> None:
    """What the app says is a path, whatever it looks like; what the service says is no order to nginx."""
    port, other = free_port(), free_port()
    service, trap = serve(Service, port), serve(Backend, other)
    door = listen(f"http://127.0.0.1:{port}")
    try:
        for path in (f"@127.0.0.1:{other}/x", f".evil.example:{other}/", f"//127.0.0.1:{other}/x", "", "x"):
            Studio.path_told = path
            status, _, body = fetch(door, "/api/v2/recordings/1/audio")
            assert status == 404, path
            assert b'"headers"' not in body
        assert Service.seen == []
        Studio.path_told = "/sounds/a%2Bb%20c.wav?X-Amz-Signature=1%2F2"
        for Service.status in (500, 403, 301, 507):
            status, headers, body = fetch(door, "/api/v2/recordings/1/audio", Cookie="secret=1", Authorization="x")
            assert (status, json.loads(body)["code"]) == (503, "recording-store-unavailable")
            assert headers["retry-after"] == "60"
        path, told = Service.seen[0]
        assert path == Studio.path_told, "not a byte of what was signed is changed"
        assert told["Host"] == f"127.0.0.1:{port}"
        assert not {"Cookie", "Authorization", "User-Agent", "X-Forwarded-For"} & set(told)
        Service.status = 200
        assert fetch(door, "/api/v2/recordings/1/audio")[0] == 200
    finally:
        for server in (service, trap):
            server.shutdown()
            server.server_close()
    status, _, body = fetch(door, "/api/v2/recordings/1/audio")
    assert (status, json.loads(body)["code"]) == (503, "recording-store-unavailable")


def test_a_service_with_a_certificate_of_nobodys_is_not_believed(
    listen: Callable[..., Container], tmp_path: Path
) -> None:
    port, folder = free_port(), tmp_path / "service"
    folder.mkdir()
    make_certificate(folder, "localhost")
    service = http.server.ThreadingHTTPServer(("127.0.0.1", port), Backend)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    service.socket = context.wrap_socket(service.socket, server_side=True)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    Studio.path_told = "/sounds/x.wav"
    try:
        strict = listen(f"https://localhost:{port}")
        assert fetch(strict, "/api/v2/recordings/1/audio")[0] == 503
        trusting = listen(f"https://localhost:{port}", BUCKET_VERIFY_TLS="False")
        assert fetch(trusting, "/api/v2/recordings/1/audio")[0] == 200
    finally:
        service.shutdown()
        service.server_close()


def test_a_wrong_address_of_the_bucket_is_named(start: Start, tmp_path: Path) -> None:
    make_certificate(tmp_path, "first.example")
    environment = settings.nginx() | {"BUCKET_URL": "s3.example.com/x", "BUCKET_NAME": "sounds"}
    door = start("nginx", environment, volumes={"/etc/omnileads/tls": str(tmp_path)}, wait=False)
    assert door.wait_for_exit() == 1
    assert "BUCKET_URL must be an address without a path" in door.logs()
