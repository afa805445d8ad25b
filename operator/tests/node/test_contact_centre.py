"""The sample's contact centre on a real node: it starts, its administrator signs in, and what dies comes back."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import pytest
import yaml

from omnileads_operator.desired.postgres import ROLE_LABEL
from tests.cluster.instances import InstanceUnderTest
from tests.node.door import Door
from tests.node.pods import Pods
from tests.support.api import Api, Object
from tests.support.control_plane import ControlPlane
from tests.support.process import OPERATOR, OperatorProcess, wait_for

START_SECONDS = 300.0
GROW_SECONDS = 240.0
LESS: dict[str, Any] = {"resources": {"requests": {"cpu": "80m"}}}
"""The node has as many processors as the machine, and the sample asks for three."""


def sample(namespace: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((OPERATOR / "deploy" / "samples" / "omnileads.yaml").read_text())
    found["metadata"]["namespace"] = namespace
    found["spec"] |= {
        "images": {"prefix": os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")},
        "voice": {"drainSeconds": 10, **dict.fromkeys(("asterisk", "kamailio", "rtpengine"), LESS)},
        **dict.fromkeys(("app", "worker", "acd", "dialer", "nginx"), LESS),
        "postgres": {"managed": LESS},
        "redis": {"managed": LESS},
    }
    return found


@pytest.fixture(scope="module")
def centre(api: Api, operator: OperatorProcess) -> InstanceUnderTest:
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme"}})
    api.create(sample("acme"))
    return InstanceUnderTest(api, operator, "acme")


@pytest.fixture(scope="module")
def pods(plane: ControlPlane, centre: InstanceUnderTest) -> Pods:
    return Pods(plane, centre.namespace)


@pytest.fixture(scope="module")
def door(centre: InstanceUnderTest, pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Of a contact centre that is ready, and has its administrator."""
    try:
        centre.wait_for_condition("Ready", "True", seconds=START_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{pods.evidence()}") from error
    # Not by signing in until it works: who fails so often is locked out.
    wait_for("the first administrator", lambda: _has_ended_well(centre, "create-admin"), evidence=pods.evidence)
    return Door.of(centre, tmp_path_factory.mktemp("door"))


def _has_ended_well(centre: InstanceUnderTest, job: str) -> bool:
    found = centre.child("Job", job)
    return bool(found and found.get("status", {}).get("succeeded"))


def test_the_console_opens_and_its_administrator_signs_in(door: Door, pods: Pods) -> None:
    page = door.call("GET", "/")
    assert page.status == 200, page.data
    assert b"<html" in page.data
    token = door.sign_in()
    users = door.call("GET", "/api/v2/users", token=token)
    assert [user["username"] for user in users.json()["items"]] == ["admin"]
    # Each pod was admitted, scheduled, and found what it needs by the names it was told.
    pods.wait_until_all_ready()


@pytest.mark.parametrize(
    ("component", "program", "restarts"),
    [
        ("app", "python", 1),
        ("acd", "python", 1),
        ("redis", "redis-server", 1),
        # Patroni starts it anew; the container stays.
        ("postgres", "postgres", 0),
        ("asterisk", "asterisk", 1),
        ("kamailio", "kamailio", 1),
        ("rtpengine", "rtpengine", 1),
    ],
)
def test_what_dies_comes_back(
    component: str, program: str, restarts: int, door: Door, centre: InstanceUnderTest, pods: Pods
) -> None:
    before = pods.restarts(component)
    killed_at = time.monotonic()
    pods.kill(pods.all(component)[0], program)
    if component in ("acd", "asterisk", "kamailio", "rtpengine"):
        assert door.can_sign_in(), "the console does not need them"
    pods.wait_until_ready(component, restarts=before + restarts)
    wait_for("signing in", door.can_sign_in, evidence=pods.evidence)
    centre.wait_for_condition("Ready", "True")
    pods.wait_until_all_ready()
    # A figure for people (`pytest -rP`); nothing depends on it.
    sys.stdout.write(f"{component}: all ready {time.monotonic() - killed_at:.0f} s after a kill\n")


@pytest.mark.timeout(600)
def test_one_member_grows_to_three_and_the_others_follow_over_the_network(
    door: Door, centre: InstanceUnderTest, pods: Pods
) -> None:
    three = {"managed": {"members": 3}}
    centre.change(postgres=three, redis=three)
    centre.wait_until_written()
    for component in ("postgres", "redis"):
        # Ready: follows its leader, which is in another pod, with an address of its own.
        pods.wait_until_ready(component, count=3, seconds=GROW_SECONDS)
    # The members that were there before are told of the new ones by starting anew, one after another.
    centre.wait_for_condition("Ready", "True", seconds=GROW_SECONDS)
    leader = wait_for("one leader", lambda: _leader(pods), evidence=pods.evidence)
    for program in ("patroni", "postgres"):
        pods.kill(leader, program)
    wait_for("one leader", lambda: _leader(pods), evidence=pods.evidence)
    wait_for("signing in", door.can_sign_in, evidence=pods.evidence)
    pods.wait_until_ready("postgres", count=3)
    centre.wait_for_condition("Ready", "True")


def _leader(pods: Pods) -> Object | None:
    found = [pod for pod in pods.all("postgres") if pod["metadata"]["labels"].get(ROLE_LABEL) == "primary"]
    return found[0] if len(found) == 1 else None
