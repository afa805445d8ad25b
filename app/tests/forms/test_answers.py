"""Answers of forms: what is stored, what is refused, and that nothing unexpected breaks it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.forms.answers import validate_answers
from omnileads.forms.models import FieldType, NumberKind


@dataclass(frozen=True)
class AField:
    name: str
    type: FieldType
    is_required: bool = False
    options: tuple[str, ...] = ()
    number_kind: NumberKind | None = None
    digits: int | None = None


@dataclass(frozen=True)
class AForm:
    fields: list[AField] = field(default_factory=list)


TEXT = AField("Comment", "text")
AREA = AField("Notes", "text-area")
DAY = AField("Day", "date")
LIST = AField("Quality", "list", options=("Bad", "Good"))
WHOLE = AField("Age", "number", number_kind="integer")
PRICE = AField("Price", "number", number_kind="decimal", digits=2)
PLAN = AField("Plan", "dynamic-list")
ALL = [TEXT, AREA, DAY, LIST, WHOLE, PRICE, PLAN]


def one(field: AField, value: Any) -> str | None:
    """What is stored of this answer, or the code of the refusal in parentheses."""
    cleaned, problems = validate_answers(AForm([field]), {field.name: value})
    if problems:
        assert [problem.field for problem in problems] == [f"answers.{field.name}"]
        return f"({problems[0].code})"
    return cleaned.get(field.name)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (TEXT, "  hola  ", "hola"),
        (TEXT, "", None),
        (TEXT, None, None),
        (TEXT, "a\nb", "(line-break)"),
        (TEXT, "x" * 501, "(too-long)"),
        (TEXT, 7, "(not-text)"),
        (TEXT, "a\x00b", "(characters)"),
        (TEXT, "\ud800", "(characters)"),
        (AREA, "a\nb\tc", "a\nb\tc"),
        (AREA, "x" * 5001, "(too-long)"),
        (DAY, "2024-02-29", "2024-02-29"),
        (DAY, "2023-02-29", "(not-a-date)"),
        (DAY, "20240229", "(not-a-date)"),
        (DAY, "29/02/2024", "(not-a-date)"),
        (LIST, "Good", "Good"),
        (LIST, "good", "(unknown-option)"),
        (LIST, ["Good"], "(not-text)"),
        (PLAN, "whatever the CRM says", "whatever the CRM says"),
        (PLAN, "x" * 201, "(too-long)"),
        (WHOLE, "007", "7"),
        (WHOLE, "-0", "0"),
        (WHOLE, 42, "42"),
        (WHOLE, 42.0, "42"),
        (WHOLE, "4.5", "(not-whole)"),
        (WHOLE, "9" * 16, "(too-large)"),
        (WHOLE, True, "(not-a-number)"),
        (WHOLE, "1e3", "(not-a-number)"),
        (WHOLE, "٣", "(not-a-number)"),
        (WHOLE, 10**400, "(not-a-number)"),
        (WHOLE, float("nan"), "(not-a-number)"),
        (WHOLE, float("inf"), "(not-a-number)"),
        (PRICE, "12.50", "12.5"),
        (PRICE, 0.1, "0.1"),
        (PRICE, "-.5", "(not-a-number)"),
        (PRICE, "+3.00", "3"),
        (PRICE, "1.005", "(too-precise)"),
        (PRICE, 1e-7, "(too-precise)"),
        (PRICE, "1,5", "(not-a-number)"),
        (PRICE, {}, "(not-a-number)"),
        (PRICE, " ", None),
    ],
)
def test_an_answer(field: AField, value: Any, stored: str | None) -> None:
    assert one(field, value) == stored


def test_a_number_python_itself_does_not_write_is_refused() -> None:
    assert one(WHOLE, 10**5000) == "(not-a-number)"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_what_is_required_must_be_answered(value: Any) -> None:
    for asked in ALL:
        required = AField(asked.name, asked.type, True, asked.options, asked.number_kind, asked.digits)
        assert one(required, value) == "(missing)"
        assert validate_answers(AForm([required]), {})[1][0].code == "missing"


def test_a_zero_is_an_answer() -> None:
    assert one(AField("N", "number", True, number_kind="integer"), 0) == "0"


def test_what_nobody_asked_is_refused() -> None:
    cleaned, problems = validate_answers(AForm([TEXT]), {"Comment": "x", "Other": "y"})
    assert cleaned == {"Comment": "x"}
    assert [(problem.field, problem.code) for problem in problems] == [("answers.Other", "unknown")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2024-02-29") | st.just("Good"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
forms = st.lists(st.sampled_from(ALL), unique=True, max_size=7).map(lambda fields: AForm(list(fields)))


@given(form=forms, answers=st.dictionaries(st.sampled_from([f.name for f in ALL] + ["Else"]), json_values))
def test_any_answers_are_understood_or_refused(form: AForm, answers: dict[str, Any]) -> None:
    """Nothing raises; what is stored belongs to the form, can be stored, and is stored the same a second time."""
    cleaned, problems = validate_answers(form, answers)
    names = [asked.name for asked in form.fields]
    assert set(cleaned) <= set(names)
    refused = {problem.field.removeprefix("answers.") for problem in problems}
    assert refused.isdisjoint(cleaned)
    for name in answers:
        assert name in names or name in refused
    json.dumps(cleaned, ensure_ascii=False).encode()
    assert not any("\x00" in value or value != value.strip() or not value for value in cleaned.values())
    assert validate_answers(form, cleaned) == (cleaned, [])


@given(number=st.decimals(-(10**9), 10**9, places=2))
def test_a_number_keeps_its_value_and_has_one_shape(number: Any) -> None:
    stored = one(PRICE, f"{number:f}")
    assert stored is not None
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]?[1-9])?", stored)
    assert type(number)(stored) == number
