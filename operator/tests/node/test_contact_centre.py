"""The sample's contact centre on a real node: it starts, its administrator signs in, and what dies comes back."""

from __future__ import annotations

import time

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.node.conversation import tell
from tests.node.door import Door
from tests.node.pods import Pods
from tests.support.process import wait_for

GROW_SECONDS = 240.0


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
        ("redis", "redis-server", 1),
        # Patroni starts it anew; the container stays.
        ("postgres", "postgres", 0),
    ],
)
def test_what_there_is_one_of_comes_back(
    component: str, program: str, restarts: int, door: Door, instance: InstanceUnderTest, pods: Pods
) -> None:
    """All else, and three of these, die in the middle of calls: `test_talking.py`."""
    before = pods.restarts(component)
    killed_at = time.monotonic()
    pods.kill(pods.all(component)[0], program)
    pods.wait_until_ready(component, restarts=before + restarts)
    wait_for("signing in", door.can_sign_in, evidence=pods.evidence)
    instance.wait_for_condition("Ready", "True")
    pods.wait_until_all_ready()
    tell(component, killed=time.monotonic() - killed_at)


@pytest.mark.timeout(600)
def test_one_member_grows_to_three_and_the_others_follow_over_the_network(
    door: Door, instance: InstanceUnderTest, pods: Pods
) -> None:
    three = {"managed": {"members": 3}}
    instance.change(postgres=three, redis=three)
    instance.wait_until_written()
    for component in ("postgres", "redis"):
        # Ready: follows its leader, which is in another pod, with an address of its own.
        pods.wait_until_ready(component, count=3, seconds=GROW_SECONDS)
    # The members that were there before are told of the new ones by starting anew, one after another.
    instance.wait_for_condition("Ready", "True", seconds=GROW_SECONDS)
    leader = wait_for("one leader", pods.leader, evidence=pods.evidence)
    pods.kill(leader, "patroni", "postgres")
    wait_for("one leader", pods.leader, evidence=pods.evidence)
    wait_for("signing in", door.can_sign_in, evidence=pods.evidence)
    pods.wait_until_ready("postgres", count=3)
    instance.wait_for_condition("Ready", "True")
