"""The API server as a test asks it: by kind, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from omnileads_operator.cluster import KINDS, Kind

Object = dict[str, Any]
MORE_KINDS = {
    **KINDS,
    "Namespace": Kind("v1", "namespaces"),
    "Node": Kind("v1", "nodes"),
    "PersistentVolume": Kind("v1", "persistentvolumes"),
    "Pod": Kind("v1", "pods"),
    "StorageClass": Kind("storage.k8s.io/v1", "storageclasses"),
    "ClusterRole": Kind("rbac.authorization.k8s.io/v1", "clusterroles"),
    "ClusterRoleBinding": Kind("rbac.authorization.k8s.io/v1", "clusterrolebindings"),
    "ValidatingWebhookConfiguration": Kind("admissionregistration.k8s.io/v1", "validatingwebhookconfigurations"),
    "CustomResourceDefinition": Kind("apiextensions.k8s.io/v1", "customresourcedefinitions"),
}


class ApiError(AssertionError):
    """The API server said no. A test that expects it looks at `status` and `message`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Api:
    def __init__(self, url: str, token: str, authority: Path) -> None:
        self._url = url
        self._token = token
        self._http = urllib3.PoolManager(ca_certs=str(authority), maxsize=8)

    def raw(
        self, verb: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> urllib3.BaseHTTPResponse:
        return self._http.request(
            verb,
            self._url + path,
            body=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content_type},
            timeout=20.0,
            retries=False,
        )

    def call(self, verb: str, path: str, body: Any = None, content_type: str = "application/json") -> Object:
        answer = self.raw(verb, path, body, content_type)
        content: Object = json.loads(answer.data or b"{}")
        if answer.status >= 300:
            raise ApiError(answer.status, str(content.get("message", content)))
        return content

    def get(self, kind: str, namespace: str | None, name: str) -> Object:
        return self.call("GET", MORE_KINDS[kind].path(namespace, name))

    def find(self, kind: str, namespace: str | None, name: str) -> Object | None:
        try:
            return self.get(kind, namespace, name)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str | None = None, **query: str) -> list[Object]:
        path = MORE_KINDS[kind].path(namespace)
        items = self.call("GET", f"{path}?{urlencode(query)}").get("items")
        return list(items or [])

    def create(self, manifest: Object, *, dry_run: bool = False) -> Object:
        """Unknown fields are refused, as kubectl asks for."""
        kind, namespace = MORE_KINDS[manifest["kind"]], manifest["metadata"].get("namespace")
        query = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
        return self.call("POST", f"{kind.path(namespace)}?{urlencode(query)}", manifest)

    def change(self, kind: str, namespace: str | None, name: str, body: Object, subresource: str = "") -> Object:
        path = MORE_KINDS[kind].path(namespace, name, subresource)
        return self.call("PATCH", f"{path}?fieldValidation=Strict", body, "application/merge-patch+json")

    def delete(self, kind: str, namespace: str | None, name: str) -> None:
        self.call("DELETE", MORE_KINDS[kind].path(namespace, name))

    def token_of(self, namespace: str, service_account: str) -> str:
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}}
        path = MORE_KINDS["ServiceAccount"].path(namespace, service_account, "token")
        return str(self.call("POST", path, body)["status"]["token"])
