"""asterisk-sync beside a real Asterisk, with an application made of an HTTP server."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import settings
from containers import Container, eventually, free_port
from test_asterisk import SYNCED, TRUNK, cli

from conftest import Start

TOKEN = "sync-secret"


class App:
    """What the application says Asterisk should have, and the reports it received."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.trunks = ""
        self.sounds: dict[str, bytes] = {}
        self.reports: list[dict[str, Any]] = []
        self.start()

    @property
    def revision(self) -> str:
        return hashlib.sha256(repr((self.trunks, sorted(self.sounds))).encode()).hexdigest()

    def start(self) -> None:
        app = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    return self._answer(401, b"{}")
                if self.path.startswith("/internal/asterisk/sounds/"):
                    return self._answer(200, app.sounds[self.path.rsplit("/", 1)[1]])
                if f"revision={app.revision}&" in self.path:
                    threading.Event().wait(0.3)
                    return self._answer(304, b"")
                sounds = {name: f"/internal/asterisk/sounds/{name}" for name in app.sounds}
                body = {"revision": app.revision, "files": {"pjsip_trunks.conf": app.trunks, "sounds": sounds}}
                return self._answer(200, json.dumps(body).encode())

            def do_POST(self) -> None:
                app.reports.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer(200, b"{}")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def report_on_present(self) -> dict[str, Any]:
        return next((report for report in reversed(self.reports) if report["revision"] == self.revision), {})


@pytest.fixture
def app() -> Iterator[App]:
    one = App(free_port())
    yield one
    one.stop()


@pytest.fixture
def pair(start: Start, volume: Callable[[], str], app: App) -> tuple[Container, Container]:
    """Asterisk and asterisk-sync on the folders they share."""
    folders = {SYNCED: volume(), "/run/asterisk": volume()}
    asterisk = start("asterisk", settings.asterisk(), volumes=folders)
    variables = {"APP_HOST": "127.0.0.1", "APP_PORT": str(app.port), "APP_INTERNAL_TOKEN": TOKEN}
    return asterisk, start("asterisk", variables, "asterisk-sync", volumes=folders)


def reported(app: App, sync: Container) -> dict[str, Any]:
    return eventually(app.report_on_present, within_seconds=20, evidence=sync.logs)


def trunk(name: str, **settings_: str) -> str:
    text = TRUNK.format(port=5999).replace("[carrier]", f"[{name}]")
    return text + "".join(f"{key.replace('__', '/')}={value}\n" for key, value in settings_.items())


def test_trunks_come_change_and_go(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    app.trunks = trunk("one") + trunk("two")
    assert reported(app, sync)["state"] == "applied"
    assert "Endpoint:  one" in cli(asterisk, "pjsip show endpoints")
    app.trunks = trunk("one", endpoint__language="es")
    assert reported(app, sync)["state"] == "applied"
    assert "language                           : es" in cli(asterisk, "pjsip show endpoint one")
    assert "Unable to find object two" in cli(asterisk, "pjsip show endpoint two")


def test_a_trunk_that_asterisk_refuses_changes_nothing_and_is_explained(
    app: App, pair: tuple[Container, Container]
) -> None:
    asterisk, sync = pair
    app.trunks = trunk("good")
    assert reported(app, sync)["state"] == "applied"
    app.trunks = trunk("good") + trunk("bad", endpoint__rtp_timeout="soon")
    report = reported(app, sync)
    assert report["state"] == "failed"
    assert "did not accept bad" in report["message"]
    assert "rtp_timeout" in report["message"], report
    assert "Endpoint:  good" in cli(asterisk, "pjsip show endpoints")
    app.trunks = trunk("good") + trunk("bad")
    assert reported(app, sync)["state"] == "applied"


def test_sounds_come_and_go(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    app.sounds = {"1.wav": b"RIFF one", "2.wav": b"RIFF two"}
    assert reported(app, sync)["state"] == "applied"
    assert asterisk.execute("cat", f"{SYNCED}/sounds/1.wav") == "RIFF one"
    app.sounds = {"2.wav": b"RIFF two"}
    assert reported(app, sync)["state"] == "applied"
    assert asterisk.execute("ls", f"{SYNCED}/sounds").split() == ["2.wav"]


def test_it_outlives_restarts_of_the_app_and_of_asterisk(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    assert reported(app, sync)["state"] == "applied"
    app.stop()
    eventually(lambda: "asterisk-sync.waiting" in sync.logs())
    app.trunks = trunk("later")
    app.start()
    assert reported(app, sync)["state"] == "applied"
    asterisk.stop()
    app.trunks = trunk("later") + trunk("while-away")
    eventually(lambda: "control socket" in sync.logs(), within_seconds=15, evidence=sync.logs)
    assert app.report_on_present() == {}, "nothing is applied while Asterisk is away"
    asterisk.start_again()
    asterisk.wait_until_healthy()
    assert eventually(app.report_on_present, within_seconds=60, evidence=sync.logs)["state"] == "applied"
    assert "Endpoint:  while-away" in cli(asterisk, "pjsip show endpoints")


def test_it_starts_before_the_app_and_waits(start: Start, volume: Callable[[], str]) -> None:
    variables = settings.asterisk_sync()
    sync = start("asterisk", variables, "asterisk-sync", volumes={SYNCED: volume(), "/run/asterisk": volume()})
    eventually(lambda: "asterisk-sync.waiting" in sync.logs())
    sync.wait_until_healthy()
    assert variables["APP_INTERNAL_TOKEN"] not in sync.logs()
