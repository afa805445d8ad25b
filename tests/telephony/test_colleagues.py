"""Agents call each other."""

from __future__ import annotations

from collections.abc import Callable

from support.centre import Centre, refusal
from support.history import History
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
FIRST_HZ, SECOND_HZ = 440.0, 700.0


def test_two_agents_talk_and_are_ready_again(centre: Centre, at_work: AtWork, history: History) -> None:
    first = at_work(centre.agent(allow_calls_between_agents=True), tone_hz=FIRST_HZ)
    second = at_work(centre.agent(), tone_hz=SECOND_HZ)
    first.phone.answers_at_once = True
    found = first.api.get("/agent/colleagues", search=str(second.agent.extension))
    assert [one["status"] for one in found] == ["READY"]
    assert first.api.post("/agent/calls/colleague", agent_id=second.agent.agent_id)["status"] == "DIALING"
    theirs = second.take_call()
    own = first.phone.offers[-1]
    assert (theirs.headers["origin"], theirs.headers["omlfromagent"]) == ("agentCall", str(first.agent.agent_id))
    first.wait_for_status("ONCALL")
    eventually(lambda: own.sound and own.sound.hears(SECOND_HZ), evidence=first.phone.evidence)
    eventually(lambda: theirs.sound and theirs.sound.hears(FIRST_HZ), evidence=second.phone.evidence)
    second.phone.hang_up()
    first.wait_for_status("READY")
    second.wait_for_status("READY")
    events = history.wait_for(str(first.agent.extension), "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    assert {event.campaign_id for event in events} == {0}


def test_the_one_who_called_hangs_up_while_it_rings(centre: Centre, at_work: AtWork) -> None:
    first = at_work(centre.agent(allow_calls_between_agents=True))
    second = at_work(centre.agent())
    first.phone.answers_at_once = True
    first.api.post("/agent/calls/colleague", agent_id=second.agent.agent_id)
    second.phone.wait_until_ringing()
    first.phone.hang_up()
    first.wait_for_status("READY")
    second.wait_for_status("READY")
    assert not second.phone.is_ringing


def test_a_group_that_does_not_allow_it(centre: Centre, at_work: AtWork) -> None:
    first, second = at_work(centre.agent(allow_calls_between_agents=False)), at_work(centre.agent())
    refused = refusal(lambda: first.api.post("/agent/calls/colleague", agent_id=second.agent.agent_id))
    assert "may not call other agents" in str(refused)
