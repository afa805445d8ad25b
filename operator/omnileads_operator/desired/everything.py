"""All objects of an instance."""

from __future__ import annotations

from omnileads_operator.desired.application import application
from omnileads_operator.desired.data import data
from omnileads_operator.desired.edge import edge
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.network import network_policies
from omnileads_operator.desired.versions import planned
from omnileads_operator.desired.voice import voice
from omnileads_operator.desired.wiring import Wiring
from omnileads_operator.resources.model import SecretKey


def everything(instance: Instance) -> list[Manifest]:
    """What must exist, in the order it is applied: rules before pods, data before what uses it."""
    versions = planned(instance.spec.version, instance.observed)
    return [
        *network_policies(instance),
        *data(instance, versions),
        *application(instance, versions),
        *voice(instance, versions),
        *edge(instance, versions),
    ]


def referenced_secrets(instance: Instance) -> list[SecretKey]:
    """Secrets of other people that pods read; the reconciler hashes their values."""
    spec = instance.spec
    found: list[SecretKey | None] = [
        spec.postgres.external.password if spec.postgres.external else None,
        spec.redis.external.password if spec.redis.external else None,
        spec.settings.mail.password if spec.settings.mail else None,
        spec.recordings.s3.authority if spec.recordings.s3 else None,
        *(value for value in Wiring(instance).bucket_env().values() if isinstance(value, SecretKey)),
    ]
    return [key for key in found if key]
