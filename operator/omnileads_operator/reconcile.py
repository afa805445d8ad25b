"""The one reconciliation of an instance: for creation, change, resumption, drift and deletion alike.

It looks at what is, asks the pure functions of `desired` what should be, writes the difference and reports. Every turn
starts from nothing, so that it does not matter where the one before was interrupted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from omnileads_operator.asterisks import LOOK_SECONDS, Asterisks, AsteriskScaling
from omnileads_operator.children import Children, Key, key_of
from omnileads_operator.cluster import Cluster, Object, RefusedError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.edge import tls_secret
from omnileads_operator.desired.everything import everything, referenced_secrets
from omnileads_operator.desired.instance import RESTORING, Instance, Observed
from omnileads_operator.desired.upgrade import WindowRefusedError, is_open
from omnileads_operator.desired.versions import COMPONENTS, STAGES, VersionRefusedError, check_jump
from omnileads_operator.drift import is_as_wanted
from omnileads_operator.metrics import CERTIFICATE_ENDS
from omnileads_operator.outcome import Now, Reporter, is_paused
from omnileads_operator.resources.instance import InstanceSpec
from omnileads_operator.rotations import Passwords, Rotations
from omnileads_operator.secrets import decoded, encoded, ends_at, hash_of, is_lasting, self_signed
from omnileads_operator.upgrades import Decision, Upgrades

log = logging.getLogger(__name__)
KIND: Final = "OMniLeads"
LookAgain = Callable[[str, str, float], None]
"""Asks for another turn of an instance (namespace, name) after so many seconds."""


class InstanceReconciler:
    def __init__(
        self,
        cluster: Cluster,
        now: Now,
        visitors: tuple[str, ...] = (),
        look_again: LookAgain = lambda namespace, name, seconds: None,
    ) -> None:
        self._cluster = cluster
        self._now = now
        self._visitors = visitors
        self._reporter = Reporter(cluster, now)
        self._upgrades = Upgrades(cluster, now)
        self._rotations = Rotations(cluster, now)
        self._scaling = AsteriskScaling(cluster, now)
        self._look_again = look_again

    def __call__(self, namespace: str, name: str) -> None:
        """One turn. Raises UnreachableError and RefusedError, after which it is called again."""
        resource = self._cluster.get(KIND, namespace, name)
        if resource is None or (is_paused(resource) and not resource["metadata"].get("deletionTimestamp")):
            return
        resource["kind"] = KIND
        if resource["metadata"].get("deletionTimestamp"):
            self._remove(resource)
            return
        resource = self._reporter.add_finalizer(resource)
        try:
            self._reconcile(resource, namespace, name)
        except ValidationError as error:
            self._refuse(resource, "SpecRefused", _sentence(error))
        except VersionRefusedError as error:
            self._refuse(resource, "VersionRefused", str(error))
        except WindowRefusedError as error:
            self._refuse(resource, "SpecRefused", str(error))
        except RefusedError as error:
            self._refuse(resource, "Forbidden" if error.status == 403 else "Refused", error.message)
            raise

    def _reconcile(self, resource: Object, namespace: str, name: str) -> None:
        spec = InstanceSpec.model_validate(resource["spec"])
        check_jump((resource.get("status") or {}).get("version"), spec.version)
        children = Children(self._cluster, namespace, name)
        live = children.live()
        observed = replace(
            observe(live),
            visitors=self._visitors,
            is_restoring=self._is_restoring(resource),
            is_window_open=is_open(spec.maintenance, self._now()),
        )
        instance = Instance(name, namespace, resource["metadata"]["uid"], spec, observed)
        asterisks = self._scaling.advance(resource, instance, live.get(("StatefulSet", f"{name}-asterisk")))
        if asterisks.is_watched:
            self._look_again(namespace, name, LOOK_SECONDS)
        observed = replace(observed, asterisks=asterisks.replicas)
        instance = replace(instance, observed=observed)
        is_upgrading = (resource.get("status") or {}).get("version") != spec.version
        may_begin = not (is_upgrading or observed.is_restoring)
        passwords = self._rotations.advance(resource, instance, live, may_begin=may_begin)
        observed = replace(
            observed,
            secret_hashes={**passwords.hashes(instance), **self._secrets(instance)},
            heard_hashes=passwords.heard_hashes(instance),
            voice_addresses=self._voice_addresses(spec),
        )
        decision = self._upgrades.decide(resource, replace(instance, observed=observed))
        spec = spec.model_copy(update={"version": decision.version})
        observed = replace(observed, has_returned=decision.has_returned)
        instance = replace(instance, spec=spec, observed=observed)
        wanted = everything(instance)
        jobs, passwords = self._rotations.work(passwords, instance, wanted, live)
        held = _held_back(wanted, live, observed)
        done = children.make_so([*wanted, *jobs], live, held)
        for line in done:
            log.info("instance.corrected %s/%s: %s", namespace, name, line)
        self._report(resource, instance, children.live() if done else live, decision, passwords, asterisks, held)

    def _is_restoring(self, resource: Object) -> bool:
        """Whether a restore has asked for the database, and is still there to give it back."""
        metadata = resource["metadata"]
        restore = (metadata.get("annotations") or {}).get(RESTORING)
        return bool(restore and self._cluster.get("OMniLeadsRestore", metadata["namespace"], restore))

    def _secrets(self, instance: Instance) -> dict[tuple[str, str], str]:
        """Make the certificate, where it is absent. Returns hashes of the values of other people that pods read."""
        self._certificate(instance)
        hashes = {}
        for key in referenced_secrets(instance):
            value = decoded(self._cluster.get("Secret", instance.namespace, key.name), key.key)
            hashes[key.name, key.key] = hash_of(value) if value is not None else "absent"
        return hashes

    def _certificate(self, instance: Instance) -> None:
        tls, hostname, now = instance.spec.tls, instance.spec.hostname, self._now()
        found = self._cluster.get("Secret", instance.namespace, tls_secret(instance))
        certificate = decoded(found, "tls.crt") or ""
        if not (tls.secret_name or tls.issuer or is_lasting(certificate, hostname, now)):
            manifest = instance.object("v1", "Secret", tls_secret(instance), "nginx")
            made = self_signed(hostname, now)
            self._cluster.apply({**manifest, "type": "kubernetes.io/tls", "data": encoded(made)})
            certificate = made["tls.crt"]
        if ends := ends_at(certificate):
            CERTIFICATE_ENDS.labels(instance.namespace, instance.name).set(ends.timestamp())

    def _voice_addresses(self, spec: InstanceSpec) -> tuple[str, ...]:
        """Addresses of the nodes that carry sound; none where they are given, or may not be read."""
        if spec.voice.node_addresses:
            return ()
        try:
            nodes = self._cluster.list("Node", None, spec.voice.node_selector)
        except RefusedError as error:
            if error.status == 403:
                return ()
            raise
        addresses = {
            address["address"]
            for node in nodes
            for address in node.get("status", {}).get("addresses", [])
            if address["type"] == "InternalIP"
        }
        return tuple(f"{address}/{128 if ':' in address else 32}" for address in sorted(addresses))

    def _report(
        self,
        resource: Object,
        instance: Instance,
        live: Mapping[Key, Object],
        decision: Decision,
        passwords: Passwords,
        asterisks: Asterisks,
        held: Mapping[Key, str],
    ) -> None:
        spec, has_returned = instance.spec, decision.has_returned
        components = [found for found in (_component(name, live) for name in COMPONENTS) if found]
        waiting = [each["name"] for each in components if each["ready"] < max(1, each["wanted"])]
        behind = [
            each["name"]
            for each in components
            if each["version"] != spec.version and not (has_returned and each["name"] in STAGES[0])
        ]
        seen = observe(live)
        is_migrated = has_returned or spec.version in seen.migrated
        before = (resource.get("status") or {}).get("version")
        # Who signs in before there is one fails, and is locked out. Once there was one, the job is no news.
        has_administrator = before is not None or seen.has_administrator
        is_there = not waiting and not behind and is_migrated and has_administrator
        # Just told the version, a component still counts the ready pods of the one before.
        is_reached = is_there and all(each["name"] in seen.settled for each in components)
        if instance.observed.is_restoring:
            ready = Finding("Ready", is_true=False, reason="Restoring", message="A backup is being restored.")
        elif is_there:
            ready = Finding("Ready", is_true=True, reason="Ready", message="All components are ready.")
        elif behind:
            ready = Finding(
                "Ready", not waiting, "Upgrading", f"Not yet of version {spec.version}: {', '.join(behind)}."
            )
        elif not is_migrated:
            ready = Finding("Ready", is_true=False, reason="Migrating", message="The database is being prepared.")
        elif not (waiting or has_administrator):
            message = "The first administrator is being created."
            ready = Finding("Ready", is_true=False, reason="CreatingAdministrator", message=message)
        else:
            ready = Finding(
                "Ready", is_true=False, reason="ComponentsNotReady", message=f"Not ready: {', '.join(waiting)}."
            )
        findings = [
            ready,
            _applied(held),
            Finding("Migrated", is_migrated, "Migrated" if is_migrated else "Running", ""),
            decision.finding,
            passwords.finding,
            asterisks.finding,
        ]
        is_upgraded = is_reached and spec.version == resource["spec"]["version"]
        self._reporter.report(
            resource,
            findings,
            {
                "version": spec.version if is_reached else before,
                "secrets": passwords.status(),
                "scaling": asterisks.status,
                "upgrade": None if is_upgraded else decision.status,
                "url": f"https://{spec.hostname}",
                "components": components,
            },
        )

    def _refuse(self, resource: Object, reason: str, message: str) -> None:
        """Nothing is changed; what runs goes on, and its last known state stays in the status."""
        before = resource.get("status") or {}
        kept = [
            Finding(each["type"], each["status"] == "True", each["reason"], each["message"])
            for each in before.get("conditions") or []
            if each["type"] != "Reconciled"
        ] or [Finding("Ready", is_true=False, reason=reason, message=message)]
        refused = Finding("Reconciled", is_true=False, reason=reason, message=message)
        self._reporter.report(resource, [*kept, refused], {})

    def _remove(self, resource: Object) -> None:
        """Owned objects go with the resource. Volumes and passwords are kept unless the policy says otherwise."""
        metadata = resource["metadata"]
        if (resource["spec"].get("deletionPolicy") or "Retain") == "Delete":
            labels = {"app.kubernetes.io/instance": metadata["name"]}
            for kind in ("StatefulSet", "Deployment", "Job"):
                for item in self._cluster.list(kind, metadata["namespace"], labels):
                    self._cluster.delete(kind, metadata["namespace"], item["metadata"]["name"])
            for item in self._cluster.list("PersistentVolumeClaim", metadata["namespace"], labels):
                self._cluster.delete("PersistentVolumeClaim", metadata["namespace"], item["metadata"]["name"])
            # What PostgreSQL's members agreed on goes with them; without rights they cannot write it again.
            self._cluster.delete("RoleBinding", metadata["namespace"], f"{metadata['name']}-postgres")
            for item in self._cluster.list("ConfigMap", metadata["namespace"], labels):
                self._cluster.delete("ConfigMap", metadata["namespace"], item["metadata"]["name"])
            self._cluster.delete("Secret", metadata["namespace"], f"{metadata['name']}-credentials")
        else:
            self._reporter.event(resource, "DataKept", "Volumes and passwords are kept; deletionPolicy is Retain.")
        self._reporter.remove_finalizer(resource)


def observe(live: Mapping[Key, Object]) -> Observed:
    """What the pure functions need to know of the live objects."""
    versions: dict[str, str] = {}
    settled: set[str] = set()
    migrated: set[str] = set()
    has_administrator = False
    for (kind, _), item in live.items():
        labels = item["metadata"].get("labels") or {}
        component = labels.get("app.kubernetes.io/name", "")
        if kind == "Job" and component.startswith("migrate-") and (item.get("status") or {}).get("succeeded"):
            migrated.add(_version(item))
        if kind == "Job" and component == "create-admin" and (item.get("status") or {}).get("succeeded"):
            has_administrator = True
        if kind in ("Deployment", "StatefulSet"):
            versions[component] = _version(item)
            if _is_settled(item):
                settled.add(component)
    return Observed(
        versions=versions, settled=frozenset(settled), migrated=frozenset(migrated), has_administrator=has_administrator
    )


def _version(item: Object) -> str:
    return str(item["spec"]["template"]["metadata"]["labels"].get("app.kubernetes.io/version", ""))


def _is_settled(item: Object) -> bool:
    """All pods are of the newest template and ready, and the controllers have seen that template."""
    status, wanted = item.get("status") or {}, item["spec"].get("replicas", 1)
    return bool(
        status.get("observedGeneration") == item["metadata"]["generation"]
        and status.get("updatedReplicas", 0) >= wanted
        and status.get("readyReplicas", 0) >= wanted
        and status.get("replicas", 0) == wanted
    )


def _held_back(wanted: list[Object], live: Mapping[Key, Object], observed: Observed) -> dict[Key, str]:
    """Components of the voice whose change would end calls, outside of the window; what carries none may be mended."""
    if observed.is_window_open:
        return {}
    held = {}
    for item in wanted:
        component, there = item["metadata"]["labels"]["app.kubernetes.io/name"], live.get(key_of(item))
        if there is None or component not in STAGES[-1] or item["kind"] not in ("Deployment", "StatefulSet"):
            continue
        is_the_same = is_as_wanted(item["spec"]["template"], there["spec"]["template"])
        if (there.get("status") or {}).get("readyReplicas") and not is_the_same:
            held[key_of(item)] = component
    return held


def _applied(held: Mapping[Key, str]) -> Finding:
    if held:
        message = f"Changes wait for spec.maintenance: {', '.join(sorted(held.values()))}."
        return Finding("Reconciled", is_true=True, reason="WaitingForWindow", message=message)
    return Finding("Reconciled", is_true=True, reason="Applied", message="Every object is as it should be.")


def _component(name: str, live: Mapping[Key, Object]) -> dict[str, Any] | None:
    for (kind, _), item in live.items():
        labels = item["metadata"].get("labels") or {}
        if kind in ("Deployment", "StatefulSet") and labels.get("app.kubernetes.io/name") == name:
            status = item.get("status") or {}
            return {
                "name": name,
                "ready": status.get("readyReplicas") or 0,
                "wanted": item["spec"].get("replicas", 1),
                "version": _version(item),
            }
    return None


def _sentence(error: ValidationError) -> str:
    """Field, rule and value, of the first problem."""
    problem = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in problem["loc"])
    return f"spec.{field}: {problem['msg']} (it is {problem.get('input')!r})"
