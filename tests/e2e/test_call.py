"""The path everything hangs on: a caller, a queue, an agent in a browser, and what is known of it afterwards."""

from __future__ import annotations

from support.browser import Desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.instance import Instance
from support.tones import is_heard, read_wav
from support.waiting import eventually

CALLER_HZ, AGENT_HZ, NOBODY_HZ = 700.0, 440.0, 1000.0


def test_a_caller_is_queued_answered_recorded_and_dispositioned(
    centre: Centre, carrier: Carrier, desk: Desks, history: History, instance: Instance
) -> None:
    agent = centre.agent()
    campaign = centre.campaign(agent, recording_enabled=True)
    working = desk(agent, tone_hz=AGENT_HZ)

    caller = carrier.call(campaign.did, tone_hz=CALLER_HZ)
    caller.wait_until_answered()
    working.answer()
    caller.wait_until_hears(AGENT_HZ)
    working.wait_until_hears(CALLER_HZ)
    eventually(lambda: int(working.phone["rtpPacketsReceived"]) > 100, evidence=lambda: working.phone)
    assert not caller.sound.hears(NOBODY_HZ)
    caller.hang_up()

    enter, connect, complete = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert (enter.campaign_id, connect.agent_id, complete.agent_id) == (campaign.id, agent.agent_id, agent.agent_id)

    working.disposition(campaign.dispositions["Sale"], "bought three")
    eventually(lambda: history.disposition(enter.call_id), evidence=working.evidence)
    assert history.disposition(enter.call_id) == (campaign.dispositions["Sale"], "bought three")
    rate, samples = read_wav(history.recording(complete))
    assert is_heard(samples[-2 * rate :], CALLER_HZ, rate=rate)
    assert is_heard(samples[-2 * rate :], AGENT_HZ, rate=rate)
    assert not is_heard(samples[-2 * rate :], NOBODY_HZ, rate=rate)
