"""Making users from a CSV file: every row is judged, the good ones are created, and the report says which were not.

Each row is a transaction of its own, so one bad row takes nothing else with it. A rehearsal (`dry_run`) does the same
within one transaction that is thrown away, so it also finds what two rows of the file would take from each other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import Role
from omnileads.accounts.passwords import Passwords, check_new_password
from omnileads.accounts.ports import AgentDirectory
from omnileads.accounts.schemas import ImportProblem, ImportReport, ImportRow, UserCreate
from omnileads.accounts.users import Users
from omnileads.kit.db import Database
from omnileads.kit.errors import AppError, FieldProblem, ValidationFailed
from omnileads.kit.http import field_problems
from omnileads.kit.permissions import Principal

MAX_BYTES: Final = 512 * 1024
MAX_ROWS: Final = 500

REQUIRED: Final = ("username", "password", "role")
OPTIONAL: Final = ("first_name", "last_name", "email", "group", "language", "must_change_password")
PASSED_OVER: Final = frozenset({"extension", "is_active", "created_at", "last_sign_in_at"})
"""Columns of an export that say nothing about a new user; so an export is a good start for a file to import."""

_OWN_DATA: Final = ("username", "first_name", "last_name", "email")
_COLUMN_OF: Final = {"role_slug": "role", "group_id": "group"}
_COLUMN_OF_CODE: Final = {"username-taken": "username", "role-not-managed": "role"}
_YES: Final = frozenset({"true", "yes", "sí", "si", "1", "x"})
_NO: Final = frozenset({"", "false", "no", "0"})

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A row of the file; `number` counts from 1, where the header is."""

    number: int
    cells: Cells
    is_too_long: bool


@dataclass(frozen=True)
class Names:
    """What a file may call roles and groups; keys are lower case."""

    roles: Mapping[str, str]
    groups: Mapping[str, int]


class UserImport:
    def __init__(
        self,
        database: Database,
        users: Callable[[Session, Passwords], Users],
        passwords: Passwords,
        directory: AgentDirectory,
        actor: Principal,
    ) -> None:
        self._database = database
        self._users = users
        self._passwords = passwords
        self._directory = directory
        self._actor = actor

    def run(self, content: bytes, *, dry_run: bool) -> ImportReport:
        """Create the users of the file, or only say what would happen. Raises ValidationFailed (field `file`)."""
        lines = read_lines(content)
        rows = self._rehearse(lines) if dry_run else self._create_all(lines)
        refused = sum(row.outcome == "refused" for row in rows)
        return ImportReport(rows=rows, created=len(rows) - refused, refused=refused)

    def _create_all(self, lines: Sequence[Line]) -> list[ImportRow]:
        rows: list[ImportRow] = []
        for line in lines:
            try:
                with self._database.transaction() as session:
                    self._create(session, self._passwords, line)
                rows.append(_row(line, "created"))
            except AppError as error:
                rows.append(_refused(line, error))
        return rows

    def _rehearse(self, lines: Sequence[Line]) -> list[ImportRow]:
        rows: list[ImportRow] = []
        passwords = Passwords.for_rehearsal()
        with self._database.rehearsal() as session:
            for line in lines:
                try:
                    with session.begin_nested():
                        self._create(session, passwords, line)
                    rows.append(_row(line, "would-create"))
                except AppError as error:
                    rows.append(_refused(line, error))
        return rows

    def _create(self, session: Session, passwords: Passwords, line: Line) -> None:
        """Raises AppError: ValidationFailed with the file's columns as fields, or what `Users.create` raises."""
        names = self._names(session)
        self._users(session, passwords).create(self._actor, _wanted(line, names))

    def _names(self, session: Session) -> Names:
        roles = session.execute(select(Role.slug, Role.name).where(Role.deleted_at.is_(None)))
        by_name = {called.lower(): slug for slug, name in roles for called in (name, slug)}
        groups = {name.lower(): group_id for group_id, name in self._directory.group_names(session).items()}
        return Names(by_name, groups)


def read_lines(content: bytes) -> list[Line]:
    """The rows below the header, empty ones left out. Raises ValidationFailed (field `file`)."""
    text = _decoded(content)
    header_text = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=header_text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise _bad_file("not-csv", f"Line {reader.line_num} is not valid CSV: {error}.") from error
    if not rows:
        raise _bad_file("empty", "The file is empty. Its first row must name the columns.")
    columns = _columns(rows[0][1])
    if len(rows) == 1:
        raise _bad_file("no-rows", "The file has a header and no users below it.")
    if len(rows) > MAX_ROWS + 1:
        raise _bad_file("too-many-rows", f"The file has more than {MAX_ROWS} users. Divide it.")
    return [
        Line(number, dict(zip(columns, (cell.strip() for cell in cells), strict=False)), len(cells) > len(columns))
        for number, cells in rows[1:]
    ]


def _decoded(content: bytes) -> str:
    """UTF-8, or what spreadsheets write on Windows in Spanish and English."""
    if b"\x00" in content:
        raise _bad_file("not-text", "This is not a text file. Save the table as CSV.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _columns(header: Sequence[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    unknown = [name for name in columns if name not in {*REQUIRED, *OPTIONAL, *PASSED_OVER}]
    if unknown:
        known = ", ".join((*REQUIRED, *OPTIONAL))
        raise _bad_file("unknown-column", f'The column "{unknown[0]}" is not known. The columns are: {known}.')
    if len(set(columns)) < len(columns):
        raise _bad_file("repeated-column", "A column is there twice.")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise _bad_file("missing-column", f"These columns are missing: {', '.join(missing)}.")
    return columns


def _wanted(line: Line, names: Names) -> UserCreate:
    cells, problems = line.cells, list[FieldProblem]()
    if line.is_too_long:
        problems.append(FieldProblem("", "too-many-cells", "This row has more cells than the header has columns."))
    group, must_change = cells.get("group", ""), cells.get("must_change_password", "").lower()
    role, password = cells.get("role", ""), cells.get("password", "")
    if role.lower() not in names.roles:
        problems.append(FieldProblem("role", "unknown", "There is no such role."))
    if group and group.lower() not in names.groups:
        problems.append(FieldProblem("group", "unknown", "There is no such agent group."))
    if must_change not in _YES | _NO:
        problems.append(FieldProblem("must_change_password", "not-yes-or-no", "Write yes or no."))
    fields: dict[str, Any] = {name: cells[name] for name in ("first_name", "last_name", "email") if name in cells}
    fields |= {
        "username": cells.get("username", ""),
        "password": password,
        "role_slug": names.roles.get(role.lower(), ""),
        "language": cells.get("language", "").lower() or "es",
        "group_id": names.groups.get(group.lower()),
        "must_change_password": must_change in _YES,
    }
    try:
        check_new_password("password", password, (cells.get(name, "") for name in _OWN_DATA))
    except ValidationFailed as error:
        problems += error.fields
    try:
        wanted = UserCreate.model_validate(fields)
    except ValidationError as error:
        problems += field_problems(error.errors(include_url=False))
    if problems:
        raise ValidationFailed(fields=problems)
    return wanted


def _row(line: Line, outcome: Any, problems: Sequence[FieldProblem] = ()) -> ImportRow:
    return ImportRow(
        line=line.number,
        username=line.cells.get("username", ""),
        outcome=outcome,
        fields=[
            ImportProblem(field=_COLUMN_OF.get(item.field, item.field), code=item.code, message=item.message)
            for item in problems
        ],
    )


def _refused(line: Line, error: AppError) -> ImportRow:
    problems = error.fields or (FieldProblem(_COLUMN_OF_CODE.get(error.code, ""), error.code, error.text),)
    return _row(line, "refused", problems)


def _bad_file(code: str, message: str) -> ValidationFailed:
    return ValidationFailed.of("file", code, message)
