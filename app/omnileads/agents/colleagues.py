"""Whom an agent can call among the other agents."""

from __future__ import annotations

from typing import Final

from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.agents.schemas import AgentLive, Colleague

MOST: Final = 50


def colleagues_of(agent: Agent, live: LiveAgents, search: str) -> list[Colleague]:
    """The agents at work who match, the ready ones first and then by name. Raises RedisError."""
    if not agent.group.allow_calls_between_agents:
        return []
    wanted = search.strip().casefold()
    found = [
        other
        for other in live.all()
        if other.agent_id != agent.id
        and other.status != "OFFLINE"
        and (wanted in other.name.casefold() or str(other.extension).startswith(wanted))
    ]
    found.sort(key=_ready_first)
    return [Colleague.model_validate(other, from_attributes=True) for other in found[:MOST]]


def _ready_first(agent: AgentLive) -> tuple[bool, str]:
    return (agent.status != "READY", agent.name.casefold())
