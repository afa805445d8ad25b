"""An upgrade: backed up before, in its order, in its window, taken back where it fails, refused where it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.process import OperatorProcess, wait_for

NEW = "0.2.0"


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    made = InstanceUnderTest(api, operator, namespace).create(upgrade={"backup": "Never"})
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


def upgraded(instance: InstanceUnderTest) -> dict[str, Any]:
    return dict(instance.conditions().get("Upgraded") or {"reason": ""})


def wait_for_reason(instance: InstanceUnderTest, reason: str) -> dict[str, Any]:
    wait_for(reason, lambda: upgraded(instance)["reason"] == reason, evidence=instance.evidence)
    return upgraded(instance)


def the_backup(instance: InstanceUnderTest) -> str:
    def found() -> str | None:
        items = instance.api.list("OMniLeadsBackup", instance.namespace)
        return str(items[0]["metadata"]["name"]) if items else None

    return wait_for("the backup", found, evidence=instance.evidence)


def fail_backup(instance: InstanceUnderTest, name: str) -> None:
    job = f"{name}-backup"
    wait_for("its Job", lambda: instance.api.find("Job", instance.namespace, job), evidence=instance.evidence)
    stamp = "2026-01-01T00:00:00Z"
    kinds = ("FailureTarget", "Failed")
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": stamp} for kind in kinds]
    status = {"status": {"startTime": stamp, "failed": 4, "conditions": conditions}}
    instance.api.change("Job", instance.namespace, job, status, "status")


def test_it_waits_for_a_backup(instance: InstanceUnderTest) -> None:
    instance.change(upgrade={"backup": "Before"}, version=NEW)
    wait_for_reason(instance, "BackingUp")
    name = the_backup(instance)
    assert name.startswith("acme-before-0-2-0-")
    assert of_version(instance, NEW) == set()
    assert instance.child("Job", "migrate-0-2-0") is None
    assert instance.conditions()["Ready"]["status"] == "True"
    # What its Job has to say is what the backup's condition says.
    fail_backup(instance, name)
    assert "Delete it to try again" in wait_for_reason(instance, "BackupFailed")["message"]
    instance.api.delete("OMniLeadsBackup", instance.namespace, name)
    path = f"/apis/batch/v1/namespaces/{instance.namespace}/jobs/{name}-backup?propagationPolicy=Background"
    instance.api.call("DELETE", path)
    wait_for_reason(instance, "BackingUp")
    assert the_backup(instance) == name
    assert of_version(instance, NEW) == set()
    instance.finish_job_named(f"{name}-backup")
    wait_for_versions(instance, {"postgres", "redis"})
    assert instance.resource()["status"]["upgrade"]["version"] == NEW


def test_it_waits_for_its_window(instance: InstanceUnderTest) -> None:
    now = datetime.now(UTC)
    tomorrow = (now + timedelta(days=1)).strftime("%a")
    # An hour's window begins tomorrow, half a day from this time of the day.
    start = (now + timedelta(hours=12)).strftime("%H:00")
    instance.change(maintenance={"days": [tomorrow], "start": start, "hours": 1}, version=NEW)
    wait_for_reason(instance, "WaitingForWindow")
    assert of_version(instance, NEW) == set()
    instance.change(maintenance=None)
    wait_for_versions(instance, {"postgres", "redis"})


def test_voice_waits_for_its_window(instance: InstanceUnderTest) -> None:
    instance.change(version=NEW)
    instance.finish_job("migrate-0-2-0")
    before_voice = {"postgres", "redis"}
    for stage in ({"app"}, {"worker", "acd", "dialer"}, {"nginx"}):
        wait_for_versions(instance, before_voice)
        instance.run_pods()
        before_voice |= stage
    now = datetime.now(UTC)
    window = {"days": [(now + timedelta(days=1)).strftime("%a")], "start": f"{now:%H:00}", "hours": 1}
    instance.change(maintenance=window)
    wait_for_versions(instance, before_voice)
    instance.wait_until_written()
    instance.run_pods()
    instance.wait_until_written()
    assert of_version(instance, NEW) == before_voice
    instance.change(maintenance=None)
    wait_for_versions(instance, before_voice | {"kamailio", "rtpengine", "asterisk"})


def be_late(instance: InstanceUnderTest) -> None:
    """As if what has been reached had been reached long ago."""
    status = {"status": {"upgrade": {"since": "2020-01-01T00:00:00Z"}}}
    instance.api.change("OMniLeads", instance.namespace, "acme", status, "status")


def test_a_stage_that_never_becomes_ready_is_taken_back(instance: InstanceUnderTest) -> None:
    instance.change(version=NEW)
    wait_for_versions(instance, {"postgres", "redis"})
    instance.run_pods()
    instance.finish_job("migrate-0-2-0")
    wait_for_versions(instance, {"postgres", "redis", "app"})

    def is_at_app() -> bool:
        return "not ready: app" in str(upgraded(instance).get("message"))

    wait_for("the wait for app", is_at_app, evidence=instance.evidence)

    def has_returned() -> bool:
        # Said again: the operator may be writing at the same moment.
        be_late(instance)
        return bool(upgraded(instance)["reason"] == "Returned")

    wait_for("the return", has_returned, evidence=instance.evidence)
    assert "not ready: app" in wait_for_reason(instance, "Returned")["message"]
    wait_for_versions(instance, {"postgres", "redis"})
    instance.run_pods()
    instance.wait_for_condition("Ready", "True")
    assert instance.resource()["status"]["version"] == "0.1.0"
    # It stays so until somebody says otherwise, and then tries again.
    instance.operator.kill()
    instance.operator.start()
    instance.wait_until_written()
    assert of_version(instance, NEW) == {"postgres", "redis"}
    instance.change(version="0.1.0")
    wait_for_reason(instance, "UpToDate")
    wait_for_versions(instance, set())
    instance.finish_job("migrate-0-1-0")
    instance.run_pods()
    instance.wait_for_condition("Ready", "True")
    instance.change(version=NEW)
    wait_for_versions(instance, {"postgres", "redis"})


def test_a_window_in_no_time_zone_is_refused(instance: InstanceUnderTest) -> None:
    instance.change(maintenance={"start": "02:00", "hours": 2, "timeZone": "Mars/Olympus"})
    condition = instance.wait_for_condition("Reconciled", "False", "SpecRefused")
    assert "Mars/Olympus" in condition["message"]
