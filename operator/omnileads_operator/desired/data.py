"""PostgreSQL and Redis, where the operator runs them, and the volume of recordings."""

from __future__ import annotations

from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.postgres import postgres
from omnileads_operator.desired.redis import redis
from omnileads_operator.desired.wiring import Wiring
from omnileads_operator.desired.workloads import claim_spec


def data(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    wiring, objects = Wiring(instance), []
    if wanted_postgres := wiring.managed_postgres():
        objects += postgres(instance, wanted_postgres, versions["postgres"])
    if wanted_redis := wiring.managed_redis():
        objects += redis(instance, wanted_redis, versions["redis"])
    if wiring.has_recordings_volume() and not instance.spec.recordings.existing_claim:
        objects.append(_recordings(instance))
    return objects


def _recordings(instance: Instance) -> Manifest:
    recordings = instance.spec.recordings
    return instance.object(
        "v1",
        "PersistentVolumeClaim",
        f"{instance.name}-recordings",
        "recordings",
        is_owned=instance.spec.deletion_policy == "Delete",
        spec=claim_spec(recordings.size, recordings.storage_class_name, recordings.access_mode),
    )
