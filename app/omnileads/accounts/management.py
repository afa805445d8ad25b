"""Who may manage whom: nobody makes, changes or ends a user or a role that may more than they do themselves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from omnileads.accounts.errors import RoleNotManaged
from omnileads.accounts.models import Role
from omnileads.accounts.roles import ADMINISTRATOR, AGENT_POWERS, WORKS_AS_AGENT
from omnileads.kit.permissions import Principal

WRITE_ANY: Final = "users.write"
WRITE_AGENTS: Final = "users.write-agents"
WRITE_ADMINISTRATORS: Final = "users.write-administrators"


def is_agent_role(role: Role) -> bool:
    """Whether users of this role have an agent profile."""
    return WORKS_AS_AGENT in role.permissions


def beyond(actor: Principal, permissions: Collection[str]) -> frozenset[str]:
    """The permissions the actor may not give away: those they do not hold, but for an agent's own."""
    return frozenset(permissions) - AGENT_POWERS - actor.permissions


def require_managed(actor: Principal | None, role: Role) -> None:
    """Raise RoleNotManaged unless the actor may manage users of this role.

    No actor means `oml` on the server, which may do everything.
    """
    if actor is None:
        return
    needed = {WRITE_ADMINISTRATORS} if role.slug == ADMINISTRATOR else {WRITE_ANY}
    if is_agent_role(role):
        needed.add(WRITE_AGENTS)
    if needed.isdisjoint(actor.permissions) or beyond(actor, role.permissions):
        raise RoleNotManaged
