"""Requests and answers about imports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from omnileads.contacts.columns import MAX_COLUMNS, MAX_NAME
from omnileads.contacts.csv_file import Delimiter, Encoding
from omnileads.contacts.models import ColumnRole, ImportState
from omnileads.contacts.schemas.bases import BaseName
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel

Place = Annotated[int, Field(ge=0, lt=MAX_COLUMNS)]
"""The number of a column of the file, from 0."""
Duplicates = Literal["allow", "reject"]
FileName = Annotated[str, Field(min_length=1, max_length=200)]


class ContactImportCreate(RequestModel):
    """With `base_id` the rows are added to that base; without, the import makes a base."""

    file_name: FileName
    base_id: Id | None = None


class BlacklistImportCreate(RequestModel):
    file_name: FileName
    blacklist_id: Id


class PreviewRequest(RequestModel):
    """What is not sent is detected."""

    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    has_header: bool | None = None


class PreviewColumn(BaseModel):
    """A column of the file, with what it seems to be."""

    name: str
    role: ColumnRole


class Preview(BaseModel):
    """`rows` are the first ones below the header. `sources` proposes, for each column of the base that rows are added
    to, the column of the file with that name."""

    encoding: Encoding
    delimiter: Delimiter
    has_header: bool
    size_bytes: int
    columns: list[PreviewColumn]
    rows: list[list[str]]
    sources: list[int | None] | None


class ImportColumn(RequestModel):
    """A column of the new base, and the column of the file its values come from."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    role: ColumnRole = "data"
    source: Place


class FormatIn(RequestModel):
    encoding: Encoding
    delimiter: Delimiter
    has_header: bool


class ContactImportStart(FormatIn):
    """For a new base `name` and `columns`; for rows added to a base `sources`: for each of its columns that of the
    file, or null. `duplicates` says what becomes of a row whose main phone is in the base already; a row with an
    external id that is there already is always refused."""

    name: BaseName | None = None
    columns: Annotated[list[ImportColumn], Field(min_length=1, max_length=MAX_COLUMNS)] | None = None
    sources: Annotated[list[Place | None], Field(min_length=1, max_length=MAX_COLUMNS)] | None = None
    duplicates: Duplicates = "allow"


class BlacklistImportStart(FormatIn):
    """`source` is the column of the file with the numbers. With `replaces` the list holds only the file's numbers
    afterwards."""

    source: Place = 0
    reason: Annotated[str, Field(max_length=200)] = ""
    expires_at: AwareDatetime | None = None
    replaces: bool = False


class ImportFailure(BaseModel):
    """`code` is stable; `line` is the line of the file it is about."""

    code: str
    message: str
    line: int | None = None


class ImportOut(BaseModel):
    id: int
    state: ImportState
    base_id: int | None
    base_name: str | None
    blacklist_id: int | None
    file_name: str
    size_bytes: int
    percent: int
    read_count: int
    accepted_count: int
    rejected_count: int
    duplicate_count: int
    failure: ImportFailure | None
    has_rejects: bool
    is_cancel_requested: bool
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
