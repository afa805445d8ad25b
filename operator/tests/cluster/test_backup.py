"""A backup: its Job, its volume or its way to S3, what is told of it, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads_operator.version import VERSION
from tests.cluster.instances import manifest
from tests.support.api import Api, ApiError, Object
from tests.support.process import OperatorProcess, wait_for

STAMP = "2026-01-01T00:00:00Z"


def make(api: Api, namespace: str, **spec: Any) -> None:
    metadata = {"name": "before", "namespace": namespace}
    body = {"instance": "acme", **spec}
    api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata, "spec": body})


def wait_for_reason(api: Api, operator: OperatorProcess, namespace: str, reason: str) -> Object:
    def found() -> Object | None:
        status: Object = api.get("OMniLeadsBackup", namespace, "before").get("status") or {}
        return status if [each["reason"] for each in status.get("conditions", [])] == [reason] else None

    return wait_for(reason, found, evidence=operator.log)


def end_job(
    api: Api, namespace: str, kinds: tuple[str, ...], *, job: str = "before-backup", message: str = "", **status: Any
) -> None:
    common = {"status": "True", "lastTransitionTime": STAMP, "message": message}
    conditions = [{"type": kind, **common} for kind in kinds]
    body = {"status": {"startTime": STAMP, "conditions": conditions, **status}}
    api.change("Job", namespace, job, body, "status")


def test_a_backup_is_made_once_and_told(api: Api, operator: OperatorProcess, namespace: str) -> None:
    make(api, namespace)
    wait_for_reason(api, operator, namespace, "InstanceNotFound")
    api.create(manifest(namespace))
    wait_for_reason(api, operator, namespace, "Running")
    job = api.get("Job", namespace, "before-backup")
    labels = job["spec"]["template"]["metadata"]["labels"]
    policy = wait_for("the policy", lambda: api.find("NetworkPolicy", namespace, "acme-postgres"))
    names = policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchExpressions"][0]["values"]
    assert labels["app.kubernetes.io/name"] in names
    end_job(api, namespace, ("SuccessCriteriaMet", "Complete"), succeeded=1, completionTime=STAMP)
    status = wait_for_reason(api, operator, namespace, "Complete")
    assert (status["completedAt"], status["version"]) == (STAMP, VERSION)
    assert "ownerReferences" not in api.get("PersistentVolumeClaim", namespace, "before-backup")["metadata"]


def test_a_failed_backup_is_told(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace, deletionPolicy="Delete")
    wait_for_reason(api, operator, namespace, "Running")
    end_job(api, namespace, ("FailureTarget", "Failed"), failed=4)
    wait_for_reason(api, operator, namespace, "Failed")
    claim = api.get("PersistentVolumeClaim", namespace, "before-backup")
    assert claim["metadata"]["ownerReferences"][0]["kind"] == "OMniLeadsBackup"


def test_a_backup_cannot_be_changed(api: Api, namespace: str) -> None:
    make(api, namespace)
    with pytest.raises(ApiError, match="a backup cannot be changed; make a new one instead"):
        api.change("OMniLeadsBackup", namespace, "before", {"spec": {"instance": "other"}})


def make_secret(api: Api, namespace: str, labels: dict[str, str], **data: str) -> None:
    metadata = {"name": "bucket", "namespace": namespace, "labels": labels}
    api.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data})


KEYS = {"access_key_id": "id", "secret_access_key": "key"}
MARKED = {"omnileads.org/for-backups": "true"}
S3 = {"endpoint": "https://s3.example:9000", "bucket": "backups", "credentials": "bucket"}


def test_a_backup_to_s3_waits_for_a_secret_that_may_be_used(
    api: Api, operator: OperatorProcess, namespace: str
) -> None:
    api.create(manifest(namespace))
    make(api, namespace, destination={"s3": S3})
    wait_for_reason(api, operator, namespace, "SecretNotFound")
    make_secret(api, namespace, {}, **KEYS)
    wait_for_reason(api, operator, namespace, "SecretNotMarked")
    assert api.find("Job", namespace, "before-backup") is None
    api.change("Secret", namespace, "bucket", {"metadata": {"labels": MARKED}})
    status = wait_for_reason(api, operator, namespace, "Running")
    assert status["location"] == f"s3://backups/omnileads/{namespace}/before"
    assert api.find("PersistentVolumeClaim", namespace, "before-backup") is None
    container = api.get("Job", namespace, "before-backup")["spec"]["template"]["spec"]["containers"][0]
    told = {each["name"]: each for each in container["env"]}
    assert told["S3_SECRET_ACCESS_KEY"]["valueFrom"]["secretKeyRef"] == {"name": "bucket", "key": "secret_access_key"}
    assert "S3_CA" not in told
    policy = api.get("NetworkPolicy", namespace, "before-backup")
    assert policy["spec"]["egress"] == [{"ports": [{"protocol": "TCP", "port": 9000}]}]


def test_what_is_in_a_bucket_is_removed_with_the_resource(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make_secret(api, namespace, MARKED, **KEYS, **{"ca.crt": "an authority"})
    make(api, namespace, destination={"s3": S3}, deletionPolicy="Delete")
    wait_for_reason(api, operator, namespace, "Running")
    end_job(api, namespace, ("SuccessCriteriaMet", "Complete"), succeeded=1, completionTime=STAMP)
    wait_for_reason(api, operator, namespace, "Complete")
    # The contact centre went before; its backup's images are still known.
    api.delete("OMniLeads", namespace, "acme")
    wait_for("the instance to go", lambda: api.find("OMniLeads", namespace, "acme") is None, evidence=operator.log)
    api.delete("OMniLeadsBackup", namespace, "before")
    job = wait_for("the removal", lambda: api.find("Job", namespace, "before-remove"), evidence=operator.log)
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"localhost/omnileads/postgres:{VERSION}"
    assert "S3_CA" in {each["name"] for each in container["env"]}
    end_job(api, namespace, ("FailureTarget", "Failed"), job="before-remove", failed=4)
    wait_for_reason(api, operator, namespace, "NotRemoved")
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/before-remove?propagationPolicy=Background"
    gone = api.call("DELETE", path)["details"]["uid"]

    def is_another() -> bool:
        found = api.find("Job", namespace, "before-remove")
        return bool(found and found["metadata"]["uid"] != gone)

    wait_for("another try", is_another, evidence=operator.log)
    end_job(api, namespace, ("SuccessCriteriaMet", "Complete"), job="before-remove", succeeded=1, completionTime=STAMP)
    wait_for(
        "the backup to go", lambda: api.find("OMniLeadsBackup", namespace, "before") is None, evidence=operator.log
    )


def test_the_reason_of_a_script_is_told(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace)
    wait_for_reason(api, operator, namespace, "Running")
    message = "Container backup for pod x/y failed with exit code 45 matching FailJob rule at index 0"
    end_job(api, namespace, ("FailureTarget", "Failed"), message=message, failed=1)
    wait_for_reason(api, operator, namespace, "PlaceTaken")


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        ({"s3": S3, "volume": {}}, "a destination is either a volume or s3, not both"),
        ({"s3": {**S3, "endpoint": "s3.example"}}, "spec.destination.s3.endpoint"),
        ({"s3": {**S3, "prefix": "../other"}}, "spec.destination.s3.prefix"),
        ({"s3": {"bucket": "backups"}}, "credentials: Required value"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(
    api: Api, namespace: str, destination: dict[str, Any], message: str
) -> None:
    with pytest.raises(ApiError) as refused:
        make(api, namespace, destination=destination)
    assert message in refused.value.message


def test_its_pod_is_admitted_where_only_restricted_ones_are(
    api: Api, operator: OperatorProcess, namespace: str
) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.change("Namespace", None, namespace, {"metadata": {"labels": labels}})
    api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": namespace}})
    api.create(manifest(namespace))
    make(api, namespace)
    wait_for_reason(api, operator, namespace, "Running")
    spec = api.get("Job", namespace, "before-backup")["spec"]["template"]["spec"]
    metadata = {"name": "probe", "namespace": namespace}
    api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, dry_run=True)


def test_recordings_go_to_a_volume_that_all_backups_share(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace, recordings=True, deletionPolicy="Delete")
    wait_for_reason(api, operator, namespace, "Running")
    shared = api.get("PersistentVolumeClaim", namespace, "acme-recordings-stored")
    assert "ownerReferences" not in shared["metadata"]
    assert shared["spec"]["resources"]["requests"]["storage"] == "50Gi"
    end_job(api, namespace, ("SuccessCriteriaMet", "Complete"), succeeded=1, completionTime=STAMP)
    wait_for_reason(api, operator, namespace, "Complete")
    # The next one finds the volume, whatever it would be made like by then, and leaves it as it is.
    metadata = {"name": "after", "namespace": namespace}
    spec = {"instance": "acme", "recordings": True, "destination": {"volume": {"storageClassName": "other"}}}
    api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata, "spec": spec})
    wait_for("the next Job", lambda: api.find("Job", namespace, "after-backup"), evidence=operator.log)
    found = api.get("PersistentVolumeClaim", namespace, "acme-recordings-stored")
    assert found["metadata"]["resourceVersion"] == shared["metadata"]["resourceVersion"]


def test_recordings_in_a_bucket_are_not_backed_up(api: Api, operator: OperatorProcess, namespace: str) -> None:
    s3 = {"bucket": "sounds", "credentials": "sounds"}
    api.create(manifest(namespace, recordings={"s3": s3}))
    make(api, namespace, recordings=True)
    status = wait_for_reason(api, operator, namespace, "RecordingsInBucket")
    assert status["conditions"][0]["status"] == "False"
    assert "versions and replication" in status["conditions"][0]["message"]
    assert api.find("Job", namespace, "before-backup") is None
    assert api.find("PersistentVolumeClaim", namespace, "before-backup") is None
