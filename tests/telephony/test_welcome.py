"""The welcome: heard before the queue, and giving up while it plays."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.tones import sine, write_wav
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
WELCOME_HZ = 500.0


@pytest.fixture(scope="module")
def welcome(centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The id of an audio file with eight seconds of a tone, known to Asterisk."""
    # The same sound is refused a second time, so this one is a little different every time.
    sound = sine(WELCOME_HZ, 8.0, level_dbfs=-9 - secrets.randbelow(10_000) / 10_000)
    file = write_wav(tmp_path_factory.mktemp("welcome") / "welcome.wav", sound)
    name = centre.name("welcome")
    made = centre.api.upload("/audio-files", name=name, filename="welcome.wav", content=file.read_bytes())
    audio_id = int(made["id"])
    folder = Path(centre.instance.setting("oml_data_dir")) / "asterisk" / "sounds"
    eventually(lambda: list(folder.glob(f"{audio_id}.*")), within_seconds=20, evidence=lambda: list(folder.iterdir()))
    return audio_id


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
