"""The live state as a board sees it: a copy of what the call engine publishes, and who may see which part.

Pure: messages go in, addressed messages come out. The hub feeds it and sends what it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from omnileads.campaigns.scope import Scope

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `scope` is campaign ids, None for all; with `only_agent_id` only this agent and its calls.

    `own_agent_id` is the agent of somebody who supervises too: it is seen whatever campaigns it is in.
    """

    scope: Scope
    only_agent_id: int | None = None
    own_agent_id: int | None = None

    @property
    def agent_id(self) -> int | None:
        """The agent this person is, if any."""
        return self.only_agent_id if self.only_agent_id is not None else self.own_agent_id

    def sees_agent(self, agent: Mapping[str, Any]) -> bool:
        if self.own_agent_id is not None and agent.get("agent_id") == self.own_agent_id:
            return True
        if self.only_agent_id is not None:
            return bool(agent.get("agent_id") == self.only_agent_id)
        return self.scope is None or not self.scope.isdisjoint(agent.get("campaigns") or ())

    def sees_call(self, call: Mapping[str, Any]) -> bool:
        if self.own_agent_id is not None and self.own_agent_id in (call.get("agent_ids") or ()):
            return True
        if self.only_agent_id is not None:
            return self.only_agent_id in (call.get("agent_ids") or ())
        return self.scope is None or call.get("campaign_id") in self.scope  # 0, no campaign, is in nobody's scope


@dataclass(frozen=True, slots=True)
class Update:
    """One change. `before` and `after` are what it is about, null where there was or is nothing."""

    kind: str
    before: Document | None
    after: Document | None

    def message_for(self, viewer: Viewer) -> Document | None:
        """What this viewer is told; None for nothing."""
        sees = viewer.sees_agent if self.kind == "agent" else viewer.sees_call
        if self.after is not None and sees(self.after):
            return {"type": self.kind, self.kind: self.after}
        if self.before is None or not sees(self.before):
            return None
        if self.kind == "agent":
            return None
        return {
            "type": "call-ended",
            "call_id": self.before["call_id"],
            "agent_ids": self.before.get("agent_ids") or [],
        }


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody says to some agents."""

    agent_ids: frozenset[int]
    document: Document

    def message_for(self, viewer: Viewer) -> Document | None:
        """The message, for the consoles of these agents only."""
        return self.document if viewer.agent_id in self.agent_ids else None


@dataclass(slots=True)
class LiveState:
    """Agents and calls by id, as documents of the shapes `AgentLive` and `CallLive`."""

    agents: dict[str, Document] = field(default_factory=dict)
    calls: dict[str, Document] = field(default_factory=dict)

    @classmethod
    def read(cls, agents: Mapping[str, str], calls: Mapping[str, str]) -> LiveState:
        """From the hashes in Redis. Entries that are not documents are left out."""
        return cls(dict(_documents(agents)), dict(_documents(calls)))

    def apply(self, text: str) -> Update | Message | None:
        """Take in what was published; None when it is nothing that a viewer is told."""
        message = _document(text)
        match message:
            case {"type": "agent", "agent": {"agent_id": agent_id} as agent}:
                before = self.agents.get(str(agent_id))
                self.agents[str(agent_id)] = agent
                return Update("agent", before, agent)
            case {"type": "call", "call": {"call_id": call_id} as call}:
                before = self.calls.get(str(call_id))
                self.calls[str(call_id)] = call
                return Update("call", before, call)
            case {"type": "call-ended", "call_id": call_id}:
                before = self.calls.pop(str(call_id), None)
                return Update("call", before, None) if before is not None else None
            case {"type": "message", "agent_ids": [*agent_ids], "message": {} as said}:
                return Message(frozenset(agent_ids), {"type": "message", "message": said})
            case _:
                return None

    def snapshot(self, viewer: Viewer, now_ms: int) -> Document:
        return {
            "type": "snapshot",
            "agents": [agent for agent in self.agents.values() if viewer.sees_agent(agent)],
            "calls": [call for call in self.calls.values() if viewer.sees_call(call)],
            "now": now_ms,
        }


def encode(message: Mapping[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def _documents(entries: Mapping[str, str]) -> Iterator[tuple[str, Document]]:
    for key, text in entries.items():
        document = _document(text)
        if document is not None:
            yield key, document


def _document(text: str) -> Document | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
