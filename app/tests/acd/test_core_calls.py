"""The caller's way through the engine, on a virtual clock."""

from typing import Any

import pytest

from omnileads.acd.core.commands import AnswerCaller, HangUp, PlayAnnouncement, RingAgent, StartMusic
from omnileads.acd.core.config import Destination, DestinationType, Strategy
from omnileads.acd.core.events import CallArrived, ConfigurationChanged, LegEnded, PlaybackFinished, WebphoneChanged
from tests.acd.scenario import SALES, SUPPORT, Scenario, config, queue, to_campaign


def test_a_caller_is_answered_hears_music_and_reaches_the_ready_agent() -> None:
    scenario = Scenario(config(queue(agents=1, is_recorded=True)))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    assert [type(command) for command in scenario.commands] == [AnswerCaller, StartMusic, RingAgent]
    ring = scenario.legs[leg]
    assert ring.headers["OMLCALLID"] == call
    assert ring.headers["Origin"] == "IN"
    assert ring.recording is not None
    assert ring.recording.startswith("2023-11-14/inbound-20231114-1-1-5550001-")
    scenario.wait(3)
    scenario.answer(leg)
    scenario.wait(30)
    scenario.caller_hangs_up(call)
    assert scenario.events(call) == ["ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM"]
    connect, complete = scenario.call_log[1:]
    assert (connect.wait_seconds, connect.agent_id) == (3.0, 1)
    assert (complete.talk_seconds, complete.wait_seconds, complete.recording) == (30.0, 3.0, ring.recording)
    assert [event.id for event in scenario.call_log] == [f"{call}:0", f"{call}:1", f"{call}:2"]


def test_the_agent_hangs_up() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    scenario.answer(leg)
    scenario.wait(12)
    scenario.end_leg(leg)
    assert scenario.events(call)[-1] == "COMPLETEAGENT"
    assert call not in scenario.callers, "the caller is hung up too"


def test_a_caller_gives_up_while_waiting_and_while_ringing() -> None:
    scenario = Scenario(config(queue(agents=1)))
    waiting = scenario.call()
    scenario.wait(4)
    scenario.caller_hangs_up(waiting)
    assert scenario.events(waiting) == ["ENTERQUEUE", "ABANDON"]
    assert scenario.call_log[-1].wait_seconds == 4.0
    scenario.ready(1)
    ringing = scenario.call()
    scenario.caller_hangs_up(ringing)
    assert scenario.events(ringing) == ["ENTERQUEUE", "ABANDON"]
    assert not scenario.legs, "the agent's webphone stops ringing"
    assert scenario.status(1) == "READY"


def test_the_welcome_comes_before_the_queue() -> None:
    scenario = Scenario(config(queue(agents=1, welcome_media="sound:welcome")))
    scenario.ready(1)
    call = scenario.call()
    assert scenario.events(call) == []
    play = scenario.commands[-1]
    assert isinstance(play, PlayAnnouncement)
    scenario.tell(PlaybackFinished(play.playback_id))
    assert scenario.events(call) == ["ENTERQUEUE"]
    assert scenario.ringing_agents(call) == [1]
    impatient = scenario.call()
    scenario.caller_hangs_up(impatient)
    assert scenario.events(impatient) == ["ABANDONWEL"]


def test_nobody_answers_and_the_next_agent_is_asked() -> None:
    scenario = Scenario(config(queue(agents=2, ring_seconds=10, retry_seconds=5)))
    scenario.ready(1, 2)
    call = scenario.call()
    first = scenario.ringing_agents(call)
    scenario.wait(10)
    second = scenario.ringing_agents(call)
    assert {*first, *second} == {1, 2}
    assert scenario.events(call) == ["ENTERQUEUE", "RINGNOANSWER"]
    assert scenario.call_log[-1].agent_id == first[0]
    assert scenario.call_log[-1].agent_extra_id is None
    scenario.wait(10)
    assert scenario.ringing_agents(call) == first, "the first has rested meanwhile"


def test_an_agent_rests_for_the_retry_time() -> None:
    scenario = Scenario(config(queue(agents=1, ring_seconds=10, retry_seconds=5)))
    scenario.ready(1)
    call = scenario.call()
    scenario.wait(10)
    assert scenario.ringing(call) == []
    scenario.wait(4.9)
    assert scenario.ringing(call) == []
    scenario.wait(0.1)
    assert scenario.ringing_agents(call) == [1]


def test_a_rejection_names_the_agent_who_rejected() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    call = scenario.call()
    scenario.end_leg(scenario.ringing(call)[0], cause=21)
    assert scenario.call_log[-1].event == "RINGNOANSWER"
    assert scenario.call_log[-1].agent_extra_id == 1


def test_callers_are_served_in_order() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=1))
    calls = []
    for _ in range(3):
        calls.append(scenario.call())
        scenario.wait(1)
    scenario.ready(1)
    for call in calls:
        (leg,) = scenario.ringing(call)
        scenario.answer(leg)
        scenario.wait(5)
        scenario.caller_hangs_up(call)
        scenario.wait(1)


def test_waiting_too_long_leads_to_the_failover() -> None:
    scenario = Scenario(
        config(queue(SALES, max_wait_seconds=20, failover=to_campaign(SUPPORT)), queue(SUPPORT, max_wait_seconds=30))
    )
    call = scenario.call()
    scenario.wait(20)
    assert [(event.event, event.campaign_id) for event in scenario.call_log] == [
        ("ENTERQUEUE", SALES),
        ("EXITWITHTIMEOUT", SALES),
        ("ENTERQUEUE", SUPPORT),
    ]
    assert scenario.call_log[1].wait_seconds == 20.0
    scenario.wait(30)
    assert call not in scenario.callers, "no failover: the call ends"


def test_two_campaigns_that_fail_over_to_each_other_do_not_loop() -> None:
    scenario = Scenario(
        config(
            queue(SALES, max_wait_seconds=5, failover=to_campaign(SUPPORT)),
            queue(SUPPORT, max_wait_seconds=5, failover=to_campaign(SALES)),
        )
    )
    call = scenario.call()
    scenario.wait(10)
    play = scenario.commands[-1]
    assert isinstance(play, PlayAnnouncement)
    scenario.tell(PlaybackFinished(play.playback_id))
    assert scenario.events(call).count("ENTERQUEUE") == 2
    assert call not in scenario.callers


def test_the_ring_stops_when_the_caller_has_waited_too_long() -> None:
    scenario = Scenario(config(queue(agents=1, max_wait_seconds=5, ring_seconds=20)))
    scenario.ready(1)
    call = scenario.call()
    scenario.wait(5)
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHTIMEOUT"]
    assert not scenario.legs
    assert scenario.status(1) == "READY"


@pytest.mark.parametrize("settings", [{"max_waiting": 1}, {"is_active": False}])
def test_a_full_or_paused_campaign_sends_callers_to_the_failover(settings: dict[str, Any]) -> None:
    hang_up = Destination(DestinationType.HANGUP)
    scenario = Scenario(config(queue(SALES, failover=hang_up, **settings)))
    scenario.call()
    refused = scenario.call()
    assert scenario.events(refused) == ["ENTERQUEUE", "EXITWITHTIMEOUT"]
    assert refused not in scenario.callers


def test_an_unknown_did_is_told_so_and_logged() -> None:
    scenario = Scenario(config(queue()))
    call = scenario.call(did="999")
    assert scenario.events(call) == ["UNKNOWN-DID"]
    play = scenario.commands[-1]
    assert isinstance(play, PlayAnnouncement)
    scenario.tell(PlaybackFinished(play.playback_id))
    assert call not in scenario.callers


def test_a_plus_before_the_did_makes_no_difference() -> None:
    scenario = Scenario(config(queue()))
    assert scenario.events(scenario.call(did="+1000")) == ["ENTERQUEUE"]


def test_all_ring_and_the_first_to_answer_gets_the_call() -> None:
    scenario = Scenario(config(queue(agents=3, strategy=Strategy.RINGALL)))
    scenario.ready(1, 2, 3)
    call = scenario.call()
    legs = scenario.ringing(call)
    assert len(legs) == 3
    scenario.answer(legs[1])
    assert list(scenario.bridged.values()) == [legs[1]]
    assert set(scenario.legs) == {legs[1]}
    scenario.answer(legs[0])
    assert scenario.commands[-1] == HangUp(call_id=legs[0], channel_id=legs[0]), "too late"
    assert [scenario.status(agent) for agent in (1, 2, 3)].count("READY") == 2


def test_all_ring_again_when_nobody_answered() -> None:
    scenario = Scenario(config(queue(agents=3, strategy=Strategy.RINGALL, ring_seconds=10, retry_seconds=5)))
    scenario.ready(1, 2, 3)
    call = scenario.call()
    scenario.wait(10)
    assert scenario.ringing_agents(call) == []
    scenario.wait(5)
    assert sorted(scenario.ringing_agents(call)) == [1, 2, 3]


def test_a_caller_whose_agent_broke_down_goes_first() -> None:
    scenario = Scenario(config(queue(agents=2)))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    scenario.answer(leg)
    other = scenario.call()
    scenario.wait(10)
    scenario.tell(WebphoneChanged("1001", is_registered=False))
    assert scenario.bridged, "losing the registration alone does not end the talk"
    scenario.legs.pop(leg)
    scenario.bridged.pop(call)
    scenario.tell(LegEnded(leg, 44))
    assert scenario.events(call) == ["ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "ENTERQUEUE-TRANSFER"]
    assert scenario.status(1) == "UNAVAILABLE"
    scenario.ready(2)
    assert scenario.ringing_agents(call) == [2]
    assert scenario.ringing_agents(other) == []


def test_the_heavier_campaign_is_served_first() -> None:
    members = {1: 0}
    scenario = Scenario(config(queue(SALES, members=members, weight=1), queue(SUPPORT, members=members, weight=5)))
    light = scenario.call("1000")
    scenario.wait(30)
    heavy = scenario.call("2000")
    scenario.ready(1)
    assert scenario.ringing_agents(heavy) == [1]
    assert scenario.ringing_agents(light) == []


def test_a_campaign_removed_while_somebody_waits_lets_the_caller_go() -> None:
    scenario = Scenario(config(queue()))
    call = scenario.call()
    scenario.tell(ConfigurationChanged(config()))
    assert scenario.events(call) == ["ENTERQUEUE", "EXITWITHTIMEOUT"]
    assert call not in scenario.callers


def test_a_member_added_while_somebody_waits_is_asked() -> None:
    scenario = Scenario(config(queue(SALES, members={1: 0}), queue(SUPPORT, members={2: 0})))
    scenario.ready(2)
    call = scenario.call()
    assert scenario.ringing(call) == []
    scenario.tell(ConfigurationChanged(config(queue(SALES, members={1: 0, 2: 0}))))
    assert scenario.ringing_agents(call) == [2]


def test_the_same_arrival_reported_twice_is_one_call() -> None:
    scenario = Scenario(config(queue()))
    call = scenario.call()
    scenario.tell(CallArrived("again", f"chan-{call}", did="1000", number="1"))
    assert len(scenario.engine.world.calls) == 1
