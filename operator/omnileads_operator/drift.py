"""Whether a live object is what we want, without asking the API server: only then nothing is written.

A live object has more than we say: defaults, status, what other managers added. So only what we say is compared. What
we said before and say no longer is found by the hash of what was applied last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kubernetes.utils import quantity

APPLIED_HASH: Final = "omnileads.org/applied-hash"


def with_hash(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest, annotated with the hash of itself."""
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:16]
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED_HASH: digest}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def is_as_wanted(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """`wanted` has its hash. Secrets are compared as the server keeps them."""
    return _contains(live, wanted)


def _contains(live: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(
            # An empty map or list is the same as none.
            (key not in live and value in ({}, [], "")) or (key in live and _contains(live[key], value))
            for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(live, list) and _list_contains(live, wanted)
    if live == wanted:
        return True
    return isinstance(live, str) and isinstance(wanted, str) and _same_quantity(live, wanted)


def _list_contains(live: list[Any], wanted: list[Any]) -> bool:
    """Items with a name may have others between them; other lists are compared as they are."""
    if wanted and all(isinstance(item, Mapping) and "name" in item for item in wanted):
        by_name = {item.get("name"): item for item in live if isinstance(item, Mapping)}
        return all(item["name"] in by_name and _contains(by_name[item["name"]], item) for item in wanted)
    return len(live) == len(wanted) and all(map(_contains, live, wanted))


def _same_quantity(one: str, other: str) -> bool:
    """Whether the API server wrote the same amount in its own way: 1000m is 1, 1024Mi is 1Gi."""
    try:
        return _quantity(one) == _quantity(other)
    except (ValueError, InvalidOperation):
        return False


def _quantity(text: str) -> Decimal:
    return Decimal(quantity.parse_quantity(text))  # type: ignore[no-untyped-call]  # the client has no types
