"""The instance as all `desired` functions see it: names, labels, versions, and what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from omnileads_operator.resources.instance import InstanceSpec
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.version import API_VERSION, GROUP

Manifest = dict[str, Any]

MANAGER: Final = "omnileads-operator"
GENERATED_SECRETS: Final = (
    "postgres_password",
    "postgres_replication_password",
    "redis_password",
    "app_internal_token",
    "asterisk_ari_password",
    "sip_ephemeral_secret",
    "admin_password",
)
"""Keys of the Secret `<name>-credentials`; those that a machine needs, too, as the role `secrets` names them."""


@dataclass(frozen=True)
class Observed:
    """What the reconciler found before it asks what is wanted."""

    secret_hashes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Hash of each value that pods read, by name of Secret and key: pods roll when it changes."""
    voice_addresses: tuple[str, ...] = ()
    """Blocks of addresses of the nodes that carry sound."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Version each component is told to run at the moment, by component."""
    settled: frozenset[str] = frozenset()
    """Components all of whose pods run what they are told to, and are ready."""
    migrated: frozenset[str] = frozenset()
    """Versions whose migration has ended well."""


@dataclass(frozen=True)
class Instance:
    name: str
    namespace: str
    uid: str
    spec: InstanceSpec
    observed: Observed

    @property
    def credentials(self) -> str:
        return f"{self.name}-credentials"

    def labels(self, component: str) -> dict[str, str]:
        return {**self.selector(component), "app.kubernetes.io/managed-by": MANAGER}

    def selector(self, component: str) -> dict[str, str]:
        return {"app.kubernetes.io/name": component, "app.kubernetes.io/instance": self.name}

    def object(
        self, api_version: str, kind: str, name: str, component: str, *, is_owned: bool = True, **body: Any
    ) -> Manifest:
        """An object of this instance, with labels and owner. One that is not owned outlives the instance."""
        metadata: dict[str, Any] = {"name": name, "namespace": self.namespace, "labels": self.labels(component)}
        if is_owned:
            metadata["ownerReferences"] = [self.owner()]
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}

    def owner(self) -> dict[str, Any]:
        return {
            "apiVersion": f"{GROUP}/{API_VERSION}",
            "kind": "OMniLeads",
            "name": self.name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }

    def image(self, slug: str, version: str) -> str:
        return f"{self.spec.images.prefix}/{slug}:{version}"

    def generated(self, key: str) -> SecretKey:
        return SecretKey(name=self.credentials, key=key)

    def hash_of(self, keys: Iterable[SecretKey]) -> str:
        """One word for the values of these secrets; changes when any of them does."""
        return ",".join(self.observed.secret_hashes.get((key.name, key.key), "absent") for key in keys)
