"""Times as Kubernetes writes them: in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def stamp(moment: datetime) -> str:
    """`moment` is in UTC."""
    return moment.strftime(FORMAT)


def moment_of(text: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
