"""The Jobs of a restore, in their order: check, recordings, restore, migrate, finish; return where that failed."""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.application import after_restore_pod
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Value
from omnileads_operator.desired.store import Origin, Step, Store, database_env, one_job, store_job
from omnileads_operator.resources.restore import RestoreSpec
from omnileads_operator.version import GROUP

RESTORE_KIND: Final = "OMniLeadsRestore"
RESTORE_LABEL: Final = f"{GROUP}/restore"
COMPONENT: Final = "restore"
STEPS: Final = ("check", "recordings", "restore", "migrate", "return", "finish")


def restore_origin(namespace: str, name: str, uid: str) -> Origin:
    return Origin(RESTORE_KIND, name, namespace, uid, RESTORE_LABEL, COMPONENT)


def restore_job(
    step: str, origin: Origin, instance: Instance, store: Store, version: str, spec: RestoreSpec
) -> Manifest:
    """One step's Job: `<restore>-<step>`."""
    if step == "migrate":
        return one_job(origin, step, instance, after_restore_pod(instance), version)
    env: dict[str, Value] = {
        **database_env(instance),
        "RESTORE_UID": origin.uid,
        "TARGET_VERSION": version,
        "OVERWRITE": "true" if spec.overwrite else "false",
    }
    if step == "check" and spec.recordings and instance.spec.recordings.s3:
        env["RECORDINGS_IN_BUCKET"] = "true"
    if step == "recordings":
        scripts = ("store", "recordings", "put-back")
        return store_job(origin, Step(step, scripts, env, recordings="write"), instance, store, version)
    return store_job(origin, Step(step, ("store", step), env), instance, store, version)
