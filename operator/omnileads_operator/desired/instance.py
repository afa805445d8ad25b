"""The instance as all `desired` functions see it: names, labels, versions, and what was observed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from omnileads_operator.resources.instance import InstanceSpec
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.version import API_VERSION, GROUP

Manifest = dict[str, Any]

MANAGER: Final = "omnileads-operator"
RESTORING: Final = f"{GROUP}/restoring"
"""Annotation of an instance: the restore for which nothing of it may write."""
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


class PassingKey(SecretKey):
    """A value that is there only while passwords are made anew."""


@dataclass(frozen=True)
class Observed:
    """What the reconciler found before it asks what is wanted."""

    secret_hashes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Hash of each value that pods read, by name of Secret and key: pods roll when it changes."""
    heard_hashes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The same for servers that were told a new password while they run: it does not change by that."""
    voice_addresses: tuple[str, ...] = ()
    """Blocks of addresses of the nodes that carry sound."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Version each component is told to run at the moment, by component."""
    settled: frozenset[str] = frozenset()
    """Components all of whose pods run what they are told to, and are ready."""
    migrated: frozenset[str] = frozenset()
    """Versions whose migration has ended well."""
    has_administrator: bool = False
    """Whether the job that creates the first administrator has ended well."""
    visitors: tuple[str, ...] = ()
    """Namespaces whose pods may ask the application, as the operator was told."""
    has_returned: bool = False
    """Whether an upgrade was taken back, so that the version is older than the schema."""
    is_window_open: bool = True
    """Whether calls may be interrupted now."""
    asterisks: int | None = None
    """Number of Asterisks for now; None: as the spec says."""
    is_restoring: bool = False
    """Whether nothing may write to the database: what does is stopped."""


@dataclass(frozen=True)
class Instance:
    name: str
    namespace: str
    uid: str
    spec: InstanceSpec
    observed: Observed

    @property
    def asterisks(self) -> int:
        """How many there are to be now."""
        asterisk = self.spec.voice.asterisk
        wanted = asterisk.autoscaling.min_replicas if asterisk.autoscaling else asterisk.replicas
        return wanted if self.observed.asterisks is None else self.observed.asterisks

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

    def passing(self, key: str) -> SecretKey:
        return PassingKey(name=self.credentials, key=key)

    def hash_of(self, keys: Iterable[SecretKey], hears: Container[str] = ()) -> str:
        """One word for the values of these secrets; changes when any of them does.

        `hears` are keys whose new values the pod is told while it runs.
        """
        observed = self.observed
        return ",".join(
            (observed.heard_hashes if key.key in hears else observed.secret_hashes).get((key.name, key.key), "absent")
            for key in keys
        )
