"""Settings of the operator's process, from its environment."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OperatorSettings:
    """`namespaces` empty: all of them. `lease` is its namespace and name; null: there is one replica only."""

    namespaces: tuple[str, ...]
    listen: str
    metrics_port: int
    health_port: int
    resync_seconds: float
    lease: tuple[str, str] | None
    lease_seconds: float
    identity: str
    visitors: tuple[str, ...]

    @classmethod
    def read(cls, env: Mapping[str, str]) -> OperatorSettings:
        """`OPERATOR_NAMESPACES` (comma-separated), `OPERATOR_LISTEN`, `OPERATOR_METRICS_PORT`, `OPERATOR_HEALTH_PORT`;
        `OPERATOR_RESYNC_SECONDS`, after which a resource is looked at even when nothing was heard of it;
        `OPERATOR_LEASE` (`namespace/name`), for which the replicas compete; `OPERATOR_LEASE_SECONDS`, after which a
        silent leader is replaced; `OPERATOR_IDENTITY`, the replica's own name: that of its pod, never that of two
        processes that run at the same time; `OPERATOR_VISITORS` (comma-separated): namespaces whose pods may reach
        `/metrics` and the API of all instances, the operator's own and that of Prometheus. Raises ValueError."""
        return cls(
            namespaces=_names(env.get("OPERATOR_NAMESPACES", "")),
            listen=env.get("OPERATOR_LISTEN", "127.0.0.1"),
            metrics_port=int(env.get("OPERATOR_METRICS_PORT", "8080")),
            health_port=int(env.get("OPERATOR_HEALTH_PORT", "8081")),
            resync_seconds=float(env.get("OPERATOR_RESYNC_SECONDS", "60")),
            lease=_lease(env.get("OPERATOR_LEASE", "")),
            lease_seconds=float(env.get("OPERATOR_LEASE_SECONDS", "15")),
            identity=env.get("OPERATOR_IDENTITY") or f"{socket.gethostname()}-{os.getpid()}",
            visitors=_names(env.get("OPERATOR_VISITORS", "")),
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _lease(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    namespace, _, name = text.partition("/")
    if not namespace or not name:
        raise ValueError(f"OPERATOR_LEASE is `namespace/name`, not {text!r}")
    return namespace, name
