"""The application's image: migrations, console, worker, engines, on the database and Redis images."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
import settings
from containers import Container, eventually, free_port, image, podman

from conftest import Start

Environment = dict[str, str]


@dataclass(frozen=True)
class Stores:
    """PostgreSQL and Redis, running and migrated, and what a process must know of them."""

    environment: Environment


def run_once(environment: Mapping[str, str], *command: str, stdin: str = "") -> str:
    """Runs one command of the application in a container of its own and returns what it printed."""
    variables = [argument for name, value in environment.items() for argument in ("--env", f"{name}={value}")]
    result = podman(
        "run",
        "--rm",
        "--interactive",
        "--network",
        "host",
        "--read-only",
        *variables,
        image("app"),
        *command,
        stdin=stdin,
    )
    return result.stdout + result.stderr


@pytest.fixture
def stores(start: Start) -> Stores:
    postgres = start("postgres", settings.postgres())
    redis = start("redis", settings.redis())
    names = ("POSTGRES_PORT", "POSTGRES_DATABASE", "POSTGRES_USER", "POSTGRES_PASSWORD")
    environment = {name: postgres.environment[name] for name in names}
    environment |= {name: redis.environment[name] for name in ("REDIS_PORT", "REDIS_PASSWORD")}
    environment |= {"POSTGRES_HOST": "127.0.0.1", "REDIS_HOST": "127.0.0.1"}
    run_once(environment, "oml", "migrate")
    return Stores(environment)


def fetch(port: str, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def app_environment(stores: Stores) -> Environment:
    return stores.environment | {
        "APP_PORT": str(free_port()),
        "APP_PUBLIC_URL": "https://cc.example",
        "APP_INTERNAL_TOKEN": "internal-secret",
        "SIP_EPHEMERAL_SECRET": "sip-secret",
    }


def test_the_console_and_the_api_are_served(start: Start, stores: Stores) -> None:
    environment = app_environment(stores)
    app = start("app", environment)
    status, page = fetch(environment["APP_PORT"], "/")
    assert status == 200
    assert b"<!doctype html>" in page.lower()
    status, answer = fetch(environment["APP_PORT"], "/api/v2/session")
    assert (status, json.loads(answer)["code"]) == (401, "not-signed-in")
    app.kill_main_process()
    assert app.wait_for_exit() == 137
    assert environment["POSTGRES_PASSWORD"] not in app.logs()


def test_an_administrator_is_made_from_standard_input(stores: Stores) -> None:
    said = run_once(app_environment(stores), "create-admin", "boss", stdin="Correct-horse-7-battery\n")
    assert "is created" in said


def test_the_worker_and_the_dialer_become_ready(start: Start, stores: Stores) -> None:
    start("app", stores.environment | {"WORKER_PORT": str(free_port())}, "oml", "worker")
    start("dialer", stores.environment | {"DIALER_PORT": str(free_port())})


def test_the_acd_takes_over_asterisk(start: Start, stores: Stores) -> None:
    asterisk = start("asterisk", settings.asterisk())
    names = ("ASTERISK_ARI_PORT", "ASTERISK_ARI_USER", "ASTERISK_ARI_PASSWORD")
    environment = stores.environment | {name: asterisk.environment[name] for name in names}
    environment |= {"ACD_PORT": str(free_port()), "ASTERISK_HOST": "127.0.0.1", "KAMAILIO_HOST": "127.0.0.1"}
    start("acd", environment, restart="always")
    eventually(lambda: "omnileads" in asterisk.execute("asterisk", "-rx", "ari show apps"), evidence=asterisk.logs)


def missing(start: Start, slug: str, environment: Environment, *command: str) -> str:
    container: Container = start(slug, environment, *command, wait=False)
    assert container.wait_for_exit() == 1
    return container.logs().strip()


@pytest.mark.parametrize(
    ("slug", "make"),
    [
        pytest.param("app", app_environment, id="app"),
        pytest.param("acd", lambda stores: stores.environment, id="acd"),
        pytest.param("dialer", lambda stores: stores.environment, id="dialer"),
    ],
)
def test_a_missing_variable_is_named(start: Start, slug: str, make: Callable[[Stores], Environment]) -> None:
    stores = Stores({"POSTGRES_HOST": "127.0.0.1", "REDIS_HOST": "127.0.0.1", "REDIS_PASSWORD": "redis-secret"})
    assert "POSTGRES_PASSWORD is not set." in missing(start, slug, make(stores)).splitlines()
