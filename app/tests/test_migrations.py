"""Migrations make exactly the tables the code declares, and can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2.extensions
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text, update

from omnileads.accounts.models import Role
from omnileads.accounts.roles import PREDEFINED_ROLES
from omnileads.kit.db import Database
from omnileads.kit.health import SUPPORTED, alembic_config, supported_revisions
from omnileads.schema import migrate
from omnileads.settings import Settings
from omnileads.tables import METADATA


@pytest.fixture
def empty(settings: Settings) -> Iterator[Database]:
    """A schema of its own in the test database, where migrations have not been yet."""
    name = f"empty_{secrets.token_hex(4)}"
    outer = Database(settings.postgres, "tests")
    with outer.engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    inner = Database(settings.postgres, "tests")

    @event.listens_for(inner.engine, "connect")
    def use_schema(connection: psycopg2.extensions.connection, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {name}")
        connection.commit()

    yield inner
    inner.close()
    with outer.engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    outer.close()


def test_the_schema_is_what_the_code_declares(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def columns_of(database: Database) -> set[tuple[str, str]]:
    inspector = inspect(database.engine)
    return {(table, column["name"]) for table in inspector.get_table_names() for column in inspector.get_columns(table)}


def test_a_migration_that_takes_something_away_says_so(empty: Database) -> None:
    """While it does not, the version before keeps working on the new schema: upgrades and their return rely on it."""
    config, scripts = alembic_config(), ScriptDirectory.from_config(alembic_config())
    before: set[tuple[str, str]] = set()
    for script in reversed(list(scripts.walk_revisions())):
        with empty.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, script.revision)
            connection.commit()
        after = columns_of(empty)
        assert before <= after or getattr(script.module, "contracts", False), (script.revision, before - after)
        before = after


def test_the_schema_says_which_code_it_works_with(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        note = connection.scalar(text("SELECT obj_description('alembic_version'::regclass, 'pg_class')"))
    revisions = supported_revisions(ScriptDirectory.from_config(alembic_config()))
    assert note == SUPPORTED + " ".join(revisions)
    assert revisions[0] == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_what_was_taken_away_ends_the_support_of_code_before_it(tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    for number, contracts in ((1, ""), (2, ""), (3, "contracts = True"), (4, "")):
        before = repr(str(number - 1)) if number > 1 else None
        (folder / f"{number}.py").write_text(f"revision = '{number}'\ndown_revision = {before}\n{contracts}\n")
    assert supported_revisions(ScriptDirectory(str(tmp_path))) == ["4", "3"]


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_a_second_time_changes_nothing(empty: Database) -> None:
    assert migrate(empty) is True
    assert migrate(empty) is False
    with empty.transaction() as session:
        assert {role.slug for role in session.query(Role)} == {role.slug for role in PREDEFINED_ROLES}


def test_two_at_once_wait_for_each_other(empty: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, (empty, empty)))
    with empty.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM config_revision")) == 1


def test_predefined_roles_follow_the_code(empty: Database) -> None:
    migrate(empty)
    with empty.transaction() as session:
        session.execute(update(Role).where(Role.slug == "manager").values(permissions=["users.read"]))
    assert migrate(empty) is True
    with empty.transaction() as session:
        manager = session.query(Role).filter_by(slug="manager").one()
        assert "campaigns.write" in manager.permissions


def test_every_migration_can_be_taken_back(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    migrate(empty)
