"""How an instance is upgraded, and when its calls may be interrupted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads_operator.resources.backup import Destination
from omnileads_operator.resources.model import Model, TimeZone

Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Upgrade(Model):
    """What happens when `version` is raised."""

    backup: Literal["Before", "Never"] = Field(
        default="Before", description="`Before`: a backup is made, and the upgrade waits until it is complete."
    )
    destination: Destination = Field(default=Destination(), description="Where that backup is kept.")
    timeout_seconds: int = Field(
        default=900,
        ge=60,
        le=86400,
        description="A stage that is not ready by then is not waited for: all but PostgreSQL and Redis go back to the "
        "version before. Longer than `voice.drainSeconds`.",
    )


class Maintenance(Model):
    """When upgrades and rotations may begin, and the voice may be started anew: in windows of these days."""

    days: list[Day] = Field(
        default=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        min_length=1,
        max_length=7,
        description="Days on which a window begins.",
    )
    start: Annotated[str, Field(max_length=5, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        description="When it begins, as `02:00`."
    )
    hours: int = Field(ge=1, le=24, description="How long it lasts.")
    time_zone: TimeZone = Field(default="UTC", description="The zone of `start`, as `Europe/Madrid`.")


class UpgradeStatus(Model):
    """An upgrade that is under way or was taken back."""

    version: str = Field(description="The version it is to.")
    started_at: str = Field(description="When it was asked for.")
    reached: str = Field(description="What has been reached: the step that is waited for.")
    since: str = Field(description="When that was reached.")
    returned: bool = Field(description="Whether it was taken back.")
