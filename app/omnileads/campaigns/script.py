"""The script agents read: text in which `{{column}}` stands for a value of the contact.

A column is named by its key or by its name. The text is cut into pieces, which are text and no
markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from omnileads.contacts.models import Column

_FIELD: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """`column` is the key of the column whose value stands there, null for the text between."""

    text: str
    column: str | None


def fields_of(script: str) -> list[str]:
    """What stands between the braces, each once, in order."""
    return list(dict.fromkeys(match.group(1) for match in _FIELD.finditer(script)))


def column_of(field: str, columns: Sequence[Column]) -> Column | None:
    """The column that is meant: the key counts first, then the name."""
    by_key = next((column for column in columns if column["key"] == field), None)
    return by_key or next((column for column in columns if column["name"] == field), None)


def unknown_fields(script: str, columns: Sequence[Column]) -> list[str]:
    return [field for field in fields_of(script) if column_of(field, columns) is None]


def hidden_fields(script: str, columns: Sequence[Column], hidden: Collection[str]) -> list[str]:
    """Fields of the script whose columns (keys in `hidden`) agents may not see."""
    meant = ((field, column_of(field, columns)) for field in fields_of(script))
    return [field for field, column in meant if column is not None and column["key"] in hidden]


def pieces_of(script: str, columns: Sequence[Column], value_of: Callable[[str], str]) -> list[Piece]:
    """The script with values (by column key) in it. A field the base does not have stays as it was written."""
    pieces: list[Piece] = []
    done = 0
    for match in _FIELD.finditer(script):
        column = column_of(match.group(1), columns)
        if column is None:
            continue
        if match.start() > done:
            pieces.append(Piece(script[done : match.start()], None))
        pieces.append(Piece(value_of(column["key"]), column["key"]))
        done = match.end()
    if done < len(script):
        pieces.append(Piece(script[done:], None))
    return pieces
