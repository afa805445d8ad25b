"""The small lists clients choose from: sounds, groups, agents, languages, agents at work."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from sqlalchemy import func, select

from omnileads.accounts.models import User
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent, AgentGroup
from omnileads.agents.names import DISPLAY_NAME
from omnileads.api.v1.errors import Body
from omnileads.api.v1.supervision import in_scope
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import requires
from omnileads.telephony.models import AudioFile

router = APIRouter(tags=["lists"])

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""What the prompts that come with the system are spoken in."""


@router.get("/audio/list", dependencies=[requires("audio.read")])
def audio_files(session: Transaction) -> list[Body]:
    rows = session.execute(select(AudioFile.id, AudioFile.name).order_by(func.lower(AudioFile.name)))
    return [{"id": number, "descripcion": name} for number, name in rows]


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
def active_agents(runtime: CurrentRuntime, scope: CurrentScope) -> list[Body]:
    """The agents at work in the campaigns the caller sees, or works in."""
    at_work = [agent for agent in LiveAgents(runtime.redis).all() if agent.status != "OFFLINE"]
    seen = [agent for agent in at_work if scope is None or not scope.isdisjoint(agent.campaigns)]
    return [
        {"id": agent.agent_id, "full_name": agent.name, "status": agent.status}
        for agent in sorted(seen, key=lambda agent: agent.name.casefold())
    ]
