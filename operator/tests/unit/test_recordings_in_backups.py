"""The Jobs of backups with recordings: which volumes they see, and that they change none they should not."""

from __future__ import annotations

from typing import Any

from omnileads_operator.desired.backup import backup_objects, backup_origin, backup_store, recordings_claim
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.restore import restore_job, restore_origin
from omnileads_operator.desired.store import Store
from omnileads_operator.resources.backup import BackupSpec
from omnileads_operator.resources.restore import RestoreSpec
from tests.unit.conftest import MakeInstance

BUCKET = {"bucket": "backups", "credentials": "bucket"}
ORIGIN = backup_origin("centres", "nightly", "uid-1")


def backup(instance: Instance, **spec: Any) -> tuple[list[Manifest], Store]:
    model = BackupSpec.model_validate({"instance": "acme", **spec})
    store = backup_store("centres", "nightly", model)
    return backup_objects(ORIGIN, model, instance, store, "0.1.0"), store


def restore(instance: Instance, store: Store, step: str, **spec: Any) -> Manifest:
    model = RestoreSpec.model_validate({"instance": "acme", "source": {"backup": "nightly"}, **spec})
    return restore_job(step, restore_origin("centres", "back", "uid-2"), instance, store, "0.1.0", model)


def pod(job: Manifest) -> Any:
    return job["spec"]["template"]["spec"]


def mounts(job: Manifest) -> dict[str, tuple[str, bool]]:
    """Path -> claim and whether only to read."""
    claims = {
        each["name"]: each["persistentVolumeClaim"]["claimName"]
        for each in pod(job)["volumes"]
        if "persistentVolumeClaim" in each
    }
    return {
        each["mountPath"]: (claims[each["name"]], each.get("readOnly", False))
        for each in pod(job)["containers"][0]["volumeMounts"]
        if each["name"] in claims
    }


def told(job: Manifest) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in pod(job)["containers"][0]["env"]}


def test_a_backup_without_recordings_does_not_see_them(instance: MakeInstance) -> None:
    objects, store = backup(instance())
    assert mounts(objects[-1]) == {"/backup": ("nightly-backup", False)}
    assert "RECORDINGS" not in told(objects[-1])
    assert (store.recordings_claim, store.has_recordings) == ("", False)
    assert pod(objects[-1])["securityContext"]["fsGroup"] == 1502


def test_a_backup_with_recordings_only_reads_them(instance: MakeInstance) -> None:
    objects, store = backup(instance(), recordings=True)
    job = objects[-1]
    assert mounts(job) == {
        "/backup": ("nightly-backup", False),
        "/recordings": ("acme-recordings", True),
        "/stored-recordings": ("acme-recordings-stored", False),
    }
    assert told(job)["RECORDINGS"] == "true"
    assert "store_recordings" in pod(job)["containers"][0]["command"][2]
    # Kubernetes gives a volume to the group of the pod that mounts it: theirs must stay that of Asterisk and the app.
    security = pod(job)["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (1502, 1500, 1500)
    assert store.has_recordings


def test_to_a_bucket_it_needs_no_volume_but_theirs(instance: MakeInstance) -> None:
    objects, _ = backup(instance(), recordings=True, destination={"s3": BUCKET})
    assert mounts(objects[-1]) == {"/recordings": ("acme-recordings", True)}


def test_a_claim_of_the_users_own_is_read(instance: MakeInstance) -> None:
    objects, _ = backup(instance(recordings={"existingClaim": "sounds"}), recordings=True)
    assert mounts(objects[-1])["/recordings"] == ("sounds", True)


def test_the_shared_volume_outlives_every_backup(instance: MakeInstance) -> None:
    spec = BackupSpec.model_validate(
        {
            "instance": "acme",
            "recordings": True,
            "deletionPolicy": "Delete",
            "destination": {"volume": {"storageClassName": "slow"}},
        }
    )
    made = instance(recordings={"size": "70Gi"})
    claim = recordings_claim(ORIGIN, spec, made, backup_store("centres", "nightly", spec))
    assert claim["metadata"]["name"] == "acme-recordings-stored"
    assert "ownerReferences" not in claim["metadata"]
    # Nothing by which the deletion of the instance or of a backup would find it.
    assert claim["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "omnileads-operator"}
    assert claim["spec"]["resources"]["requests"]["storage"] == "70Gi"
    assert claim["spec"]["storageClassName"] == "slow"


def test_a_restore_writes_to_the_targets_volume_only(instance: MakeInstance) -> None:
    _, store = backup(instance(), recordings=True)
    job = restore(instance(), store, "recordings")
    assert mounts(job) == {
        "/backup": ("nightly-backup", True),
        "/recordings": ("acme-recordings", False),
        "/stored-recordings": ("acme-recordings-stored", True),
    }
    assert pod(job)["securityContext"]["fsGroup"] == 1500
    assert job["metadata"]["name"] == "back-recordings"
    for step in ("check", "restore", "finish"):
        assert set(mounts(restore(instance(), store, step))) == {"/backup"}


def test_a_target_with_a_bucket_is_told_to_refuse_unless_they_are_not_wanted(instance: MakeInstance) -> None:
    target = instance(recordings={"s3": {"bucket": "sounds", "credentials": "keys"}})
    _, store = backup(instance(), recordings=True)
    assert told(restore(target, store, "check"))["RECORDINGS_IN_BUCKET"] == "true"
    assert "RECORDINGS_IN_BUCKET" not in told(restore(target, store, "check", recordings=False))
    assert "RECORDINGS_IN_BUCKET" not in told(restore(instance(), store, "check"))
