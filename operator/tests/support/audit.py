"""What the API server itself wrote down about the operator's writes: when, by which replica, to what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Write:
    """`at` is the time at which the API server received it, as text that sorts by time."""

    at: str
    agent: str
    resource: str
    namespace: str
    status: int


def writes(log: Path, *, to: str | None = None) -> list[Write]:
    """Writes in the order they were received. `to`: of this resource only; else of all but leases."""
    lines = log.read_text().splitlines() if log.exists() else []
    # The last line may be half written.
    found = [_write(json.loads(line)) for line in lines if line.endswith("}")]
    wanted = [each for each in found if (each.resource == to if to else each.resource != "leases")]
    return sorted(wanted, key=lambda each: each.at)


def _write(event: dict[str, Any]) -> Write:
    return Write(
        at=event["requestReceivedTimestamp"],
        agent=event.get("userAgent", ""),
        resource=event["objectRef"]["resource"],
        namespace=event["objectRef"].get("namespace", ""),
        status=event["responseStatus"]["code"],
    )
