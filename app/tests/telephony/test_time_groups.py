"""Time groups and conditions through the API."""

from __future__ import annotations

from typing import Any

from tests.domain import API
from tests.telephony.things import ALWAYS, Things

NIGHT: dict[str, Any] = {"time_from": "22:00", "time_to": "06:00", "weekday_from": 5, "weekday_to": 1}
SUMMER: dict[str, Any] = {
    "time_from": "08:00",
    "time_to": "13:59",
    "month_from": 12,
    "month_to": 2,
    "month_day_from": 1,
    "month_day_to": 31,
}
NONE: dict[str, Any] = {
    "weekday_from": None,
    "weekday_to": None,
    "month_day_from": None,
    "month_day_to": None,
    "month_from": None,
    "month_to": None,
}


def test_ranges_are_kept_in_order_and_replaced(things: Things) -> None:
    made = things.make("time-groups", name="Hours", ranges=[NIGHT, SUMMER])
    assert made["ranges"] == [{**NONE, **NIGHT}, {**NONE, **SUMMER}]
    address = f"{API}/time-groups/{made['id']}"
    for ranges in ([SUMMER], [ALWAYS, NIGHT, SUMMER], [NIGHT, ALWAYS]):
        changed = things.client.patch(address, json={"ranges": ranges}).json()
        assert changed["ranges"] == [{**NONE, **item} for item in ranges]
        assert things.client.get(address).json() == changed


def test_a_condition_names_its_group_and_moves_to_another(things: Things) -> None:
    group, other = things.time_group("Hours"), things.time_group("Holidays")
    made = things.item("time-conditions", "Open", time_group_id=group)
    assert made["time_group"] == {"id": group, "name": "Hours"}
    address = f"{API}/time-conditions/{made['id']}"
    moved = things.client.patch(address, json={"time_group_id": other}).json()
    assert (moved["time_group_id"], moved["time_group"]["name"]) == (other, "Holidays")
    users = things.client.get(f"{API}/time-groups/{other}").json()["used_by"]
    assert users == [{"type": "time-condition", "id": made["id"], "name": "Open"}]
