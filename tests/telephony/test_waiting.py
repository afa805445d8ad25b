"""Callers who wait: order, limits, failover, giving up, agents who do not answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from support.carrier import Carrier
from support.centre import Centre, refusal
from support.history import History
from support.waiting import always
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
A_LONG_TIME = 15
"""Seconds: more than any limit set here, also on a busy machine, and as much as a campaign's own ones."""


def test_a_caller_gives_up_while_waiting(centre: Centre, carrier: Carrier, history: History) -> None:
    campaign = centre.campaign()
    caller = carrier.call(campaign.did)
    history.wait_for(caller.number, "ENTERQUEUE")
    time.sleep(1)  # what is measured is how long the caller waited
    caller.hang_up()
    enter, abandon = history.wait_for(caller.number, "ENTERQUEUE", "ABANDON")
    assert abandon.wait_seconds is not None
    assert abs(abandon.wait_seconds - (abandon.time - enter.time).total_seconds()) < 0.1
    assert abandon.wait_seconds > 1


def test_a_caller_gives_up_while_an_agent_rings(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    caller = carrier.call(centre.campaign(worker.agent).did)
    worker.phone.wait_until_ringing()
    caller.hang_up()
    worker.phone.wait_until_idle()
    worker.wait_for_status("READY")
    history.wait_for(caller.number, "ENTERQUEUE", "ABANDON")


def test_whoever_came_first_is_served_first(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    worker.api.post("/agent/logout")
    callers = []
    for _ in range(3):
        callers.append(carrier.call(campaign.did))
        history.wait_for(callers[-1].number, "ENTERQUEUE")
    worker.api.post("/agent/login")
    for caller in callers:
        assert worker.take_call().headers["omloutnum"] == caller.number
        caller.hang_up()
        worker.phone.wait_until_idle()


def test_an_agent_who_does_not_answer_is_passed_over_and_rests(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    sleepy, awake = (at_work(agent) for agent in centre.agents(2))
    campaign = centre.campaign((sleepy.agent, 0), (awake.agent, 1), ring_seconds=2, retry_seconds=30)
    caller = carrier.call(campaign.did)
    sleepy.phone.wait_until_ringing()
    sleepy.phone.wait_until_idle(within_seconds=4)
    awake.take_call()
    enter, missed, connect = history.wait_for(caller.number, "ENTERQUEUE", "RINGNOANSWER", "CONNECT")
    assert (missed.agent_id, connect.agent_id) == (sleepy.agent.agent_id, awake.agent.agent_id)
    assert 2 <= (missed.time - enter.time).total_seconds() < A_LONG_TIME
    another = carrier.call(campaign.did)
    history.wait_for(another.number, "ENTERQUEUE")
    always(lambda: not sleepy.phone.is_ringing, for_seconds=2)


def test_an_agent_is_asked_again_after_its_rest(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent, ring_seconds=1, retry_seconds=2)
    caller = carrier.call(campaign.did)
    for _ in range(2):
        worker.phone.wait_until_ringing()
        worker.phone.wait_until_idle()
    worker.take_call()
    _, first, second, _ = history.wait_for(caller.number, "ENTERQUEUE", "RINGNOANSWER", "RINGNOANSWER", "CONNECT")
    assert (second.time - first.time).total_seconds() >= 3, "the rest, and the ringing after it"


def test_an_agent_who_refuses_is_noted(centre: Centre, carrier: Carrier, at_work: AtWork, history: History) -> None:
    worker = at_work(centre.agent())
    caller = carrier.call(centre.campaign(worker.agent, retry_seconds=30).did)
    worker.phone.wait_until_ringing()
    worker.phone.reject()
    _, missed = history.wait_for(caller.number, "ENTERQUEUE", "RINGNOANSWER")
    assert missed.agent_extra_id == worker.agent.agent_id


def test_waiting_too_long_leads_to_the_failover(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    second = centre.campaign(worker.agent)
    first = centre.campaign(max_wait_seconds=2, failover={"type": "inbound-campaign", "id": second.id})
    caller = carrier.call(first.did)
    worker.take_call(within_seconds=6)
    caller.hang_up()
    events = history.wait_for(caller.number, "ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert [event.campaign_id for event in events] == [first.id, first.id, second.id, second.id, second.id]
    assert events[1].wait_seconds is not None
    assert 2 <= events[1].wait_seconds < A_LONG_TIME


def test_failovers_in_a_chain(centre: Centre, carrier: Carrier, history: History) -> None:
    last = centre.campaign(max_wait_seconds=1, failover={"type": "hangup", "id": None})
    middle = centre.campaign(max_wait_seconds=1, failover={"type": "inbound-campaign", "id": last.id})
    first = centre.campaign(max_wait_seconds=1, failover={"type": "inbound-campaign", "id": middle.id})
    caller = carrier.call(first.did)
    caller.wait_until_hung_up(within_seconds=15)
    events = history.wait_for(caller.number, *["ENTERQUEUE", "EXITWITHTIMEOUT"] * 3)
    assert [event.campaign_id for event in events[::2]] == [first.id, middle.id, last.id]


def test_failovers_that_go_round_in_circles_are_refused(centre: Centre) -> None:
    first = centre.campaign()
    second = centre.campaign(failover={"type": "inbound-campaign", "id": first.id})
    to_second = {"type": "inbound-campaign", "id": second.id}
    refused = refusal(lambda: centre.api.patch(f"/campaigns/{first.id}", failover=to_second))
    assert "failover.id" in refused.fields


def test_a_failover_that_hangs_up(centre: Centre, carrier: Carrier, history: History) -> None:
    caller = carrier.call(centre.campaign(max_wait_seconds=1, failover={"type": "hangup", "id": None}).did)
    caller.wait_until_hung_up(within_seconds=5)
    history.wait_for(caller.number, "ENTERQUEUE", "EXITWITHTIMEOUT")


def test_a_full_queue_takes_nobody_more(centre: Centre, carrier: Carrier, history: History) -> None:
    campaign = centre.campaign(max_waiting=1, failover={"type": "hangup", "id": None})
    patient = carrier.call(campaign.did)
    history.wait_for(patient.number, "ENTERQUEUE")
    rejected = carrier.call(campaign.did)
    history.wait_for(rejected.number, "ENTERQUEUE", "EXITWITHTIMEOUT")
    assert patient.is_connected


def test_the_heavier_campaign_is_served_first(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    light = centre.campaign(worker.agent, weight=0)
    heavy = centre.campaign(worker.agent, weight=5)
    worker.api.post("/agent/logout")
    waiting = carrier.call(light.did)
    history.wait_for(waiting.number, "ENTERQUEUE")
    important = carrier.call(heavy.did)
    history.wait_for(important.number, "ENTERQUEUE")
    worker.api.post("/agent/login")
    assert worker.take_call().headers["omloutnum"] == important.number


def test_a_caller_hears_music_while_waiting(centre: Centre, carrier: Carrier) -> None:
    caller = carrier.call(centre.campaign().did)
    caller.wait_until_answered()
    caller.wait_until_hears_anything()


def test_an_unknown_number_is_told_so_and_logged(centre: Centre, carrier: Carrier, history: History) -> None:
    caller = carrier.call(centre.number())
    caller.wait_until_answered()
    caller.wait_until_hears_anything()
    caller.wait_until_hung_up(within_seconds=20)
    (logged,) = history.wait_for(caller.number, "UNKNOWN-DID")
    assert logged.did == caller.did


def test_a_paused_campaign_takes_no_calls(centre: Centre, carrier: Carrier, at_work: AtWork, history: History) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    centre.api.post(f"/campaigns/{campaign.id}/pause")
    centre.settle()
    caller = carrier.call(campaign.did)
    history.wait_for(caller.number, "ENTERQUEUE", "EXITWITHTIMEOUT")
    assert not worker.phone.offers
