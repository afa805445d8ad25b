"""Files on their way in: received in parts, looked at, and handed to the worker part by part.

The parts are rows of the database, because the application and the worker share no folder and there may be several of
each. A part is at most `MAX_PART_BYTES`; the parts of a file count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.contacts.columns import MAX_COLUMNS
from omnileads.contacts.csv_file import Format, Parts, detect, first_rows, looks_like_header
from omnileads.contacts.errors import FileRefused, ImportNotStartable
from omnileads.contacts.guess import guessed_columns
from omnileads.contacts.models import Column, ContactImport, ImportChunk
from omnileads.contacts.schemas.imports import Preview, PreviewRequest
from omnileads.kit.clock import Clock
from omnileads.kit.db import Database
from omnileads.kit.errors import ValidationFailed

MAX_PART_BYTES: Final = 4 * 1024 * 1024
PREVIEW_ROWS: Final = 20
_SAMPLE_BYTES: Final = 1024 * 1024
_RESTARTABLE: Final = ("uploading", "failed")


class Uploads:
    """`limit_bytes` is the largest file."""

    def __init__(self, session: Session, clock: Clock, limit_bytes: int) -> None:
        self._session = session
        self._clock = clock
        self._limit_bytes = limit_bytes

    def add_part(self, run: ContactImport, position: int, content: bytes) -> None:
        """Sent again, a part replaces itself. Raises ImportNotStartable, FileRefused."""
        if run.state != "uploading":
            raise ImportNotStartable
        if not content:
            raise FileRefused("empty", "The part is empty. Send at least a byte.")
        part = insert(ImportChunk).values(import_id=run.id, position=position, content=content)
        self._session.execute(
            part.on_conflict_do_update(
                index_elements=["import_id", "position"], set_={"content": part.excluded.content}
            )
        )
        run.size_bytes = self._size(run.id)
        run.touched_at = self._clock.now()
        if run.size_bytes > self._limit_bytes:
            limit = self._limit_bytes // 1024 // 1024
            raise FileRefused("too-large", f"The file is larger than {limit} MB. Divide it.")

    def preview(self, run: ContactImport, wanted: PreviewRequest, base_columns: Sequence[Column] | None) -> Preview:
        """How the file is read. Raises FileRefused, ImportNotStartable."""
        form, rows = self.look(run, wanted)
        names = _names(rows, form)
        body = rows[1:] if form.has_header else rows
        return Preview(
            encoding=form.encoding,
            delimiter=form.delimiter,
            has_header=form.has_header,
            size_bytes=run.size_bytes,
            columns=guessed_columns(names, body),
            rows=[[cell[:200] for cell in row] for row in body[:PREVIEW_ROWS]],
            sources=None if base_columns is None else _sources(base_columns, names),
        )

    def look(self, run: ContactImport, wanted: PreviewRequest) -> tuple[Format, list[list[str]]]:
        """The format and the first rows, header included. Raises FileRefused, ImportNotStartable."""
        if run.state not in _RESTARTABLE:
            raise ImportNotStartable
        sample, is_whole = self._sample(run)
        found = detect(sample, is_whole=is_whole)
        form = Format(wanted.encoding or found.encoding, wanted.delimiter or found.delimiter, has_header=True)
        rows = first_rows(sample, form, 4 * PREVIEW_ROWS, is_whole=is_whole)
        if not rows:
            raise FileRefused("empty", "The file has no rows. Choose another one.")
        has_header = looks_like_header(rows[0]) if wanted.has_header is None else wanted.has_header
        if len(rows[0]) > MAX_COLUMNS:
            message = f"The file has {len(rows[0])} columns; {MAX_COLUMNS} are possible. Leave some out."
            raise FileRefused("too-many-columns", message)
        return Format(form.encoding, form.delimiter, has_header), rows

    def _size(self, import_id: int) -> int:
        total = select(func.coalesce(func.sum(func.octet_length(ImportChunk.content)), 0))
        return int(self._session.scalar(total.where(ImportChunk.import_id == import_id)) or 0)

    def _sample(self, run: ContactImport) -> tuple[bytes, bool]:
        """The beginning of the file, and whether that is all of it. Raises FileRefused unless all parts are here."""
        last, count = self._session.execute(
            select(func.max(ImportChunk.position), func.count()).where(ImportChunk.import_id == run.id)
        ).one()
        if not count:
            raise FileRefused("not-uploaded", "The file is not here yet. Upload it first.")
        if last != count - 1:
            raise FileRefused("part-missing", "A part of the file is missing. Upload it again.")
        first = self._session.scalar(
            select(func.substr(ImportChunk.content, 1, _SAMPLE_BYTES)).where(
                ImportChunk.import_id == run.id, ImportChunk.position == 0
            )
        )
        sample = bytes(first or b"")
        return sample, len(sample) == run.size_bytes


def stored_parts(database: Database, import_id: int) -> Iterator[bytes]:
    """The parts in order, each read in a transaction of its own."""
    position = 0
    while True:
        with database.transaction() as session:
            content = session.scalar(
                select(ImportChunk.content).where(ImportChunk.import_id == import_id, ImportChunk.position == position)
            )
        if content is None:
            return
        yield bytes(content)
        position += 1


def open_upload(database: Database, import_id: int) -> Parts:
    return Parts(stored_parts(database, import_id))


def forget_file(session: Session, import_id: int) -> None:
    """Remove what was uploaded."""
    session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id))


def check_width(rows: Sequence[Sequence[str]], sources: Sequence[int | None], field: str) -> None:
    """Raise ValidationFailed for a column the file does not have."""
    width = len(rows[0])
    for index, source in enumerate(sources):
        if source is not None and source >= width:
            message = f"The file has only {width} columns. Choose another one."
            raise ValidationFailed.of(f"{field}.{index}", "no-such-column", message)


def _names(rows: Sequence[Sequence[str]], form: Format) -> list[str]:
    if form.has_header:
        return [cell.strip()[:100] for cell in rows[0]]
    return [f"column {number}" for number in range(1, len(rows[0]) + 1)]


def _sources(columns: Sequence[Column], names: Sequence[str]) -> list[int | None]:
    places = {name.casefold(): index for index, name in reversed(list(enumerate(names)))}
    return [places.get(column["name"].casefold()) for column in columns]
