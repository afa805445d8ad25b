"""Calls through the node: a carrier and browsers on its network, pods between them, and what dies meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from support.browser import Consoles, Desks
from support.call import make_a_call_and_archive_it
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.scene import CALLER_HZ, Scene
from support.tones import heard_seconds, read_wav
from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node.conversation import call_through, heard_again, tell, wait_until_both_hear, wait_until_refused
from tests.node.pods import Pods
from tests.node.site import NodeSite
from tests.support.api import Object

pytestmark = pytest.mark.timeout(900)

Killed = tuple[str, Callable[[NodeSite, Pods], list[Object]], str]
CARRY_NO_SOUND: list[Killed] = [
    ("postgres", lambda _site, pods: [leader] if (leader := pods.leader()) else [], "patroni"),
    ("redis", lambda site, _pods: [site.redis_master()], "redis-server"),
    ("acd", lambda site, _pods: [site.active_engine()], "python"),
    ("app", lambda _site, pods: pods.all("app"), "python"),
    ("nginx", lambda _site, pods: pods.all("nginx"), "nginx"),
    ("kamailio", lambda _site, pods: pods.all("kamailio"), "kamailio"),
]


def test_a_call_from_the_carrier_to_the_archive(
    centre: Centre, carrier: Carrier, desk: Desks, console: Consoles, history: History
) -> None:
    """The call of the one-machine test: webphone, nginx, Kamailio, rtpengine, Asterisk, and their pods between them."""
    make_a_call_and_archive_it(centre, carrier, desk, console, history)


@pytest.mark.parametrize(("component", "find", "program"), CARRY_NO_SOUND, ids=[name for name, _, _ in CARRY_NO_SOUND])
def test_the_conversation_goes_on(
    component: str,
    find: Callable[[NodeSite, Pods], list[Object]],
    program: str,
    site: NodeSite,
    pods: Pods,
    scene: Scene,
    history: History,
) -> None:
    """Its processes are killed, where it has a leader those of the leader, and then its pods are deleted."""
    count = len(pods.all(component))

    def kill() -> None:
        killed, before = find(site, pods), pods.restarts(component)
        for pod in killed:
            pods.kill(pod, program)
        pods.wait_until_ready(component, count=count, restarts=before + len(killed))
        eventually(lambda: find(site, pods), evidence=pods.evidence)

    def delete() -> None:
        deleted = find(site, pods)
        for pod in deleted:
            pods.delete(pod, grace_seconds=1)
        for pod in deleted:
            pods.wait_until_replaced(pod, component, count=count)
        eventually(lambda: find(site, pods), evidence=pods.evidence)

    away = {name: scene.outlives(component, death) for name, death in (("killed", kill), ("deleted", delete))}
    complete = scene.end()
    rate, samples = read_wav(history.recording(complete))
    assert heard_seconds(samples, CALLER_HZ, rate=rate) > sum(away.values())
    tell(component, **away)


def test_the_sound_comes_back_after_its_relay_died(pods: Pods, scene: Scene) -> None:
    """rtpengine carries the agent's sound. Where it is back soon, the webphone negotiates anew in the same call.

    Where it is away for longer, the agent's leg ends, and the caller is offered anew before those who wait.
    """
    before, began = pods.restarts("rtpengine"), time.monotonic()
    relay = pods.all("rtpengine")[0]
    pods.kill(relay, "rtpengine")
    pods.wait_until_ready("rtpengine", restarts=before + 1)
    expected = ["ENTERQUEUE", "CONNECT", *heard_again(scene)]
    killed, began = time.monotonic() - began, time.monotonic()
    pods.delete(relay, grace_seconds=1)
    pods.wait_until_replaced(relay, "rtpengine")
    expected += heard_again(scene)
    tell("rtpengine, heard again", killed=killed, deleted=time.monotonic() - began)
    scene.hang_up_and_serve()
    expected.append("COMPLETEOUTNUM")
    # Offers made while the relay was away cannot be answered.
    scene.history.wait_until(scene.talking.number, lambda log: [e for e in log if e != "RINGNOANSWER"] == expected)


def test_calls_that_asterisk_carried_end_and_the_next_one_is_connected(
    pods: Pods, scene: Scene, carrier: Carrier, history: History
) -> None:
    before, began = pods.restarts("asterisk"), time.monotonic()
    pods.kill(pods.all("asterisk")[0], "asterisk")
    pods.wait_until_ready("asterisk", restarts=before + 1)
    tell("asterisk", killed=time.monotonic() - began)
    history.wait_for(scene.talking.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=30)
    history.wait_for(scene.waiting.number, "ENTERQUEUE", "ABANDON", within_seconds=30)
    scene.desk.wait_for_status("READY", within_seconds=30)
    # Nobody said goodbye to the webphone; it hears from the engine that the call is over.
    eventually(lambda: scene.desk.phone["webphoneCall"] != "talking", within_seconds=30, evidence=scene.desk.evidence)
    call_through(scene, carrier, history)


@pytest.mark.parametrize("how", ["delete", "change"])
def test_an_asterisk_that_must_go_waits_for_its_calls(
    how: str, instance: InstanceUnderTest, pods: Pods, scene: Scene, carrier: Carrier, history: History
) -> None:
    """A pod that is deleted, and one that a change of the spec replaces. Nobody is cut off, also not who waits."""
    old = pods.all("asterisk")[0]
    if how == "delete":
        pods.delete(old)
    else:
        instance.change(voice={"asterisk": {"agentCodecs": "opus,alaw"}})
    wait_until_refused(carrier, scene.campaign.did)
    wait_until_both_hear(scene)
    assert scene.waiting.is_connected, scene.waiting.evidence()
    scene.end()
    pods.wait_until_replaced(old, "asterisk")
    call_through(scene, carrier, history)


def test_changed_settings_start_the_application_anew_and_no_call_is_touched(
    instance: InstanceUnderTest, pods: Pods, scene: Scene
) -> None:
    old = pods.all("app") + pods.all("acd")

    def change() -> None:
        instance.change(settings={"sessionSeconds": 7200, "agentUnavailableLogoutSeconds": 600})
        for pod in old:
            component = pod["metadata"]["labels"]["app.kubernetes.io/name"]
            pods.wait_until_replaced(pod, component, count=2)

    away = scene.outlives("app and acd", change)
    scene.end()
    tell("app and acd", changed=away)
