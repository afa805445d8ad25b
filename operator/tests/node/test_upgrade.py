"""An upgrade in the middle of a call: of the images that run, by the name of a newer version."""

from __future__ import annotations

import os
import time

import pytest

from omnileads_operator.desired.versions import COMPONENTS
from omnileads_operator.version import VERSION
from support.carrier import Carrier
from support.history import History
from support.scene import Scene
from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node.containers import containerd_of_the_node
from tests.node.conversation import call_through, heard_again, tell
from tests.node.pods import Pods
from tests.support.control_plane import ControlPlane

pytestmark = pytest.mark.timeout(900)

NEW = "0.2.0"
UPGRADE_SECONDS = 400.0


@pytest.fixture
def newer(plane: ControlPlane) -> str:
    """A version whose images the node has."""
    prefix = os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")
    containerd = containerd_of_the_node(plane.folder)
    for component in set(COMPONENTS) - {"worker"}:
        containerd.tag(f"{prefix}/{component}:{VERSION}", f"{prefix}/{component}:{NEW}")
    return NEW


def test_a_call_outlives_an_upgrade(
    newer: str, instance: InstanceUnderTest, pods: Pods, scene: Scene, carrier: Carrier, history: History
) -> None:
    asterisk, began = pods.all("asterisk")[0], time.monotonic()
    instance.change(version=newer)
    instance.wait_for_condition("Upgraded", "False", "BackingUp")
    instance.wait_for_condition("Upgraded", "False", "Upgrading")
    backed_up = time.monotonic() - began

    def is_to_go() -> bool:
        return all("deletionTimestamp" in pod["metadata"] for pod in pods.all("asterisk"))

    eventually(is_to_go, within_seconds=UPGRADE_SECONDS, every_seconds=1, evidence=instance.evidence)
    at_the_voice = time.monotonic() - began
    pods.wait_until_ready("rtpengine")
    pods.wait_until_ready("kamailio")
    # rtpengine and Kamailio are replaced meanwhile, as when they die.
    expected = ["ENTERQUEUE", "CONNECT", *heard_again(scene), "COMPLETEOUTNUM"]
    assert scene.talking.is_connected, scene.talking.evidence()
    assert scene.waiting.is_connected, scene.waiting.evidence()
    scene.hang_up_and_serve(may_miss_offers=True)
    history.wait_until(scene.talking.number, lambda log: [e for e in log if e != "RINGNOANSWER"] == expected)
    pods.wait_until_replaced(asterisk, "asterisk")
    instance.wait_for_condition("Upgraded", "True", "UpToDate", seconds=UPGRADE_SECONDS)
    tell("upgrade", backed_up=backed_up, at_the_voice=at_the_voice, complete=time.monotonic() - began)
    assert instance.resource()["status"]["version"] == newer
    call_through(scene, carrier, history)
    staying = [pod for pod in pods.all() if "deletionTimestamp" not in pod["metadata"]]
    images = {
        container["image"]
        for pod in staying
        for container in pod["spec"]["containers"]
        if pod["status"]["phase"] == "Running"
    }
    assert {image.rpartition(":")[2] for image in images} == {newer}
