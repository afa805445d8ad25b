"""A second Asterisk, on a node of its own that comes and goes, while people talk on the first and then on both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from omnileads_operator.asterisks import CLOSED_AT
from omnileads_operator.desired.scaling import NOTICE
from omnileads_operator.stamps import moment_of
from support.browser import Desks
from support.carrier import Caller, Carrier
from support.centre import Centre
from support.history import History
from support.scene import A_WHOLE_CALL, Scene
from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node import second_node
from tests.node.conversation import tell, wait_until_both_hear, wait_until_refused
from tests.node.people import DistantCarrier
from tests.node.pods import Pods
from tests.node.site import NodeSite
from tests.support.api import Object
from tests.support.control_plane import ControlPlane

pytestmark = pytest.mark.timeout(600)

OTHER_CALLER_HZ, OTHER_AGENT_HZ = 850.0, 560.0


@pytest.fixture
def other_node(plane: ControlPlane, pods: Pods) -> Iterator[str]:
    """Its address."""
    containers = pods.all("asterisk")[0]["spec"]["containers"]
    with second_node.second_node(plane, *{container["image"] for container in containers}):
        yield second_node.ADDRESS


@pytest.fixture
def other_carrier(instance: InstanceUnderTest, other_node: str, tmp_path: Path) -> Iterator[Carrier]:
    """Calls arrive at the other node."""
    port = instance.resource()["spec"]["voice"]["asterisk"]["trunkPorts"][0]
    with DistantCarrier(other_node, port, tmp_path) as network:
        yield network


def test_a_second_asterisk_comes_and_goes_while_people_talk(
    instance: InstanceUnderTest,
    site: NodeSite,
    pods: Pods,
    scene: Scene,
    centre: Centre,
    desk: Desks,
    other_node: str,
    other_carrier: Carrier,
    history: History,
) -> None:
    first, began = pods.all("asterisk")[0], time.monotonic()
    agent = centre.agent(auto_unpause_seconds=1)
    campaign = centre.campaign(agent)
    working = desk(agent, tone_hz=OTHER_AGENT_HZ)
    instance.change(voice={"asterisk": {"replicas": 2}})
    pods.wait_until_ready("asterisk", count=2)
    caller = wait_until_answered(other_carrier, campaign.did)
    ready = time.monotonic() - began
    working.answer()
    caller.wait_until_hears(OTHER_AGENT_HZ)
    working.wait_until_hears(OTHER_CALLER_HZ)
    wait_until_both_hear(scene)
    assert calls_at(site, other_node) == 1
    assert calls_at(site, first["status"]["podIP"]) == 2

    began = time.monotonic()
    instance.change(voice={"asterisk": {"replicas": 1}})
    wait_until_refused(other_carrier, campaign.did)
    instance.wait_for_condition("AsterisksScaled", "False", "Draining")
    # With no call it would go now.
    eventually(lambda: is_long_closed(second_of(pods)), within_seconds=60, evidence=pods.evidence)
    message = instance.wait_for_condition("AsterisksScaled", "False", "Draining")["message"]
    assert message == "Asterisk 1 is to go and has 1 calls."
    assert caller.sound.longest_silence(OTHER_AGENT_HZ, since=began) < 1.0
    working.wait_until_hears(OTHER_CALLER_HZ)
    caller.hang_up()
    history.wait_for(caller.number, *A_WHOLE_CALL)
    began = time.monotonic()
    eventually(lambda: len(pods.all("asterisk")) == 1, within_seconds=60, evidence=pods.evidence)
    tell("a second Asterisk", takes_calls=ready, gone_after_its_last_call=time.monotonic() - began)
    instance.wait_for_condition("AsterisksScaled", "True", "AsWanted")
    assert [pod["metadata"]["uid"] for pod in pods.all("asterisk")] == [first["metadata"]["uid"]]
    wait_until_both_hear(scene)
    scene.end()


def wait_until_answered(carrier: Carrier, did: str) -> Caller:
    """As soon as the Asterisk has the trunk and the engine has the Asterisk."""
    answered: list[Caller] = []

    def is_answered() -> bool:
        caller = carrier.call(did, tone_hz=OTHER_CALLER_HZ)
        eventually(lambda: caller.answer or "refused" in str(caller.log), evidence=caller.evidence)
        answered.extend([caller] if caller.answer else [])
        return bool(answered)

    eventually(is_answered, within_seconds=60, every_seconds=1)
    return answered[0]


def calls_at(site: NodeSite, address: str) -> float:
    return site.metric("acd", f'oml_acd_calls{{asterisk="{address}"}}')


def second_of(pods: Pods) -> Object:
    return next(pod for pod in pods.all("asterisk") if pod["metadata"]["name"].endswith("-1"))


def is_long_closed(pod: Object) -> bool:
    closed_at = moment_of(pod["metadata"]["annotations"][CLOSED_AT])
    return datetime.now(UTC) - closed_at > 1.5 * NOTICE
