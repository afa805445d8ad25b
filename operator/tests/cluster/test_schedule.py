"""Schedules of backups: missed runs run once, old backups go after newer ones, and what cannot be is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cluster.instances import manifest
from tests.support.api import Api, ApiError, Object
from tests.support.process import OperatorProcess, wait_for

STAMP = "2026-01-01T00:00:00Z"
LONG_AGO = "2020-06-01T00:00:00Z"
LABEL = "omnileads.org/backup-schedule=yearly"


def make(api: Api, namespace: str, **spec: Any) -> None:
    metadata = {"name": "yearly", "namespace": namespace}
    body = {"instance": "acme", "schedule": "0 3 1 1 *", **spec}
    api.create(
        {"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackupSchedule", "metadata": metadata, "spec": body}
    )


def schedule(api: Api, namespace: str) -> Object:
    return api.get("OMniLeadsBackupSchedule", namespace, "yearly")


def reasons(api: Api, namespace: str) -> list[str]:
    return [each["reason"] for each in schedule(api, namespace).get("status", {}).get("conditions", [])]


def backups(api: Api, namespace: str) -> list[str]:
    return sorted(item["metadata"]["name"] for item in api.list("OMniLeadsBackup", namespace, labelSelector=LABEL))


def be_away(api: Api, operator: OperatorProcess, namespace: str) -> None:
    """As if the operator had not been there for years."""
    wait_for("the schedule", lambda: reasons(api, namespace), evidence=operator.log)
    status = {"status": {"lastScheduleTime": LONG_AGO}}
    api.change("OMniLeadsBackupSchedule", namespace, "yearly", status, "status")


def finish(api: Api, namespace: str, name: str) -> None:
    wait_for(f"the Job of {name}", lambda: api.find("Job", namespace, f"{name}-backup"))
    kinds = ("SuccessCriteriaMet", "Complete")
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": STAMP} for kind in kinds]
    status = {"startTime": STAMP, "completionTime": STAMP, "succeeded": 1, "conditions": conditions}
    api.change("Job", namespace, f"{name}-backup", {"status": status}, "status")


def this_years() -> str:
    now = datetime.now(UTC)
    year = now.year if now >= datetime(now.year, 1, 1, 3, tzinfo=UTC) else now.year - 1
    return f"yearly-{year}01010300"


def test_many_missed_runs_are_one_backup(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace)
    be_away(api, operator, namespace)
    wait_for("the backup", lambda: backups(api, namespace), evidence=operator.log)
    finish(api, namespace, this_years())
    wait_for("the end", lambda: reasons(api, namespace) == ["Scheduled", "Complete"], evidence=operator.log)
    assert backups(api, namespace) == [this_years()]
    status = schedule(api, namespace)["status"]
    assert status["lastBackup"] == this_years()
    assert status["nextScheduleTime"].endswith("-01-01T03:00:00Z")
    # Somebody deletes it: its time has been taken care of.
    api.delete("OMniLeadsBackup", namespace, this_years())
    wait_for("its going to be seen", lambda: "lastBackup" not in schedule(api, namespace)["status"])
    assert backups(api, namespace) == []


def test_old_backups_go_when_a_newer_one_is_complete(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    label = dict([LABEL.split("=")])
    metadata = {"name": "old", "namespace": namespace, "labels": label}
    body = {"instance": "acme", "deletionPolicy": "Delete"}
    api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata, "spec": body})
    finish(api, namespace, "old")
    created = api.get("OMniLeadsBackup", namespace, "old")["metadata"]["creationTimestamp"]
    # Ages are known to the second.
    wait_for("another second", lambda: f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}" > created)
    make(api, namespace, keep={"last": 1})
    be_away(api, operator, namespace)
    wait_for("the backup", lambda: this_years() in backups(api, namespace), evidence=operator.log)
    assert "old" in backups(api, namespace)
    finish(api, namespace, this_years())
    wait_for("the old one to go", lambda: backups(api, namespace) == [this_years()], evidence=operator.log)


def test_none_is_begun_while_one_runs(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace)
    be_away(api, operator, namespace)
    wait_for("the backup", lambda: backups(api, namespace) == [this_years()], evidence=operator.log)
    api.change("OMniLeadsBackupSchedule", namespace, "yearly", {"spec": {"schedule": "0 4 1 1 *"}})
    be_away(api, operator, namespace)
    generation = schedule(api, namespace)["metadata"]["generation"]
    wait_for(
        "the change to be seen",
        lambda: schedule(api, namespace)["status"]["observedGeneration"] == generation,
        evidence=operator.log,
    )
    assert backups(api, namespace) == [this_years()]
    finish(api, namespace, this_years())
    wait_for("the second", lambda: len(backups(api, namespace)) == 2, evidence=operator.log)


@pytest.mark.parametrize("spec", [{"suspend": True}, {"startingDeadlineSeconds": 60}])
def test_a_time_that_is_left_out(api: Api, operator: OperatorProcess, namespace: str, spec: dict[str, Any]) -> None:
    api.create(manifest(namespace))
    make(api, namespace, **spec)
    be_away(api, operator, namespace)

    def is_handled() -> bool:
        return str(schedule(api, namespace)["status"]["lastScheduleTime"]) > LONG_AGO

    wait_for("the time to be handled", is_handled, evidence=operator.log)
    assert backups(api, namespace) == []


@pytest.mark.parametrize(
    ("spec", "field"), [({"schedule": "0 25 * * *"}, "spec.schedule"), ({"timeZone": "Mars/Olympus"}, "spec.timeZone")]
)
def test_what_no_clock_knows_is_told(
    api: Api, operator: OperatorProcess, namespace: str, spec: dict[str, Any], field: str
) -> None:
    make(api, namespace, **spec)
    wait_for("the refusal", lambda: "SpecRefused" in reasons(api, namespace), evidence=operator.log)
    assert schedule(api, namespace)["status"]["conditions"][0]["message"].startswith(field)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"schedule": "@daily"}, "spec.schedule"),
        ({"schedule": "0 3 * * * *"}, "spec.schedule"),
        ({"keep": {}}, "keep needs last or days"),
        ({"startingDeadlineSeconds": 5}, "spec.startingDeadlineSeconds"),
    ],
)
def test_the_api_server_refuses(api: Api, namespace: str, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        make(api, namespace, **spec)
    assert message in refused.value.message
