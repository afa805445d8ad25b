"""Calls between agents."""

import pytest

from omnileads.acd.core.commands import Connect, HangUp, PlayRinging, StartMusic
from omnileads.acd.core.events import AgentCallAgent, AgentPause
from omnileads.acd.core.model import CallType
from tests.acd.scenario import SALES, Scenario, config, queue


@pytest.fixture
def scenario() -> Scenario:
    centre = Scenario(config(queue(agents=3), may_call_agents=True))
    centre.ready(1, 2)
    return centre


def test_an_agent_talks_with_a_colleague(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    own = scenario.leg_of(call)
    assert scenario.legs[own].extension == "1001"
    assert (scenario.status(1), scenario.status(2)) == ("DIALING", "READY")
    scenario.answer(own)
    theirs = scenario.ringing(call)[0]
    ringing = scenario.legs[theirs]
    assert (ringing.extension, ringing.caller_id) == ("1002", "1001")
    assert (ringing.headers["Origin"], ringing.headers["OMLFROMAGENT"]) == ("agentCall", "1")
    assert PlayRinging(call, own, is_on=True) in scenario.commands
    assert scenario.of(StartMusic) == []
    scenario.answer(theirs)
    assert Connect(call, own, theirs) in scenario.commands
    assert (scenario.status(1), scenario.status(2)) == ("ONCALL", "ONCALL")
    scenario.wait(10)
    scenario.end_leg(own)
    assert scenario.events(call) == ["ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM"]
    logged = scenario.call_log[-1]
    assert (logged.call_type, logged.campaign_id, logged.agent_id) == (CallType.INTERNAL, 0, 2)
    assert logged.talk_seconds == 10
    assert HangUp(call, theirs) in scenario.commands
    assert (scenario.status(1), scenario.status(2)) == ("READY", "READY"), "it leaves no after-call work"


def test_the_colleague_hangs_up(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    own = scenario.leg_of(call)
    scenario.answer(own)
    theirs = scenario.ringing(call)[0]
    scenario.answer(theirs)
    del scenario.bridged[call]
    scenario.end_leg(theirs, cause=44)  # even a lost leg: nobody is waiting for another agent
    assert HangUp(call, own) in scenario.commands
    assert (scenario.status(1), scenario.status(2)) == ("READY", "READY")
    assert scenario.engine.world.calls == {}


def test_a_colleague_who_does_not_answer(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    scenario.answer(scenario.leg_of(call))
    scenario.wait(31)
    assert scenario.events(call)[-1] == "EXITWITHTIMEOUT"
    assert (scenario.status(1), scenario.status(2)) == ("READY", "READY")
    assert scenario.engine.world.agent(1).last_result == "NOANSWER"


def test_the_caller_gives_up_while_it_rings(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    own = scenario.leg_of(call)
    scenario.answer(own)
    scenario.end_leg(own)
    assert scenario.events(call) == ["ENTERQUEUE", "ABANDON"]
    assert (scenario.status(1), scenario.status(2)) == ("READY", "READY")


def test_the_callers_own_webphone_does_not_answer(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    scenario.wait(16)
    assert scenario.events(call) == ["CANCEL"]
    assert scenario.status(1) == "READY"


def test_waiting_callers_are_served_by_both_afterwards(scenario: Scenario) -> None:
    call = scenario.call_agent(1, 2)
    own = scenario.leg_of(call)
    scenario.answer(own)
    scenario.answer(scenario.ringing(call)[0])
    waiting = [scenario.call(), scenario.call()]
    assert [scenario.ringing(each) for each in waiting] == [[], []]
    scenario.end_leg(own)
    assert sorted(agent for each in waiting for agent in scenario.ringing_agents(each)) == [1, 2]


@pytest.mark.parametrize(
    ("caller", "called", "code"),
    [
        (1, 3, "agent-not-available"),
        (1, 1, "agent-not-found"),
        (1, 99, "agent-not-found"),
        (3, 1, "not-ready"),
        (99, 1, "not-ready"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_rings(
    scenario: Scenario, caller: int, called: int, code: str
) -> None:
    decision = scenario.tell(AgentCallAgent(caller, "c", called))
    assert decision is not None
    assert decision.refusal is not None
    assert decision.refusal[0] == code
    assert scenario.legs == {}


def test_a_colleague_in_a_pause_is_left_alone(scenario: Scenario) -> None:
    scenario.tell(AgentPause(2, "7"))
    decision = scenario.tell(AgentCallAgent(1, "c", 2))
    assert decision.refusal == ("agent-not-available", "agent 2 cannot take a call now. Try again later.")


def test_the_group_decides() -> None:
    scenario = Scenario(config(queue(SALES)))
    scenario.ready(1, 2)
    decision = scenario.tell(AgentCallAgent(1, "c", 2))
    assert decision.refusal == ("calls-between-agents-not-allowed", "Your group may not call other agents.")
