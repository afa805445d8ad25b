"""Circles that calls would run through for ever are refused with their way; those with a person in them are not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.runtime import Runtime
from omnileads.telephony.destinations import Ref
from omnileads.telephony.loops import find_loop
from omnileads.telephony.schemas.time_groups import TimeConditionPatch
from omnileads.telephony.time_conditions import TimeConditions
from tests.domain import API, fields_of, make_campaign
from tests.telephony.things import HANGUP, Things


def to(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": item["id"]}


def test_a_circle_of_conditions_custom_destinations_and_campaigns(things: Things) -> None:
    campaign = make_campaign(things.client, "Sales")
    program = things.item("custom-destinations", "Program", failover=to("inbound-campaign", campaign))
    evening = things.item("time-conditions", "Evening", otherwise=to("custom-destination", program))
    morning = things.item("time-conditions", "Morning", match=to("time-condition", evening))
    itself = things.client.patch(
        f"{API}/time-conditions/{morning['id']}", json={"otherwise": to("time-condition", morning)}
    )
    assert fields_of(itself) == {"otherwise.id": "loop"}
    assert '"Morning" -> "Morning"' in itself.json()["fields"][0]["message"]
    closing = things.client.patch(
        f"{API}/custom-destinations/{program['id']}", json={"failover": to("time-condition", morning), "name": "New"}
    )
    assert fields_of(closing) == {"failover.id": "loop"}
    assert '"New" -> "Morning" -> "Evening" -> "New"' in closing.json()["fields"][0]["message"]
    failover = things.client.patch(
        f"{API}/campaigns/{campaign['id']}", json={"failover": to("time-condition", morning)}
    )
    assert fields_of(failover) == {"failover.id": "loop"}
    assert '"Sales" -> "Morning" -> "Evening" -> "Program" -> "Sales"' in failover.json()["fields"][0]["message"]


def test_a_circle_in_which_the_caller_has_a_say_is_fine(things: Things) -> None:
    menu = things.item("ivrs", "Menu")
    hours = things.item("time-conditions", "Hours", match=to("ivr", menu))
    answer = things.client.patch(
        f"{API}/ivrs/{menu['id']}",
        json={"timeout": to("ivr", menu), "options": [{"digit": "9", "destination": to("time-condition", hours)}]},
    )
    assert answer.status_code == 200
    assert things.client.patch(f"{API}/time-conditions/{hours['id']}", json={"name": "Day"}).status_code == 200


def test_two_changes_at_once_cannot_close_a_circle_together(things: Things, runtime: Runtime) -> None:
    first = things.item("time-conditions", "First")
    second = things.item("time-conditions", "Second")

    def send_on(item: dict[str, Any], other: dict[str, Any]) -> bool:
        with runtime.database.transaction() as session:
            conditions = TimeConditions(session, ConfigurationChanges(session, runtime, None), scope=None)
            patch = TimeConditionPatch.model_validate({"match": to("time-condition", other)})
            conditions.change(item["id"], patch)
        return True

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            ways = [pool.submit(send_on, first, second), pool.submit(send_on, second, first)]
        refusals = [way.exception() for way in ways if way.exception() is not None]
        assert [type(refusal) for refusal in refusals] == [ValidationFailed]
        for item in (first, second):
            cleared = things.client.patch(f"{API}/time-conditions/{item['id']}", json={"match": HANGUP})
            assert cleared.status_code == 200


NODES: list[Ref] = [("time-condition", number) for number in range(1, 6)]


@given(st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3)), st.sampled_from(NODES))
def test_a_found_loop_is_a_way_and_none_is_missed(edges: dict[Ref, list[Ref]], start: Ref) -> None:
    path = find_loop(edges, start)
    reached: set[Ref] = set()
    border = set(edges.get(start, ()))
    while border:
        reached |= border
        border = {following for node in border for following in edges.get(node, ())} - reached
    assert (path is not None) == (start in reached)
    if path is not None:
        assert path[0] == path[-1] == start
        assert all(after in edges[before] for before, after in pairwise(path))
