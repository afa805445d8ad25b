"""How people are called on screen: first and last name, else the username."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.models import Agent

DISPLAY_NAME: Final = func.coalesce(
    func.nullif(func.btrim(User.first_name + " " + User.last_name), ""), User.username
).label("display_name")


def agent_names(session: Session, agent_ids: Collection[int]) -> dict[int, str]:
    """Names of these agents, deleted ones included; ids nobody has are left out."""
    if not agent_ids:
        return {}
    statement = select(Agent.id, DISPLAY_NAME).join(User, User.id == Agent.user_id).where(Agent.id.in_(set(agent_ids)))
    return {agent_id: str(name) for agent_id, name in session.execute(statement)}


def listed(names: Collection[str], limit: int = 5) -> str:
    """Names for a sentence: `"a", "b" and 3 more`."""
    shown = ", ".join(f'"{name}"' for name in list(names)[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
