"""The webphone during a call: mute, hold, digits, a lost connection."""

from __future__ import annotations

from support.browser import Desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.instance import Instance
from support.waiting import eventually


def test_mute_hold_and_pause(centre: Centre, carrier: Carrier, desk: Desks) -> None:
    agent = centre.agent()
    campaign = centre.campaign(agent)
    working = desk(agent)
    caller = carrier.call(campaign.did)
    working.answer()
    caller.wait_until_hears(working.tone_hz)

    working.by_id("mute").click()
    eventually(lambda: not caller.sound.hears(working.tone_hz), evidence=caller.evidence)
    working.by_id("mute").click()
    caller.wait_until_hears(working.tone_hz)

    working.by_id("hold").click()
    working.wait_for_phone(webphoneHeld="true")
    eventually(lambda: not caller.sound.hears(working.tone_hz), evidence=caller.evidence)
    caller.wait_until_hears_anything()  # music, not silence
    working.by_id("hold").click()
    working.wait_for_phone(webphoneHeld="false")
    caller.wait_until_hears(working.tone_hz)


def test_the_connection_comes_back_during_a_call(
    instance: Instance, centre: Centre, carrier: Carrier, desk: Desks, history: History
) -> None:
    """nginx restarts: signalling is interrupted and found again, and nobody hears anything of it."""
    agent = centre.agent()
    campaign = centre.campaign(agent)
    working = desk(agent)
    caller = carrier.call(campaign.did)
    working.answer()
    caller.wait_until_hears(working.tone_hz)
    nginx = instance.process("nginx")
    former = nginx.kill()
    nginx.wait_until_back(former)
    working.wait_for_phone(webphoneLine="registered", within_seconds=40)
    assert working.phone["webphoneCall"] == "talking"
    assert caller.sound.hears(working.tone_hz)
    working.hang_up()
    caller.wait_until_hung_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
