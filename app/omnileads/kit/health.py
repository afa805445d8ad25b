"""Health: what a process needs (`Probe`), the answers of `/healthz` and `/readyz`, and a small server for processes
that are not web applications.
"""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import structlog
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection, text

from omnileads.kit.runtime import Runtime

log = structlog.get_logger(__name__)

SUPPORTED = "works with the code of revisions: "
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@dataclass(frozen=True)
class Probe:
    """`check` returns when the part is well and raises when it is not."""

    name: str
    check: Callable[[], object]


class MigrationsPendingError(Exception):
    """The database's schema is not the one this code was written for."""


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def supported_revisions(scripts: ScriptDirectory) -> list[str]:
    """The revisions whose code works on this code's schema: the newest, and those before it as long as migrations only
    added something. A migration that takes away what earlier code uses says `contracts = True`."""
    found: list[str] = []
    for script in scripts.walk_revisions():
        found.append(script.revision)
        if getattr(script.module, "contracts", False):
            break
    return found


def write_supported_revisions(connection: Connection) -> None:
    """Note beside the schema which code it works with, for code that does not know the schema's migrations."""
    revisions = " ".join(supported_revisions(ScriptDirectory.from_config(alembic_config())))
    connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{SUPPORTED}{revisions}'"))


def is_newer_and_supported(connection: Connection) -> bool:
    """Whether the schema is one that this code does not know but still works with."""
    expected = ScriptDirectory.from_config(alembic_config()).get_heads()
    applied = MigrationContext.configure(connection).get_current_heads()
    note = connection.scalar(text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")) or ""
    supported = note.removeprefix(SUPPORTED).split() if note.startswith(SUPPORTED) else []
    # The note is of this schema when the newest revision in it is the one applied.
    is_noted = bool(applied) and set(applied) == set(supported[:1])
    return is_noted and set(applied) != set(expected) and set(expected) <= set(supported)


def check_migrations(runtime: Runtime) -> None:
    """Raises MigrationsPendingError unless the schema is this code's, or a newer one that it still works with."""
    expected = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    with runtime.database.engine.connect() as connection:
        applied = set(MigrationContext.configure(connection).get_current_heads())
        if applied == expected or is_newer_and_supported(connection):
            return
    raise MigrationsPendingError(f"applied {sorted(applied)}, expected {sorted(expected)}: run `oml migrate`")


def platform_probes(runtime: Runtime) -> tuple[Probe, ...]:
    """What every process needs to do its work."""
    return (
        Probe("postgres", runtime.database.ping),
        Probe("redis", runtime.redis.ping),
        Probe("migrations", lambda: check_migrations(runtime)),
    )


def readiness(probes: Sequence[Probe]) -> tuple[bool, dict[str, str]]:
    """Ask all probes. Returns whether all are well, and "ok" or "failed" by name; reasons go to the log."""
    answers: dict[str, str] = {}
    for probe in probes:
        try:
            probe.check()
        except Exception as error:
            log.warning("health.not-ready", probe=probe.name, error=type(error).__name__)
            answers[probe.name] = "failed"
        else:
            answers[probe.name] = "ok"
    return all(answer == "ok" for answer in answers.values()), answers


def may_read_metrics(peer: str | None, header_names: Sequence[str]) -> bool:
    """Metrics are for the inside: a loopback or private peer, not one a proxy speaks for."""
    if any(name.lower() in ("x-forwarded-for", "forwarded") for name in header_names):
        return False
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    return address.is_loopback or address.is_private


class HealthServer:
    """Serves `/healthz`, `/readyz` and `/metrics` from threads, beside a process's own work.

    `alive` says whether the process still does its work; `/healthz` answers 503 when it does not.
    """

    def __init__(self, listen: str, port: int, probes: Sequence[Probe], alive: Callable[[], bool]) -> None:
        self._server = ThreadingHTTPServer((listen, port), _handler(probes, alive))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(probes: Sequence[Probe], alive: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                is_alive = alive()
                self._json(200 if is_alive else 503, {"status": "ok" if is_alive else "failed"})
            elif self.path == "/readyz":
                is_ready, checks = readiness(probes)
                self._json(200 if is_ready else 503, {"status": "ready" if is_ready else "not-ready", "checks": checks})
            elif self.path == "/metrics" and may_read_metrics(self.client_address[0], list(self.headers)):
                self._send(200, CONTENT_TYPE_LATEST, generate_latest())
            else:
                self._json(404, {"code": "not-found", "message": "There is nothing at this address.", "fields": []})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Health checks are not logged."""

        def _json(self, status: int, body: Mapping[str, object]) -> None:
            self._send(status, "application/json", json.dumps(body).encode())

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
