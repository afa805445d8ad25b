"""From a row of a file to a line of COPY. This is the loop an import spends its time in, so it says little per row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from omnileads.contacts import phones, terms
from omnileads.contacts.columns import MAX_CELL, MAX_EXTERNAL_ID, Structure
from omnileads.contacts.csv_file import restored

COPY_COLUMNS: Final = "base_id, phone, external_id, values, phones, search"

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_IN_ARRAY: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})


class RowRefusedError(Exception):
    """A row is not acceptable; `code` is one of `reasons.REASONS`, `column` the name of the column it is about."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.column = column


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact ready to be stored. `phones` are digits, the main one first."""

    phone: str
    external_id: str | None
    values: Sequence[str]
    phones: Sequence[str]


class ContactReader:
    """Judges rows of a file. `sources[i]` is the cell that is the value of column i of the base, None for no cell."""

    def __init__(self, structure: Structure, sources: Sequence[int | None], width: int) -> None:
        self._structure = structure
        self._width = width
        self._sources = tuple(sources)
        self._is_straight = self._sources == tuple(range(width))
        self._names = tuple(column["name"] for column in structure.columns)

    def read(self, cells: list[str]) -> NewContact:
        """Raises RowRefusedError."""
        if len(cells) != self._width:
            raise RowRefusedError("too-few-cells" if len(cells) < self._width else "too-many-cells")
        if "'" in "".join(cells):
            cells = list(map(restored, cells))
        values = list(map(str.strip, cells))
        if not self._is_straight:
            values = ["" if source is None else values[source] for source in self._sources]
        if max(map(len, values)) > MAX_CELL:
            raise RowRefusedError("cell-too-long", self._longest(values))
        return judged(self._structure, values)

    def _longest(self, values: Sequence[str]) -> str:
        return self._names[max(range(len(values)), key=lambda index: len(values[index]))]


def judged(structure: Structure, values: list[str]) -> NewContact:
    """A contact with these values; phones among them are cleaned in place. Raises RowRefusedError."""
    numbers: list[str] = []
    for index in structure.phones:
        value = values[index]
        if value:
            phone = phones.clean(value)
            if phone is None:
                raise RowRefusedError("not-a-phone", structure.columns[index]["name"])
            values[index] = phone
            numbers.append(phones.digits(phone))
        elif not numbers:
            raise RowRefusedError("no-phone", structure.columns[index]["name"])
    external_id = None
    if structure.external_id is not None:
        external_id = values[structure.external_id] or None
        if external_id is not None and len(external_id) > MAX_EXTERNAL_ID:
            raise RowRefusedError("external-id-too-long", structure.columns[structure.external_id]["name"])
    return NewContact(values[structure.main_phone], external_id, values, list(dict.fromkeys(numbers)))


class CopyLines:
    """Writes contacts of one base as lines of COPY's text format."""

    def __init__(self, base_id: int, structure: Structure) -> None:
        self._base_id = base_id
        self._data = structure.data

    def line(self, contact: NewContact) -> str:
        values = contact.values
        array = '","'.join(values)
        if "\\" in array or array.count('"') > 2 * (len(values) - 1):
            array = '","'.join(value.translate(_IN_ARRAY) for value in values)
        search = terms.vector(self._base_id, [values[index] for index in self._data], contact.phones)
        external_id = "\\N" if contact.external_id is None else contact.external_id.translate(_ESCAPES)
        if not array.isprintable() or "\\" in array:
            array = array.translate(_ESCAPES)
        numbers = ",".join(contact.phones)
        return f'{self._base_id}\t{contact.phone}\t{external_id}\t{{"{array}"}}\t{{{numbers}}}\t{search}\n'


def lines_of(copy: CopyLines, contacts: Iterable[NewContact]) -> str:
    return "".join(copy.line(contact) for contact in contacts)
