"""`/api/v1`: the contract that CRMs and webphones already use, over the same services as `/api/v2`.

A module for each family of addresses. What differs from the original on purpose is in `docs/api-v1.md`.
"""

from __future__ import annotations

from omnileads.api.v1 import documentation
from omnileads.api.v1.prefix import PREFIX
from omnileads.api.v1.routers import ROUTERS

__all__ = ["PREFIX", "ROUTERS", "documentation"]
