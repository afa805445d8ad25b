"""What is asked of a conversation again and again, and figures for people."""

from __future__ import annotations

import sys

from support.carrier import Carrier
from support.history import History
from support.scene import AGENT_HZ, CALLER_HZ, Scene
from support.waiting import eventually


def heard_again(scene: Scene) -> list[str]:
    """Until both hear each other, in the same talk or in a new one. Returns what the call log has of that."""

    answers = 0

    def are_together() -> bool:
        nonlocal answers
        phase = scene.desk.phone["webphoneCall"]
        if phase == "ringing":
            assert scene.desk.by_id("offer-card").get_by_text(scene.talking.number).count()
            scene.desk.by_id("answer").click()
            answers += 1
        return phase == "talking" and scene.talking.sound.hears(AGENT_HZ)

    eventually(are_together, within_seconds=60, every_seconds=2, evidence=scene.desk.evidence)
    is_offered_anew = answers > 0
    wait_until_both_hear(scene)
    sys.stdout.write(f"rtpengine: {'offered anew' if is_offered_anew else 'the same call'}\n")
    return ["COMPLETEAGENT", "ENTERQUEUE-TRANSFER", "CONNECT"] if is_offered_anew else []


def wait_until_refused(carrier: Carrier, did: str) -> None:
    """Until a carrier that calls is told to try elsewhere."""

    def is_refused() -> bool:
        late = carrier.call(did)
        eventually(lambda: late.log, evidence=late.evidence)
        late.leave()
        return "refused 503" in late.log

    eventually(is_refused, within_seconds=60, every_seconds=1)


def wait_until_both_hear(scene: Scene) -> None:
    scene.talking.wait_until_hears(AGENT_HZ, within_seconds=30)
    scene.desk.wait_until_hears(CALLER_HZ, within_seconds=30)


def call_through(scene: Scene, carrier: Carrier, history: History) -> None:
    """Another call reaches the same agent, by a webphone that may have had to register anew, and the archive."""
    scene.desk.wait_for_phone(webphoneLine="registered", within_seconds=40)
    caller = carrier.call(scene.campaign.did, tone_hz=CALLER_HZ)
    scene.desk.wait_until_ringing(within_seconds=40)
    scene.desk.answer()
    caller.wait_until_hears(AGENT_HZ)
    scene.desk.wait_until_hears(CALLER_HZ)
    caller.hang_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)


def tell(what: str, **seconds: float) -> None:
    """After how many seconds all was well: figures for people (`pytest -rP`); nothing depends on them."""
    said = ", ".join(f"{name.replace('_', ' ')} {value:.0f} s" for name, value in seconds.items())
    sys.stdout.write(f"{what}: {said}\n")
