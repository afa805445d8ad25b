"""Supervisors on an agent's call."""

from dataclasses import replace

import pytest

from omnileads.acd.core.commands import Connect, HangUp, JoinTalk, Listen, RingAgent, StopListening
from omnileads.acd.core.dialplan import DialPattern, OutboundRoute, Trunk
from omnileads.acd.core.events import AgentHangUp, AgentLogout, AgentPause, SuperviseAgent, WebphoneChanged
from omnileads.acd.core.model import WatchKind
from tests.acd.scenario import SALES, Scenario, config, queue


@pytest.fixture
def centre() -> Scenario:
    """Agent 1 talks; agents 2 and 3 have their webphones open, and 3 is the supervisor, who is not logged in."""
    centre = Scenario(config(queue(agents=3, is_recorded=True), may_call_agents=True))
    centre.ready(1)
    centre.tell(WebphoneChanged("1003", is_registered=True))
    return centre


def talk(centre: Scenario) -> tuple[str, str]:
    """A call that agent 1 has taken, and its leg."""
    call = centre.call()
    leg = centre.ringing(call)[0]
    centre.answer(leg)
    return call, leg


@pytest.mark.parametrize("kind", ["listen", "whisper"])
def test_a_supervisor_hears_an_agents_call(centre: Scenario, kind: WatchKind) -> None:
    call, agents_leg = talk(centre)
    leg = centre.supervise(3, 1, kind)
    ring = centre.of(RingAgent)[-1]
    assert (ring.extension, ring.caller_id, ring.recording) == ("1003", "1001", None)
    assert (ring.headers["Origin"], ring.headers["OMLSUPERVISION"]) == ("withoutCamp", kind)
    assert (centre.status(3), centre.status(1)) == ("OFFLINE", "ONCALL")
    centre.answer(leg)
    assert centre.of(Listen) == [Listen(call, leg, agents_leg, whispers=kind == "whisper")]
    assert centre.status(3) == "ONCALL"
    centre.end_leg(leg)
    assert centre.of(StopListening) == [StopListening(call, leg)]
    assert (centre.status(3), centre.status(1)) == ("OFFLINE", "ONCALL")
    assert centre.events(call) == ["ENTERQUEUE", "CONNECT"], "the call itself knows nothing of it"
    centre.caller_hangs_up(call)
    assert centre.events(call)[-1] == "COMPLETEOUTNUM"


def test_a_supervisor_joins_the_talk(centre: Scenario) -> None:
    call, _ = talk(centre)
    leg = centre.supervise(3, 1, "join")
    centre.answer(leg)
    assert centre.commands[-1] == JoinTalk(call, leg)
    centre.answer(leg)
    assert len(centre.of(JoinTalk)) == 1, "a repetition changes nothing"
    centre.end_leg(leg)
    assert centre.of(StopListening) == []
    assert centre.status(1) == "ONCALL"


def test_a_supervisor_takes_a_call_over(centre: Scenario) -> None:
    call, agents_leg = talk(centre)
    leg = centre.supervise(3, 1, "take")
    recording = centre.of(RingAgent)[-1].recording
    assert recording is not None
    centre.wait(10)
    centre.answer(leg)
    assert centre.of(Connect)[-1] == Connect(call, centre.callers[call], leg)
    assert HangUp(call, agents_leg) in centre.commands
    assert centre.bridged == {call: leg}
    assert (centre.status(1), centre.status(3)) == ("ACW", "ONCALL")
    centre.wait(5)
    assert centre.status(1) == "READY", "its after-call work is over while the call goes on"
    centre.caller_hangs_up(call)
    assert centre.events(call) == [
        *("ENTERQUEUE", "CONNECT", "COMPLETEAGENT"),
        *("ENTERQUEUE-TRANSFER", "CONNECT", "COMPLETEOUTNUM"),
    ]
    first, last = (event for event in centre.call_log if event.event.startswith("COMPLETE"))
    assert (first.agent_id, first.talk_seconds, last.agent_id, last.talk_seconds) == (1, 10, 3, 5)
    assert last.recording == recording
    assert centre.status(3) == "OFFLINE", "who does not work in the campaigns has no after-call work"
    assert not [event for event in centre.agent_log if event.agent_id == 3]


def test_a_call_out_is_taken_over(centre: Scenario) -> None:
    routing = replace(
        config(queue(SALES, agents=3, kind="manual")),
        trunks={1: Trunk(1, "one", max_channels=5)},
        outbound_routes=(OutboundRoute(1, "out", (DialPattern("X."),), (1,), ring_seconds=20),),
    )
    centre = Scenario(routing)
    centre.ready(1, 3)
    call = centre.call_out(1, "4551234", SALES)
    centre.answer(centre.leg_of(call))
    centre.customer_answers(call)
    leg = centre.supervise(3, 1, "take")
    centre.answer(leg)
    assert centre.leg_of(call) == leg
    centre.customer_gone(call, 16)
    assert centre.events(call) == ["DIAL", "ANSWER", "COMPLETEAGENT", "ANSWER", "COMPLETEOUTNUM"]
    assert centre.status(3) == "ACW"


def test_the_supervisors_leg_ends_with_the_agents(centre: Scenario) -> None:
    call, agents_leg = talk(centre)
    leg = centre.supervise(3, 1)
    centre.answer(leg)
    del centre.bridged[call]
    centre.end_leg(agents_leg, cause=44)  # lost: the caller goes on to wait, the supervisor does not
    assert [command for command in centre.commands if getattr(command, "leg_id", None) == leg][-1] == StopListening(
        call, leg
    )
    assert HangUp(call, leg) in centre.commands
    assert centre.status(3) == "OFFLINE"
    assert centre.events(call)[-1] == "ENTERQUEUE-TRANSFER"


def test_the_caller_hangs_up_while_the_supervisor_is_rung(centre: Scenario) -> None:
    call, _ = talk(centre)
    leg = centre.supervise(3, 1)
    centre.caller_hangs_up(call)
    assert HangUp(call, leg) in centre.commands
    assert centre.of(StopListening) == []
    centre.answer(leg)  # the answer crossed the hang-up
    assert centre.of(Listen) == []
    assert centre.status(3) == "OFFLINE"


def test_a_webphone_that_does_not_take_its_own_call_is_given_up(centre: Scenario) -> None:
    call, _ = talk(centre)
    leg = centre.supervise(3, 1)
    centre.wait(16)
    assert HangUp(call, leg) in centre.commands
    assert centre.status(1) == "ONCALL"
    again = centre.supervise(3, 1)
    assert again != leg
    centre.answer(again)
    centre.wait(60)
    assert again in centre.legs, "an old timer ends nothing"


def test_a_supervisor_leaves_by_request(centre: Scenario) -> None:
    call, _ = talk(centre)
    leg = centre.supervise(3, 1)
    centre.answer(leg)
    centre.tell(AgentHangUp(3))
    assert centre.commands[-1] == HangUp(call, leg)


def test_a_pause_of_the_supervisor_goes_on_afterwards(centre: Scenario) -> None:
    centre.ready(3)
    centre.tell(AgentPause(3, "7"))
    talk(centre)
    leg = centre.supervise(3, 1)
    centre.answer(leg)
    assert centre.tell(AgentLogout(3)).refusal is not None
    centre.end_leg(leg)
    assert (centre.status(3), centre.engine.world.agent(3).pause_id) == ("PAUSE", "7")


def test_a_supervisor_who_works_gets_callers_only_afterwards(centre: Scenario) -> None:
    call, _ = talk(centre)
    centre.ready(3)
    leg = centre.supervise(3, 1)
    centre.answer(leg)
    waiting = centre.call()
    assert centre.ringing(waiting) == []
    centre.end_leg(leg)
    assert centre.ringing_agents(waiting) == [3]
    assert call in centre.bridged


def test_what_cannot_be_is_refused(centre: Scenario) -> None:
    assert centre.supervise(3, 1) == "agent-not-on-call"
    call, _ = talk(centre)
    assert centre.supervise(99, 1) == "no-webphone"
    assert centre.supervise(2, 1) == "webphone-not-connected"
    assert centre.supervise(1, 1) == "not-ready"
    foreign = centre.tell(SuperviseAgent(1, 3, "listen", frozenset({77})))
    assert foreign.refusal is not None
    assert foreign.refusal[0] == "call-not-supervised"
    assert centre.tell(SuperviseAgent(1, 3, "listen", frozenset({SALES}))).refusal is None
    assert centre.supervise(3, 1) == "not-ready", "one at a time"
    leg = next(iter(centre.engine.world.call_of_watch))
    centre.answer(leg)
    centre.tell(WebphoneChanged("1002", is_registered=True))
    assert centre.supervise(2, 3) == "agent-not-on-call", "a supervisor who listens is not listened to"
    assert call in centre.bridged


def test_a_call_between_agents_is_heard_and_not_taken(centre: Scenario) -> None:
    centre.ready(2)
    call = centre.call_agent(1, 2)
    own = centre.leg_of(call)
    centre.answer(own)
    centre.answer(centre.ringing(call)[0])
    assert centre.supervise(3, 1, "take") == "call-not-of-a-campaign"
    leg = centre.supervise(3, 1)
    centre.answer(leg)
    assert centre.commands[-1] == Listen(call, leg, own, whispers=False)
    centre.end_leg(own)
    assert HangUp(call, leg) in centre.commands
