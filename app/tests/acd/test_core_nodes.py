"""Several Asterisks: where calls begin, and what becomes of them when one of them is away, drains or dies."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import DialOut, HangUp, JoinTalk, RingAgent
from omnileads.acd.core.config import RoutingConfig
from omnileads.acd.core.dialplan import DialPattern, OutboundRoute, Trunk
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import AgentCallOut, CallArrived, NodeChanged, NodeLost, RingRefused
from tests.acd.scenario import SALES, Scenario, config, queue

A, B = "10.0.0.1", "10.0.0.2"


def routing(**settings: object) -> RoutingConfig:
    base = config(queue(SALES, agents=4, **settings), may_call_off_campaign=True, may_call_agents=True)
    route = OutboundRoute(1, "out", (DialPattern("X."),), (1,))
    return replace(base, trunks={1: Trunk(1, "one")}, outbound_routes=(route,))


@pytest.fixture
def scenario() -> Scenario:
    centre = Scenario(routing(), nodes=(A, B))
    centre.ready(1, 2, 3, 4)
    return centre


def node_of(scenario: Scenario, call: str) -> str:
    return scenario.engine.world.calls[call].node


def talk(scenario: Scenario, node: str) -> tuple[str, int]:
    """A caller on this Asterisk talks with an agent."""
    call = scenario.call(node=node)
    agent = scenario.ringing_agents(call)[0]
    scenario.answer(scenario.ringing(call)[0])
    return call, agent


def test_calls_that_the_engine_begins_go_where_the_fewest_are(scenario: Scenario) -> None:
    talk(scenario, A)
    assert node_of(scenario, scenario.call_out(2, "4551")) == B
    assert node_of(scenario, scenario.call_agent(3, 4)) == A


def test_no_call_begins_on_an_asterisk_that_drains_but_its_callers_are_served(scenario: Scenario) -> None:
    scenario.tell(NodeChanged(A, "draining"))
    assert [node_of(scenario, scenario.call_out(agent, "4551")) for agent in (1, 2)] == [B, B]
    call, agent = talk(scenario, A)
    assert scenario.status(agent) == "ONCALL"
    assert node_of(scenario, call) == A


def test_without_an_asterisk_that_takes_calls_an_agent_is_told_so(scenario: Scenario) -> None:
    scenario.tell(NodeChanged(A, "draining"))
    scenario.tell(NodeChanged(B, "away"))
    refusal = scenario.tell(AgentCallOut(1, "C9", "4551")).refusal
    assert refusal is not None
    assert refusal[0] == "telephony-away"
    assert scenario.status(1) == "READY"


def test_a_supervisor_joins_on_the_asterisk_of_the_call(scenario: Scenario) -> None:
    call, agent = talk(scenario, B)
    leg = scenario.supervise(4, agent, "join")
    scenario.answer(leg)
    assert scenario.of(JoinTalk) == [JoinTalk(call, leg)]
    assert scenario.node_of_leg[leg] == B


def test_callers_of_an_asterisk_that_is_away_keep_their_places(scenario: Scenario) -> None:
    scenario.tell(NodeChanged(A, "away"))
    call = scenario.call(node=A)
    assert scenario.ringing(call) == []
    assert node_of(scenario, call) == A
    scenario.tell(NodeChanged(A, "open"))
    assert len(scenario.ringing(call)) == 1


def test_only_the_calls_of_a_lost_asterisk_end(scenario: Scenario) -> None:
    dead, its_agent = talk(scenario, A)
    alive, other_agent = talk(scenario, B)
    waiting = [scenario.call(node=A), scenario.call(node=A)]
    ringing = scenario.call(node=B)
    scenario.tell(NodeChanged(A, "away"))
    assert scenario.status(its_agent) == "ONCALL", "it may come back, and the talk goes on meanwhile"
    scenario.wait(5)
    scenario.node_gone(A)
    assert scenario.events(dead) == ["ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM"]
    assert scenario.call_log[-1].call_id in (dead, *waiting)
    assert all(scenario.events(call)[-1] == "ABANDON" for call in waiting)
    assert scenario.status(its_agent) == "ACW", "the agent has after-call work, as after any talk"
    scenario.wait(1)
    assert scenario.status(its_agent) == "READY"
    assert scenario.status(other_agent) == "ONCALL"
    assert scenario.bridged == {alive: scenario.leg_of(alive)}
    assert set(scenario.engine.world.calls) == {alive, ringing}


def test_talk_seconds_of_a_lost_call_end_when_it_is_given_up(scenario: Scenario) -> None:
    dead, _ = talk(scenario, A)
    scenario.wait(30)
    scenario.node_gone(A)
    assert next(event.talk_seconds for event in scenario.call_log if event.event == "COMPLETEOUTNUM") == 30
    assert scenario.events(dead)[-1] == "COMPLETEOUTNUM"


def test_a_call_out_that_nobody_had_answered_frees_its_agent(scenario: Scenario) -> None:
    scenario.tell(NodeChanged(B, "draining"))
    call = scenario.call_out(1, "4551")
    scenario.answer(scenario.leg_of(call))
    assert scenario.status(1) == "DIALING"
    scenario.node_gone(A)
    assert scenario.events(call) == ["DIAL", "CANCEL"]
    assert scenario.status(1) == "READY"


def test_both_agents_of_a_lost_call_between_them_are_free(scenario: Scenario) -> None:
    scenario.tell(NodeChanged(B, "draining"))
    call = scenario.call_agent(1, 2)
    scenario.answer(scenario.leg_of(call))
    scenario.answer(scenario.ringing(call)[0])
    assert (scenario.status(1), scenario.status(2)) == ("ONCALL", "ONCALL")
    scenario.node_gone(A)
    assert (scenario.status(1), scenario.status(2)) == ("READY", "READY")


def test_a_supervisor_of_a_lost_call_is_free(scenario: Scenario) -> None:
    _, agent = talk(scenario, A)
    leg = scenario.supervise(4, agent, "listen")
    scenario.answer(leg)
    scenario.node_gone(A)
    assert scenario.status(4) == "READY"


def test_a_leg_that_one_asterisk_refuses_is_rung_on_another(scenario: Scenario) -> None:
    call = scenario.call_out(1, "4551")
    first = scenario.of(RingAgent)[-1]
    assert node_of(scenario, call) == A
    del scenario.legs[first.leg_id]
    scenario.tell(RingRefused(first))
    second = scenario.of(RingAgent)[-1]
    assert node_of(scenario, call) == B
    assert second == replace(first, leg_id=second.leg_id)
    assert second.leg_id != first.leg_id
    assert scenario.engine.world.nodes[A] == "draining", "the next call does not begin there either"
    scenario.answer(first.leg_id)
    assert scenario.commands[-1] == HangUp(first.leg_id, first.leg_id), "the first leg, should it come to be, is ended"
    scenario.answer(second.leg_id)
    assert scenario.of(DialOut)[-1].leg_id == second.leg_id


def test_a_leg_that_every_asterisk_refuses_ends_the_call(scenario: Scenario) -> None:
    call = scenario.call_out(1, "4551")
    for _ in (A, B):
        ring = scenario.of(RingAgent)[-1]
        del scenario.legs[ring.leg_id]
        scenario.tell(RingRefused(ring))
    assert scenario.events(call) == ["CANCEL"]
    assert scenario.status(1) == "READY"


def test_a_refused_offer_goes_to_the_next_agent_of_the_same_asterisk(scenario: Scenario) -> None:
    call = scenario.call(node=A)
    ring = scenario.of(RingAgent)[-1]
    del scenario.legs[ring.leg_id]
    scenario.tell(RingRefused(ring))
    assert scenario.events(call) == ["ENTERQUEUE", "RINGNOANSWER"]
    assert node_of(scenario, call) == A
    assert len(scenario.ringing(call)) == 1


def test_a_successor_waits_for_each_asterisk_before_it_offers_its_callers(scenario: Scenario) -> None:
    busy = Scenario(routing(), nodes=(A, B))
    on_a, on_b = busy.call(node=A), busy.call(node=B)
    engine = Engine(routing(), busy.engine.world.random)
    engine.restore(busy.engine.world.snapshot(), busy.now)
    busy.engine = engine
    assert engine.world.nodes == {A: "away", B: "away"}
    busy.ready(1, 2)
    assert (busy.ringing(on_a), busy.ringing(on_b)) == ([], [])
    busy.tell(NodeChanged(B, "open"))
    assert (len(busy.ringing(on_a)), len(busy.ringing(on_b))) == (0, 1)
    busy.tell(NodeLost(A))
    assert on_a not in engine.world.calls
    assert on_b in engine.world.calls


def test_calls_of_a_version_that_knew_one_asterisk_are_on_the_first(scenario: Scenario) -> None:
    old = Engine(routing(), scenario.engine.world.random)
    old.handle(CallArrived("C1", "chan1", did="1000", number="5551"), scenario.now)
    engine = Engine(routing(), scenario.engine.world.random)
    engine.restore(old.world.snapshot(), scenario.now)
    engine.handle(NodeChanged(A, "away"), scenario.now)
    assert engine.world.calls["C1"].node == A
    assert engine.world.node_calls[A] == 1
