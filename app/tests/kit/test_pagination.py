import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.kit.errors import ValidationFailed
from omnileads.kit.pagination import contains, decode_cursor, encode_cursor


@given(text=st.text(), number=st.integers())
def test_a_cursor_gives_back_its_key(text: str, number: int) -> None:
    assert decode_cursor(encode_cursor(text, number), str, int) == (text, number)


@given(cursor=st.text().filter(lambda text: not text.startswith("W")))
def test_any_other_text_is_refused(cursor: str) -> None:
    """Every cursor starts with `[`, which is a `W` in base 64."""
    with pytest.raises(ValidationFailed) as refused:
        decode_cursor(cursor, str, int)
    assert [problem.field for problem in refused.value.fields] == ["cursor"]


@pytest.mark.parametrize("cursor", ["", "*", "WyJhIl0", encode_cursor(1), encode_cursor("a", "b"), "[" * 100])
def test_a_cursor_of_another_shape_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(cursor, str, int)


def test_a_deeply_nested_cursor_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    with pytest.raises(ValidationFailed):
        decode_cursor(deep, str)


def test_a_pattern_finds_text_literally() -> None:
    assert contains("50%_\\") == "%50\\%\\_\\\\%"
