"""An instance's life on a real API server: made, ready, changed, corrected, deleted."""

from __future__ import annotations

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api, Object
from tests.support.operator import OperatorProcess, wait_for


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    return InstanceUnderTest(api, operator, namespace)


def env_of(workload: Object, container: int = 0) -> dict[str, str]:
    variables = workload["spec"]["template"]["spec"]["containers"][container]["env"]
    return {each["name"]: each.get("value", "") for each in variables}


def test_one_resource_leads_to_all_objects_and_is_ready_once_its_pods_are(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.wait_until_written()
    assert set(instance.children("Deployment")) == {"app", "worker", "acd", "dialer", "kamailio", "rtpengine", "nginx"}
    assert set(instance.children("StatefulSet")) == {"postgres", "redis", "asterisk"}
    assert set(instance.children("Service")) == {
        "app", "postgres", "redis", "asterisk", "kamailio", "rtpengine", "nginx"
    }  # fmt: skip
    assert set(instance.children("PersistentVolumeClaim")) == {"recordings"}
    assert instance.child("Secret", "tls")
    assert instance.conditions()["Ready"]["reason"] == "Migrating"

    instance.finish_job("migrate-0-1-0")
    condition = instance.wait_for_condition("Ready", "False", "ComponentsNotReady")
    assert "postgres" in condition["message"]
    instance.wait_for_child("Job", "create-admin")

    instance.run_pods()
    instance.wait_for_condition("Ready", "True")
    status = instance.resource()["status"]
    assert status["version"] == "0.1.0"
    assert status["url"] == "https://contact.example"
    assert {each["name"]: each["ready"] for each in status["components"]}["app"] == 2


def test_an_instance_that_is_as_it_should_be_causes_no_writes(
    instance: InstanceUnderTest, operator: OperatorProcess
) -> None:
    # Amounts that the API server writes in its own way.
    instance.create(redis={"managed": {"resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}}}})
    instance.make_ready()
    instance.finish_job("create-admin")
    versions = {
        (kind, name): item["metadata"]["resourceVersion"]
        for kind in ("Deployment", "StatefulSet", "Service", "NetworkPolicy", "PodDisruptionBudget", "Job")
        for name, item in instance.children(kind).items()
    }
    writes, turns = operator.calls("patch", "post", "delete", "put"), operator.calls("get")
    wait_for("three more turns", lambda: operator.calls("get") > turns + 30)
    assert operator.calls("patch", "post", "delete", "put") == writes
    for (kind, name), version in versions.items():
        assert instance.children(kind)[name]["metadata"]["resourceVersion"] == version
