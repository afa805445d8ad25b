from __future__ import annotations

import os
import socket

import pytest
from sqlalchemy import Executable, delete, event, insert, text, update
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.orm import Session

from omnileads.accounts.models import Role
from omnileads.kit.db import Database, ReadOnlyError, after_commit, constraint_errors
from omnileads.kit.errors import AppError, Conflict
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings


class Counted(AppError):
    keeps_changes = True


def add_failures(session: Session, name: str) -> None:
    session.execute(
        text("INSERT INTO sign_in_failures (username, failures, last_failure_at) VALUES (:name, 1, now())"),
        {"name": name},
    )


def names(runtime: Runtime) -> list[str]:
    with runtime.database.transaction() as session:
        return list(session.scalars(text("SELECT username FROM sign_in_failures")))


def test_a_block_that_ends_is_committed(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        add_failures(session, "kept")
    assert names(runtime) == ["kept"]


@pytest.mark.parametrize("error", [ValueError, AppError])
def test_a_block_that_raises_is_rolled_back(runtime: Runtime, error: type[Exception]) -> None:
    with pytest.raises(error), runtime.database.transaction() as session:
        add_failures(session, "lost")
        raise error
    assert names(runtime) == []


def test_an_error_may_keep_the_changes(runtime: Runtime) -> None:
    with pytest.raises(Counted), runtime.database.transaction() as session:
        add_failures(session, "kept")
        raise Counted
    assert names(runtime) == ["kept"]


def test_actions_run_after_the_commit_in_order(runtime: Runtime) -> None:
    seen: list[object] = []
    with runtime.database.transaction() as session:
        add_failures(session, "first")
        after_commit(session, lambda: seen.append(names(runtime)))
        after_commit(session, lambda: seen.append("second"))
        assert seen == []
    assert seen == [["first"], "second"]


def test_actions_do_not_run_after_a_rollback(runtime: Runtime) -> None:
    seen: list[str] = []
    with pytest.raises(ValueError, match="stop"), runtime.database.transaction() as session:
        after_commit(session, lambda: seen.append("never"))
        raise ValueError("stop")
    assert seen == []


def test_an_action_that_fails_stops_neither_the_others_nor_the_caller(runtime: Runtime) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise ConnectionError

    with runtime.database.transaction() as session:
        after_commit(session, fail)
        after_commit(session, lambda: seen.append("done"))
    assert seen == ["done"]


def make_role(session: Session, slug: str) -> None:
    session.add(Role(slug=slug, name="A role", is_predefined=False, permissions=[]))


def test_a_violated_constraint_becomes_its_error_and_the_transaction_goes_on(session: Session) -> None:
    with pytest.raises(Conflict), constraint_errors(session, {"uq_roles_slug": Conflict()}):
        make_role(session, "administrator")
    add_failures(session, "still usable")


def test_another_constraint_stays_what_it_is(session: Session) -> None:
    with pytest.raises(IntegrityError), constraint_errors(session, {"uq_users_username": Conflict()}):
        make_role(session, "administrator")


def test_a_slow_statement_is_cancelled(settings: Settings) -> None:
    database = Database(settings.postgres.model_copy(update={"statement_timeout_seconds": 1}), "test")
    with pytest.raises(OperationalError, match="statement timeout"), database.transaction() as session:
        session.execute(text("SELECT pg_sleep(30)"))
    database.close()


def test_sessions_speak_utc_and_say_who_they_are(settings: Settings) -> None:
    database = Database(settings.postgres, "who-i-am")
    with database.transaction() as session:
        assert session.scalar(text("SHOW timezone")) == "UTC"
        assert session.scalar(text("SHOW application_name")) == "who-i-am"
        assert session.scalar(text("SHOW statement_timeout")) == "30s"
    database.close()


def test_the_pool_is_as_large_as_the_setting_says(settings: Settings) -> None:
    database = Database(settings.postgres.model_copy(update={"pool_size": 3, "pool_overflow": 2}), "test")
    assert database.engine.pool.status().startswith("Pool size: 3")
    database.close()


def test_personal_data_of_a_failing_statement_is_not_in_the_error(session: Session) -> None:
    with pytest.raises(Exception, match="hide_parameters") as raised:
        session.execute(text("SELECT 1 / 0, :number"), {"number": "+5491155551234"})
    assert "5551234" not in str(raised.value)
    session.rollback()


def test_a_dead_connection_is_replaced(runtime: Runtime, settings: Settings) -> None:
    """A server that was restarted costs no request an error."""
    others = """SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND usename = user"""
    killer = Database(settings.postgres, "killer")
    with runtime.database.transaction() as session:
        session.execute(text("SELECT 1"))
    with killer.transaction() as session:
        session.execute(text(others))
    killer.close()
    with runtime.database.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_connection_that_was_idle_for_long_is_asked(settings: Settings) -> None:
    """A host that vanished closes nothing, so the connection looks well until it is used."""
    database = Database(settings.postgres.model_copy(update={"pool_size": 1}), "idle")
    with database.transaction() as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    event.listen(database.engine, "checkin", lambda _connection, entry: entry.info.update(used_at=0.0))
    with database.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == first
    with database.engine.connect() as connection:
        silent = connection.connection.dbapi_connection
        assert silent is not None
        descriptor = silent.fileno()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        os.dup2(nobody.fileno(), descriptor)
    with database.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != first
    database.close()


def test_what_only_reads_sees_what_is_committed(runtime: Runtime) -> None:
    with runtime.database.reading() as session, runtime.database.transaction() as other:
        add_failures(other, "new")
        assert session.scalar(text("SELECT count(*) FROM sign_in_failures")) == 0
        other.commit()
        assert session.scalar(text("SELECT count(*) FROM sign_in_failures")) == 1


@pytest.mark.parametrize("change", [insert(Role).values(slug="new"), update(Role).values(slug="new"), delete(Role)])
def test_what_only_reads_may_not_change(runtime: Runtime, change: Executable) -> None:
    with pytest.raises(ReadOnlyError), runtime.database.reading() as reader:
        reader.execute(change)
    with pytest.raises(ReadOnlyError), runtime.database.reading() as reader:
        reader.scalar(change)


def test_a_connection_lost_while_reading_goes_back_to_the_pool(settings: Settings) -> None:
    database = Database(settings.postgres.model_copy(update={"pool_size": 1, "pool_overflow": 0}), "lost")
    killer = Database(settings.postgres, "killer")
    for _ in range(2):
        with pytest.raises(OperationalError), database.reading() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with killer.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            session.execute(text("SELECT 1"))
    with database.transaction() as session:
        session.execute(text("CREATE TEMPORARY TABLE not_kept (id int)"))
        session.rollback()
        assert session.scalar(text("SELECT to_regclass('not_kept')")) is None
    killer.close()
    database.close()


def test_a_server_that_takes_no_writes_any_more_is_left(runtime: Runtime, settings: Settings) -> None:
    """What a former leader of a cluster answers on connections that it kept."""
    one_connection = settings.postgres.model_copy(update={"pool_size": 1, "pool_overflow": 0})
    database = Database(one_connection, "tests")
    with database.transaction() as session:
        session.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        before = session.scalar(text("SELECT pg_backend_pid()"))
    with pytest.raises(InternalError) as refused, database.transaction() as session:
        add_failures(session, "refused")
    assert refused.value.connection_invalidated
    with database.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != before
        add_failures(session, "written")
    database.close()
    assert names(runtime) == ["written"]
