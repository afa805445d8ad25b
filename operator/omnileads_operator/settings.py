"""Settings of the operator's process, from its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OperatorSettings:
    """`namespaces` empty: all of them."""

    namespaces: tuple[str, ...]
    listen: str
    metrics_port: int
    health_port: int
    resync_seconds: float

    @classmethod
    def read(cls, env: Mapping[str, str]) -> OperatorSettings:
        """`OPERATOR_NAMESPACES` (comma-separated), `OPERATOR_LISTEN`, `OPERATOR_METRICS_PORT`, `OPERATOR_HEALTH_PORT`
        and `OPERATOR_RESYNC_SECONDS`, after which a resource is looked at even when nothing was heard of it."""
        namespaces = env.get("OPERATOR_NAMESPACES", "")
        return cls(
            namespaces=tuple(name.strip() for name in namespaces.split(",") if name.strip()),
            listen=env.get("OPERATOR_LISTEN", "127.0.0.1"),
            metrics_port=int(env.get("OPERATOR_METRICS_PORT", "8080")),
            health_port=int(env.get("OPERATOR_HEALTH_PORT", "8081")),
            resync_seconds=float(env.get("OPERATOR_RESYNC_SECONDS", "60")),
        )
