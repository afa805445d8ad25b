"""The Jobs that read and write backups: their script, where the backup is, and the way there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, Literal

from omnileads_operator.desired.instance import MANAGER, Instance, Manifest
from omnileads_operator.desired.pods import USERS, Container, Pod, Value, pod_spec
from omnileads_operator.desired.wiring import Wiring, port_of
from omnileads_operator.desired.workloads import claim_mount
from omnileads_operator.resources.backup import Bucket
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.resources.sizes import sized
from omnileads_operator.version import API_VERSION, GROUP

USABLE_LABEL: Final = f"{GROUP}/for-backups"
"""A Secret that such a Job may be told has this label: who may write backups may not by that send away every Secret."""
AUTHORITY_KEY: Final = "ca.crt"
REASONS: Final = {
    40: ("NoBackup", "There is no backup in this place: it has no manifest."),
    41: ("TargetHasData", "The target has data. With spec.overwrite it is replaced."),
    42: ("BackupTooNew", "The backup was made with a newer version than the target's. Upgrade the target before."),
    43: ("Damaged", "The backup is damaged: its checksum is another. Nothing was changed."),
    44: ("NotTheSame", "What was restored has not the rows of the manifest. Nothing was changed."),
    45: ("PlaceTaken", "There is another backup in this place."),
    46: ("NotStored", "What was read back is not what was stored."),
    47: (
        "OtherRecording",
        "The target has another recording by a name of the backup's. It is not overwritten. The database is as before.",
    ),
    48: (
        "RecordingsInBucket",
        "The backup has recordings, the target keeps its own in a bucket. spec.recordings: false restores the rest.",
    ),
    49: ("RecordingsNotTheSame", "Recordings that were put back are not what the backup's list says."),
    50: ("RecordingsDamaged", "Recordings of the backup are missing or damaged; the Job's log names them."),
}
"""Exit codes of the scripts, with which a Job fails at once, and what they mean."""


@dataclass(frozen=True)
class Store:
    """Where one backup is: the folder of a bucket, or a volume."""

    s3: Bucket | None = None
    folder: str = ""
    claim: str = ""
    has_authority: bool = False
    has_recordings: bool = False
    """Whether there may be recordings: of a folder in a bucket only the manifest knows."""
    recordings_claim: str = ""
    """The volume of the recordings, which all backups of an instance share."""

    @property
    def location(self) -> str:
        return f"s3://{self.s3.bucket}/{self.folder}" if self.s3 else f"volume {self.claim}"

    def env(self) -> dict[str, Value]:
        if self.s3 is None:
            return {}
        env: dict[str, Value] = {
            "S3_ENDPOINT": self.s3.endpoint,
            "S3_REGION": self.s3.region,
            "S3_BUCKET": self.s3.bucket,
            "S3_FOLDER": self.folder,
            "S3_PATH_STYLE": "true" if self.s3.path_style else "false",
            "S3_ACCESS_KEY_ID": SecretKey(name=self.s3.credentials, key="access_key_id"),
            "S3_SECRET_ACCESS_KEY": SecretKey(name=self.s3.credentials, key="secret_access_key"),
        }
        if self.has_authority:
            env["S3_CA"] = SecretKey(name=self.s3.credentials, key=AUTHORITY_KEY)
        return env


@dataclass(frozen=True)
class Origin:
    """The resource that a Job is made for."""

    kind: str
    name: str
    namespace: str
    uid: str
    label: str
    component: str

    def object(self, api_version: str, kind: str, name: str, spec: Manifest, *, is_owned: bool = True) -> Manifest:
        metadata: dict[str, Any] = {
            "name": name,
            "namespace": self.namespace,
            "labels": {self.label: self.name, "app.kubernetes.io/managed-by": MANAGER},
        }
        if is_owned:
            owner = {"apiVersion": f"{GROUP}/{API_VERSION}", "kind": self.kind, "name": self.name, "uid": self.uid}
            metadata["ownerReferences"] = [{**owner, "controller": True}]
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


@dataclass(frozen=True)
class Step:
    """One Job: `<origin>-<name>`."""

    name: str
    scripts: tuple[str, ...]
    env: Mapping[str, Value] = field(default_factory=dict)
    recordings: Literal["", "read", "write"] = ""
    """Whether the step reads the instance's recordings and adds to those that are stored, or the other way round."""


def script(*names: str) -> str:
    """The text of scripts, one after another."""
    folder = files("omnileads_operator.desired") / "scripts"
    return "\n".join((folder / f"{name}.sh").read_text() for name in names)


def database_env(instance: Instance) -> dict[str, Value]:
    postgres = Wiring(instance).postgres_env()
    return {f"PG{name}": postgres[f"POSTGRES_{name}"] for name in ("HOST", "PORT", "DATABASE", "USER", "PASSWORD")}


def store_job(origin: Origin, step: Step, instance: Instance, store: Store, version: str) -> Manifest:
    """A Job that runs scripts of ours beside a store and, where `step.env` says so, a database."""
    mounts = [] if store.s3 else [claim_mount("backup", "/backup", read_only=step.name in {"restore", "recordings"})]
    volumes = [] if store.s3 else [_claim_volume("backup", store.claim)]
    if step.recordings:
        mounts.append(claim_mount("recordings", "/recordings", read_only=step.recordings == "read"))
        volumes.append(Wiring(instance).recordings_volume())
        if not store.s3:
            mounts.append(claim_mount("stored", "/stored-recordings", read_only=step.recordings == "write"))
            volumes.append(_claim_volume("stored", store.recordings_claim))
    container = Container(
        step.name,
        {**store.env(), **step.env},
        sized("256Mi", "1Gi"),
        entrypoint=["bash", "-c", script(*step.scripts)],
        mounts=mounts,
    )
    # Recordings are of the group that Asterisk and the app share; whoever mounts them must not give them another.
    group = USERS["asterisk"][1] if step.recordings else None
    pod = Pod("postgres", [container], volumes, restart="Never", group=group)
    return one_job(origin, step.name, instance, pod, version)


def _claim_volume(name: str, claim: str) -> Manifest:
    return {"name": name, "persistentVolumeClaim": {"claimName": claim}}


def one_job(origin: Origin, name: str, instance: Instance, pod: Pod, version: str) -> Manifest:
    """A Job tried four times, but for a reason that stays. Its pod is the instance's: policies let it to the data."""
    labels = {**instance.selector(origin.component), origin.label: origin.name}
    spec = {
        "backoffLimit": 3,
        "template": {"metadata": {"labels": labels}, "spec": pod_spec(instance, pod, version)},
        "podFailurePolicy": {
            "rules": [
                {"action": "FailJob", "onExitCodes": {"operator": "In", "values": sorted(REASONS)}},
                # A node that was emptied is not the Job's fault.
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            ]
        },
    }
    return origin.object("batch/v1", "Job", f"{origin.name}-{name}", spec)


def store_policy(origin: Origin, s3: Bucket) -> Manifest:
    """Lets the origin's Jobs out to the port of the service."""
    number = port_of(s3.endpoint)
    spec = {
        "podSelector": {"matchLabels": {origin.label: origin.name}},
        "policyTypes": ["Egress"],
        "egress": [{"ports": [{"protocol": "TCP", "port": number}]}],
    }
    return origin.object("networking.k8s.io/v1", "NetworkPolicy", f"{origin.name}-{origin.component}", spec)


@dataclass(frozen=True)
class JobState:
    """How a Job is: it runs (or waits), has ended well, or has failed for a reason."""

    is_there: bool
    is_done: bool = False
    failure: tuple[str, str] | None = None
    ended_at: str | None = None


def job_state(job: Mapping[str, Any] | None) -> JobState:
    if job is None:
        return JobState(is_there=False)
    status = job.get("status") or {}
    conditions = {each["type"]: each for each in status.get("conditions") or [] if each["status"] == "True"}
    if "Complete" in conditions:
        ended = status.get("completionTime") or conditions["Complete"].get("lastTransitionTime")
        return JobState(is_there=True, is_done=True, ended_at=ended)
    if "Failed" in conditions:
        return JobState(is_there=True, failure=_failure(conditions["Failed"].get("message") or ""))
    return JobState(is_there=True)


def _failure(message: str) -> tuple[str, str]:
    code = re.search(r"exit code (\d+)", message)
    return REASONS.get(int(code[1]) if code else 0, ("Failed", message or "The Job has failed."))
