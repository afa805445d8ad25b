"""Checks what an agent answered in a form, and brings it into the shape in which it is stored.

Every stored answer is text, by the name of its field: a date as `2026-11-22`, a number as `1234.5`. What was not
answered is not stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Protocol

from omnileads.forms.models import FieldType, NumberKind
from omnileads.kit.errors import FieldProblem

MAX_TEXT: Final = 500
MAX_TEXT_AREA: Final = 5000
MAX_OPTION: Final = 200
MAX_NUMBER_DIGITS: Final = 15
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK: Final = re.compile(r"\r\n|[\r\n]")


class Field(Protocol):
    """The part of a form's field that says which answers it takes."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> FieldType: ...
    @property
    def is_required(self) -> bool: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def number_kind(self) -> NumberKind | None: ...
    @property
    def digits(self) -> int | None: ...


class HasFields(Protocol):
    @property
    def fields(self) -> Sequence[Field]: ...


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message


def validate_answers(form: HasFields, answers: Mapping[str, Any]) -> tuple[dict[str, str], list[FieldProblem]]:
    """What to store, and what is wrong, with `answers.<name of the field>` as field. Never raises.

    `answers` are JSON values by the names of the fields. Only without problems is the first part complete.
    """
    cleaned: dict[str, str] = {}
    problems: list[FieldProblem] = []
    for field in form.fields:
        try:
            value = _clean(field, answers.get(field.name))
        except _Refused as refusal:
            problems.append(FieldProblem(f"answers.{field.name}", refusal.code, refusal.message))
            continue
        if value:
            cleaned[field.name] = value
        elif field.is_required:
            problems.append(FieldProblem(f"answers.{field.name}", "missing", "This has to be answered."))
    known = {field.name for field in form.fields}
    for name in answers:
        if name not in known:
            problems.append(FieldProblem(f"answers.{name}", "unknown", "The form has no field of this name."))
    return cleaned, problems


def _clean(field: Field, value: Any) -> str:
    """The stored form, empty for no answer. Raises _Refused."""
    if value is None:
        return ""
    if field.type == "number":
        return _number(field, value)
    if not isinstance(value, str):
        raise _Refused("not-text", "This has to be text.")
    text = _text(value)
    return _of_type(field, text) if text else ""


def _of_type(field: Field, text: str) -> str:
    match field.type:
        case "date":
            text = _date(text)
        case "list":
            if text not in field.options:
                raise _Refused("unknown-option", "Choose one of the values of the list.")
        case "text-area":
            _limit(text, MAX_TEXT_AREA)
        case "dynamic-list":
            _limit(_one_line(text), MAX_OPTION)
        case _:
            _limit(_one_line(text), MAX_TEXT)
    return text


def _text(value: str) -> str:
    text = value.strip()
    if _CONTROL.search(text) or any("\ud800" <= character <= "\udfff" for character in text):
        raise _Refused("characters", "There are characters in it that cannot be stored. Type it again.")
    return text


def _one_line(text: str) -> str:
    if _LINE_BREAK.search(text):
        raise _Refused("line-break", "Write it in one line.")
    return text


def _limit(text: str, limit: int) -> None:
    if len(text) > limit:
        raise _Refused("too-long", f"Write at most {limit} characters.")


def _date(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _Refused("not-a-date", "Choose a day of the calendar.")


def _number(field: Field, value: Any) -> str:
    """Without needless zeros and signs, so that equal numbers are equal text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _Refused("not-a-number", "Write a number.")
    text = _text(value) if isinstance(value, str) else _plain(value)
    if not text:
        return ""
    if len(text) > MAX_TEXT or _NUMBER.fullmatch(text) is None:
        raise _Refused("not-a-number", "Write a number.")
    number = Decimal(text)
    whole, _, fraction = f"{abs(number):f}".partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    if len(whole) > MAX_NUMBER_DIGITS:
        raise _Refused("too-large", f"Write a number of at most {MAX_NUMBER_DIGITS} digits.")
    if field.number_kind == "integer" and fraction:
        raise _Refused("not-whole", "Write a whole number.")
    if len(fraction) > (field.digits or 0):
        raise _Refused("too-precise", f"Write at most {field.digits} digits after the point.")
    shown = f"{whole}.{fraction}" if fraction else whole
    return f"-{shown}" if number < 0 else shown


def _plain(value: float) -> str:
    """A JSON number in digits; of one nobody means, something that is refused."""
    try:
        return f"{Decimal(repr(value)):f}"[: MAX_TEXT + 1]
    except (InvalidOperation, ValueError):
        return "?"
