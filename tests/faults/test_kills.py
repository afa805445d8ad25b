"""`kill -9` of one process at a time, with one caller talking and one waiting.

What is expected each time: the conversation's sound goes on in both directions (unless the killed process carries it),
the waiting caller is served afterwards, and the call log is complete: no event lost, none doubled.
"""

from __future__ import annotations

import time
from functools import partial

import pytest

from support.browser import Desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.instance import Instance, Process
from support.scene import AGENT_HZ, CALLER_HZ, Scene
from support.tones import heard_seconds, read_wav

CARRIES_NO_SOUND = (
    ("acd",),
    ("redis",),
    ("postgres",),
    ("kamailio",),
    ("app", "worker", "nginx", "asterisk-sync", "dialer"),
)
"""Killed one after the other; the last are none of a call's business and share one."""


@pytest.fixture
def scene(centre: Centre, carrier: Carrier, desk: Desks, history: History) -> Scene:
    return Scene.begin(centre, carrier, desk, history)


@pytest.mark.parametrize("names", CARRIES_NO_SOUND, ids="+".join)
def test_the_conversation_goes_on(names: tuple[str, ...], instance: Instance, scene: Scene, history: History) -> None:
    recovered_seconds = sum(scene.outlives(name, partial(_die, instance.process(name))) for name in names)
    complete = scene.end()
    rate, samples = read_wav(history.recording(complete))
    assert heard_seconds(samples, CALLER_HZ, rate=rate) > recovered_seconds


def test_the_sound_comes_back_after_its_relay_died(instance: Instance, scene: Scene) -> None:
    """rtpengine carries the agent's sound: the webphone notices and negotiates anew; the call is the same."""
    relay = instance.process("rtpengine")
    former = relay.kill()
    relay.wait_until_back(former)
    scene.talking.wait_until_hears(AGENT_HZ, within_seconds=30)
    scene.desk.wait_until_hears(CALLER_HZ)
    scene.end()


def test_the_engine_and_the_memory_die_together(instance: Instance, scene: Scene) -> None:
    """The worst moment: the call engine is gone and Redis with it, so nobody knows but Asterisk and the disk."""
    engine, memory = instance.process("acd"), instance.process("redis")
    time.sleep(1.5)  # Redis writes its log to the disk once a second
    former_engine, former_memory = engine.kill(), memory.kill()
    memory.wait_until_back(former_memory)
    engine.wait_until_back(former_engine)
    assert scene.talking.is_connected
    assert scene.talking.sound.hears(AGENT_HZ)
    scene.end()


def test_a_container_that_podman_lost_sight_of_is_made_anew(instance: Instance) -> None:
    """As after a crash that spared podman's notes: nothing restarts it by itself without systemd, `make up` does."""
    edge = instance.process("nginx")
    edge.kill_unseen()
    instance.make("up", TAGS="nginx")
    assert edge.is_healthy()


def _die(process: Process) -> None:
    process.wait_until_back(process.kill())
