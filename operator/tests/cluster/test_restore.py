"""A restore: its steps follow one another, refusals interrupt nothing, and failures bring all up as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api, ApiError, Object
from tests.support.process import OperatorProcess, wait_for

STAMP = "2026-01-01T00:00:00Z"
BUCKET = {"bucket": "backups", "credentials": "bucket"}
STOPPED = ("app", "worker", "acd", "dialer")


class RestoreUnderTest:
    def __init__(self, instance: InstanceUnderTest) -> None:
        self.instance = instance
        self.api, self.namespace = instance.api, instance.namespace

    def create(self, **spec: Any) -> None:
        create(self.api, self.namespace, **spec)

    def condition(self) -> Object:
        found = self.api.get("OMniLeadsRestore", self.namespace, "back").get("status", {}).get("conditions", [])
        return dict(found[0]) if found else {"status": "", "reason": ""}

    def wait_for_reason(self, reason: str) -> Object:
        wait_for(
            reason, lambda: self.condition()["reason"] == reason, evidence=lambda: f"{self.condition()}\n{self.log()}"
        )
        return self.condition()

    def log(self) -> str:
        return self.instance.evidence()

    def job(self, step: str) -> Object | None:
        return self.api.find("Job", self.namespace, f"back-{step}")

    def end(self, step: str, *, exit_code: int | None = None) -> None:
        """What the Job's controller says when its pod has ended."""
        wait_for(f"the Job of {step}", lambda: self.job(step), evidence=self.log)
        kinds = ("SuccessCriteriaMet", "Complete") if exit_code is None else ("FailureTarget", "Failed")
        message = f"Container {step} for pod a/b failed with exit code {exit_code} matching FailJob rule at index 0"
        common = {"status": "True", "lastTransitionTime": STAMP, "message": message}
        status: Object = {"startTime": STAMP, "conditions": [{"type": kind, **common} for kind in kinds]}
        status |= {"failed": 1} if exit_code is not None else {"succeeded": 1, "completionTime": STAMP}
        self.api.change("Job", self.namespace, f"back-{step}", {"status": status}, "status")

    def replicas(self) -> list[int]:
        return [self.instance.wait_for_child("Deployment", name)["spec"]["replicas"] for name in STOPPED]

    def wait_until_stopped(self) -> None:
        """The operator tells the four to have no pods; the test then is the controller that removes them."""
        wait_for("no pods to be wanted", lambda: self.replicas() == [0, 0, 0, 0], evidence=self.log)
        self.instance.run_pods(*STOPPED)


def create(api: Api, namespace: str, **spec: Any) -> None:
    metadata = {"name": "back", "namespace": namespace}
    body = {"instance": "acme", "source": {"backup": "before"}, "overwrite": True, **spec}
    api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsRestore", "metadata": metadata, "spec": body})


@pytest.fixture
def restore(api: Api, operator: OperatorProcess, namespace: str) -> RestoreUnderTest:
    """A ready instance with a complete backup."""
    instance = InstanceUnderTest(api, operator, namespace).create()
    instance.make_ready()
    metadata = {"name": "before", "namespace": namespace}
    backup = {"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata}
    api.create({**backup, "spec": {"instance": "acme"}})
    instance.finish_job_named("before-backup")
    return RestoreUnderTest(instance)


def test_its_steps_follow_one_another(restore: RestoreUnderTest) -> None:
    before = restore.replicas()
    restore.create()
    restore.wait_for_reason("Checking")
    # As long as it is not known that it can be, nobody is interrupted.
    assert restore.replicas() == before
    restore.end("check")
    wait_for("no pods to be wanted", lambda: restore.replicas() == [0, 0, 0, 0], evidence=restore.log)
    restore.wait_for_reason("Stopping")
    assert restore.job("restore") is None
    restore.instance.wait_for_condition("Ready", "False", "Restoring")
    restore.wait_until_stopped()
    restore.wait_for_reason("Restoring")
    restore.end("restore")
    restore.wait_for_reason("Migrating")
    migration = restore.job("migrate")
    assert migration is not None
    assert migration["spec"]["template"]["spec"]["containers"][0]["args"][0] == "after-restore"
    restore.end("migrate")
    wait_for("the pods to be wanted again", lambda: restore.replicas() == before, evidence=restore.log)
    restore.wait_for_reason("Starting")
    assert restore.job("finish") is None
    restore.instance.run_pods()
    restore.wait_for_reason("Finishing")
    restore.end("finish")
    assert restore.wait_for_reason("Complete")["status"] == "True"
    assert restore.job("return") is None
    restore.instance.wait_for_condition("Ready", "True")


def finish_backup_with_recordings(restore: RestoreUnderTest) -> None:
    metadata = {"name": "whole", "namespace": restore.namespace}
    backup = {"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata}
    restore.api.create({**backup, "spec": {"instance": "acme", "recordings": True}})
    restore.instance.finish_job_named("whole-backup")

    def is_complete() -> bool:
        found = restore.api.get("OMniLeadsBackup", restore.namespace, "whole")
        return bool((found.get("status") or {}).get("completedAt"))

    wait_for("the backup", is_complete, evidence=restore.log)


def test_recordings_are_put_back_before_anybody_is_interrupted(restore: RestoreUnderTest) -> None:
    finish_backup_with_recordings(restore)
    before = restore.replicas()
    restore.create(source={"backup": "whole"})
    restore.end("check")
    restore.wait_for_reason("RestoringRecordings")
    assert restore.replicas() == before
    assert restore.job("restore") is None
    restore.end("recordings")
    restore.wait_until_stopped()
    restore.wait_for_reason("Restoring")


def test_recordings_that_cannot_be_put_back_interrupt_nothing(restore: RestoreUnderTest) -> None:
    finish_backup_with_recordings(restore)
    before = restore.replicas()
    restore.create(source={"backup": "whole"})
    restore.end("check")
    restore.end("recordings", exit_code=47)
    assert restore.wait_for_reason("OtherRecording")["status"] == "False"
    assert restore.replicas() == before
    assert restore.job("restore") is None


def test_without_recordings_that_step_is_left_out(restore: RestoreUnderTest) -> None:
    finish_backup_with_recordings(restore)
    restore.create(source={"backup": "whole"}, recordings=False)
    restore.end("check")
    restore.wait_until_stopped()
    restore.wait_for_reason("Restoring")
    assert restore.job("recordings") is None


def test_a_killed_operator_goes_on_where_it_was(restore: RestoreUnderTest) -> None:
    operator = restore.instance.operator
    restore.create()
    restore.end("check")
    restore.wait_until_stopped()
    wait_for("the restore's Job", lambda: restore.job("restore"), evidence=restore.log)
    operator.kill()
    restore.end("restore")
    operator.start()
    wait_for("the migration", lambda: restore.job("migrate"), evidence=restore.log)
    assert restore.replicas() == [0, 0, 0, 0]
    operator.kill()
    restore.end("migrate")
    operator.start()
    wait_for("the pods to be wanted again", lambda: 0 not in restore.replicas(), evidence=restore.log)
    restore.instance.run_pods()
    restore.end("finish")
    restore.wait_for_reason("Complete")


@pytest.mark.parametrize(("code", "reason"), [(40, "NoBackup"), (41, "TargetHasData"), (42, "BackupTooNew")])
def test_a_refused_restore_interrupts_nothing(restore: RestoreUnderTest, code: int, reason: str) -> None:
    before = restore.replicas()
    restore.create(overwrite=False)
    restore.end("check", exit_code=code)
    assert restore.wait_for_reason(reason)["status"] == "False"
    assert restore.replicas() == before
    assert restore.job("restore") is None
    assert restore.instance.conditions()["Ready"]["status"] == "True"


def test_a_failed_restore_brings_all_up_as_it_was(restore: RestoreUnderTest) -> None:
    before = restore.replicas()
    restore.create()
    restore.end("check")
    restore.wait_until_stopped()
    restore.end("restore", exit_code=44)
    assert restore.wait_for_reason("NotTheSame")["status"] == "False"
    wait_for("the pods to be wanted again", lambda: restore.replicas() == before, evidence=restore.log)
    assert restore.job("migrate") is None


def test_a_migration_that_fails_is_taken_back(restore: RestoreUnderTest) -> None:
    before = restore.replicas()
    restore.create()
    restore.end("check")
    restore.wait_until_stopped()
    restore.end("restore")
    restore.end("migrate", exit_code=1)
    restore.wait_for_reason("Returning")
    assert restore.replicas() == [0, 0, 0, 0]
    restore.end("return")
    assert "is there again" in restore.wait_for_reason("MigrationFailed")["message"]
    wait_for("the pods to be wanted again", lambda: restore.replicas() == before, evidence=restore.log)
    assert restore.job("finish") is None


def test_a_restore_that_is_deleted_lets_the_instance_go(restore: RestoreUnderTest) -> None:
    before = restore.replicas()
    restore.create()
    restore.end("check")
    restore.wait_until_stopped()
    restore.api.delete("OMniLeadsRestore", restore.namespace, "back")
    wait_for("the pods to be wanted again", lambda: restore.replicas() == before, evidence=restore.log)


def test_what_it_refers_to_is_awaited(api: Api, operator: OperatorProcess, namespace: str) -> None:
    restore = RestoreUnderTest(InstanceUnderTest(api, operator, namespace))
    create(api, namespace)
    wait_for("InstanceNotFound", lambda: restore.condition()["reason"] == "InstanceNotFound", evidence=operator.log)
    restore.instance.create()
    restore.wait_for_reason("BackupNotFound")
    metadata = {"name": "before", "namespace": namespace}
    backup = {"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata}
    api.create({**backup, "spec": {"instance": "acme"}})
    restore.wait_for_reason("BackupNotComplete")
    restore.instance.finish_job_named("before-backup")
    restore.wait_for_reason("Checking")
    volumes = (restore.job("check") or {})["spec"]["template"]["spec"]["volumes"]
    assert {"name": "backup", "persistentVolumeClaim": {"claimName": "before-backup"}} in volumes


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"source": {}}, "a source is either a backup or s3"),
        (
            {"source": {"backup": "a", "s3": {"bucket": "bkt", "credentials": "c", "folder": "f"}}},
            "either a backup or s3",
        ),
        ({"source": {"s3": {"bucket": "bkt", "credentials": "c", "folder": ""}}}, "folder"),
    ],
)
def test_the_api_server_refuses(api: Api, namespace: str, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        create(api, namespace, **spec)
    assert message in refused.value.message
