"""Outbound routes through the API, and the patterns they are made of."""

from __future__ import annotations

import pytest

from omnileads.telephony.patterns import DialOptions, PatternError, check_pattern, fits
from tests.domain import API, fields_of
from tests.telephony.things import Things


def test_a_route_keeps_the_order_of_patterns_and_trunks(things: Things) -> None:
    first, second = things.trunk("First"), things.trunk("Second")
    patterns = [
        {"prepend": "0", "prefix": "99", "match": "1XXX"},
        {"prepend": "", "prefix": "", "match": "0[1-3]XXXXXXXX"},
    ]
    made = things.item("outbound-routes", patterns=patterns, trunk_ids=[second, first], dial_options="rL(60000)")
    assert made["patterns"] == patterns
    assert made["trunks"] == [{"id": second, "name": "Second"}, {"id": first, "name": "First"}]
    assert (made["ring_seconds"], made["dial_options"], made["position"]) == (45, "rL(60000)", 0)
    address = f"{API}/outbound-routes/{made['id']}"
    turned = things.client.patch(address, json={"trunk_ids": [first, second], "patterns": patterns[::-1]}).json()
    assert [trunk["id"] for trunk in turned["trunks"]] == [first, second]
    assert turned["patterns"] == patterns[::-1]
    fewer = things.client.patch(address, json={"trunk_ids": [second], "patterns": patterns[:1]}).json()
    assert (len(fewer["trunks"]), len(fewer["patterns"])) == (1, 1)
    twice = things.client.patch(address, json={"trunk_ids": [second, second]})
    assert fields_of(twice) == {"trunk_ids.1": "repeated"}


def test_routes_are_put_in_order(things: Things) -> None:
    trunk = things.trunk()
    ids = [things.item("outbound-routes", name, trunk_ids=[trunk])["id"] for name in ("A", "B", "C")]
    address = f"{API}/outbound-routes/order"
    ordered = things.client.put(address, json={"ids": ids[::-1]}).json()
    assert [(route["id"], route["position"]) for route in ordered] == [(ids[2], 0), (ids[1], 1), (ids[0], 2)]
    assert [route["id"] for route in things.client.get(f"{API}/outbound-routes").json()["items"]] == ids[::-1]
    for wrong in (ids[:2], [*ids, 999], [*ids, ids[0]], []):
        assert fields_of(things.client.put(address, json={"ids": wrong})) == {"ids": "incomplete"}
    things.client.delete(f"{API}/outbound-routes/{ids[0]}")
    assert things.item("outbound-routes", "D", trunk_ids=[trunk])["position"] == 2


@pytest.mark.parametrize(
    ("pattern", "number", "expected"),
    [
        ("1XXX", "1234", True),
        ("1XXX", "12345", False),
        ("ZN", "02", False),
        ("ZN", "12", True),
        ("zn", "11", False),
        ("0[15-7].", "0612", True),
        ("0[15-7].", "06", False),
        ("0[15-7]!", "06", True),
        ("0[15-7]!", "08", False),
        ("*X", "*1", True),
        ("+.", "+54351", True),
        ("[*#]", "#", True),
    ],
)
def test_what_a_pattern_fits(pattern: str, number: str, expected: bool) -> None:
    assert fits(pattern, number) is expected


@pytest.mark.parametrize("pattern", ["", "_X", "1.2", "!1", "[9-1]", "[]", "[a]", "[1", "1]", "a", "1 2", "X)|(", "é"])
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(PatternError):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", DialOptions()),
        ("r", DialOptions(rings=True)),
        ("L(60000)", DialOptions(talk_limit_ms=60_000)),
        ("L(60000)r", DialOptions(rings=True, talk_limit_ms=60_000)),
    ],
)
def test_dial_options_are_read(text: str, options: DialOptions) -> None:
    assert DialOptions.read(text) == options
    assert DialOptions.read(options.written()) == options


@pytest.mark.parametrize("text", ["t", "rr", "L(60000)L(60000)", "L(0)", "L(999999999)", "L(1:2:3)", "L", "r "])
def test_other_dial_options_are_refused(text: str) -> None:
    with pytest.raises(PatternError):
        DialOptions.read(text)
