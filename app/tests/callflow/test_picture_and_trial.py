"""The picture of a call's way and its trial, on paper."""

from dataclasses import replace

import pytest

from omnileads.acd.core.config import HANG_UP, Destination, DestinationType, Queue
from omnileads.callflow.picture import Edge, draw
from omnileads.callflow.trial import attempt
from tests.acd.flow_centre import ASK, CONDITION, CUSTOM, IDENTIFICATION, MENU, SUBMENU, centre
from tests.acd.scenario import SALES, SUPPORT, to_campaign

NOON_ON_FRIDAY = 1_795_176_000_000
"""2026-11-20 12:00 UTC"""
MIDNIGHT = NOON_ON_FRIDAY + 12 * 3600 * 1000
T = DestinationType


def test_the_picture_has_every_way() -> None:
    config = centre(CONDITION).engine.world.config
    picture = draw(config, config.routes["1000"], 7)
    assert [node.key for node in picture.nodes] == [
        "inbound-route:7",
        "time-condition:1",
        f"inbound-campaign:{SALES}",
        "ivr:1",
        "ivr:2",
        f"inbound-campaign:{SUPPORT}",
        "hangup",
    ]
    assert Edge("ivr:1", "ivr:2", "digit", "2") in picture.edges
    assert Edge("ivr:1", "hangup", "invalid") in picture.edges
    assert picture.findings == []


@pytest.mark.parametrize(
    ("start", "code", "node"),
    [
        (Destination(T.TIME_CONDITION, 2), "loop", "time-condition:2"),
        (Destination(T.IVR, 99), "missing", "ivr:99"),
        (to_campaign(77), "no-members", "inbound-campaign:77"),
        (to_campaign(78), "inactive-campaign", "inbound-campaign:78"),
    ],
)
def test_what_is_wrong_is_found(start: Destination, code: str, node: str) -> None:
    config = centre(start).engine.world.config
    more = {77: Queue(77, "empty", {}), 78: Queue(78, "asleep", {1: 0}, is_active=False)}
    config = replace(config, queues={**config.queues, **more})
    assert [(found.code, found.node_key) for found in draw(config, config.routes["1000"], 1).findings] == [(code, node)]


@pytest.mark.parametrize(
    ("start", "now", "inputs", "path", "ends_with"),
    [
        (CONDITION, NOON_ON_FRIDAY, [], ["time-condition:1", "inbound-campaign:1"], to_campaign(SALES)),
        (
            CONDITION,
            MIDNIGHT,
            ["2", "1"],
            ["time-condition:1", "ivr:1", "ivr:2", "inbound-campaign:2"],
            to_campaign(SUPPORT),
        ),
        (MENU, MIDNIGHT, ["timeout", "timeout"], ["ivr:1", "inbound-campaign:2"], to_campaign(SUPPORT)),
        (MENU, MIDNIGHT, ["7", "7"], ["ivr:1", "hangup"], HANG_UP),
        (ASK, MIDNIGHT, ["1234"], ["customer-identification:1", "inbound-campaign:1"], to_campaign(SALES)),
        (ASK, MIDNIGHT, ["12", "timeout"], ["customer-identification:1", "inbound-campaign:2"], to_campaign(SUPPORT)),
        (CUSTOM, MIDNIGHT, [], ["custom-destination:1"], CUSTOM),
    ],
)
def test_a_call_is_tried(
    start: Destination, now: int, inputs: list[str], path: list[str], ends_with: Destination
) -> None:
    trial = attempt(centre(start).engine.world.config, "1000", "", now, inputs)
    assert [step.node_key for step in trial.steps] == path
    assert trial.ends_with == ends_with


@pytest.mark.parametrize(("says", "campaign"), [("true", SALES), ("false", SUPPORT), ("1,2", SUPPORT)])
def test_the_crms_answer_is_an_input_too(says: str, campaign: int) -> None:
    config = centre(ASK).engine.world.config
    asking = replace(IDENTIFICATION, mode="crm-routes", url="https://crm.example")
    trial = attempt(replace(config, identifications={1: asking}), "1000", "", MIDNIGHT, ["1234", says])
    assert trial.ends_with == to_campaign(campaign)


def test_it_asks_for_what_is_missing() -> None:
    trial = attempt(centre(SUBMENU).engine.world.config, "1000", "", MIDNIGHT, [])
    assert (trial.waiting_for, trial.ends_with, trial.steps[-1].node_key) == ("digits", None, "ivr:2")


def test_a_number_without_route_is_refused() -> None:
    trial = attempt(centre(MENU).engine.world.config, "999", "", MIDNIGHT, [])
    assert (trial.is_refused, trial.ends_with, trial.steps) == (True, HANG_UP, [])
