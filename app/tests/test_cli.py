"""`oml`, run as a program would run it: settings from the environment, passwords from standard input or a file."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import func, select

from omnileads import cli
from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.kit.runtime import Runtime
from omnileads.settings import PlatformSettings, Settings
from omnileads.version import VERSION
from tests.conftest import INTERNAL_TOKEN, PASSWORD, PUBLIC_URL, Browsers, People
from tests.servers import free_port

NEW_PASSWORD = "another fine passphrase"
START_LIMIT_SECONDS = 60


def environment_of(settings: Settings) -> dict[str, str]:
    platform: PlatformSettings = settings
    return {
        "OML_INSTANCE": "oml-test",
        "POSTGRES_HOST": platform.postgres.host,
        "POSTGRES_PORT": str(platform.postgres.port),
        "POSTGRES_DATABASE": platform.postgres.database,
        "POSTGRES_USER": platform.postgres.user,
        "POSTGRES_PASSWORD": platform.postgres.password.get_secret_value(),
        "REDIS_HOST": platform.redis.host,
        "REDIS_PORT": str(platform.redis.port),
        "REDIS_DATABASE": str(platform.redis.database),
        "REDIS_PASSWORD": platform.redis.password.get_secret_value(),
    }


class Oml:
    """Runs commands in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        code = cli.main(arguments)
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def oml(
    settings: Settings, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Oml:
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    return Oml(monkeypatch, capsys)


def enters(browsers: Browsers, username: str, password: str) -> bool:
    body = {"username": username, "password": password}
    return browsers.open().post("/api/v2/session", json=body).status_code == 200


def test_after_a_restore_the_live_state_of_before_is_forgotten(oml: Oml, runtime: Runtime) -> None:
    runtime.redis.set("oml:of-the-database-before", "1")
    code, out, err = oml("after-restore")
    assert code == 0, err
    assert out == "The restored database is of this version, and the live state of the one before is forgotten.\n"
    assert runtime.redis.dbsize() == 0


def test_an_administrator_is_created_once(oml: Oml, browsers: Browsers) -> None:
    code, out, _ = oml("create-admin", stdin=PASSWORD + "\n")
    assert (code, out) == (0, "The administrator admin is created.\n")
    assert enters(browsers, "admin", PASSWORD)
    code, out, _ = oml("create-admin", stdin=NEW_PASSWORD + "\n")
    assert (code, out) == (0, "The administrator admin exists; nothing was changed.\n")
    assert enters(browsers, "admin", PASSWORD)


def test_a_password_may_come_from_a_file(oml: Oml, browsers: Browsers, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\nsecond line\n")
    assert oml("create-admin", "boss", "--password-file", str(file))[0] == 0
    assert enters(browsers, "boss", PASSWORD)
    code, _, err = oml("create-admin", "--password-file", str(tmp_path / "absent"))
    assert code == 1
    assert "cannot be read" in err


@pytest.mark.parametrize("password", ["", "short", "12345678", "admin123"])
def test_a_weak_password_is_refused_with_the_reason(oml: Oml, password: str) -> None:
    code, _, err = oml("create-admin", stdin=password)
    assert code == 1
    assert "password: " in err


def test_a_name_that_belongs_to_another_role_is_refused(oml: Oml, users: People) -> None:
    users.make("manager", username="admin")
    code, _, err = oml("create-admin", stdin=PASSWORD)
    assert code == 1
    assert "is no administrator" in err


def test_a_reset_password_also_unblocks(oml: Oml, users: People, browsers: Browsers) -> None:
    users.make(username="ana")
    for _ in range(10):
        assert not enters(browsers, "ana", "wrong")
    assert oml("reset-password", "Ana", stdin=NEW_PASSWORD)[0] == 0
    assert enters(browsers, "ana", NEW_PASSWORD)


def test_a_locked_user_is_unblocked(oml: Oml, users: People, browsers: Browsers) -> None:
    users.make(username="ana")
    for _ in range(10):
        enters(browsers, "ana", "wrong")
    assert not enters(browsers, "ana", PASSWORD)
    assert oml("unblock-user", "ana")[0] == 0
    assert enters(browsers, "ana", PASSWORD)


@pytest.mark.parametrize("command", ["reset-password", "unblock-user"])
def test_an_unknown_user_is_named(oml: Oml, command: str) -> None:
    code, _, err = oml(command, "nobody", stdin=PASSWORD)
    assert (code, err) == (1, "There is no user nobody.\n")


def test_demonstration_data_is_made_once(oml: Oml, runtime: Runtime, browsers: Browsers) -> None:
    assert oml("demo-data", stdin=PASSWORD)[1] == "The demonstration data is made.\n"
    with runtime.database.transaction() as session:
        made = session.scalar(select(func.count()).select_from(Agent))
        username = session.execute(select(User.username).join(Agent, Agent.user_id == User.id).limit(1)).scalar_one()
    assert made
    assert enters(browsers, username, PASSWORD)
    assert oml("demo-data", stdin=PASSWORD)[1] == "The demonstration data exists; nothing was changed.\n"
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Agent)) == made


def test_migrating_an_up_to_date_database_is_fine(oml: Oml) -> None:
    assert oml("migrate")[:2] == (0, "The database is of this version already.\n")


def test_an_absent_database_is_a_sentence(oml: Oml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_PORT", str(free_port()))
    code, _, err = oml("migrate", "--wait", "0")
    assert code == 1
    assert err.startswith("PostgreSQL is not reachable or refuses: ")
    assert "Traceback" not in err


def test_an_absent_redis_is_no_obstacle_for_the_password(
    oml: Oml, users: People, monkeypatch: pytest.MonkeyPatch, browsers: Browsers
) -> None:
    """Redis only carries the news of ended sessions; the change itself is in PostgreSQL."""
    users.make(username="ana")
    monkeypatch.setenv("REDIS_PORT", str(free_port()))
    assert oml("reset-password", "ana", stdin=NEW_PASSWORD)[0] == 0
    assert enters(browsers, "ana", NEW_PASSWORD)


def test_a_missing_setting_is_a_sentence(oml: Oml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTGRES_PASSWORD")
    assert oml("migrate") == (1, "", "POSTGRES_PASSWORD is not set.\n")


def test_the_references_are_printed_without_any_setting(oml: Oml, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTGRES_PASSWORD")
    assert "`POSTGRES_PASSWORD`" in oml("settings-reference")[1]
    assert json.loads(oml("openapi")[1])["info"]["version"] == VERSION


@pytest.mark.parametrize(
    ("command", "port_variable", "own", "log_event"),
    [
        ("serve", "APP_PORT", {"APP_PUBLIC_URL": PUBLIC_URL, "APP_INTERNAL_TOKEN": INTERNAL_TOKEN}, "app.starting"),
        ("worker", "WORKER_PORT", {}, "worker.started"),
        ("dialer", "DIALER_PORT", {}, "dialer.no-outbound-campaigns"),
    ],
)
def test_a_process_starts_is_ready_and_stops_when_asked(
    settings: Settings, runtime: Runtime, command: str, port_variable: str, own: dict[str, str], log_event: str
) -> None:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        **environment_of(settings),
        **own,
        "SIP_EPHEMERAL_SECRET": "the ephemeral secret of the tests",
        port_variable: str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "omnileads.cli", command],
        env=environment,
        cwd=Path(cli.__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_ready(process, f"http://127.0.0.1:{port}/readyz")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as metrics:
            assert b"python_info" in metrics.read()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert log_event in {line["event"] for line in lines}
    assert all(line["instance"] == "oml-test" for line in lines)


def wait_until_ready(process: subprocess.Popen[str], address: str) -> None:
    end = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not become ready in {START_LIMIT_SECONDS} s")
