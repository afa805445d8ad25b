"""A call that reaches an agent: sound both ways, its end by either side, its record."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.tones import is_heard, read_wav
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
CALLER_HZ, AGENT_HZ, NOBODY_HZ = 700.0, 440.0, 1000.0


def test_caller_and_agent_hear_each_other_and_are_recorded(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent(), tone_hz=AGENT_HZ)
    campaign = centre.campaign(worker.agent, recording_enabled=True)
    caller = carrier.call(campaign.did, tone_hz=CALLER_HZ)
    offer = worker.take_call()
    assert offer.sound is not None
    caller.wait_until_hears(AGENT_HZ)
    eventually(lambda: offer.sound and offer.sound.hears(CALLER_HZ), evidence=caller.evidence)
    assert not offer.sound.hears(NOBODY_HZ)
    caller.hang_up()

    enter, connect, complete = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert {event.campaign_id for event in (enter, connect, complete)} == {campaign.id}
    assert complete.talk_seconds == pytest.approx((complete.time - connect.time).total_seconds(), abs=0.05)
    rate, samples = read_wav(history.recording(complete))
    assert is_heard(samples[-rate:], CALLER_HZ, rate=rate)
    assert is_heard(samples[-rate:], AGENT_HZ, rate=rate)
    assert not is_heard(samples[-rate:], NOBODY_HZ, rate=rate)


def test_the_trunk_speaks_a_law(centre: Centre, carrier: Carrier) -> None:
    caller = carrier.call(centre.campaign().did)
    assert caller.wait_until_answered().payload_types[0] == 8


def test_the_agent_hangs_up(centre: Centre, carrier: Carrier, at_work: AtWork, history: History) -> None:
    worker = at_work(centre.agent())
    caller = carrier.call(centre.campaign(worker.agent).did)
    worker.take_call()
    worker.phone.hang_up()
    caller.wait_until_hung_up()
    *_, complete = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    assert complete.agent_id == worker.agent.agent_id


def test_what_the_agents_telephone_is_told(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent, auto_attend=True, force_disposition=False, auto_unpause_seconds=7)
    caller = carrier.call(campaign.did)
    headers = worker.phone.wait_until_ringing().headers
    told = {
        name: headers[name.lower()]
        for name in ("Origin", "IDCamp", "OMLCAMPNAME", "OMLOUTNUM", "OMLDID", "AUTO_ATTEND_INBOUND")
    }
    assert told == {
        "Origin": "IN",
        "IDCamp": str(campaign.id),
        "OMLCAMPNAME": campaign.name,
        "OMLOUTNUM": caller.number,
        "OMLDID": campaign.did,
        "AUTO_ATTEND_INBOUND": "True",
    }
    assert headers["auto_unpause"] == "7"
    assert headers["force_disposition"] == "False"


def test_a_campaign_that_does_not_record_leaves_no_file(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    caller = carrier.call(centre.campaign(worker.agent, recording_enabled=False).did)
    worker.take_call()
    caller.hang_up()
    events = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert [event.recording for event in events] == [None, None, None]


def test_a_broken_leg_sends_the_caller_back_before_those_who_came_later(
    centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    first, second = (at_work(agent) for agent in centre.agents(2))
    campaign = centre.campaign((first.agent, 0), (second.agent, 1))
    second.api.post("/agent/logout")
    unlucky = carrier.call(campaign.did)
    offer = first.take_call()
    unlucky.wait_until_hears(first.phone.tone_hz)
    later = carrier.call(campaign.did)
    history.wait_for(later.number, "ENTERQUEUE")

    first.phone.vanish()  # Asterisk notices after 15 s without sound
    assert offer.sound is not None
    history.wait_for(unlucky.number, "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "ENTERQUEUE-TRANSFER", within_seconds=30)
    assert unlucky.is_connected
    second.api.post("/agent/login")
    assert second.take_call().headers["omloutnum"] == unlucky.number
    unlucky.wait_until_hears(second.phone.tone_hz)
    unlucky.hang_up()
    second.wait_for_status("ACW", "READY")
    assert second.take_call().headers["omloutnum"] == later.number
