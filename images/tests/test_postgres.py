"""PostgreSQL: an application signs in over TCP, its data and a new password survive restarts."""

from __future__ import annotations

from collections.abc import Callable

import settings
from containers import Container, podman

from conftest import Start

DATA = "/var/lib/omnileads/postgres"


def query(container: Container, sql: str, *, password: str | None = None) -> str:
    variables = container.environment
    return container.execute(
        *("env", f"PGPASSWORD={password or variables['POSTGRES_PASSWORD']}", "psql", "--no-psqlrc", "--tuples-only"),
        *("--no-align", "--host", "127.0.0.1", "--port", variables["POSTGRES_PORT"]),
        *("--username", variables["POSTGRES_USER"], "--dbname", variables["POSTGRES_DATABASE"], "--command", sql),
    ).strip()


def test_the_application_keeps_its_data_over_a_kill(start: Start) -> None:
    postgres = start("postgres", settings.postgres())
    query(postgres, "CREATE TABLE calls (id int PRIMARY KEY); INSERT INTO calls VALUES (42)")
    postgres.kill_main_process()
    podman("wait", postgres.name)
    postgres.start_again()
    postgres.wait_until_healthy()
    assert query(postgres, "SELECT id FROM calls") == "42"
    assert query(postgres, "SHOW server_version").startswith("18.")
    assert query(postgres, "SHOW data_checksums") == "on"


def test_the_application_is_no_superuser_and_sees_only_its_database(start: Start) -> None:
    postgres = start("postgres", settings.postgres())
    assert (
        query(postgres, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        == "f"
    )
    refused = podman(
        *("exec", postgres.name, "env", f"PGPASSWORD={postgres.environment['POSTGRES_PASSWORD']}", "psql"),
        *(
            "--host",
            "127.0.0.1",
            "--port",
            postgres.environment["POSTGRES_PORT"],
            "--username",
            "omnileads",
            "postgres",
        ),
        check=False,
    )
    assert "no pg_hba.conf entry" in refused.stderr


def test_a_changed_password_is_taken_over_at_the_next_start(start: Start, volume: Callable[[], str]) -> None:
    variables, data = settings.postgres(), {DATA: volume()}
    first = start("postgres", variables, volumes=data)
    query(first, "CREATE TABLE calls (id int)")
    first.remove()
    second = start("postgres", variables | {"POSTGRES_PASSWORD": "another"}, volumes=data)
    assert query(second, "SELECT count(*) FROM calls", password="another") == "0"
