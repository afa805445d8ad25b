"""Makers of domain things for tests: agents, campaigns, sounds, events."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.models import User
from omnileads.agents.models import Agent
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.kit.clock import epoch_ms
from omnileads.kit.runtime import Runtime
from tests.conftest import People

API = "/api/v2"

OPTIONS: list[dict[str, Any]] = [
    {"name": "Sale", "kind": "no-action", "is_positive": True},
    {"name": "Wrong number", "kind": "no-action"},
]


class Team:
    """Agents of one group."""

    def __init__(self, runtime: Runtime, users: People) -> None:
        self._runtime = runtime
        self._users = users
        self.group = users.make_group("Team")

    def agent(self, **fields: Any) -> tuple[User, Agent]:
        user = self._users.make("agent", **fields)
        with self._runtime.database.transaction() as session:
            CampaignAgentDirectory(self._runtime).create(session, user.id, self.group.id)
            agent = session.execute(select(Agent).where(Agent.user_id == user.id)).scalar_one()
        return user, agent


def make_campaign(client: TestClient, name: str = "Support", **fields: Any) -> dict[str, Any]:
    """A campaign made through the API."""
    answer = client.post(f"{API}/campaigns", json={"kind": "inbound", "name": name, "dispositions": OPTIONS, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def wav(seconds: float = 0.5, *, channels: int = 1, width: int = 2, rate: int = 8000, tone: int = 0) -> bytes:
    """A WAV file; another `tone` (0..255) is another content."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes([tone]) * (int(seconds * rate) * channels * width))
    return buffer.getvalue()


def fields_of(answer: Any) -> dict[str, str]:
    """Field -> code of a refused request."""
    return {problem["field"]: problem["code"] for problem in answer.json()["fields"]}


class Phone:
    """Publishes the events of calls as the call engine does."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._sequences: dict[str, int] = {}

    def event(self, call_id: str, name: str, **data: Any) -> str:
        """Append one event; its sequence follows the call's last one. Returns the event's id."""
        sequence = self._sequences.get(call_id, -1) + 1
        self._sequences[call_id] = sequence
        event_id = f"{call_id}:{sequence}"
        self._runtime.events.append("call", event_id, self.document(call_id, name, **data))
        return event_id

    def document(self, call_id: str, name: str, **data: Any) -> Mapping[str, Any]:
        return {
            "time": epoch_ms(self._runtime.clock.now()),
            "call_id": call_id,
            "campaign_id": 0,
            "campaign_type": 3,
            "call_type": 3,
            "agent_id": -1,
            "event": name,
            "number": "3515550001",
            "contact_id": None,
            "wait_seconds": None,
            "talk_seconds": None,
            "recording": None,
            "agent_extra_id": None,
            "campaign_extra_id": None,
            "number_extra": None,
            "did": "5550100",
            **data,
        }
