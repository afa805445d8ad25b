"""The Job of a backup and its volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omnileads_operator.desired.instance import MANAGER, Instance, Manifest
from omnileads_operator.desired.pods import Container, Pod, pod_spec
from omnileads_operator.desired.wiring import Wiring
from omnileads_operator.desired.workloads import claim_mount, claim_spec
from omnileads_operator.resources.backup import BackupSpec
from omnileads_operator.resources.parts import sized
from omnileads_operator.version import API_VERSION, GROUP

BACKUP_LABEL: Final = f"{GROUP}/backup"
COMPONENT: Final = "backup"
# The file has its name only when all of it could be read back.
SCRIPT: Final = """\
set -eu
umask 077
cd /backup
pg_dump --format custom --file database.partial
pg_restore --file /dev/null database.partial
mv database.partial database.dump
sha256sum database.dump >database.dump.sha256
"""


@dataclass(frozen=True)
class Backup:
    name: str
    uid: str
    spec: BackupSpec

    def labels(self) -> dict[str, str]:
        return {BACKUP_LABEL: self.name, "app.kubernetes.io/managed-by": MANAGER}

    def owner(self) -> dict[str, object]:
        return {
            "apiVersion": f"{GROUP}/{API_VERSION}",
            "kind": "OMniLeadsBackup",
            "name": self.name,
            "uid": self.uid,
            "controller": True,
        }


def backup_objects(backup: Backup, instance: Instance, version: str) -> list[Manifest]:
    """The volume and the Job, made once: a Job that is there is never changed."""
    claim, job_name = f"{backup.name}-backup", f"{backup.name}-backup"
    postgres = Wiring(instance).postgres_env()
    container = Container(
        "backup",
        {f"PG{name}": postgres[f"POSTGRES_{name}"] for name in ("HOST", "PORT", "DATABASE", "USER", "PASSWORD")},
        sized("256Mi", "1Gi"),
        entrypoint=["sh", "-c", SCRIPT],
        mounts=[claim_mount("backup", "/backup")],
    )
    volume = {"name": "backup", "persistentVolumeClaim": {"claimName": claim}}
    pod = Pod("postgres", [container], [volume], restart="OnFailure")
    # The pod is the instance's, so that the network policies let it reach the database.
    template = {
        "metadata": {"labels": {**instance.selector(COMPONENT), BACKUP_LABEL: backup.name}},
        "spec": pod_spec(instance, pod, version),
    }
    metadata = {"namespace": instance.namespace, "labels": backup.labels()}
    kept = {} if backup.spec.deletion_policy == "Retain" else {"ownerReferences": [backup.owner()]}
    storage = backup.spec.storage
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {**metadata, "name": claim, **kept},
            "spec": claim_spec(storage.size, storage.storage_class_name, "ReadWriteOnce"),
        },
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {**metadata, "name": job_name, "ownerReferences": [backup.owner()]},
            "spec": {"backoffLimit": 3, "template": template},
        },
    ]
