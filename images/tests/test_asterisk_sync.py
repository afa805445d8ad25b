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
        self.playlists = ""
        self.dialplan = ""
        self.amd = ""
        self.sounds: dict[str, bytes] = {}
        self.reports: list[dict[str, Any]] = []
        self.lines: dict[str, dict[str, Any]] = {}
        self.start()

    @property
    def texts(self) -> dict[str, str]:
        return {
            "pjsip_trunks.conf": self.trunks,
            "musiconhold_playlists.conf": self.playlists,
            "oml_extensions_custom.conf": self.dialplan,
            "amd.conf": self.amd,
        }

    @property
    def revision(self) -> str:
        return hashlib.sha256(repr((self.texts, sorted(self.sounds))).encode()).hexdigest()

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
                body = {"revision": app.revision, "files": {"texts": app.texts, "sounds": sounds}}
                return self._answer(200, json.dumps(body).encode())

            def do_POST(self) -> None:
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/lines"):
                    app.lines = {line["trunk"]: line for line in document["lines"]}
                else:
                    app.reports.append(document)
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
        """File -> what was said about it, when it was said about what the files are now."""
        found = next((report for report in reversed(self.reports) if report["revision"] == self.revision), None)
        return {entry["file"]: entry for entry in found["files"]} if found else {}


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


def reported(app: App, sync: Container, file: str = "pjsip_trunks.conf") -> dict[str, Any]:
    report = eventually(app.report_on_present, within_seconds=20, evidence=sync.logs)[file]
    assert report["digest"] == hashlib.sha256(app.texts[file].encode()).hexdigest()
    return report


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


def test_a_changed_trunk_that_asterisk_refuses_goes_on_as_it_was(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    app.trunks = trunk("one", endpoint__language="es")
    assert reported(app, sync)["state"] == "applied"
    app.trunks = trunk("one", endpoint__language="en", endpoint__rtp_timeout="soon")
    assert "did not accept one" in reported(app, sync)["message"]
    assert "language                           : es" in cli(asterisk, "pjsip show endpoint one")


CALM = "[oml-3]\nmode = playlist\nentry = /var/lib/omnileads/asterisk/sounds/7\n"


def test_playlists_come_change_and_go(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    file = "musiconhold_playlists.conf"
    app.playlists = CALM
    assert reported(app, sync, file)["state"] == "applied"
    assert f"Class: oml-3\n\tFile: {SYNCED}/sounds/7\n" in cli(asterisk, "moh show files")
    app.playlists = CALM.replace("oml-3", "oml-4") + f"entry = {SYNCED}/sounds/8\n"
    assert reported(app, sync, file)["state"] == "applied"
    shown = cli(asterisk, "moh show files")
    assert f"Class: oml-4\n\tFile: {SYNCED}/sounds/7\n\tFile: {SYNCED}/sounds/8\n" in shown
    assert "oml-3" not in shown


def test_the_custom_dialplan_is_taken_or_put_back(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    file = "oml_extensions_custom.conf"
    app.dialplan = "[survey]\nexten => s,1,Answer()\nsame => n,Hangup()\n"
    assert reported(app, sync, file)["state"] == "applied"
    assert "1 extension (2 priorities)" in cli(asterisk, "dialplan show survey")
    for broken in (
        "[survey]\nexten => s,1,Answer()\nexten => s,1,Hangup()\n",
        "[other]\nexten => s,1,NoOp(\n",
        "[broken\nexten => s,1,NoOp()\n[whole]\nexten => s,1,NoOp()\n",
    ):
        app.dialplan = broken
        report = reported(app, sync, file)
        assert (report["state"], "did not accept" in report["message"]) == ("failed", True)
        assert reported(app, sync)["state"] == "applied", "the other files are not held back"
        assert "1 extension (2 priorities)" in cli(asterisk, "dialplan show survey")
        assert "oml-enter" in cli(asterisk, "dialplan show oml-enter")
    app.dialplan = "[other]\nexten => s,1,NoOp()\n"
    assert reported(app, sync, file)["state"] == "applied"
    assert "no existence" in cli(asterisk, "dialplan show survey")


def test_the_numbers_of_the_machine_detection_are_taken(app: App, pair: tuple[Container, Container]) -> None:
    _, sync = pair
    for words in (5, 7):
        app.amd = f"[general]\nmaximum_number_of_words = {words}\nmin_word_length = 90\n"
        assert reported(app, sync, "amd.conf")["state"] == "applied"
    app.amd = "[general]\nmaximum_number_of_words = 70000000000\n"
    assert "maximum_number_of_words" in reported(app, sync, "amd.conf")["message"]


def test_the_other_sides_of_the_trunks_are_watched(app: App, pair: tuple[Container, Container]) -> None:
    asterisk, sync = pair
    agents = asterisk.environment["ASTERISK_SIP_AGENT_PORT"]
    app.trunks = trunk("answers", remote_hosts=f"127.0.0.1:{agents}", aor__qualify_frequency="1").replace(
        "remote_hosts=127.0.0.1:5999\n", ""
    ) + trunk("silent", aor__qualify_frequency="1", sends_registrations="yes")
    eventually(
        lambda: (
            {name: line["reachability"] for name, line in app.lines.items()}
            == {"answers": "reachable", "silent": "unreachable"}
        ),
        within_seconds=30,
        evidence=lambda: f"{app.lines}\n{sync.logs()}",
    )
    assert app.lines["answers"]["registration"] == "none"
    assert app.lines["answers"]["round_trip_ms"] is not None
    assert app.lines["silent"]["registration"] == "unregistered"
    app.trunks = ""
    eventually(lambda: app.lines == {}, within_seconds=20, evidence=sync.logs)


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
    eventually(app.report_on_present, within_seconds=60, evidence=sync.logs)
    assert reported(app, sync)["state"] == "applied"
    assert "Endpoint:  while-away" in cli(asterisk, "pjsip show endpoints")


def test_it_starts_before_the_app_and_waits(start: Start, volume: Callable[[], str]) -> None:
    variables = settings.asterisk_sync()
    sync = start("asterisk", variables, "asterisk-sync", volumes={SYNCED: volume(), "/run/asterisk": volume()})
    eventually(lambda: "asterisk-sync.waiting" in sync.logs())
    sync.wait_until_healthy()
    assert variables["APP_INTERNAL_TOKEN"] not in sync.logs()
