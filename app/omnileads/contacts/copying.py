"""COPY from rows that are made while they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from omnileads.contacts.csv_file import Parts

_BYTES: Final = 64 * 1024


def copy_in(session: Session, statement: str, blocks: Iterator[bytes]) -> None:
    """Run `COPY ... FROM STDIN` with these blocks. Raises what making the blocks raises, which psycopg2 would hide."""
    errors: list[Exception] = []

    def watched() -> Iterator[bytes]:
        try:
            yield from blocks
        except Exception as error:
            errors.append(error)
            raise

    feed = io.BufferedReader(Parts(watched()), _BYTES)
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(statement, feed, _BYTES)
    except Exception:
        if errors:
            raise errors[0] from None
        raise
    finally:
        cursor.close()
