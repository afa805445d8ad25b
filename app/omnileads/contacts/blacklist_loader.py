"""The numbers of a file into a do-not-call list, by way of a temporary table that vanishes with the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from omnileads.contacts import phones
from omnileads.contacts.copying import copy_in
from omnileads.contacts.csv_file import Rows, restored
from omnileads.contacts.errors import FileRefused
from omnileads.contacts.models import Blacklist, BlacklistEntry
from omnileads.contacts.progress import Progress, Rejects
from omnileads.contacts.schemas.imports import BlacklistImportStart

_BLOCK_ROWS: Final = 1000
_MERGE: Final = text(
    "WITH written AS ("
    " INSERT INTO blacklist_entries (blacklist_id, number, reason, expires_at)"
    " SELECT DISTINCT :blacklist_id, number, :reason, CAST(:expires_at AS timestamptz) FROM imported_numbers"
    " ON CONFLICT (blacklist_id, number)"
    " DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at"
    " RETURNING xmax = 0 AS is_new)"
    " SELECT count(*), count(*) FILTER (WHERE is_new) FROM written"
)


def load_numbers(
    session: Session, blacklist_id: int, options: BlacklistImportStart, rows: Rows, progress: Progress, rejects: Rejects
) -> None:
    """Raises FileRefused, ImportCancelledError."""
    cells = iter(rows)
    first = next(cells, None)
    if first is None:
        raise FileRefused("empty", "The file has no rows. Choose another one.")
    rejects.head(first if options.has_header else [f"column {number + 1}" for number in range(len(first))])
    session.execute(text("CREATE TEMPORARY TABLE imported_numbers (number text NOT NULL) ON COMMIT DROP"))
    body = cells if options.has_header else chain([first], cells)
    copy_in(session, "COPY imported_numbers FROM STDIN", _blocks(body, options.source, rows, progress, rejects))
    if options.replaces:
        session.execute(delete(BlacklistEntry).where(BlacklistEntry.blacklist_id == blacklist_id))
    values = {"blacklist_id": blacklist_id, "reason": options.reason, "expires_at": options.expires_at}
    written, new = session.execute(_MERGE, values).one()
    progress.counts.duplicate = progress.counts.accepted - written
    progress.counts.accepted = written
    count = new if options.replaces else Blacklist.entry_count + new
    session.execute(update(Blacklist).where(Blacklist.id == blacklist_id).values(entry_count=count))


def _blocks(
    body: Iterable[list[str]], source: int, rows: Rows, progress: Progress, rejects: Rejects
) -> Iterator[bytes]:
    counts = progress.counts
    block: list[str] = []
    for cells in body:
        counts.read += 1
        number = phones.clean(restored(cells[source]).strip()) if source < len(cells) else None
        if number is None:
            counts.rejected += 1
            rejects.add(rows.line, "not-a-phone", cells, cells[source] if source < len(cells) else "")
            continue
        counts.accepted += 1
        block.append(phones.digits(number))
        if len(block) == _BLOCK_ROWS:
            yield _lines(block)
            block.clear()
            progress.tick()
    yield _lines(block)


def _lines(numbers: list[str]) -> bytes:
    return "".join(f"{number}\n" for number in numbers).encode()
