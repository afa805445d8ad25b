"""All generated passwords made anew while one caller talks and another waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import urllib3
from redis import Redis
from redis.exceptions import AuthenticationError

from omnileads_operator.desired.wiring import APP_PORT, ARI_PORT
from support.carrier import Carrier
from support.history import History
from support.scene import AGENT_HZ, CALLER_HZ, LONGEST_SILENCE_SECONDS, Scene
from support.waiting import eventually
from tests.cluster.instances import InstanceUnderTest
from tests.node.conversation import call_through, tell
from tests.node.door import Door
from tests.node.pods import Pods
from tests.node.site import NodeSite

pytestmark = pytest.mark.timeout(600)

ROTATION_SECONDS = 240.0
"""Kubernetes renews files of Secrets within two minutes, and the longest calls of the tests end after five."""


def test_passwords_are_made_anew_and_nobody_is_cut_off(
    instance: InstanceUnderTest,
    site: NodeSite,
    pods: Pods,
    door: Door,
    scene: Scene,
    carrier: Carrier,
    history: History,
) -> None:
    before, asterisk = site.credentials(), pods.all("asterisk")[0]
    began = time.monotonic()
    instance.change(secrets={"rotate": "while-people-talk"})
    took = {}
    for step in ("Accepting", "Changing", "Retiring"):
        instance.wait_for_condition("SecretsRotated", "False", step, seconds=ROTATION_SECONDS)
        took[step.lower()] = time.monotonic() - began
    instance.wait_for_condition("SecretsRotated", "True", "Rotated", seconds=ROTATION_SECONDS)
    took["rotated"] = time.monotonic() - began
    tell("passwords", **took)

    assert scene.talking.is_connected, scene.talking.evidence()
    assert scene.talking.sound.longest_silence(AGENT_HZ, since=began) < LONGEST_SILENCE_SECONDS
    scene.desk.wait_until_hears(CALLER_HZ)
    assert scene.waiting.is_connected, scene.waiting.evidence()
    # The same processes as before: it has read its passwords anew.
    assert [pod["metadata"]["uid"] for pod in pods.all("asterisk")] == [asterisk["metadata"]["uid"]]
    assert pods.restarts("asterisk") == sum(each["restartCount"] for each in asterisk["status"]["containerStatuses"])
    after = site.credentials()
    assert {key for key in before if before[key] == after.get(key)} == {"admin_password"}
    doors = servers(instance, site, pods)
    assert [name for name, accepts in doors.items() if not accepts(after)] == []

    def are_closed() -> bool:
        return not any(accepts(before) for accepts in doors.values())

    # Asterisk forgets its own when Kubernetes has renewed its files once more.
    eventually(
        are_closed,
        within_seconds=60,
        every_seconds=1,
        evidence=lambda: [name for name, accepts in doors.items() if accepts(before)],
    )
    assert door.can_sign_in()
    scene.end()
    call_through(scene, carrier, history)


def servers(instance: InstanceUnderTest, site: NodeSite, pods: Pods) -> dict[str, Callable[[dict[str, str]], bool]]:
    """Who lets people in, and whether they do with these credentials."""

    def of_postgres(credentials: dict[str, str]) -> bool:
        try:
            site.postgres(credentials).close()
        except ConnectionError as error:
            return "authentication failed" not in str(error)
        return True

    def of_redis(credentials: dict[str, str]) -> bool:
        address = site.redis_master()["status"]["podIP"]
        with Redis(address, password=credentials["redis_password"], socket_timeout=5) as redis:
            try:
                return bool(redis.ping())
            except AuthenticationError:
                return False

    def of_asterisk(credentials: dict[str, str]) -> bool:
        headers = urllib3.make_headers(
            basic_auth=f"{credentials['asterisk_ari_user']}:{credentials['asterisk_ari_password']}"
        )
        return answers(pods.all("asterisk")[0]["status"]["podIP"], f"{ARI_PORT}/ari/asterisk/ping", headers)

    def of_app(credentials: dict[str, str]) -> bool:
        headers = {"Authorization": f"Bearer {credentials['app_internal_token']}"}
        service = instance.wait_for_child("Service", "app")
        return answers(service["spec"]["clusterIP"], f"{APP_PORT}/internal/asterisk/files", headers)

    return {"PostgreSQL": of_postgres, "Redis": of_redis, "Asterisk": of_asterisk, "the application": of_app}


def answers(address: str, where: str, headers: dict[str, str]) -> bool:
    url = f"http://{address}:{where}"
    status = urllib3.request("GET", url, headers=headers, timeout=10.0, retries=False).status
    assert status in (200, 401, 403), (url, status)
    return status == 200
