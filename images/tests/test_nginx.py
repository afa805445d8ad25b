"""nginx: what reaches the app and Kamailio, what does not, and how the door looks from outside."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import settings
from containers import Container, eventually
from sip import Webphone, credentials

from conftest import Start

TRUST_NOBODY = ssl.create_default_context()
TRUST_NOBODY.check_hostname = False
TRUST_NOBODY.verify_mode = ssl.CERT_NONE


class Backend(http.server.BaseHTTPRequestHandler):
    """Stands for the app: answers with what it was asked, or with an upgrade."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            return
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode() + b" " * 2000
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (the base class's names)

    def log_message(self, *_: Any) -> None:
        pass


def make_certificate(folder: Path, name: str) -> None:
    """A self-signed certificate as the roles make one."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    (folder / "key.pem").chmod(0o600)


@pytest.fixture
def door(start: Start, tmp_path: Path) -> Iterator[Container]:
    make_certificate(tmp_path, "first.example")
    environment = settings.nginx()
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", int(environment["APP_PORT"])), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    yield start("nginx", environment, volumes={"/etc/omnileads/tls": str(tmp_path)})
    backend.shutdown()
    backend.server_close()


def fetch(container: Container, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    address = f"https://127.0.0.1:{container.environment['NGINX_HTTPS_PORT']}{path}"
    method = headers.pop("method", "GET")
    request = urllib.request.Request(
        address, headers={k.replace("_", "-"): v for k, v in headers.items()}, method=method
    )
    try:
        with urllib.request.urlopen(request, context=TRUST_NOBODY, timeout=10) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_requests_reach_the_app_with_the_clients_address(door: Container) -> None:
    status, headers, body = fetch(door, "/api/v2/users?page=1", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http")
    assert status == 200
    seen = json.loads(body)
    assert seen["path"] == "/api/v2/users?page=1"
    assert seen["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert seen["headers"]["X-Forwarded-Proto"] == "https"
    assert seen["headers"]["X-Request-ID"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"].startswith("microphone=(self)")
    assert "/" not in headers["server"], "no version is shown"


def test_answers_are_compressed(door: Container) -> None:
    assert fetch(door, "/", Accept_Encoding="gzip")[1]["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["/internal/asterisk/files", "/metrics", "//internal/x", "/api/../internal/x", "/%69nternal/x"]
)
def test_the_inside_is_not_reachable(door: Container, path: str) -> None:
    status, _, body = fetch(door, path)
    assert status == 404
    assert b'"path"' not in body


def test_http_leads_to_https(door: Container) -> None:
    with socket.create_connection(("127.0.0.1", int(door.environment["NGINX_HTTP_PORT"]))) as connection:
        connection.sendall(b"GET /login?next=1 HTTP/1.1\r\nHost: cc.example\r\nConnection: close\r\n\r\n")
        answer = connection.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 308")
    assert f"Location: https://cc.example:{door.environment['NGINX_HTTPS_PORT']}/login?next=1" in answer


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_old_tls_is_refused(door: Container) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    address = ("127.0.0.1", int(door.environment["NGINX_HTTPS_PORT"]))
    with socket.create_connection(address) as connection, pytest.raises(ssl.SSLError):
        context.wrap_socket(connection)


def test_guessing_passwords_is_slowed_down_and_nothing_else(door: Container) -> None:
    with ThreadPoolExecutor(20) as guessers:
        answers = list(guessers.map(lambda _: fetch(door, "/api/v2/session", method="POST"), range(200)))
    refused = [answer for answer in answers if answer[0] == 429]
    assert refused
    assert json.loads(refused[0][2])["code"] == "too-many-requests"
    assert "content-security-policy" in refused[0][1]
    assert fetch(door, "/api/v2/session")[0] == 200


def test_a_missing_app_is_explained(start: Start, tmp_path: Path) -> None:
    make_certificate(tmp_path, "first.example")
    door = start("nginx", settings.nginx(), volumes={"/etc/omnileads/tls": str(tmp_path)})
    status, headers, body = fetch(door, "/api/v2/users", Accept="application/json")
    assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "app-unavailable", "5")
    assert "strict-transport-security" in headers
    status, headers, body = fetch(door, "/", Accept="text/html,*/*")
    assert (status, headers["content-type"]) == (503, "text/html")
    assert b"OMniLeads is starting" in body


def test_websockets_reach_the_app(door: Container) -> None:
    port = int(door.environment["NGINX_HTTPS_PORT"])
    with TRUST_NOBODY.wrap_socket(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.sendall(
            b"GET /ws/live HTTP/1.1\r\nHost: cc.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 101")


def test_a_new_certificate_is_taken_into_use_and_a_broken_one_is_not(door: Container, tmp_path: Path) -> None:
    def name() -> str:
        port = int(door.environment["NGINX_HTTPS_PORT"])
        pem = ssl.get_server_certificate(("127.0.0.1", port))
        shown = subprocess.run(
            ["openssl", "x509", "-noout", "-subject"], input=pem, capture_output=True, text=True, check=True
        )
        return shown.stdout

    assert "first.example" in name()
    (tmp_path / "cert.pem").write_text("broken")
    eventually(lambda: "cannot be used" in door.logs(), within_seconds=20, evidence=door.logs)
    assert "first.example" in name()
    make_certificate(tmp_path, "second.example")
    eventually(lambda: "second.example" in name(), within_seconds=20, evidence=door.logs)


def test_a_webphone_registers_through_it(start: Start, tmp_path: Path) -> None:
    make_certificate(tmp_path, "first.example")
    kamailio = start("kamailio", settings.kamailio())
    port = kamailio.environment["KAMAILIO_WS_PORT"]
    door = start("nginx", settings.nginx() | {"KAMAILIO_WS_PORT": port}, volumes={"/etc/omnileads/tls": str(tmp_path)})
    phone = Webphone(int(door.environment["NGINX_HTTPS_PORT"]), "1001", "sip-secret", tls=TRUST_NOBODY)
    assert phone.register().status == 200
    assert phone.register(account=(credentials("1001", "x")[0], "wrong")).status == 401
    assert "client=127.0.0.1" in kamailio.logs()


def test_webphones_are_shared_by_the_kamailios_and_go_to_the_one_that_is_left(start: Start, tmp_path: Path) -> None:
    make_certificate(tmp_path, "first.example")
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 kamailios.test\n127.0.0.3 kamailios.test\n")
    environment = settings.kamailio()
    first, second = (start("kamailio", environment | {"KAMAILIO_LISTEN": each}) for each in ("127.0.0.1", "127.0.0.3"))
    door = start(
        "nginx",
        settings.nginx() | {"KAMAILIO_WS_PORT": environment["KAMAILIO_WS_PORT"], "KAMAILIO_HOST": "kamailios.test"},
        volumes={"/etc/omnileads/tls": str(tmp_path), "/etc/hosts": str(hosts)},
    )

    def webphone(number: int) -> Webphone:
        phone = Webphone(int(door.environment["NGINX_HTTPS_PORT"]), str(1000 + number), "sip-secret", tls=TRUST_NOBODY)
        assert phone.register().status == 200
        return phone

    def registered(kamailio: Container) -> int:
        place = f"http://{kamailio.environment['KAMAILIO_LISTEN']}:{environment['KAMAILIO_WS_PORT']}/metrics"
        with urllib.request.urlopen(place, timeout=5) as answer:
            lines: list[str] = answer.read().decode().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("kamailio_usrloc_registered_users ")))

    phones = [webphone(number) for number in range(8)]
    assert (registered(first), registered(second)) == (4, 4)
    first.kill_main_process()
    first.wait_for_exit()
    phones += [webphone(number) for number in range(8, 12)]
    assert registered(second) == 8
    # It is known by name only: a third one, and the first no more.
    third = start("kamailio", environment | {"KAMAILIO_LISTEN": "127.0.0.4"})
    hosts.write_text("127.0.0.3 kamailios.test\n127.0.0.4 kamailios.test\n")
    eventually(lambda: "the list of Kamailios has changed" in door.logs(), within_seconds=40, evidence=door.logs)

    def third_has_some() -> bool:
        phones.append(webphone(len(phones)))
        return registered(third) > 0

    eventually(third_has_some, within_seconds=20, evidence=door.logs)
    assert phones[8].register().status == 200, "those that were connected stay so"
    for phone in phones:
        phone.close()


def test_a_missing_certificate_is_named(start: Start) -> None:
    door = start("nginx", settings.nginx(), wait=False)
    assert door.wait_for_exit() == 1
    assert door.logs().strip() == "nginx: the file /etc/omnileads/tls/cert.pem is required and cannot be read."
