"""A base as a CSV file that the import takes back and that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select

from omnileads.contacts.csv_file import BYTE_ORDER_MARK, csv_lines
from omnileads.contacts.models import Column, Contact
from omnileads.kit.db import Database

_AT_ONCE: Final = 5000

EXAMPLE: Final = csv_lines(
    [
        ["phone", "mobile", "first name", "last name", "city", "id"],
        ["+543414555101", "+5493415550101", "Terence", "McKenna", "Rosario", "1000001"],
        ["+543414555102", "", "Hermann", "Hesse", "Córdoba", "1000002"],
        ["+543414555103", "+5493415550103", "Jorge Luis", "Borges", "Buenos Aires", "1000003"],
    ]
)
"""A file to begin with."""


def base_as_csv(database: Database, base_id: int, columns: Sequence[Column]) -> Iterator[bytes]:
    """The file in pieces. Each is read in a transaction of its own, so a slow reader holds nothing open."""
    yield (BYTE_ORDER_MARK + csv_lines([[column["name"] for column in columns]])).encode()
    after = 0
    while True:
        with database.transaction() as session:
            rows = session.execute(
                select(Contact.id, Contact.values)
                .where(Contact.base_id == base_id, Contact.id > after)
                .order_by(Contact.id)
                .limit(_AT_ONCE)
            ).all()
        if not rows:
            return
        yield csv_lines([values for _id, values in rows]).encode()
        after = rows[-1][0]
