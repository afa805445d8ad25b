"""The id of a call, as it stands in addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

CallIdPath = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")]
