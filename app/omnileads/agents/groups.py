"""Agent groups: what administrators and supervisors do with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.errors import GroupInUse, GroupNameTaken
from omnileads.agents.models import Agent, AgentGroup, PauseSet
from omnileads.agents.names import DISPLAY_NAME, listed
from omnileads.agents.schemas import AgentGroupCreate, AgentGroupOut, AgentGroupPatch
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate


class AgentGroups:
    def __init__(self, session: Session, changes: ConfigurationChanges, clock: Clock) -> None:
        self._session = session
        self._changes = changes
        self._clock = clock

    def page(self, query: PageQuery) -> Page[AgentGroupOut]:
        statement = select(AgentGroup).where(AgentGroup.deleted_at.is_(None)).order_by(func.lower(AgentGroup.name))
        if query.search:
            statement = statement.where(AgentGroup.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        counts = self._agent_counts([group.id for group in rows])
        return page_of(rows, total, query, lambda group: _present(group, counts.get(group.id, 0)))

    def one(self, group_id: int) -> AgentGroupOut:
        group = self._group(group_id)
        return _present(group, self._agent_counts([group.id]).get(group.id, 0))

    def create(self, request: AgentGroupCreate) -> AgentGroupOut:
        self._check_pause_set(request.pause_set_id)
        group = AgentGroup(**request.model_dump())
        with constraint_errors(self._session, {"uq_agent_groups_name_live": GroupNameTaken()}):
            self._session.add(group)
        self._changes.record("agent-group.created", "agent-group", group.id, after=_snapshot(group))
        return _present(group, 0)

    def change(self, group_id: int, patch: AgentGroupPatch) -> AgentGroupOut:
        group = self._group(group_id)
        before = _snapshot(group)
        wanted = patched(AgentGroupCreate(**before), patch)
        self._check_pause_set(wanted.pause_set_id)
        with constraint_errors(self._session, {"uq_agent_groups_name_live": GroupNameTaken()}):
            for field, value in wanted.model_dump().items():
                setattr(group, field, value)
        self._changes.record("agent-group.changed", "agent-group", group.id, before=before, after=_snapshot(group))
        return self.one(group_id)

    def delete(self, group_id: int) -> None:
        """Hide the group. Raises GroupInUse while agents are in it."""
        group = self._group(group_id)
        before = _snapshot(group)
        names = self._session.scalars(
            select(DISPLAY_NAME)
            .join_from(Agent, User, User.id == Agent.user_id)
            .where(Agent.group_id == group_id, Agent.deleted_at.is_(None))
            .order_by(DISPLAY_NAME)
        ).all()
        if names:
            raise GroupInUse(f"Agents are in this group: {listed(names)}. Move them to another group first.")
        group.deleted_at = self._clock.now()
        group.pause_set_id = None
        self._session.flush()
        self._changes.record("agent-group.deleted", "agent-group", group.id, before=before)

    def _group(self, group_id: int) -> AgentGroup:
        """The group, locked against a concurrent change of its agents. Raises NotFound."""
        group = self._session.scalar(
            select(AgentGroup).where(AgentGroup.id == group_id, AgentGroup.deleted_at.is_(None)).with_for_update()
        )
        if group is None:
            raise NotFound
        return group

    def _check_pause_set(self, pause_set_id: int | None) -> None:
        """Keeps the set from being deleted until the transaction ends. Raises ValidationFailed (`pause_set_id`)."""
        if pause_set_id is None:
            return
        locked = select(PauseSet.id).where(PauseSet.id == pause_set_id).with_for_update(read=True)
        if self._session.scalar(locked) is None:
            raise ValidationFailed.of("pause_set_id", "unknown", "This pause set does not exist. Choose another one.")

    def _agent_counts(self, group_ids: list[int]) -> dict[int, int]:
        statement = (
            select(Agent.group_id, func.count())
            .where(Agent.group_id.in_(group_ids), Agent.deleted_at.is_(None))
            .group_by(Agent.group_id)
        )
        return dict(self._session.execute(statement).all())


def _present(group: AgentGroup, agent_count: int) -> AgentGroupOut:
    return AgentGroupOut(id=group.id, agent_count=agent_count, **_snapshot(group))


def _snapshot(group: AgentGroup) -> dict[str, Any]:
    return {field: getattr(group, field) for field in AgentGroupCreate.model_fields}
