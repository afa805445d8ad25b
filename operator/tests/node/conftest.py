"""The tests here run on a real node, which is inside of `bin/node run` only. One contact centre is for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Playwright, sync_playwright

from support.browser import Consoles, Desks, opened_consoles, opened_desks
from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.scene import Scene
from tests.cluster.instances import InstanceUnderTest
from tests.node.door import Door
from tests.node.machine import machine
from tests.node.people import CARRIER_ADDRESS, DistantCarrier, among_people
from tests.node.pods import Pods
from tests.node.second_node import TAINT
from tests.node.site import NodeSite
from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.process import OPERATOR, OperatorProcess, wait_for

START_SECONDS = 300.0
LESS: dict[str, Any] = {"resources": {"requests": {"cpu": "80m"}}}
"""The node has as many processors as the machine, and the sample asks for three."""


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    if "OML_NODE_PROGRAMS" not in os.environ:
        pytest.skip("these tests run on a node of their own: make test-node")
    with machine(tmp_path_factory.mktemp("node")) as plane:
        yield plane


def sample(namespace: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((OPERATOR / "deploy" / "samples" / "omnileads.yaml").read_text())
    found["metadata"]["namespace"] = namespace
    found["spec"] |= {
        "images": {"prefix": os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")},
        "voice": {
            **dict.fromkeys(("asterisk", "kamailio", "rtpengine"), LESS),
            "tolerations": [{"key": TAINT, "operator": "Exists"}],
        },
        **dict.fromkeys(("app", "worker", "acd", "dialer", "nginx"), LESS),
        "postgres": {"managed": LESS},
        "redis": {"managed": LESS},
    }
    return found


@pytest.fixture(scope="session")
def instance(api: Api, operator: OperatorProcess) -> InstanceUnderTest:
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme"}})
    api.create(sample("acme"))
    return InstanceUnderTest(api, operator, "acme")


@pytest.fixture(scope="session")
def pods(plane: ControlPlane, instance: InstanceUnderTest) -> Pods:
    return Pods(plane, instance.namespace)


@pytest.fixture(scope="session")
def door(instance: InstanceUnderTest, pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Of a contact centre that is ready, and so has its administrator."""
    try:
        instance.wait_for_condition("Ready", "True", seconds=START_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{pods.evidence()}") from error
    return Door.of(instance, tmp_path_factory.mktemp("door"))


@pytest.fixture(scope="session")
def site(door: Door, instance: InstanceUnderTest, pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> NodeSite:
    """The contact centre by its public name."""
    assert door.password
    site = NodeSite(instance, pods, tmp_path_factory.mktemp("site"))
    site.open_door()
    wait_for("signing in", door.can_sign_in, evidence=pods.evidence)
    return site


@pytest.fixture(scope="session")
def centre(site: NodeSite) -> Iterator[Centre]:
    """With a trunk to the carrier."""
    centre = Centre(site)
    centre.trunk(CARRIER_ADDRESS)
    yield centre
    centre.close()


@pytest.fixture(scope="session")
def history(site: NodeSite) -> History:
    return History(site)


@pytest.fixture
def carrier(instance: InstanceUnderTest, tmp_path: Path) -> Iterator[Carrier]:
    port = instance.resource()["spec"]["voice"]["asterisk"]["trunkPorts"][0]
    with DistantCarrier(os.environ["OML_NODE_ADDRESS"], port, tmp_path) as network:
        yield network


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What it starts is where people are."""
    with among_people():
        driver = sync_playwright().start()
    yield driver
    driver.stop()


@pytest.fixture
def desk(playwright: Playwright, site: NodeSite, tmp_path: Path) -> Iterator[Desks]:
    """As in the tests of one machine."""
    with opened_desks(playwright, site, tmp_path) as desk:
        yield desk


@pytest.fixture
def console(playwright: Playwright, site: NodeSite, tmp_path: Path) -> Iterator[Consoles]:
    with opened_consoles(playwright, site, tmp_path) as console:
        yield console


@pytest.fixture
def scene(
    instance: InstanceUnderTest, pods: Pods, centre: Centre, carrier: Carrier, desk: Desks, history: History
) -> Scene:
    """Of a contact centre that is well."""
    pods.wait_until_all_ready()
    instance.wait_for_condition("Ready", "True")
    return Scene.begin(centre, carrier, desk, history)
