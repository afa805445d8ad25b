import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnileads.kit.ids import ID_LENGTH, is_id, new_id


@given(moment=st.integers(0, 2**48 - 1))
def test_an_id_has_its_form_whatever_the_moment(moment: int) -> None:
    made = new_id(moment)
    assert len(made) == ID_LENGTH
    assert is_id(made)


@given(earlier=st.integers(0, 2**48 - 2), later=st.integers(0, 2**48 - 1))
def test_ids_sort_by_their_moment(earlier: int, later: int) -> None:
    first, second = sorted((earlier, later))
    if first != second:
        assert new_id(first) < new_id(second)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(1) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("text", ["", "8" + "0" * 25, "0" * 25, "0" * 25 + "u", "0" * 27])
def test_other_text_is_no_id(text: str) -> None:
    assert not is_id(text)
