"""One reconciliation of a resource of configuration: what it says is what the contact centre has.

Found by the id in its status, else by its name (an item that exists already is taken over). The deletion waits while
the application says that the item is used.
"""

from __future__ import annotations

from typing import Final

import urllib3
from pydantic import ValidationError

from omnileads_operator.centre.api import CentreApi, CentreAwayError, CentreRefusedError, Item
from omnileads_operator.centre.kinds import CENTRE_KINDS, CentreKind, Context, NotYetError, difference
from omnileads_operator.cluster import Cluster, Object, UnreachableError
from omnileads_operator.conditions import Finding
from omnileads_operator.desired.wiring import APP_PORT
from omnileads_operator.outcome import Now, Reporter, is_paused
from omnileads_operator.resources.configuration import KINDS, Configured, SIPTrunkSpec
from omnileads_operator.resources.model import SecretKey
from omnileads_operator.secrets import decoded
from omnileads_operator.version import GROUP

USABLE_LABEL: Final = f"{GROUP}/configuration"


class ConfigurationReconciler:
    def __init__(self, cluster: Cluster, now: Now) -> None:
        self._cluster = cluster
        self._reporter = Reporter(cluster, now)
        self._http = urllib3.PoolManager(maxsize=8)

    def __call__(self, kind: str, namespace: str, name: str) -> None:
        """One turn. Raises UnreachableError where the application must be asked again soon."""
        resource = self._cluster.get(kind, namespace, name)
        if resource is None or (is_paused(resource) and not resource["metadata"].get("deletionTimestamp")):
            return
        resource["kind"] = kind
        is_going = bool(resource["metadata"].get("deletionTimestamp"))
        if not is_going:
            resource = self._reporter.add_finalizer(resource)
            resource["kind"] = kind
        try:
            self._remove(resource) if is_going else self._reconcile(resource)
        except ValidationError as error:
            self._failed(resource, "SpecRefused", str(error.errors(include_url=False)[0]["msg"]))
        except NotYetError as error:
            self._failed(resource, error.reason, str(error))
            raise UnreachableError(str(error)) from error
        except CentreRefusedError as error:
            self._failed(resource, _reason(error), error.message)
            raise UnreachableError(error.message) from error
        except CentreAwayError as error:
            self._failed(resource, "ContactCentreAway", str(error))
            raise UnreachableError(str(error)) from error

    def _reconcile(self, resource: Object) -> None:
        kind, spec = _read(resource)
        context = self._context(resource, spec)
        wanted = kind.body(spec, context)
        item = self._existing(kind, resource, context.api, wanted)
        if item is None:
            item = context.api.create(kind.collection, wanted)
            self._reporter.event(resource, "Created", f"Made in the contact centre, id {item['id']}.")
        elif changes := difference(kind, wanted, item):
            context.api.change(kind.collection, item["id"], kind.completed(changes, item))
            fields = ", ".join(sorted(changes))
            self._reporter.event(resource, "Changed", f"Brought to what the resource says: {fields}.")
        synced = Finding("Synced", is_true=True, reason="Synced", message="The contact centre has what is said here.")
        self._reporter.report(resource, [synced], {"id": item["id"]})

    def _existing(self, kind: CentreKind, resource: Object, api: CentreApi, wanted: Item) -> Item | None:
        known = (resource.get("status") or {}).get("id")
        item = api.read(kind.collection, known) if known else None
        return item or api.find(kind.collection, wanted["name"])

    def _remove(self, resource: Object) -> None:
        kind, spec = _read(resource)
        item_id = (resource.get("status") or {}).get("id")
        if spec.deletion_policy == "Delete" and item_id:
            self._context(resource, spec, with_secrets=False).api.delete(kind.collection, item_id)
        self._reporter.remove_finalizer(resource)

    def _context(self, resource: Object, spec: Configured, *, with_secrets: bool = True) -> Context:
        namespace, centre = resource["metadata"]["namespace"], spec.centre
        url = centre.url or f"http://{centre.instance}-app.{namespace}.svc:{APP_PORT}"
        values: dict[str, str] = {}
        if with_secrets and isinstance(spec, SIPTrunkSpec):
            values = {each.placeholder: self._secret(namespace, each.secret) for each in spec.secrets}
        return Context(CentreApi(self._http, url, self._secret(namespace, centre.token)), values)

    def _secret(self, namespace: str, key: SecretKey) -> str:
        """Only a Secret that is marked for it: who may write resources may not by that read every Secret."""
        found = self._cluster.get("Secret", namespace, key.name)
        labels = ((found or {}).get("metadata") or {}).get("labels") or {}
        if found is not None and labels.get(USABLE_LABEL) != "true":
            raise NotYetError("SecretNotMarked", f"The Secret {key.name} lacks the label {USABLE_LABEL}=true.")
        value = decoded(found, key.key)
        if value is None:
            raise NotYetError("SecretNotFound", f"There is no Secret {key.name} with the key {key.key}.")
        return value.strip()

    def _failed(self, resource: Object, reason: str, message: str) -> None:
        status = {"id": (resource.get("status") or {}).get("id")}
        self._reporter.report(resource, [Finding("Synced", is_true=False, reason=reason, message=message)], status)


def _read(resource: Object) -> tuple[CentreKind, Configured]:
    spec: Configured = KINDS[resource["kind"]].model_validate(resource["spec"])
    return CENTRE_KINDS[resource["kind"]], spec


def _reason(error: CentreRefusedError) -> str:
    """The application's code as Kubernetes writes reasons: in-use -> InUse."""
    return "".join(part.capitalize() for part in error.code.split("-"))
