"""What may come between a caller and an agent, with agents in browsers."""

from __future__ import annotations

from support.browser import Desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History


def test_nobody_is_there(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> None:
    """The caller waits as long as the campaign says, and then goes to its failover."""
    agent = centre.agent()
    rescue = centre.campaign(agent)
    campaign = centre.campaign(max_wait_seconds=2, failover={"type": "inbound-campaign", "id": rescue.id})
    working = desk(agent)
    caller = carrier.call(campaign.did)
    caller.wait_until_answered()
    caller.wait_until_hears_anything()  # music
    working.answer()
    caller.wait_until_hears(working.tone_hz)
    caller.hang_up()
    events = history.wait_for(caller.number, "ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert [event.campaign_id for event in events] == [campaign.id] * 2 + [rescue.id] * 3


def test_the_caller_gives_up(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> None:
    agent = centre.agent()
    campaign = centre.campaign(agent)
    working = desk(agent)
    caller = carrier.call(campaign.did)
    working.wait_until_ringing()
    caller.hang_up()
    working.wait_for_status("READY")
    working.wait_for_phone(webphoneCall="none")
    history.wait_for(caller.number, "ENTERQUEUE", "ABANDON")


def test_an_agent_does_not_answer(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> None:
    away, there = centre.agents(2)
    campaign = centre.campaign((away, 0), (there, 1), ring_seconds=3, retry_seconds=60)
    away_desk, there_desk = desk(away, tone_hz=440), desk(there, tone_hz=520)
    caller = carrier.call(campaign.did)
    away_desk.wait_until_ringing()
    there_desk.answer()
    caller.wait_until_hears(520)
    away_desk.wait_for_status("READY")
    _, missed, connect = history.wait_for(caller.number, "ENTERQUEUE", "RINGNOANSWER", "CONNECT")
    assert (missed.agent_id, connect.agent_id) == (away.agent_id, there.agent_id)


def test_two_callers_and_one_agent(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> None:
    agent = centre.agent()
    campaign = centre.campaign(agent)
    first = carrier.call(campaign.did)
    history.wait_for(first.number, "ENTERQUEUE")
    second = carrier.call(campaign.did)
    history.wait_for(second.number, "ENTERQUEUE")
    working = desk(agent)
    for caller in (first, second):
        working.wait_until_ringing()
        assert working.by_id("offer-card").get_by_text(caller.number).count()
        working.answer()
        caller.wait_until_hears(working.tone_hz)
        caller.hang_up()
        history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_a_call_is_answered_by_itself_and_hung_up_by_the_agent(
    centre: Centre, carrier: Carrier, desk: Desks, history: History
) -> None:
    agent = centre.agent(auto_attend_inbound=True)
    campaign = centre.campaign(agent)
    working = desk(agent)
    caller = carrier.call(campaign.did)
    working.wait_until_talking()
    assert working.phone["webphoneAutoAnswered"] == "true"
    caller.wait_until_hears(working.tone_hz)
    working.hang_up()
    caller.wait_until_hung_up()
    *_, complete = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    assert complete.agent_id == agent.agent_id


def test_the_agents_browser_dies(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> None:
    """The caller goes back into the queue and is served by the next agent; its place was before everybody else's."""
    unlucky, next_agent = centre.agents(2)
    campaign = centre.campaign((unlucky, 0), (next_agent, 1))
    dying, rescuing = desk(unlucky, tone_hz=440), desk(next_agent, tone_hz=520)
    caller = carrier.call(campaign.did)
    dying.answer()
    caller.wait_until_hears(440)
    dying.kill()
    rescuing.wait_until_ringing(within_seconds=30)
    rescuing.answer()
    caller.wait_until_hears(520)
    caller.hang_up()
    expected = ("ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "ENTERQUEUE-TRANSFER", "CONNECT", "COMPLETEOUTNUM")
    events = history.wait_for(caller.number, *expected)
    assert [event.agent_id for event in events if event.event == "CONNECT"] == [unlucky.agent_id, next_agent.agent_id]


def test_an_unknown_number(centre: Centre, carrier: Carrier, history: History) -> None:
    caller = carrier.call(centre.number())
    caller.wait_until_answered()
    caller.wait_until_hears_anything()
    caller.wait_until_hung_up(within_seconds=20)
    (event,) = history.wait_for(caller.number, "UNKNOWN-DID")
    assert event.did == caller.did
