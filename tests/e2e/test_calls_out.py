"""An agent calls out from the browser: the dialler, the sound both ways, the answer and the lack of one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.browser import Desks
from support.carrier import CARRIER_ADDRESS, CARRIER_PORT
from support.centre import TRUNK, Centre
from support.history import History
from support.telephones import Exchange
from support.tones import heard_seconds, read_wav
from support.waiting import eventually

AGENT_HZ, CALLED_HZ = 440.0, 700.0


@pytest.fixture
def network() -> Iterator[Exchange]:
    """The telephones behind the carrier."""
    with Exchange(CARRIER_ADDRESS, CARRIER_PORT) as exchange:
        yield exchange


@pytest.fixture(scope="module")
def prefix(centre: Centre) -> str:
    """What must be dialled before a number to reach the carrier."""
    trunk = centre.api.get("/sip-trunks", search=TRUNK)["items"][0]
    centre.make("outbound-routes", patterns=[{"prefix": "9", "prepend": "", "match": "XXXX."}], trunk_ids=[trunk["id"]])
    return "9"


def test_a_call_for_a_campaign(centre: Centre, desk: Desks, network: Exchange, prefix: str, history: History) -> None:
    agent = centre.agent(auto_unpause_seconds=60)
    campaign = centre.campaign(agent, recording_enabled=True)
    number = centre.number()
    called = network.telephone(number, tone_hz=CALLED_HZ)
    working = desk(agent, tone_hz=AGENT_HZ)
    working.by_id("dial-number").fill(f"{prefix}{number}")
    working.by_id("dial-call").click()
    called.wait_until_ringing()
    working.wait_for_status("DIALING")
    called.answer()
    working.wait_for_status("ONCALL")
    working.wait_until_hears(CALLED_HZ)
    far = called.offers[-1].sound
    eventually(lambda: far and far.hears(AGENT_HZ), evidence=working.evidence)
    working.hang_up()
    called.wait_until_idle()
    working.wait_for_status("ACW")
    dial, *_, complete = history.wait_for(f"{prefix}{number}", "DIAL", "ANSWER", "COMPLETEAGENT")
    rate, samples = read_wav(history.recording(complete))
    assert heard_seconds(samples, CALLED_HZ, rate=rate) > 0.5
    working.disposition(campaign.dispositions["Sale"], "called and sold")
    eventually(lambda: history.disposition(dial.call_id), evidence=working.evidence)


def test_a_busy_number_is_said_and_called_again(
    centre: Centre, desk: Desks, network: Exchange, prefix: str, history: History
) -> None:
    agent = centre.agent(allow_off_campaign_calls=True)
    number = centre.number()
    called = network.telephone(number, tone_hz=CALLED_HZ)
    called.refuses_with = "486 Busy Here"
    working = desk(agent)
    working.by_id("dial-number").fill(f"{prefix}{number}")
    working.by_id("dial-call").click()
    working.by_id("call-missed").wait_for()
    working.wait_for_status("READY")
    history.wait_for(f"{prefix}{number}", "DIAL", "BUSY")
    called.refuses_with = None
    working.by_id("call-again").first.click()
    called.wait_until_ringing()
    working.hang_up()
    called.wait_until_idle()
    working.wait_for_status("READY")
