"""The structure of a base: which columns it has, which of them are phones and which is the external id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from omnileads.contacts.models import Column, ColumnRole
from omnileads.kit.errors import FieldProblem

MAX_COLUMNS: Final = 100
MAX_NAME: Final = 100
MAX_KEY: Final = 60
MAX_CELL: Final = 4000
MAX_EXTERNAL_ID: Final = 200


@dataclass(frozen=True, slots=True)
class Structure:
    """Where the phones (the main one first) and the external id are among the values of a contact."""

    columns: tuple[Column, ...]
    phones: tuple[int, ...]
    external_id: int | None

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Structure:
        phones = tuple(index for index, column in enumerate(columns) if column["role"] == "phone")
        external = next((index for index, column in enumerate(columns) if column["role"] == "external-id"), None)
        return cls(tuple(columns), phones, external)

    @property
    def main_phone(self) -> int:
        return self.phones[0]

    @property
    def data(self) -> tuple[int, ...]:
        """Every column but the phones."""
        return tuple(index for index in range(len(self.columns)) if index not in self.phones)


def with_keys(named: Sequence[tuple[str, ColumnRole]]) -> list[Column]:
    """Columns with a key made of each name."""
    columns: list[Column] = []
    taken: set[str] = set()
    for name, role in named:
        key = _free_key(_slug(name), taken)
        taken.add(key)
        columns.append({"key": key, "name": name, "role": role})
    return columns


def problems_of(named: Sequence[tuple[str, ColumnRole]], field: str = "columns") -> list[FieldProblem]:
    """What is wrong with a structure; fields are `columns.N.name`."""
    if len(named) > MAX_COLUMNS:
        message = f"There are {len(named)} columns; {MAX_COLUMNS} are possible. Leave some out."
        return [FieldProblem(field, "too-many-columns", message)]
    problems: list[FieldProblem] = []
    seen: set[str] = set()
    for index, (name, _role) in enumerate(named):
        place = f"{field}.{index}.name"
        if not name.strip():
            problems.append(FieldProblem(place, "empty", f"Column {index + 1} has no name. Give it one."))
        elif name.strip().casefold() in seen:
            problems.append(FieldProblem(place, "repeated", f'Two columns are called "{name}". Rename one of them.'))
        seen.add(name.strip().casefold())
    roles = [role for _name, role in named]
    if "phone" not in roles:
        problems.append(FieldProblem(field, "no-phone", "No column holds phone numbers. Choose at least one."))
    if roles.count("external-id") > 1:
        problems.append(FieldProblem(field, "two-external-ids", "Only one column can be the external id."))
    return problems


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: MAX_KEY - 4]
    return slug or "column"


def _free_key(wanted: str, taken: set[str]) -> str:
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}_{number}", number + 1
    return key
