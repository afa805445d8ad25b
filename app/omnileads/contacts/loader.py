"""The rows of a file into a base: judged, and copied into the table as they come, in constant memory.

Whether a key (external id, main phone) is there already is answered by `Seen` in memory; only what it is not sure about
is set aside and looked up, some thousand rows at a time. So nearly every row goes straight into one COPY.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import any_, bindparam

from omnileads.contacts.columns import Structure
from omnileads.contacts.copying import copy_in
from omnileads.contacts.csv_file import Rows
from omnileads.contacts.models import Contact
from omnileads.contacts.progress import Progress, Rejects
from omnileads.contacts.rows import COPY_COLUMNS, ContactReader, CopyLines, NewContact, RowRefusedError
from omnileads.contacts.seen import Seen

MAX_SUSPECTS: Final = 5000
_BLOCK_ROWS: Final = 500
_COPY: Final = f"COPY contacts ({COPY_COLUMNS}) FROM STDIN"
_MAIN_PHONE: ColumnElement[str] = literal_column("contacts.phones[1]", Text)


class Suspect(NamedTuple):
    """A row with a key that may be there already."""

    line: int
    cells: list[str]
    contact: NewContact


class ContactLoader:
    def __init__(
        self,
        session: Session,
        base_id: int,
        structure: Structure,
        reader: ContactReader,
        rows: Rows,
        *,
        refuse_phones: bool,
        progress: Progress,
        rejects: Rejects,
    ) -> None:
        self._session = session
        self._base_id = base_id
        self._structure = structure
        self._reader = reader
        self._rows = rows
        self._progress = progress
        self._rejects = rejects
        self._copy = CopyLines(base_id, structure)
        self._ids = Seen() if structure.external_id is not None else None
        self._phones = Seen() if refuse_phones else None
        self._suspects: list[Suspect] = []
        self._is_over = False

    def load(self, rows: Iterator[list[str]], *, is_new_base: bool) -> None:
        """`rows` without the header. Raises FileRefused, ImportCancelledError."""
        if not is_new_base:
            self._learn_present_keys()
        while not self._is_over:
            copy_in(self._session, _COPY, self._blocks(rows))
            self._settle_suspects()
        self._progress.report()

    def _learn_present_keys(self) -> None:
        if self._ids is None and self._phones is None:
            return
        statement = select(Contact.external_id, _MAIN_PHONE).where(Contact.base_id == self._base_id)
        for part in self._session.execute(statement.execution_options(yield_per=10_000)).partitions():
            for external_id, phone in part:
                if self._ids is not None and external_id is not None:
                    self._ids.add(external_id)
                if self._phones is not None:
                    self._phones.add(phone)
            self._progress.tick()

    def _blocks(self, rows: Iterator[list[str]]) -> Iterator[bytes]:
        block: list[str] = []
        read, line, counts = self._reader.read, self._copy.line, self._progress.counts
        for cells in rows:
            counts.read += 1
            try:
                contact = read(cells)
            except RowRefusedError as refused:
                counts.rejected += 1
                self._rejects.add(self._rows.line, refused.code, cells, refused.column)
                continue
            if self._may_be_there(contact):
                self._suspects.append(Suspect(self._rows.line, cells, contact))
                if len(self._suspects) == MAX_SUSPECTS:
                    break
                continue
            block.append(line(contact))
            if len(block) == _BLOCK_ROWS:
                counts.accepted += _BLOCK_ROWS
                yield "".join(block).encode()
                block.clear()
                self._progress.tick()
        else:
            self._is_over = True
        counts.accepted += len(block)
        yield "".join(block).encode()

    def _may_be_there(self, contact: NewContact) -> bool:
        """Both keys are remembered, whatever the first answer is."""
        is_there = self._phones is not None and self._phones.add(contact.phones[0])
        if self._ids is not None and contact.external_id is not None and self._ids.add(contact.external_id):
            return True
        return is_there

    def _settle_suspects(self) -> None:
        """Look up what is not certain, in the file's order."""
        counts, taken = self._progress.counts, list[NewContact]()
        ids, phones = self._present(self._suspects)
        for suspect in self._suspects:
            contact = suspect.contact
            if contact.external_id is not None and contact.external_id in ids:
                code = "duplicate-external-id"
            elif self._phones is not None and contact.phones[0] in phones:
                code = "duplicate-phone"
            else:
                taken.append(contact)
                phones.add(contact.phones[0])
                if contact.external_id is not None:
                    ids.add(contact.external_id)
                continue
            counts.duplicate += 1
            self._rejects.add(suspect.line, code, suspect.cells)
        self._suspects.clear()
        if taken:
            counts.accepted += len(taken)
            copy_in(self._session, _COPY, iter(["".join(map(self._copy.line, taken)).encode()]))

    def _present(self, suspects: Sequence[Suspect]) -> tuple[set[str], set[str]]:
        """Which external ids and main phones of these are in the base."""
        ids = [suspect.contact.external_id for suspect in suspects if suspect.contact.external_id is not None]
        phones = [suspect.contact.phones[0] for suspect in suspects] if self._phones is not None else []
        return self._those_of(Contact.external_id, ids), self._those_of(_MAIN_PHONE, phones)

    def _those_of(self, key: Any, wanted: Sequence[str]) -> set[str]:
        if not wanted:
            return set()
        asked = bindparam("asked", list(wanted), type_=ARRAY(Text))
        statement: Select[Any] = select(key).where(Contact.base_id == self._base_id, key == any_(asked))
        return {str(value) for value in self._session.scalars(statement)}
