"""Agents between calls: wrap-up, pauses, forced dispositions, telephones that come and go."""

from __future__ import annotations

from collections.abc import Callable

from support.carrier import Carrier
from support.centre import Centre, refusal
from support.history import History
from support.waiting import always, eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]


def test_wrap_up_keeps_calls_away_until_it_is_over(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent(auto_unpause_seconds=3))
    campaign = centre.campaign(worker.agent)
    first = carrier.call(campaign.did)
    worker.take_call()
    first.hang_up()
    worker.wait_for_status("ACW")
    second = carrier.call(campaign.did)
    history.wait_for(second.number, "ENTERQUEUE")
    always(lambda: not worker.phone.is_ringing, for_seconds=1.5)
    worker.take_call(within_seconds=5)
    eventually(
        lambda: history.activity(worker.agent.agent_id) == [("ADDMEMBER", ""), ("PAUSEALL", "0"), ("UNPAUSEALL", "0")],
        evidence=lambda: history.activity(worker.agent.agent_id),
    )


def test_a_wrap_up_without_limit_ends_when_the_agent_says_so(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent(auto_unpause_seconds=0))
    campaign = centre.campaign(worker.agent)
    caller = carrier.call(campaign.did)
    worker.take_call()
    caller.hang_up()
    worker.wait_for_status("ACW")
    assert worker.live["acw_until"] is None
    worker.be_ready()


def test_the_campaigns_wrap_up_counts_more_than_the_groups(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent(auto_unpause_seconds=600))
    campaign = centre.campaign(worker.agent, auto_unpause_seconds=1)
    caller = carrier.call(campaign.did)
    worker.take_call()
    caller.hang_up()
    worker.wait_for_status("ACW")
    worker.wait_for_status("READY", within_seconds=3)


def test_a_pause_keeps_calls_away_and_begins_after_the_call(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    pause = centre.api.post("/pauses", name=centre.name("p")[:20], kind="recreational")
    centre.settle()
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    caller = carrier.call(campaign.did)
    worker.take_call()
    worker.api.post("/agent/pause", pause_id=pause["id"])
    assert worker.status == "ONCALL"
    caller.hang_up()
    worker.wait_for_status("PAUSE")
    waiting = carrier.call(campaign.did)
    history.wait_for(waiting.number, "ENTERQUEUE")
    always(lambda: not worker.phone.is_ringing, for_seconds=1)
    worker.api.post("/agent/unpause")
    worker.take_call()


def test_a_forced_disposition_holds_the_agent_back(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent(force_disposition=True))
    campaign = centre.campaign(worker.agent)
    caller = carrier.call(campaign.did)
    call_id = worker.take_call().call_id
    caller.hang_up()
    worker.wait_for_status("ACW")
    assert worker.live["must_disposition"] is True
    assert refusal(lambda: worker.api.post("/agent/unpause")).reasons == ["disposition-required"]
    always(lambda: worker.status == "ACW", for_seconds=1.5)
    eventually(
        lambda: worker.api.put(f"/calls/{call_id}/disposition", option_id=campaign.dispositions["Sale"], comment="sold")
    )
    worker.wait_for_status("READY")


def test_an_agent_without_a_telephone_is_not_asked(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    worker.phone.vanish()
    worker.wait_for_status("UNAVAILABLE")
    caller = carrier.call(campaign.did)
    history.wait_for(caller.number, "ENTERQUEUE")
    always(lambda: not worker.phone.offers, for_seconds=1)


def test_a_telephone_that_vanishes_while_it_rings(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    gone, here = (at_work(agent) for agent in centre.agents(2))
    campaign = centre.campaign((gone.agent, 0), (here.agent, 1))
    caller = carrier.call(campaign.did)
    gone.phone.wait_until_ringing()
    gone.phone.vanish()
    here.take_call(within_seconds=5)
    history.wait_for(caller.number, "ENTERQUEUE", "RINGNOANSWER", "CONNECT")
