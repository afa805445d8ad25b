"""The Jobs of a backup, its volume and its way to S3."""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.instance import MANAGER, Instance, Manifest
from omnileads_operator.desired.pods import Value
from omnileads_operator.desired.store import Origin, Step, Store, database_env, store_job, store_policy
from omnileads_operator.desired.workloads import claim_spec
from omnileads_operator.resources.backup import S3, BackupSpec
from omnileads_operator.resources.parts import Storage
from omnileads_operator.version import API_VERSION, GROUP

BACKUP_KIND: Final = "OMniLeadsBackup"
BACKUP_LABEL: Final = f"{GROUP}/backup"
COMPONENT: Final = "backup"


def backup_resource(namespace: str, name: str, made_for: dict[str, str], spec: Manifest) -> Manifest:
    """A backup that the operator asks for itself. `made_for` is the label that says why."""
    labels = {**made_for, "app.kubernetes.io/managed-by": MANAGER}
    return {
        "apiVersion": f"{GROUP}/{API_VERSION}",
        "kind": BACKUP_KIND,
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": spec,
    }


def backup_origin(namespace: str, name: str, uid: str) -> Origin:
    return Origin(BACKUP_KIND, name, namespace, uid, BACKUP_LABEL, COMPONENT)


def backup_store(namespace: str, name: str, spec: BackupSpec, *, has_authority: bool = False) -> Store:
    s3 = spec.destination.s3
    if s3 is None:
        shared = recordings_claim_of(spec.instance) if spec.recordings else ""
        return Store(claim=f"{name}-backup", has_recordings=spec.recordings, recordings_claim=shared)
    folder = folder_of(s3, namespace, name)
    return Store(s3, folder, has_authority=has_authority, has_recordings=spec.recordings)


def recordings_claim_of(instance: str) -> str:
    """The volume that all backups of an instance share for its recordings. No other name ends so."""
    return f"{instance}-recordings-stored"


def folder_of(s3: S3, namespace: str, name: str) -> str:
    return "/".join(part for part in (s3.prefix, namespace, name) if part)


def backup_objects(origin: Origin, spec: BackupSpec, instance: Instance, store: Store, version: str) -> list[Manifest]:
    """The volume or the way to S3, and the Job, made once: a Job that is there is never changed."""
    env: dict[str, Value] = {
        **database_env(instance),
        "BACKUP_UID": origin.uid,
        "BACKUP_INSTANCE": instance.name,
        "BACKUP_VERSION": version,
    }
    step = Step("backup", ("store", "backup"), env)
    if spec.recordings:
        scripts = ("store", "recordings", "recordings-out", "backup")
        step = Step("backup", scripts, {**env, "RECORDINGS": "true"}, recordings="read")
    job = store_job(origin, step, instance, store, version)
    if store.s3:
        return [store_policy(origin, store.s3), job]
    storage = spec.destination.volume or Storage()
    claim = origin.object(
        "v1",
        "PersistentVolumeClaim",
        store.claim,
        claim_spec(storage.size, storage.storage_class_name, "ReadWriteOnce"),
        is_owned=spec.deletion_policy == "Delete",
    )
    return [claim, job]


def recordings_claim(origin: Origin, spec: BackupSpec, instance: Instance, store: Store) -> Manifest:
    """The shared volume: as large as the instance's own, of nobody, made once and never changed."""
    chosen = spec.destination.volume or Storage()
    size = instance.spec.recordings.size
    claim = claim_spec(size, chosen.storage_class_name, "ReadWriteOnce")
    made = origin.object("v1", "PersistentVolumeClaim", store.recordings_claim, claim, is_owned=False)
    del made["metadata"]["labels"][origin.label]
    return made


def removal_objects(origin: Origin, instance: Instance, store: Store, version: str) -> list[Manifest]:
    """The Job that takes a backup out of a bucket."""
    return [store_job(origin, Step("remove", ("store", "remove")), instance, store, version)]
