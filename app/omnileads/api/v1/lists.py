"""The small lists clients choose from: sounds, groups, agents, languages, agents at work."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from sqlalchemy import func, select

from omnileads.accounts.models import User
from omnileads.agents.models import Agent, AgentGroup
from omnileads.agents.names import DISPLAY_NAME
from omnileads.api.v1.configuration.choices import sounds
from omnileads.api.v1.errors import Body
from omnileads.api.v1.supervision import SeenAgents, in_scope
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import Transaction
from omnileads.kit.permissions import requires

router = APIRouter(tags=["lists"])

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""What the prompts that come with the system are spoken in."""


@router.get("/audio/list", dependencies=[requires("audio.read")])
def audio_files(session: Transaction) -> list[Body]:
    return sounds(session)


@router.get("/group/list", dependencies=[requires("agent-groups.read")])
def groups(session: Transaction) -> list[Body]:
    statement = select(AgentGroup.id, AgentGroup.name).where(AgentGroup.deleted_at.is_(None))
    rows = session.execute(statement.order_by(func.lower(AgentGroup.name)))
    return [{"id": number, "nombre": name} for number, name in rows]


@router.get("/agent/list", dependencies=[requires("users.read")])
def agents(session: Transaction, scope: CurrentScope) -> list[Body]:
    """The agents of the campaigns the caller sees."""
    statement = (
        select(Agent.id, Agent.extension, Agent.group_id, User.username, DISPLAY_NAME)
        .join(User, User.id == Agent.user_id)
        .where(Agent.deleted_at.is_(None), *in_scope(scope))
    )
    return [
        {"id": number, "username": username, "full_name": name, "sip_extension": extension, "group_id": group}
        for number, extension, group, username, name in session.execute(statement.order_by(Agent.id))
    ]


@router.get("/languages/list", dependencies=[requires("routes.read")])
def languages() -> list[Body]:
    return [{"id": code, "nombre": name} for code, name in LANGUAGES.items()]


@router.get("/active_agents", dependencies=[requires("supervision.act", "agent.console")])
def active_agents(seen: SeenAgents) -> list[Body]:
    """The agents at work in the campaigns the caller sees, or works in."""
    return [
        {"id": agent.agent_id, "full_name": agent.name, "status": agent.status}
        for agent in sorted(seen, key=lambda agent: agent.name.casefold())
    ]
