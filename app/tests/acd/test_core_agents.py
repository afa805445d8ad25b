"""The agent's day, on a virtual clock."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import HangUp
from omnileads.acd.core.config import RoutingConfig, Strategy
from omnileads.acd.core.events import (
    AgentDispositioned,
    AgentHangUp,
    AgentHold,
    AgentLogin,
    AgentLogout,
    AgentPause,
    AgentUnpause,
    ConfigurationChanged,
    WebphoneChanged,
)
from omnileads.acd.live import agent_live
from tests.acd.scenario import SALES, Scenario, config, profile, queue


def talk(scenario: Scenario, seconds: float = 10) -> str:
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    scenario.wait(seconds)
    scenario.caller_hangs_up(call)
    return call


def activity(scenario: Scenario) -> list[tuple[str, str]]:
    return [(event.event, event.pause_id) for event in scenario.agent_log]


def test_wrap_up_ends_by_itself() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=5))
    scenario.ready(1)
    talk(scenario)
    assert scenario.status(1) == "ACW"
    scenario.wait(4.9)
    assert scenario.status(1) == "ACW"
    scenario.wait(0.1)
    assert scenario.status(1) == "READY"
    assert activity(scenario) == [("ADDMEMBER", ""), ("PAUSEALL", "0"), ("UNPAUSEALL", "0")]


def test_wrap_up_without_limit_ends_when_the_agent_says_so() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=0))
    scenario.ready(1)
    talk(scenario)
    scenario.wait(3600)
    assert scenario.status(1) == "ACW"
    scenario.tell(AgentUnpause(1))
    assert scenario.status(1) == "READY"


def test_a_forced_disposition_holds_the_agent_back() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=5, force_disposition=True))
    scenario.ready(1)
    call = talk(scenario)
    scenario.wait(60)
    assert scenario.status(1) == "ACW"
    refusal = scenario.tell(AgentUnpause(1)).refusal
    assert refusal is not None
    assert refusal[0] == "disposition-required"
    scenario.tell(AgentDispositioned(1, call))
    assert scenario.status(1) == "READY"


def test_a_disposition_stored_during_the_talk_counts() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=5, force_disposition=True))
    scenario.ready(1)
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    scenario.tell(AgentDispositioned(1, call))
    scenario.caller_hangs_up(call)
    scenario.wait(5)
    assert scenario.status(1) == "READY"


def test_the_campaign_overrides_the_group() -> None:
    scenario = Scenario(config(queue(agents=1, auto_unpause_seconds=20), auto_unpause_seconds=5))
    scenario.ready(1)
    talk(scenario)
    scenario.wait(19)
    assert scenario.status(1) == "ACW"
    scenario.wait(1)
    assert scenario.status(1) == "READY"


def test_the_rest_between_calls_holds_after_wrap_up() -> None:
    scenario = Scenario(config(queue(agents=1, wrapup_seconds=10), auto_unpause_seconds=1))
    scenario.ready(1)
    talk(scenario)
    call = scenario.call()
    scenario.wait(9)
    assert scenario.status(1) == "READY"
    assert scenario.ringing(call) == []
    scenario.wait(1)
    assert scenario.ringing_agents(call) == [1]


def test_a_pause_keeps_calls_away_and_resuming_brings_them() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    scenario.tell(AgentPause(1, "7"))
    call = scenario.call()
    assert (scenario.status(1), scenario.ringing(call)) == ("PAUSE", [])
    scenario.tell(AgentUnpause(1))
    assert scenario.ringing_agents(call) == [1]


def test_a_pause_asked_for_during_a_call_begins_after_it() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=5))
    scenario.ready(1)
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    scenario.tell(AgentPause(1, "7"))
    assert scenario.status(1) == "ONCALL"
    scenario.caller_hangs_up(call)
    assert scenario.status(1) == "PAUSE"
    assert activity(scenario)[-1] == ("PAUSEALL", "7")
    scenario.wait(60)
    assert scenario.status(1) == "PAUSE", "the end of a wrap-up that never was does not end the pause"


def test_a_pause_asked_for_while_ringing_begins_when_the_ring_is_over() -> None:
    scenario = Scenario(config(queue(agents=1, ring_seconds=10)))
    scenario.ready(1)
    scenario.call()
    scenario.tell(AgentPause(1, "7"))
    scenario.wait(10)
    assert scenario.status(1) == "PAUSE"


def test_a_pause_can_replace_the_wrap_up_but_not_the_disposition() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=5, force_disposition=True))
    scenario.ready(1)
    call = talk(scenario)
    scenario.tell(AgentPause(1, "7"))
    assert activity(scenario)[-2:] == [("UNPAUSEALL", "0"), ("PAUSEALL", "7")]
    assert scenario.tell(AgentUnpause(1)).refusal is not None
    scenario.tell(AgentDispositioned(1, call))
    assert scenario.status(1) == "PAUSE", "a disposition does not end a pause"
    assert scenario.tell(AgentUnpause(1)).refusal is None
    assert scenario.status(1) == "READY"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (AgentLogin(99), "agent-not-found"),
        (AgentPause(2, "7"), "agent-offline"),
        (AgentPause(1, "no such pause"), "pause-not-found"),
    ],
)
def test_what_cannot_be_granted_is_refused(event: AgentLogin | AgentPause, code: str) -> None:
    scenario = Scenario(config(queue()))
    scenario.ready(1)
    refusal = scenario.tell(event).refusal
    assert refusal is not None
    assert refusal[0] == code


def test_no_logout_while_talking() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    refusal = scenario.tell(AgentLogout(1)).refusal
    assert refusal is not None
    assert refusal[0] == "agent-on-call"
    assert scenario.status(1) == "ONCALL"


def test_a_logout_while_ringing_passes_the_call_on() -> None:
    scenario = Scenario(config(queue(agents=2, strategy=Strategy.LEASTRECENT)))
    scenario.ready(1, 2)
    call = scenario.call()
    assert scenario.ringing_agents(call) == [1]
    scenario.tell(AgentLogout(1))
    assert scenario.ringing_agents(call) == [2]
    assert scenario.status(1) == "OFFLINE"


def test_a_logout_from_a_pause_closes_the_pause() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    scenario.tell(AgentPause(1, "7"))
    scenario.tell(AgentLogout(1))
    assert activity(scenario)[-2:] == [("UNPAUSEALL", "7"), ("REMOVEMEMBER", "")]
    scenario.tell(AgentLogin(1))
    assert scenario.status(1) == "READY"


def test_a_browser_that_goes_away_while_ringing_passes_the_call_on() -> None:
    scenario = Scenario(config(queue(agents=2, strategy=Strategy.LEASTRECENT)))
    scenario.ready(1, 2)
    call = scenario.call()
    scenario.tell(WebphoneChanged("1001", is_registered=False))
    assert scenario.ringing_agents(call) == [2]
    assert scenario.status(1) == "UNAVAILABLE"
    assert scenario.events(call) == ["ENTERQUEUE", "RINGNOANSWER"]


def test_an_agent_without_a_webphone_is_logged_out_in_the_end() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    scenario.tell(WebphoneChanged("1001", is_registered=False))
    scenario.wait(299)
    assert scenario.status(1) == "UNAVAILABLE"
    scenario.wait(1)
    assert scenario.status(1) == "OFFLINE"
    assert activity(scenario)[-1][0] == "REMOVEMEMBER"


def test_a_webphone_that_comes_back_in_time_keeps_the_agent_logged_in() -> None:
    scenario = Scenario(config(queue(agents=1)))
    scenario.ready(1)
    scenario.tell(WebphoneChanged("1001", is_registered=False))
    scenario.wait(200)
    scenario.tell(WebphoneChanged("1001", is_registered=True))
    scenario.wait(200)
    assert scenario.status(1) == "READY"


def test_a_changed_group_is_in_force_at_once() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=60))
    scenario.ready(1)
    routing = scenario.engine.world.config
    scenario.tell(ConfigurationChanged(replace_agents(routing, auto_unpause_seconds=2)))
    talk(scenario)
    scenario.wait(2)
    assert scenario.status(1) == "READY"


def replace_agents(routing: RoutingConfig, **settings: object) -> RoutingConfig:
    return replace(routing, agents={agent_id: profile(agent_id, **settings) for agent_id in routing.agents})


def test_an_unknown_webphone_is_nobodys() -> None:
    scenario = Scenario(config(queue(SALES)))
    assert not scenario.tell(WebphoneChanged("9999", is_registered=True)).agents


def test_in_wrap_up_the_console_still_knows_what_the_call_was_about() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=0))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    scenario.answer(leg)
    scenario.caller_hangs_up(call)
    world = scenario.engine.world
    shown = agent_live(world, world.agent(1))
    assert (shown["status"], shown["call_id"], shown["campaign_id"], shown["number"]) == ("ACW", call, 1, "5550001")
    scenario.tell(AgentUnpause(1))
    shown = agent_live(world, world.agent(1))
    assert (shown["status"], shown["call_id"], shown["campaign_id"], shown["number"]) == ("READY", None, None, None)


def test_a_group_may_end_the_wrap_up_with_the_disposition() -> None:
    scenario = Scenario(config(queue(agents=1), auto_unpause_seconds=0, force_unpause=True))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    scenario.answer(leg)
    scenario.caller_hangs_up(call)
    assert scenario.status(1) == "ACW"
    scenario.tell(AgentDispositioned(1, call))
    assert scenario.status(1) == "READY"


def test_an_agent_hangs_up_without_the_webphone() -> None:
    scenario = Scenario(config(queue(), may_call_agents=True))
    scenario.ready(1, 2)
    call = scenario.call()
    (ringing,) = scenario.ringing(call)
    taker = scenario.ringing_agents(call)[0]
    scenario.tell(AgentHangUp(taker))
    assert HangUp(call, ringing) in scenario.commands, "one that rings is refused"
    scenario.answer(ringing)
    scenario.tell(AgentHangUp(taker))
    assert scenario.of(HangUp) == [HangUp(call, ringing)] * 2
    idle = 3 - taker
    assert scenario.tell(AgentHangUp(idle)).refusal == ("no-call", "There is no call to hang up.")


def test_who_called_a_colleague_hangs_up_without_the_webphone() -> None:
    scenario = Scenario(config(queue(), may_call_agents=True))
    scenario.ready(1, 2)
    call = scenario.call_agent(1, 2)
    own = scenario.leg_of(call)
    scenario.answer(own)
    scenario.tell(AgentHangUp(1))
    assert scenario.of(HangUp) == [HangUp(call, own)]


def test_holding_a_talk_is_noted_in_turn() -> None:
    scenario = Scenario(config(queue(agents=2)))
    scenario.ready(1)
    call = scenario.call()
    (leg,) = scenario.ringing(call)
    refused = ("not-on-this-call", "You are not talking on this call.")
    assert scenario.tell(AgentHold(1, call)).refusal == refused, "it only rings"
    scenario.answer(leg)
    for event in ("HOLD", "UNHOLD", "HOLD"):
        assert scenario.tell(AgentHold(1, call)).refusal is None
        assert scenario.events(call)[-1] == event
        assert scenario.call_log[-1].agent_id == 1
    assert scenario.tell(AgentHold(2, call)).refusal == refused, "another agent's call"
    assert scenario.tell(AgentHold(1, "call99999")).refusal == refused
    scenario.caller_hangs_up(call)
    assert scenario.events(call)[-1] == "COMPLETEOUTNUM"
    assert scenario.tell(AgentHold(1, call)).refusal == refused, "it is over"


def test_who_takes_a_held_call_over_has_not_held_it() -> None:
    scenario = Scenario(config(queue(agents=2)))
    scenario.ready(1)
    call = scenario.call()
    scenario.answer(scenario.ringing(call)[0])
    scenario.tell(AgentHold(1, call))
    scenario.tell(WebphoneChanged("1002", is_registered=True))
    listener = scenario.supervise(2, 1, "listen")
    scenario.answer(listener)
    assert scenario.tell(AgentHold(2, call)).refusal is not None, "who listens does not hold"
    scenario.end_leg(listener)
    scenario.answer(scenario.supervise(2, 1, "take"))
    scenario.tell(AgentHold(2, call))
    assert scenario.events(call)[-1] == "HOLD"
