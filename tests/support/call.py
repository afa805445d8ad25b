"""The call that everything hangs on, made the same way on this machine and on a node of Kubernetes."""

from __future__ import annotations

import pytest

from support.board import Board
from support.browser import Console, Consoles, Desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.tones import is_heard, read_wav
from support.waiting import eventually

CALLER_HZ, AGENT_HZ, NOBODY_HZ = 700.0, 440.0, 1000.0


def make_a_call_and_archive_it(
    centre: Centre, carrier: Carrier, desk: Desks, console: Consoles, history: History
) -> None:
    """A caller, a queue, an agent in a browser, and what is known of it afterwards."""
    agent, supervisor = centre.agent(auto_unpause_seconds=60), centre.person("supervisor")
    campaign = centre.campaign(agent, supervisors=[supervisor], recording_enabled=True)
    watching = console(supervisor)
    board = Board(watching)

    caller = carrier.call(campaign.did, tone_hz=CALLER_HZ)
    caller.wait_until_answered()
    board.wait_for_queue(campaign, waiting="1", talking="0")
    working = desk(agent, tone_hz=AGENT_HZ)
    working.wait_until_ringing()
    board.wait_for_status(agent, "RINGING")
    board.wait_for_queue(campaign, ringing="1")
    assert working.by_id("offer-card").get_by_text(caller.number).count()
    working.answer()
    board.wait_for_status(agent, "ONCALL")
    board.wait_for_queue(campaign, waiting="0", talking="1")

    caller.wait_until_hears(AGENT_HZ)
    working.wait_until_hears(CALLER_HZ)
    eventually(lambda: int(working.phone["rtpPacketsReceived"]) > 100, evidence=lambda: working.phone)
    assert not caller.sound.hears(NOBODY_HZ)
    facts = working.media_facts()
    assert "audio/opus" in facts["codecs"]
    assert (facts["dtls"], bool(facts["srtp"])) == ("connected", True)
    answer = caller.answer
    assert answer is not None
    assert answer.payload_types[0] == 8  # A-law towards the carrier

    caller.hang_up()
    board.wait_for_status(agent, "ACW")
    enter, connect, complete = history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")
    assert {event.campaign_id for event in (enter, connect, complete)} == {campaign.id}
    assert (connect.agent_id, complete.agent_id) == (agent.agent_id, agent.agent_id)
    assert connect.wait_seconds == pytest.approx((connect.time - enter.time).total_seconds(), abs=0.1)
    assert complete.talk_seconds == pytest.approx((complete.time - connect.time).total_seconds(), abs=0.1)

    working.disposition(campaign.dispositions["Sale"], "bought three")
    eventually(lambda: history.disposition(enter.call_id), evidence=working.evidence)
    assert history.disposition(enter.call_id) == (campaign.dispositions["Sale"], "bought three")
    working.resume()
    working.by_id("calls-today").get_by_text("Sale").wait_for()

    rate, samples = read_wav(history.recording(complete))
    together = samples[-2 * rate :]
    assert is_heard(together, CALLER_HZ, rate=rate)
    assert is_heard(together, AGENT_HZ, rate=rate)
    assert not is_heard(together, NOBODY_HZ, rate=rate)
    listen_to_the_recording(watching, enter.call_id)


def listen_to_the_recording(watching: Console, call_id: str) -> None:
    """The supervisor finds the recording in the list and hears it: the player's time moves on."""
    page = watching.page
    page.goto("/recordings")
    row = page.get_by_role("row").filter(has_text=call_id)

    def is_ready() -> bool:
        if row.get_by_role("button").count():
            return True
        page.reload()
        row.wait_for()
        return row.get_by_role("button").count() > 0

    eventually(is_ready, within_seconds=30, every_seconds=1, evidence=watching.evidence)
    row.get_by_role("button").click()
    player = watching.by_id("recording-player")
    eventually(lambda: float(player.get_attribute("data-position") or 0) > 1, evidence=watching.evidence)
    assert player.get_attribute("data-playing") == "true"
