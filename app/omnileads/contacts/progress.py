"""An import as the worker sees it: reporting how far it is, being told to stop, writing down what was refused."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, update

from omnileads.contacts.csv_file import BYTE_ORDER_MARK, Parts, harmless
from omnileads.contacts.models import ContactImport, ImportReject
from omnileads.contacts.reasons import HEADINGS, sentence
from omnileads.kit.clock import Clock
from omnileads.kit.db import Database

REPORT_SECONDS: Final = 0.5
_PIECE_BYTES: Final = 512 * 1024


class ImportCancelledError(Exception):
    """Somebody cancelled the import."""


@dataclass
class Counts:
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0


class Progress:
    """Reports with short transactions of its own, so that everybody sees them while the import's is open."""

    def __init__(self, database: Database, clock: Clock, import_id: int, parts: Parts) -> None:
        self.counts = Counts()
        self._database = database
        self._clock = clock
        self._import_id = import_id
        self._parts = parts
        self._due = time.monotonic() + REPORT_SECONDS

    def tick(self) -> None:
        """Called now and then. Raises ImportCancelledError."""
        if time.monotonic() >= self._due:
            self.report()
            self._due = time.monotonic() + REPORT_SECONDS

    def report(self) -> None:
        """Raises ImportCancelledError."""
        counts = self.counts
        with self._database.transaction() as session:
            is_cancelled = session.scalar(
                update(ContactImport)
                .where(ContactImport.id == self._import_id)
                .values(
                    done_bytes=self._parts.taken,
                    read_count=counts.read,
                    accepted_count=counts.accepted,
                    rejected_count=counts.rejected,
                    duplicate_count=counts.duplicate,
                    touched_at=self._clock.now(),
                )
                .returning(ContactImport.is_cancel_requested)
            )
        if is_cancelled is not False:
            raise ImportCancelledError


class Rejects:
    """The file of refused rows: line, reason, and the row as it was, harmless to spreadsheets."""

    def __init__(self, database: Database, import_id: int, language: str) -> None:
        self._database = database
        self._import_id = import_id
        self._language = language
        self._position = 0
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer)
        with database.transaction() as session:
            session.execute(delete(ImportReject).where(ImportReject.import_id == import_id))

    def head(self, header: Sequence[str]) -> None:
        self._buffer.write(BYTE_ORDER_MARK)
        self._writer.writerow([*HEADINGS.get(self._language, HEADINGS["en"]), *map(harmless, header)])

    def add(self, line: int, code: str, cells: Sequence[str], column: str = "") -> None:
        reason = sentence(code, column, self._language)
        self._writer.writerow([line, reason, *map(harmless, cells)])
        if self._buffer.tell() >= _PIECE_BYTES:
            self.flush()

    def flush(self) -> None:
        content = self._buffer.getvalue().encode()
        self._buffer.seek(0)
        self._buffer.truncate()
        with self._database.transaction() as session:
            session.add(ImportReject(import_id=self._import_id, position=self._position, content=content))
        self._position += 1
