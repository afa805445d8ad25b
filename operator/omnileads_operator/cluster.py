"""The API server, as little of it as the operator needs: get, list, server-side apply, delete, status, events.

Every object is data. Calls are counted by verb, so that a test can say how many a reconciliation makes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from kubernetes import client, config
from prometheus_client import Counter
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from omnileads_operator.metrics import API_CALLS
from omnileads_operator.version import API_VERSION, GROUP, VERSION

Object = dict[str, Any]
FIELD_MANAGER: Final = "omnileads-operator"
ANSWER_SECONDS: Final = 30.0
CONNECTIONS: Final = 32


@dataclass(frozen=True)
class Kind:
    """A kind of object and where the API server keeps it."""

    api_version: str
    plural: str

    def path(self, namespace: str | None, name: str = "", subresource: str = "") -> str:
        root = "/api/v1" if self.api_version == "v1" else f"/apis/{self.api_version}"
        parts = [root, *(["namespaces", namespace] if namespace else []), self.plural, name, subresource]
        return "/".join(part for part in parts if part)


OWN: Final = f"{GROUP}/{API_VERSION}"
KINDS: Final[dict[str, Kind]] = {
    "Deployment": Kind("apps/v1", "deployments"),
    "StatefulSet": Kind("apps/v1", "statefulsets"),
    "Job": Kind("batch/v1", "jobs"),
    "Service": Kind("v1", "services"),
    "Pod": Kind("v1", "pods"),
    "PersistentVolumeClaim": Kind("v1", "persistentvolumeclaims"),
    "ConfigMap": Kind("v1", "configmaps"),
    "ServiceAccount": Kind("v1", "serviceaccounts"),
    "Role": Kind("rbac.authorization.k8s.io/v1", "roles"),
    "RoleBinding": Kind("rbac.authorization.k8s.io/v1", "rolebindings"),
    "Secret": Kind("v1", "secrets"),
    "Event": Kind("v1", "events"),
    "Node": Kind("v1", "nodes"),
    "PodDisruptionBudget": Kind("policy/v1", "poddisruptionbudgets"),
    "NetworkPolicy": Kind("networking.k8s.io/v1", "networkpolicies"),
    "Ingress": Kind("networking.k8s.io/v1", "ingresses"),
    "HorizontalPodAutoscaler": Kind("autoscaling/v2", "horizontalpodautoscalers"),
    "Lease": Kind("coordination.k8s.io/v1", "leases"),
    "Certificate": Kind("cert-manager.io/v1", "certificates"),
    "OMniLeads": Kind(OWN, "omnileads"),
    "OMniLeadsBackup": Kind(OWN, "omnileadsbackups"),
    "OMniLeadsBackupSchedule": Kind(OWN, "omnileadsbackupschedules"),
    "OMniLeadsRestore": Kind(OWN, "omnileadsrestores"),
    "AgentGroup": Kind(OWN, "agentgroups"),
    "Campaign": Kind(OWN, "campaigns"),
    "SIPTrunk": Kind(OWN, "siptrunks"),
    "InboundRoute": Kind(OWN, "inboundroutes"),
    "OutboundRoute": Kind(OWN, "outboundroutes"),
}


class RefusedError(Exception):
    """The API server understood and said no. `status` is HTTP's, `message` the server's sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class UnreachableError(Exception):
    """The API server did not answer, or is not able to at the moment."""


class NotLeadingError(Exception):
    """This replica of the operator may not write."""


class Cluster(Protocol):
    def get(self, kind: str, namespace: str | None, name: str) -> Object | None: ...
    def list(self, kind: str, namespace: str | None, labels: Mapping[str, str]) -> list[Object]: ...
    def apply(self, manifest: Object) -> Object: ...
    def create(self, manifest: Object) -> Object: ...
    def patch(self, kind: str, namespace: str, name: str, body: Object, subresource: str = "") -> Object: ...
    def delete(self, kind: str, namespace: str, name: str) -> None: ...


class KubernetesCluster:
    """The real one. Safe to be used by several threads. `before_write` raises NotLeadingError to forbid a write."""

    def __init__(
        self,
        api: client.ApiClient,
        identity: str,
        before_write: Callable[[], None] = lambda: None,
        answer_seconds: float = ANSWER_SECONDS,
        calls: Counter = API_CALLS,
    ) -> None:
        self._api = api
        self._calls = calls
        # The API server's audit log says which replica it was.
        self._agent = f"omnileads-operator/{VERSION} ({identity})"
        self._before_write = before_write
        self._timeout = Timeout(connect=min(5.0, answer_seconds), read=answer_seconds)

    def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        try:
            return self._call("GET", KINDS[kind].path(namespace, name))
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str | None, labels: Mapping[str, str]) -> list[Object]:
        """Objects with these labels. A kind the API server does not know has none."""
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        path = KINDS[kind].path(namespace) + (f"?{urlencode({'labelSelector': selector})}" if selector else "")
        try:
            answer = self._call("GET", path)
        except RefusedError as error:
            if error.status == 404:
                return []
            raise
        return list(answer.get("items") or [])

    def apply(self, manifest: Object) -> Object:
        """Server-side apply: what we say is ours, what others say beside it stays."""
        kind, metadata = KINDS[manifest["kind"]], manifest["metadata"]
        query = urlencode({"fieldManager": FIELD_MANAGER, "force": "true"})
        path = f"{kind.path(metadata['namespace'], metadata['name'])}?{query}"
        return self._call("PATCH", path, manifest, "application/apply-patch+yaml")

    def create(self, manifest: Object) -> Object:
        path = KINDS[manifest["kind"]].path(manifest["metadata"]["namespace"])
        return self._call("POST", f"{path}?{urlencode({'fieldManager': FIELD_MANAGER})}", manifest)

    def patch(self, kind: str, namespace: str, name: str, body: Object, subresource: str = "") -> Object:
        path = KINDS[kind].path(namespace, name, subresource)
        return self._call("PATCH", path, body, "application/merge-patch+json")

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Nothing happens where it is gone already."""
        try:
            self._call("DELETE", KINDS[kind].path(namespace, name), {"propagationPolicy": "Background"})
        except RefusedError as error:
            if error.status != 404:
                raise

    def _call(self, verb: str, path: str, body: Object | None = None, content_type: str = "application/json") -> Object:
        if verb != "GET":
            self._before_write()
        self._calls.labels(verb.lower()).inc()
        try:
            answer = self._api.rest_client.pool_manager.request(
                verb,
                f"{self._api.configuration.host}{path}",
                headers={
                    "Accept": "application/json",
                    "Content-Type": content_type,
                    "User-Agent": self._agent,
                    **self._authorization(),
                },
                body=None if body is None else json.dumps(body),
                timeout=self._timeout,
                retries=False,
            )
        except (HTTPError, OSError) as error:
            raise UnreachableError(f"The API server is not reachable: {type(error).__name__}") from error
        if not 200 <= answer.status < 300:
            raise _refused(answer.status, answer.data)
        return dict(json.loads(answer.data))

    def _authorization(self) -> dict[str, str]:
        """The token; the client reads it anew from its file when it has changed."""
        settings = self._api.configuration.auth_settings().values()
        return {each["key"]: each["value"] for each in settings if each["in"] == "header"}


def connect() -> client.ApiClient:
    """As the pod's service account, or as the kubeconfig says."""
    try:
        config.load_incluster_config()  # type: ignore[no-untyped-call]  # the client has no types
    except config.ConfigException:
        config.load_kube_config()  # type: ignore[no-untyped-call]  # the client has no types
    settings = client.Configuration.get_default_copy()
    settings.connection_pool_maxsize = CONNECTIONS
    settings.retries = False
    return client.ApiClient(settings)


def _refused(status: int, body: bytes) -> Exception:
    try:
        message = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        message = f"the API server answered {status}"
    if status in (429, 500, 502, 503, 504):
        return UnreachableError(message)
    return RefusedError(status, message)
