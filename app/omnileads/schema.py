"""Bringing the database to this code's schema, and the predefined roles with it."""

from __future__ import annotations

import structlog
from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import or_, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.accounts.models import Role
from omnileads.accounts.roles import PREDEFINED_ROLES
from omnileads.kit.db import Database
from omnileads.kit.health import alembic_config, is_newer_and_supported, write_supported_revisions

log = structlog.get_logger(__name__)

_MIGRATION_LOCK = 7_305_811_900_417_001
"""Key of the advisory lock that lets one `oml migrate` run at a time."""


def migrate(database: Database) -> bool:
    """Apply all pending migrations and write the predefined roles. Waits for another migration that is running.

    A newer schema that this code still works with is left as it is. Returns whether anything was changed.
    """
    with database.engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        try:
            config = alembic_config()
            config.attributes["connection"] = connection
            before = MigrationContext.configure(connection).get_current_heads()
            if is_newer_and_supported(connection):
                log.info("schema.newer")
                return False
            command.upgrade(config, "head")
            after = MigrationContext.configure(connection).get_current_heads()
            write_supported_revisions(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            connection.commit()
            connection.invalidate()
    with database.transaction() as session:
        are_roles_written = write_predefined_roles(session)
    is_changed = before != after or are_roles_written
    log.info("schema.migrated" if is_changed else "schema.up-to-date")
    return is_changed


def write_predefined_roles(session: Session) -> bool:
    """Make the table `roles` agree with the code about the predefined ones. Returns whether it did not."""
    written: list[int] = []
    for role in PREDEFINED_ROLES:
        values = {"name": role.name, "is_predefined": True, "permissions": sorted(role.permissions)}
        differs = or_(*(getattr(Role, name).is_distinct_from(value) for name, value in values.items()))
        written += session.scalars(
            insert(Role)
            .values(slug=role.slug, **values)
            .on_conflict_do_update(index_elements=[Role.slug], set_=values, where=differs)
            .returning(Role.id)
        )
    return bool(written)
