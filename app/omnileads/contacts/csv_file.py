"""CSV files as people have them: what encoding and delimiter a file has, and its rows with their line numbers.

Nothing here knows contacts. A file that cannot be read is refused with one sentence that names the line (FileRefused).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from omnileads.contacts.errors import FileRefused

Encoding = Literal["utf-8", "utf-16", "cp1252", "latin-1"]
Delimiter = Literal[",", ";", "\t", "|"]

DELIMITERS: Final[tuple[Delimiter, ...]] = (",", ";", "\t", "|")
MAX_LINE: Final = 1024 * 1024
"""Characters. Far more than a hundred of the longest cells; a file without line ends must not fill the memory."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

_SAMPLE_ROWS: Final = 50
_CODECS: Final[dict[Encoding, str]] = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "cp1252": "cp1252",
    "latin-1": "latin-1",
}
_NOT_TEXT: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"{\\rtf")
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Format:
    encoding: Encoding
    delimiter: Delimiter
    has_header: bool


class Parts(io.RawIOBase):
    """The parts of an upload as one file. `taken` counts the bytes read from it."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._rest = memoryview(b"")
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io.BufferedReader hands over
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self.taken += size
        return size


class Rows:
    """The rows of a file, header included, empty lines left out. `line` is where the last row began, from 1."""

    def __init__(self, parts: Parts, form: Format) -> None:
        self.line = 0
        self._form = form
        buffered = io.BufferedReader(parts, 256 * 1024)
        self._text = io.TextIOWrapper(buffered, encoding=_CODECS[form.encoding], newline="")
        self._reader = csv.reader(self._lines(), delimiter=form.delimiter, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        """Raises FileRefused where the file cannot be read on."""
        reader = self._reader
        before = 0
        try:
            for cells in reader:
                self.line = before + 1
                before = reader.line_num
                if cells and (len(cells) > 1 or cells[0].strip()):
                    yield cells
        except UnicodeDecodeError as error:
            line = reader.line_num + 1 + _line_ends(error)
            message = f"Line {line} is not {self._form.encoding.upper()} text. Choose the file's real encoding."
            raise FileRefused("wrong-encoding", message, line) from error
        except UnicodeError as error:
            message = f"The file is not {self._form.encoding.upper()} text. Choose the file's real encoding."
            raise FileRefused("wrong-encoding", message, 1) from error
        except csv.Error as error:
            raise _csv_refusal(error, before + 1) from error

    def _lines(self) -> Iterator[str]:
        readline, limit = self._text.readline, MAX_LINE
        while line := readline(limit):
            if "\x00" in line:
                number = self._reader.line_num + 1
                message = f"Line {number} contains a NUL character, so this is no text file. Save the table as CSV."
                raise FileRefused("nul", message, number)
            if len(line) == limit:
                number = self._reader.line_num + 1
                raise FileRefused("line-too-long", f"Line {number} is too long to be a row of a table.", number)
            yield line


def detect(sample: bytes, *, is_whole: bool) -> Format:
    """Encoding and delimiter of a file that begins like this. Raises FileRefused for what is no text."""
    if not sample.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise FileRefused("empty", "The file is empty. Choose another one.")
    if sample.startswith(_NOT_TEXT):
        raise FileRefused("not-csv", "This is not a CSV file. Save the table as CSV (in Excel: CSV UTF-8).")
    encoding = _encoding(sample, is_whole=is_whole)
    text = sample.decode(_CODECS[encoding], errors="ignore")
    return Format(encoding, _delimiter(text), has_header=True)


def first_rows(sample: bytes, form: Format, limit: int, *, is_whole: bool) -> list[list[str]]:
    """The first rows as they are under `form`. Raises FileRefused for what is already wrong in the sample."""
    rows: list[list[str]] = []
    try:
        for cells in Rows(Parts(iter([sample])), form):
            rows.append(cells)
            if len(rows) == limit:
                break
    except FileRefused as refused:
        if is_whole or not rows or refused.problem not in ("cut-short", "wrong-encoding"):
            raise
    return rows


def looks_like_header(first: Sequence[str]) -> bool:
    """A header has no cell that is a number."""
    return not any(_NUMBER.fullmatch(re.sub(r"[ ().-]", "", cell)) for cell in first if cell.strip())


def harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula: with an apostrophe before it, unless it is a plain number.

    What begins with apostrophes already gets one more, so that `restored` gives every cell back.
    """
    if cell[:1] in "=+-@\t\r'" and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """What `harmless` was given."""
    if cell[:1] == "'" and _FORMULA.match(cell[1:]):
        return cell[1:]
    return cell


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with harmless cells."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return buffer.getvalue()


def _encoding(sample: bytes, *, is_whole: bool) -> Encoding:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in sample:
        raise FileRefused("nul", "The file contains NUL characters, so it is no text file. Save the table as CSV.")
    try:
        sample.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not is_whole and error.start > len(sample) - 4:
            return "utf-8"
    else:
        return "utf-8"
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _delimiter(text: str) -> Delimiter:
    """The one that cuts the most rows into the same number of columns, and into the most of them."""
    lines = text.splitlines(keepends=True)[: _SAMPLE_ROWS + 1]
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines[:_SAMPLE_ROWS], delimiter=delimiter) if row]
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _line_ends(error: UnicodeDecodeError) -> int:
    return error.object[: error.start].count(b"\n")


def _csv_refusal(error: csv.Error, line: int) -> FileRefused:
    reason = str(error)
    if "unexpected end" in reason:
        message = f"The file ends inside a quoted cell of line {line}. It was cut short, or a quote is missing."
        return FileRefused("cut-short", message, line)
    if "field limit" in reason:
        message = f"A quoted cell that begins in line {line} does not end. A quote is missing there."
        return FileRefused("open-quote", message, line)
    return FileRefused("not-csv", f"Line {line} is not valid CSV: {reason}.", line)
