"""Runs migrations on the connection `omnileads.schema` hands over, or on one of its own for the alembic command."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from omnileads.kit.db import Database
from omnileads.settings import PlatformSettings, read
from omnileads.tables import METADATA


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=METADATA, compare_server_default=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    with Database(read(PlatformSettings).postgres, application_name="alembic").engine.connect() as own:
        run(own)
        own.commit()
