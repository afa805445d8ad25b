"""A namespace of a test's own, and what the operator looks after in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from omnileads_operator.cluster import KINDS, OWN
from tests.support.api import Api


@contextmanager
def own_namespace(api: Api, purpose: str = "test", **labels: str) -> Iterator[str]:
    """Nothing runs that would remove it; it goes with the whole cluster. Only the operator's work in it ends.

    An operator that looks after all that was ever tested, every few seconds, has no time for the next test.
    """
    name = f"{purpose}-{secrets.token_hex(4)}"
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    yield name
    for kind in (kind for kind, found in KINDS.items() if found.api_version == OWN):
        for item in api.list(kind, name):
            _remove(api, kind, name, item["metadata"]["name"])


def _remove(api: Api, kind: str, namespace: str, name: str) -> None:
    """At once, however long its operator would take to let it go, and whether one runs or not."""
    api.delete(kind, namespace, name)
    if api.find(kind, namespace, name):
        api.change(kind, namespace, name, {"metadata": {"finalizers": None}})
