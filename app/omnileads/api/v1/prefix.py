"""Where the contract is."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "/api/v1"


def is_contract(path: str) -> bool:
    return path.startswith(f"{PREFIX}/")
