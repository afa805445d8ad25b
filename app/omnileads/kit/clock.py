"""Time as a dependency, so tests run on a virtual clock. Every instant is timezone-aware UTC."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, tzinfo
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def installation_zone() -> tzinfo:
    """The time zone of the installation: `TZ`, which the C library reads too. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(os.environ.get("TZ") or "UTC")


def midnight(day: date) -> datetime:
    """When the day begins in the time zone of the installation (`TZ`)."""
    return datetime.combine(day, datetime.min.time()).astimezone()


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, the unit of times in Redis."""
    return int(moment.timestamp() * 1000)


def from_epoch_ms(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


Instant = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment in a request or response; written as ISO 8601 with `Z`."""
