"""`kill -9` of one process at a time, with one caller talking and one waiting.

What is expected each time: the conversation's sound goes on in both directions (unless the killed process carries it),
the waiting caller is served afterwards, and the call log is complete: no event lost, none doubled.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from support.browser import AgentDesk, Desks
from support.carrier import Caller, Carrier
from support.centre import Campaign, Centre
from support.history import History
from support.instance import Instance
from support.tones import heard_seconds, read_wav

CALLER_HZ, AGENT_HZ = 700.0, 440.0
LONGEST_SILENCE_SECONDS = 1.2
"""What starting a program again may cost a machine with two processors; nobody has to say "hello?" twice.

Where the program needs long to come back, half of that: sound that it carried would be away for all of the time.
"""

CARRIES_NO_SOUND = (
    ("acd",),
    ("redis",),
    ("postgres",),
    ("kamailio",),
    ("app", "worker", "nginx", "asterisk-sync", "dialer"),
)
"""Killed one after the other; the last are none of a call's business and share one."""


@dataclass(frozen=True)
class Scene:
    """An agent who talks with one caller, while another waits."""

    desk: AgentDesk
    campaign: Campaign
    talking: Caller
    waiting: Caller


@pytest.fixture
def scene(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> Scene:
    agent = centre.agent(auto_unpause_seconds=1)
    campaign = centre.campaign(agent, recording_enabled=True)
    working = desk(agent, tone_hz=AGENT_HZ)
    talking = carrier.call(campaign.did, tone_hz=CALLER_HZ)
    working.answer()
    talking.wait_until_hears(AGENT_HZ)
    working.wait_until_hears(CALLER_HZ)
    waiting = carrier.call(campaign.did, tone_hz=None)
    history.wait_for(waiting.number, "ENTERQUEUE")
    return Scene(working, campaign, talking, waiting)


@pytest.mark.parametrize("names", CARRIES_NO_SOUND, ids="+".join)
def test_the_conversation_goes_on(names: tuple[str, ...], instance: Instance, scene: Scene, history: History) -> None:
    recovered_seconds = 0.0
    for name in names:
        process = instance.process(name)
        began = time.monotonic()
        former = process.kill()
        process.wait_until_back(former)
        away_seconds = time.monotonic() - began
        recovered_seconds += away_seconds
        assert scene.talking.is_connected, scene.talking.evidence()
        silence = scene.talking.sound.longest_silence(AGENT_HZ, since=began)
        assert silence < max(LONGEST_SILENCE_SECONDS, away_seconds / 2), (
            f"{name}: {silence:.1f} s without the agent's voice"
        )
        scene.desk.wait_until_hears(CALLER_HZ)
        assert scene.waiting.is_connected, scene.waiting.evidence()

    scene.desk.wait_for_phone(webphoneLine="registered", within_seconds=40)
    scene.talking.hang_up()
    _serve_who_waits(scene, history)
    complete = history.wait_for(scene.talking.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)[-1]
    rate, samples = read_wav(history.recording(complete))
    assert heard_seconds(samples, CALLER_HZ, rate=rate) > recovered_seconds


def test_the_sound_comes_back_after_its_relay_died(instance: Instance, scene: Scene, history: History) -> None:
    """rtpengine carries the agent's sound: the webphone notices and negotiates anew; the call is the same."""
    relay = instance.process("rtpengine")
    former = relay.kill()
    relay.wait_until_back(former)
    scene.talking.wait_until_hears(AGENT_HZ, within_seconds=30)
    scene.desk.wait_until_hears(CALLER_HZ)
    scene.talking.hang_up()
    _serve_who_waits(scene, history)
    history.wait_for(scene.talking.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)


def test_the_engine_and_the_memory_die_together(instance: Instance, scene: Scene, history: History) -> None:
    """The worst moment: the call engine is gone and Redis with it, so nobody knows but Asterisk and the disk."""
    engine, memory = instance.process("acd"), instance.process("redis")
    time.sleep(1.5)  # Redis writes its log to the disk once a second
    former_engine, former_memory = engine.kill(), memory.kill()
    memory.wait_until_back(former_memory)
    engine.wait_until_back(former_engine)
    assert scene.talking.is_connected
    assert scene.talking.sound.hears(AGENT_HZ)
    scene.desk.wait_for_phone(webphoneLine="registered", within_seconds=40)
    scene.talking.hang_up()
    _serve_who_waits(scene, history)
    history.wait_for(scene.talking.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)


def test_a_container_that_podman_lost_sight_of_is_made_anew(instance: Instance) -> None:
    """As after a crash that spared podman's notes: nothing restarts it by itself without systemd, `make up` does."""
    edge = instance.process("nginx")
    edge.kill_unseen()
    instance.make("up", TAGS="nginx")
    assert edge.is_healthy()


def _serve_who_waits(scene: Scene, history: History) -> None:
    """The waiting caller rings at the agent, is answered, and its call log is complete as well."""
    scene.desk.wait_until_ringing(within_seconds=40)
    assert scene.desk.by_id("offer-card").get_by_text(scene.waiting.number).count()
    scene.desk.answer()
    scene.waiting.wait_until_hears(AGENT_HZ)
    scene.waiting.hang_up()
    history.wait_for(scene.waiting.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)
