"""When a live object counts as what we want."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads_operator.drift import APPLIED_HASH, is_as_wanted, with_hash


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": {}}, {}),
        ({"a": []}, {"a": []}),
        ({"cpu": "1000m"}, {"cpu": "1"}),
        ({"memory": "1024Mi"}, {"memory": "1Gi"}),
        ({"list": [{"name": "b", "v": 1}]}, {"list": [{"name": "a"}, {"name": "b", "v": 1, "default": True}]}),
        ({"list": [1, 2]}, {"list": [1, 2]}),
    ],
)
def test_what_others_add_and_other_words_are_no_drift(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    assert is_as_wanted(wanted, live)


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"cpu": "1000m"}, {"cpu": "2"}),
        ({"image": "app:1"}, {"image": "app:2"}),
        ({"list": [{"name": "b"}]}, {"list": [{"name": "a"}]}),
        ({"list": [1, 2]}, {"list": [2, 1]}),
        ({"list": [1]}, {"list": [1, 2]}),
    ],
)
def test_drift(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    assert not is_as_wanted(wanted, live)


def test_what_is_said_no_longer_is_found_by_the_hash() -> None:
    before = with_hash({"metadata": {}, "spec": {"a": 1, "b": 2}})
    after = with_hash({"metadata": {}, "spec": {"a": 1}})
    assert before["metadata"]["annotations"][APPLIED_HASH] != after["metadata"]["annotations"][APPLIED_HASH]
    assert not is_as_wanted(after, before)
    assert is_as_wanted(before, before)
