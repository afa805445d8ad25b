"""The sample's contact centre on a real node: it starts, people sign in, and what dies comes back."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from tests.cluster.instances import InstanceUnderTest
from tests.node.pods import Pods
from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.process import OPERATOR, OperatorProcess, wait_for

SMALL = {"resources": {"requests": {"cpu": "100m"}}}
"""The node has as many processors as the machine, which is less than the sample asks for."""
START_SECONDS = 240.0


def small_sample() -> dict[str, Any]:
    sample: dict[str, Any] = yaml.safe_load((OPERATOR / "deploy" / "samples" / "omnileads.yaml").read_text())
    components = {name: SMALL for name in ("app", "worker", "acd", "dialer", "nginx")}
    voice = {name: SMALL for name in ("asterisk", "kamailio", "rtpengine")}
    data = {name: {"managed": SMALL} for name in ("postgres", "redis")}
    sample["spec"]["images"] = {"prefix": os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")}
    sample["spec"] |= {**components, "voice": {**voice, "drainSeconds": 10}, **data}
    return sample


@pytest.fixture(scope="module")
def centre(api: Api, operator: OperatorProcess) -> InstanceUnderTest:
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme"}})
    sample = small_sample()
    sample["metadata"]["namespace"] = "acme"
    api.create(sample)
    return InstanceUnderTest(api, operator, "acme", sample["metadata"]["name"])


@pytest.fixture(scope="module")
def pods(plane: ControlPlane, centre: InstanceUnderTest) -> Pods:
    return Pods(plane, centre.namespace)


@dataclass
class Door:
    """The console's address as a browser has it: the Service of nginx, by the name and with the certificate of the instance."""

    address: str
    hostname: str
    authority: Path
    password: str

    def call(self, verb: str, path: str, body: Any = None, token: str = "") -> urllib3.BaseHTTPResponse:
        with urllib3.HTTPSConnectionPool(
            self.address, server_hostname=self.hostname, assert_hostname=self.hostname, ca_certs=str(self.authority)
        ) as pool:
            headers = {"Host": self.hostname, **({"Authorization": f"Bearer {token}"} if token else {})}
            return pool.request(verb, path, json=body, headers=headers, timeout=10.0, retries=False)

    def sign_in(self) -> str:
        body = {"username": "admin", "password": self.password, "name": "node"}
        answer = self.call("POST", "/api/v2/tokens/sign-in", body)
        assert answer.status in (200, 201), answer.data
        return str(answer.json()["token"])

    def can_sign_in(self) -> bool:
        try:
            return bool(self.sign_in())
        except (AssertionError, urllib3.exceptions.HTTPError):
            return False


@pytest.fixture(scope="module")
def door(api: Api, centre: InstanceUnderTest, pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> Door:
    try:
        centre.wait_for_condition("Ready", "True", seconds=START_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{pods.evidence()}") from error
    service = api.get("Service", centre.namespace, "acme-nginx")
    authority = tmp_path_factory.mktemp("door") / "certificate.pem"
    authority.write_bytes(_secret(api, centre.namespace, "acme-tls", "tls.crt"))
    password = _secret(api, centre.namespace, "acme-credentials", "admin_password").decode()
    return Door(service["spec"]["clusterIP"], "contact.example", authority, password)


def _secret(api: Api, namespace: str, name: str, key: str) -> bytes:
    return base64.b64decode(api.get("Secret", namespace, name)["data"][key])


def test_the_console_opens_and_its_administrator_signs_in(door: Door, centre: InstanceUnderTest, pods: Pods) -> None:
    page = door.call("GET", "/")
    assert page.status == 200, page.data
    assert b"<html" in page.data
    wait_for("the first administrator", door.can_sign_in, seconds=60, evidence=pods.evidence)
    me = door.call("GET", "/api/v2/users", token=door.sign_in())
    assert me.status == 200, me.data
    assert not pods.evidence()
    print({pod["metadata"]["name"]: [s["restartCount"] for s in pod["status"]["containerStatuses"]] for pod in pods.all()})


@pytest.mark.parametrize(
    ("component", "program"),
    [("app", "python"), ("acd", "python"), ("redis", "redis-server"), ("postgres", "postgres"), ("asterisk", "asterisk"), ("kamailio", "kamailio"), ("rtpengine", "rtpengine")],
)
def test_what_dies_comes_back(component: str, program: str, door: Door, centre: InstanceUnderTest, pods: Pods) -> None:
    import time
    t = time.monotonic()
    pods.kill(pods.all(component)[0], program)
    time.sleep(3)
    pods.wait_until_ready(component)
    print(component, "ready after", time.monotonic() - t)
    wait_for("signing in", door.can_sign_in, seconds=90, evidence=pods.evidence)
    print("sign in", time.monotonic() - t)
    centre.wait_for_condition("Ready", "True", seconds=120)
    print("instance", time.monotonic() - t, {pod["metadata"]["name"]: [s["restartCount"] for s in pod["status"]["containerStatuses"]] for pod in pods.all()})
