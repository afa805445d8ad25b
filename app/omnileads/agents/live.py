"""Reading of the agents' live state, which the call engine keeps in Redis."""

from __future__ import annotations

from typing import Final, cast

import redis
import structlog
from pydantic import ValidationError

from omnileads.agents.schemas import AgentLive

log = structlog.get_logger(__name__)

LIVE_AGENTS: Final = "oml:live:agents"
"""Hash: agent id -> AgentLive as JSON."""


class LiveAgents:
    """Raises RedisError when Redis is away; an unreadable entry is logged and left out."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def all(self) -> list[AgentLive]:
        documents = cast("dict[str, str]", self._client.hgetall(LIVE_AGENTS))
        agents = (read_agent(document) for document in documents.values())
        return [agent for agent in agents if agent is not None]

    def one(self, agent_id: int) -> AgentLive | None:
        document = cast("str | None", self._client.hget(LIVE_AGENTS, str(agent_id)))
        return read_agent(document) if document is not None else None


def read_agent(document: str) -> AgentLive | None:
    try:
        return AgentLive.model_validate_json(document)
    except ValidationError:
        log.exception("live.agent-unreadable")
        return None
