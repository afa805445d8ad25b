"""Several Asterisks: one too many gets no new calls, keeps those it has, and goes when there are none.

The call engine is played by a server that tells its metrics at the address of a pod of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from omnileads_operator.asterisks import CLOSED_AT
from omnileads_operator.desired.voice import TAKES_CALLS
from omnileads_operator.desired.wiring import ACD_PORT
from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.process import OperatorProcess, wait_for

pytestmark = pytest.mark.timeout(400)
ENGINE_ADDRESS = "127.0.0.97"


class Engine:
    """`calls` by the ordinal of the Asterisk that has them."""

    def __init__(self) -> None:
        self.calls: dict[int, int] = {}
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = engine.text().encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer((ENGINE_ADDRESS, ACD_PORT), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def text(self) -> str:
        lines = ['oml_acd_asterisk_connected{asterisk=""} 0.0']
        for ordinal, calls in self.calls.items():
            lines.append(f'oml_acd_asterisk_connected{{asterisk="{address(ordinal)}"}} 1.0')
            lines.append(f'oml_acd_calls{{asterisk="{address(ordinal)}"}} {calls}.0')
        return "\n".join([*lines, ""])


def address(ordinal: int) -> str:
    return f"192.0.2.{10 + ordinal}"


@pytest.fixture
def engine() -> Iterator[Engine]:
    played = Engine()
    yield played
    played.server.shutdown()
    played.server.server_close()


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    return InstanceUnderTest(api, operator, namespace)


def run_pod(instance: InstanceUnderTest, component: str, suffix: str, pod_address: str) -> None:
    """As the StatefulSet's controller and a kubelet would."""
    labels = {"app.kubernetes.io/name": component, "app.kubernetes.io/instance": instance.name}
    if component == "asterisk":
        labels[TAKES_CALLS] = "true"
    name = f"{instance.name}-{component}-{suffix}"
    instance.api.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": instance.namespace, "labels": labels},
            "spec": {
                "automountServiceAccountToken": False,
                "containers": [{"name": component, "image": "localhost/omnileads/none"}],
            },
        }
    )
    status = {"phase": "Running", "podIP": pod_address, "podIPs": [{"ip": pod_address}]}
    instance.api.change("Pod", instance.namespace, name, {"status": status}, "status")


def replicas(instance: InstanceUnderTest) -> int:
    made = instance.child("StatefulSet", "asterisk")
    return int(made["spec"]["replicas"]) if made else 0


def pod(instance: InstanceUnderTest, ordinal: int) -> dict[str, Any]:
    return instance.api.get("Pod", instance.namespace, f"{instance.name}-asterisk-{ordinal}")


def is_open(instance: InstanceUnderTest, ordinal: int) -> bool:
    return bool(pod(instance, ordinal)["metadata"]["labels"][TAKES_CALLS] == "true")


def start(instance: InstanceUnderTest, engine: Engine, count: int, **asterisk: Any) -> None:
    instance.api.create(
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "default", "namespace": instance.namespace},
        }
    )
    instance.create(voice={"asterisk": asterisk})
    instance.wait_for_child("StatefulSet", "asterisk")
    run_pod(instance, "acd", "a", ENGINE_ADDRESS)
    for ordinal in range(count):
        run_pod(instance, "asterisk", str(ordinal), address(ordinal))
        engine.calls[ordinal] = 0


def test_one_too_many_keeps_its_calls_and_goes_without_them(instance: InstanceUnderTest, engine: Engine) -> None:
    start(instance, engine, 2, replicas=2)
    wait_for("two", lambda: replicas(instance) == 2, evidence=instance.evidence)
    engine.calls = {0: 3, 1: 2}
    instance.change(voice={"asterisk": {"replicas": 1}})
    wait_for("the second to be closed", lambda: not is_open(instance, 1), evidence=instance.evidence)
    assert CLOSED_AT in pod(instance, 1)["metadata"]["annotations"]
    assert is_open(instance, 0)
    instance.wait_for_condition("AsterisksScaled", "False", "Draining")
    instance.change(voice={"asterisk": {"replicas": 2}})
    wait_for("it to be open again", lambda: is_open(instance, 1), evidence=instance.evidence)
    assert replicas(instance) == 2
    instance.change(voice={"asterisk": {"replicas": 1}})
    wait_for("the second to be closed", lambda: not is_open(instance, 1), evidence=instance.evidence)
    assert replicas(instance) == 2
    engine.calls = {0: 3, 1: 0}
    wait_for("one", lambda: replicas(instance) == 1, seconds=120, evidence=instance.evidence)


def test_more_calls_make_more_asterisks(instance: InstanceUnderTest, engine: Engine) -> None:
    start(instance, engine, 1, autoscaling={"minReplicas": 1, "maxReplicas": 3, "callsPerReplica": 10})
    instance.wait_for_condition("AsterisksScaled", "True", "AsWanted")
    assert replicas(instance) == 1
    engine.calls = {0: 25}
    wait_for("three", lambda: replicas(instance) == 3, seconds=120, evidence=instance.evidence)
    engine.calls = {0: 250}
    instance.wait_for_condition("AsterisksScaled", "True", "AsWanted")
    assert replicas(instance) == 3
