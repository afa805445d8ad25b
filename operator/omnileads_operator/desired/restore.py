"""The Jobs of a restore, in their order: check, restore, migrate, then finish, or return where the migration failed."""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.application import after_restore_pod
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Value
from omnileads_operator.desired.store import Origin, Step, Store, database_env, one_job, store_job
from omnileads_operator.version import GROUP

RESTORE_KIND: Final = "OMniLeadsRestore"
RESTORE_LABEL: Final = f"{GROUP}/restore"
COMPONENT: Final = "restore"
STEPS: Final = ("check", "restore", "migrate", "return", "finish")


def restore_origin(namespace: str, name: str, uid: str) -> Origin:
    return Origin(RESTORE_KIND, name, namespace, uid, RESTORE_LABEL, COMPONENT)


def restore_job(
    step: str, origin: Origin, instance: Instance, store: Store, version: str, *, overwrite: bool
) -> Manifest:
    """One step's Job: `<restore>-<step>`."""
    if step == "migrate":
        return one_job(origin, step, instance, after_restore_pod(instance), version)
    env: dict[str, Value] = {
        **database_env(instance),
        "RESTORE_UID": origin.uid,
        "TARGET_VERSION": version,
        "OVERWRITE": "true" if overwrite else "false",
    }
    return store_job(origin, Step(step, ("store", step), env), instance, store, version)
