"""A pod of our images on a real node."""

from __future__ import annotations

from tests.support.api import Api
from tests.support.process import wait_for
from omnileads_operator.version import VERSION


def test_a_pod_runs(api: Api, namespace: str) -> None:
    api.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "redis", "namespace": namespace},
            "spec": {
                "containers": [
                    {
                        "name": "redis",
                        "image": f"localhost/omnileads/redis:{VERSION}",
                        "command": ["redis-server", "--bind", "0.0.0.0"],
                        "readinessProbe": {"tcpSocket": {"port": 6379}},
                    }
                ]
            },
        }
    )

    def is_ready() -> bool:
        status = api.get("Pod", namespace, "redis").get("status", {})
        return any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", []))

    wait_for("the pod", is_ready, evidence=lambda: str(api.get("Pod", namespace, "redis")["status"]), seconds=60)
