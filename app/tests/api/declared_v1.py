"""Who may use what of `/api/v1`, route by route, beside the letters of the roles the original gives it to."""

from __future__ import annotations

from typing import Final

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "POST /permissions/new_role": ("roles.read", "roles.write"),
    "POST /permissions/update_role_permissions": ("roles.read", "roles.write"),
    "POST /permissions/delete_role": ("roles.read", "roles.write"),
}
"""Alternatives are separated by blanks."""


def needs_of(method: str, path: str) -> tuple[frozenset[str], ...] | None:
    """What a caller of this route below `/api/v1` needs; None for a route nobody has declared."""
    named = NEEDS.get(f"{method} {path}")
    return None if named is None else tuple(frozenset(alternatives.split()) for alternatives in named)
