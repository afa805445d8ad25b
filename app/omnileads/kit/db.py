"""PostgreSQL: the declarative base, the engine, and who owns a transaction.

The edge (a request, a job, a consumer, a command) owns the transaction by `Database.transaction()`; services flush and
never commit. What must happen only after the commit (a Redis message) is given to `after_commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, cast

import psycopg2
import psycopg2.errors
import structlog
from sqlalchemy import CursorResult, DateTime, Executable, MetaData, Table, create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session

from omnileads.kit.db_connections import watch_connections
from omnileads.kit.errors import AppError
from omnileads.settings import PostgresTopic

log = structlog.get_logger(__name__)

_AFTER_COMMIT = "after_commit"


class Base(DeclarativeBase):
    """Base of every table. `datetime` columns are `timestamptz`; constraints have predictable names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {datetime: DateTime(timezone=True)}


def table_of(model: type[Base]) -> Table:
    """The table, for statements that need no objects: they cost a third."""
    return cast("Table", model.__table__)


class ReadOnlyError(Exception):
    """Something was to be changed where is only read. The code must use a transaction."""


class Reader:
    """Asks for columns, not for objects: a session's bookkeeping costs more than a short statement does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Raises ReadOnlyError for a statement that writes."""
        if statement.is_dml:
            raise ReadOnlyError
        return self._connection.execute(statement, parameters)

    def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row; None without rows. Raises ReadOnlyError as `execute`."""
        return self.execute(statement, parameters).scalar()


class Database:
    """One pool of connections to PostgreSQL. Opens none before the first use."""

    def __init__(self, settings: PostgresTopic, application_name: str) -> None:
        self.engine: Engine = create_engine(
            database_url(settings),
            hide_parameters=True,  # they would put phone numbers and names into the log
            pool_use_lifo=True,  # the fewest connections are in use, and the others notice that they are idle
            pool_size=settings.pool_size,
            max_overflow=settings.pool_overflow,
            pool_timeout=settings.pool_wait_seconds,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": settings.connect_timeout_seconds,
                "application_name": application_name,
                "options": " ".join(
                    f"-c {name}={value}"
                    for name, value in {
                        "timezone": "UTC",
                        "statement_timeout": f"{settings.statement_timeout_seconds}s",
                        "lock_timeout": "10s",
                        "idle_in_transaction_session_timeout": "60s",
                    }.items()
                ),
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        )

        watch_connections(self.engine)
        event.listen(self.engine, "handle_error", _lose_former_leader)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed when the block ends and rolled back when it raises.

        An AppError with `keeps_changes` commits and is then raised. Actions given to `after_commit` run after the
        commit, in order; one that fails is logged and does not undo anything.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            except AppError as error:
                if error.keeps_changes:
                    _commit(session)
                raise
            _commit(session)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """For statements that only read.

        Each sees what is committed when it begins, as in `transaction`, but nothing has to be begun and committed.
        Locks end with the statement that takes them.
        """
        with self.engine.connect() as connection:
            # Not an isolation level of SQLAlchemy's: one that cannot be taken back loses the pool a connection.
            driver: Any = connection.connection.dbapi_connection
            driver.autocommit = True
            try:
                yield Reader(connection)
            finally:
                if not driver.closed:
                    driver.autocommit = False

    @contextmanager
    def rehearsal(self) -> Iterator[Session]:
        """A session whose changes are thrown away at the end; what waits for a commit never happens."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def ping(self) -> None:
        """Raises an SQLAlchemyError when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def _lose_former_leader(context: ExceptionContext) -> None:
    """A server that takes no writes is not the leader, or no longer: connections to it count as broken."""
    if isinstance(context.original_exception, psycopg2.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True


def database_url(settings: PostgresTopic) -> URL:
    return URL.create(
        "postgresql+psycopg2",
        username=settings.user,
        password=settings.password.get_secret_value(),
        host=settings.host,
        port=settings.port,
        database=settings.database,
    )


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Run `action` once the session's transaction is committed; never when it is rolled back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def _commit(session: Session) -> None:
    session.commit()
    actions: list[Callable[[], object]] = session.info.pop(_AFTER_COMMIT, [])
    for action in actions:
        try:
            action()
        except Exception:
            log.exception("db.after-commit-failed")


@contextmanager
def constraint_errors(session: Session, errors: Mapping[str, AppError]) -> Iterator[None]:
    """Flush at the end of the block and raise `errors[<constraint>]` where that constraint is violated.

    Keys are constraint or index names, e.g. `uq_agent_groups_name`. The surrounding transaction stays usable, because
    the block runs in a savepoint. Violations of other constraints are raised as they are.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, psycopg2.Error):
            known = errors.get(error.orig.diag.constraint_name or "")
            if known is not None:
                raise known from error
        raise
