"""External systems: which agent has which id in which CRM. Campaigns have theirs in their own row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import select

from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.crm.models import ExternalSystem, ExternalSystemAgent
from omnileads.crm.schemas import ExternalSystemCreate, ExternalSystemOut, SystemAgent, SystemAgentOut
from omnileads.crm.usage import campaigns_using
from omnileads.kit.errors import FieldProblem, ValidationFailed
from omnileads.telephony.items import NamedItems
from omnileads.telephony.usage import Usage


class ExternalSystems(NamedItems[ExternalSystem, ExternalSystemCreate, ExternalSystemOut]):
    """Agents that were deleted are left out, and are forgotten with the next change."""

    kind: ClassVar[str] = "external-system"
    what: ClassVar[str] = "external system"
    row = ExternalSystem
    request = ExternalSystemCreate

    def _check(self, request: ExternalSystemCreate, present: ExternalSystem | None) -> None:
        del present
        known = self._live(entry.agent_id for entry in request.agents)
        problems = [*_repetitions(request.agents)]
        for index, entry in enumerate(request.agents):
            if entry.agent_id not in known:
                message = "This agent does not exist any more. Remove the line."
                problems.append(FieldProblem(f"agents.{index}.agent_id", "unknown", message))
        if problems:
            raise ValidationFailed(fields=problems)

    def _live(self, agent_ids: Iterable[int]) -> set[int]:
        """Those of them that are not deleted, kept so until the transaction ends."""
        statement = select(Agent.id).where(Agent.id.in_(set(agent_ids)), Agent.deleted_at.is_(None))
        return set(self._session.scalars(statement.with_for_update(read=True, of=Agent)))

    def _fill(self, row: ExternalSystem, request: ExternalSystemCreate) -> None:
        row.name = request.name
        if row.agents:
            row.agents.clear()
            self._session.flush()
        row.agents = [
            ExternalSystemAgent(agent_id=entry.agent_id, external_id=entry.external_id) for entry in request.agents
        ]

    def _snapshot(self, row: ExternalSystem) -> dict[str, Any]:
        live = self._live(entry.agent_id for entry in row.agents)
        entries = [
            {"agent_id": entry.agent_id, "external_id": entry.external_id}
            for entry in row.agents
            if entry.agent_id in live
        ]
        return {"name": row.name, "agents": entries}

    def _users(self, row: ExternalSystem) -> list[Usage]:
        return campaigns_using(self._session, ExternalSystem, [row.id]).get(row.id, [])

    def _answers(self, rows: Sequence[ExternalSystem]) -> list[ExternalSystemOut]:
        agent_ids = {entry.agent_id for row in rows for entry in row.agents}
        live = set(self._session.scalars(select(Agent.id).where(Agent.id.in_(agent_ids), Agent.deleted_at.is_(None))))
        names = agent_names(self._session, live)
        return [ExternalSystemOut(id=row.id, name=row.name, agents=_present(row, names)) for row in rows]


def _present(row: ExternalSystem, names: dict[int, str]) -> list[SystemAgentOut]:
    shown = [
        SystemAgentOut(agent_id=entry.agent_id, name=names[entry.agent_id], external_id=entry.external_id)
        for entry in row.agents
        if entry.agent_id in names
    ]
    return sorted(shown, key=lambda entry: entry.name.casefold())


def _repetitions(entries: Sequence[SystemAgent]) -> list[FieldProblem]:
    """Unique both ways."""
    problems: list[FieldProblem] = []
    agents: set[int] = set()
    ids: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.agent_id in agents:
            message = "This agent is in the list already."
            problems.append(FieldProblem(f"agents.{index}.agent_id", "repeated", message))
        if entry.external_id in ids:
            message = "Another agent has this id in the external system."
            problems.append(FieldProblem(f"agents.{index}.external_id", "repeated", message))
        agents.add(entry.agent_id)
        ids.add(entry.external_id)
    return problems
