"""When an instance's passwords are made anew."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads_operator.resources.model import Model


class Secrets(Model):
    """Rotation of passwords: of PostgreSQL and Redis, where the operator runs them, and the application's key."""

    rotate: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9._:+-]*$")] = Field(
        default="", description="Any word or time. Each new one has the passwords made anew, once."
    )
    every_days: int | None = Field(
        default=None, ge=1, le=3650, description="Have them made anew when they are so old; null: when asked for."
    )


class SecretsStatus(Model):
    """The generated passwords."""

    rotated_at: str | None = Field(default=None, description="When those that are in use were made.")
    step: str = Field(description="What a rotation does at the moment: Resting, Accepting, Changing or Retiring.")
