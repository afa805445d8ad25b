"""Connections to PostgreSQL that died while nobody used them are replaced before they cost a request an error.

A server that ends or loses a connection closes it, which can be seen without asking the server: there is something to
read where nothing should be. Only who cannot be told so, a host that vanished, has to be asked, and only now and then.
"""

from __future__ import annotations

from select import POLLIN, poll
from time import monotonic
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

ASK_AFTER_SECONDS: Final = 15.0
"""A connection that was not used for so long is asked whether it still is one."""


def watch_connections(engine: Engine) -> None:
    """Look at each connection of the engine when it is taken from the pool."""
    event.listen(engine, "connect", _note)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check)


def _note(connection: Any, entry: ConnectionPoolEntry) -> None:
    watch = poll()
    watch.register(connection.fileno(), POLLIN)
    entry.info["watch"] = watch
    entry.info["used_at"] = monotonic()


def _note_use(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = monotonic()


def _check(connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    """Raises DisconnectionError, with which the pool makes another connection."""
    if entry.info["watch"].poll(0):
        raise DisconnectionError("the server has closed this connection")
    if monotonic() - entry.info["used_at"] > ASK_AFTER_SECONDS:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            connection.rollback()
        except connection.Error as error:
            raise DisconnectionError("the server does not answer on this connection") from error
