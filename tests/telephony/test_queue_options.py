"""What a campaign adds to the queue: announcements, the way out by a key, and a word to the agent first."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from support.carrier import Caller, Carrier
from support.centre import Centre
from support.history import History
from support.speech import ALIKE, likeness, prompt
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
MESSAGE_HZ, MENU_HZ, MUSIC_HZ, AGENT_WORD_HZ = 900.0, 1300.0, 620.0, 1100.0


@pytest.fixture(scope="module")
def message(centre: Centre) -> int:
    return centre.audio(MESSAGE_HZ, seconds=2)


@pytest.fixture(scope="module")
def music(centre: Centre) -> int:
    """A playlist of one note, so that it can be told from everything else."""
    return int(centre.make("moh-playlists", audio_file_ids=[centre.audio(MUSIC_HZ, seconds=60)])["id"])


def says(centre: Centre, caller: Caller, name: str, *, language: str = "en", within_seconds: float = 10.0) -> None:
    words = prompt(centre.instance, name, language=language)
    eventually(
        lambda: likeness(caller.sound.heard(last_seconds=8), words) > ALIKE,
        within_seconds=within_seconds,
        evidence=lambda: f"{name}: {likeness(caller.sound.heard(last_seconds=8), words):.2f} {caller.evidence()}",
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_caller_is_told_its_place_and_hears_the_music_again(
    language: str, music: int, centre: Centre, carrier: Carrier
) -> None:
    campaign = centre.campaign(moh_playlist_id=music, announce_position=True, announce_seconds=10, language=language)
    first = carrier.call(campaign.did, tone_hz=None)
    says(centre, first, "queue-youarenext", language=language)
    first.wait_until_hears(MUSIC_HZ)
    second = carrier.call(campaign.did, tone_hz=None)
    says(centre, second, "queue-thereare", language=language)
    says(centre, second, "queue-callswaiting", language=language)
    second.wait_until_hears(MUSIC_HZ)
    first.hang_up()
    says(centre, second, "queue-youarenext", language=language, within_seconds=25)


def test_the_message_comes_again_and_again_until_an_agent_cuts_it_short(
    message: int, music: int, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    worker.api.post("/agent/logout")
    worker.wait_for_status("OFFLINE")
    campaign = centre.campaign(worker.agent, moh_playlist_id=music, periodic_audio_id=message, periodic_seconds=3)
    caller = carrier.call(campaign.did, tone_hz=None)
    for _ in range(2):
        caller.wait_until_hears(MUSIC_HZ)
        caller.wait_until_hears(MESSAGE_HZ)
    caller.wait_until_hears(MUSIC_HZ)
    caller.wait_until_hears(MESSAGE_HZ)
    worker.api.post("/agent/login")
    worker.take_call()
    caller.wait_until_hears(worker.phone.tone_hz)
    time.sleep(4)
    assert not caller.sound.hears(MESSAGE_HZ, last_seconds=4)
    caller.hang_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_a_key_leads_from_the_queue_into_a_menu(
    message: int, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    other = centre.campaign(worker.agent)
    menu = centre.make(
        "ivrs",
        audio_id=centre.audio(MENU_HZ, seconds=2),
        options=[{"digit": "1", "destination": {"type": "inbound-campaign", "id": other.id}}],
        timeout={"type": "hangup"},
        invalid={"type": "hangup"},
    )
    campaign = centre.campaign(exit_ivr_id=menu["id"], periodic_audio_id=message, periodic_seconds=2)
    caller = carrier.call(campaign.did)
    caller.wait_until_hears(MESSAGE_HZ)
    caller.press("5")
    caller.wait_until_hears(MENU_HZ)
    caller.press("1")
    worker.take_call()
    events = history.wait_for(caller.number, "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE", "CONNECT")
    assert [event.campaign_id for event in events] == [campaign.id, campaign.id, other.id, other.id]


def test_the_agent_hears_the_campaigns_word_before_the_caller(
    music: int, centre: Centre, carrier: Carrier, at_work: AtWork
) -> None:
    worker = at_work(centre.agent())
    word = centre.audio(AGENT_WORD_HZ, seconds=4)
    campaign = centre.campaign(worker.agent, agent_audio_id=word, moh_playlist_id=music)
    caller = carrier.call(campaign.did, tone_hz=700.0)
    offer = worker.take_call()
    eventually(lambda: offer.sound and offer.sound.hears(AGENT_WORD_HZ), evidence=caller.evidence)
    assert caller.sound.hears(MUSIC_HZ)
    assert not caller.sound.hears(worker.phone.tone_hz)
    caller.wait_until_hears(worker.phone.tone_hz)
    eventually(lambda: offer.sound and offer.sound.hears(700.0), evidence=caller.evidence)
    assert offer.sound is not None
    assert not offer.sound.hears(AGENT_WORD_HZ)
