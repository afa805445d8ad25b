"""An upgrade: in its order, no stage before the one before has settled, refused where it cannot be."""

from __future__ import annotations

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.process import OperatorProcess, wait_for

NEW = "0.2.0"


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    made = InstanceUnderTest(api, operator, namespace).create()
    made.make_ready()
    return made


def of_version(instance: InstanceUnderTest, version: str) -> set[str]:
    return {
        component
        for kind in ("Deployment", "StatefulSet")
        for component, item in instance.children(kind).items()
        if item["spec"]["template"]["spec"]["containers"][0]["image"].endswith(f":{version}")
    }


def wait_for_versions(instance: InstanceUnderTest, expected: set[str]) -> None:
    wait_for(f"{expected} to be new", lambda: of_version(instance, NEW) == expected, evidence=instance.evidence)


def test_components_follow_one_another(instance: InstanceUnderTest) -> None:
    instance.change(version=NEW)
    wait_for_versions(instance, {"postgres", "redis"})
    instance.wait_for_child("Job", "migrate-0-2-0")
    instance.run_pods()
    # The migration has not ended, so nothing that needs its schema moves.
    instance.wait_for_condition("Migrated", "False")
    assert of_version(instance, NEW) == {"postgres", "redis"}
    instance.finish_job("migrate-0-2-0")
    expected = {"postgres", "redis"}
    for stage in ({"app"}, {"worker", "acd", "dialer"}, {"nginx"}, {"kamailio", "rtpengine", "asterisk"}):
        expected |= stage
        wait_for_versions(instance, expected)
        assert instance.resource()["status"]["version"] == "0.1.0"
        instance.run_pods()
    wait_for("the new version", lambda: instance.resource()["status"]["version"] == NEW, evidence=instance.evidence)


@pytest.mark.parametrize(
    ("version", "message"),
    [("0.0.9", "Version 0.0.9 is older than 0.1.0"), ("0.3.0", "upgrade to that before 0.3.0")],
)
def test_a_jump_that_cannot_be_is_refused_and_what_runs_goes_on(
    instance: InstanceUnderTest, version: str, message: str
) -> None:
    instance.change(version=version)
    condition = instance.wait_for_condition("Reconciled", "False", "VersionRefused")
    assert message in condition["message"]
    assert instance.conditions()["Ready"]["status"] == "True"
    assert of_version(instance, version) == set()
    instance.change(version="0.1.0")
    instance.wait_for_condition("Reconciled", "True")
