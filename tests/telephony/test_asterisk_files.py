"""What the console writes for Asterisk: taken within moments, heard by callers, and no call is touched by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.carrier import Carrier
from support.centre import Centre
from support.tones import is_heard
from support.waiting import eventually
from support.workplace import Workplace

AtWork = Callable[..., Workplace]
AGENT_HZ, FIRST_HZ, SECOND_HZ = 440.0, 620.0, 880.0


def applied(centre: Centre, path: str) -> Any:
    """The answer at `path`, once Asterisk runs what it says."""
    return eventually(
        lambda: (answer := centre.api.get(path))["sync"]["state"] == "applied" and answer,
        within_seconds=15,
        evidence=lambda: centre.api.get(path),
    )


def test_waiting_callers_hear_the_campaigns_playlist_and_changes_of_it(centre: Centre, carrier: Carrier) -> None:
    first, second = centre.audio(FIRST_HZ, seconds=2), centre.audio(SECOND_HZ, seconds=2)
    playlist = centre.make("moh-playlists", audio_file_ids=[first])
    address = f"/moh-playlists/{playlist['id']}"
    applied(centre, address)
    campaign = centre.campaign(moh_playlist_id=playlist["id"])
    caller = carrier.call(campaign.did)
    caller.wait_until_hears(FIRST_HZ)
    centre.api.patch(address, audio_file_ids=[second])
    applied(centre, address)
    other = carrier.call(campaign.did)
    other.wait_until_hears(SECOND_HZ)
    for one in (caller, other):
        one.hang_up()


def test_a_talk_goes_on_while_every_file_is_changed(centre: Centre, carrier: Carrier, at_work: AtWork) -> None:
    worker = at_work(centre.agent(), tone_hz=AGENT_HZ)
    caller = carrier.call(centre.campaign(worker.agent).did)
    worker.take_call()
    caller.wait_until_hears(AGENT_HZ)
    trunk = centre.trunk("127.0.0.9")
    playlist = centre.make("moh-playlists", audio_file_ids=[centre.audio(FIRST_HZ)])
    amd = {**centre.api.get("/amd-settings"), "max_words": 7}
    amd.pop("sync")
    centre.api.put("/amd-settings", **amd)
    centre.api.put("/custom-dialplan", text="[tests-talk]\nexten => s,1,NoOp()\nsame => n,Hangup()")
    for path in (f"/sip-trunks/{trunk}", f"/moh-playlists/{playlist['id']}", "/amd-settings", "/custom-dialplan"):
        applied(centre, path)
    assert centre.api.get("/custom-dialplan")["contexts"] == ["tests-talk"]
    assert worker.status == "ONCALL"
    assert is_heard(caller.sound.heard(last_seconds=2), AGENT_HZ), caller.evidence()
    caller.hang_up()


def test_a_trunk_that_does_not_answer_is_shown(centre: Centre) -> None:
    trunk = centre.trunk("127.0.0.9")
    text = centre.api.get(f"/sip-trunks/{trunk}")["wizard_text"]
    centre.api.patch(f"/sip-trunks/{trunk}", wizard_text=f"{text}\naor/qualify_frequency=1")

    def line() -> Any:
        return centre.api.get(f"/sip-trunks/{trunk}")["line"]

    eventually(lambda: line()["reachability"] == "unreachable", within_seconds=30, evidence=line)
