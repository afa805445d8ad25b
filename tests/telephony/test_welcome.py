"""The welcome: heard before the queue, and giving up while it plays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
WELCOME_HZ = 500.0


@pytest.fixture(scope="module")
def welcome(centre: Centre) -> int:
    return centre.audio(WELCOME_HZ, seconds=8)


def test_the_welcome_comes_before_the_agent(
    welcome: int, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    caller = carrier.call(centre.campaign(worker.agent, welcome_audio_id=welcome).did)
    caller.wait_until_hears(WELCOME_HZ)
    assert not worker.phone.is_ringing
    assert history.sequence(caller.number) == []
    worker.take_call()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT")


def test_giving_up_during_the_welcome(welcome: int, centre: Centre, carrier: Carrier, history: History) -> None:
    campaign = centre.campaign(welcome_audio_id=welcome)
    caller = carrier.call(campaign.did)
    caller.wait_until_hears(WELCOME_HZ)
    caller.hang_up()
    (logged,) = history.wait_for(caller.number, "ABANDONWEL")
    assert logged.campaign_id == campaign.id
