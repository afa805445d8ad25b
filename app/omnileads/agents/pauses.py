"""Pauses: the reasons agents can give for not taking calls."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.errors import PauseInUse, PauseNameTaken
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Pause, PauseSet, PauseSetPause
from omnileads.agents.names import listed
from omnileads.agents.schemas import PauseCreate, PauseOut, PausePatch
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate


class Pauses:
    def __init__(self, session: Session, changes: ConfigurationChanges, live: LiveAgents, clock: Clock) -> None:
        self._session = session
        self._changes = changes
        self._live = live
        self._clock = clock

    def page(self, query: PageQuery) -> Page[PauseOut]:
        statement = select(Pause).where(Pause.deleted_at.is_(None)).order_by(func.lower(Pause.name))
        if query.search:
            statement = statement.where(Pause.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return page_of(rows, total, query, PauseOut.model_validate)

    def one(self, pause_id: int) -> PauseOut:
        return PauseOut.model_validate(self._pause(pause_id))

    def create(self, request: PauseCreate) -> PauseOut:
        pause = Pause(**request.model_dump())
        with constraint_errors(self._session, {"uq_pauses_name_live": PauseNameTaken()}):
            self._session.add(pause)
        self._changes.record("pause.created", "pause", pause.id, after=_snapshot(pause))
        return PauseOut.model_validate(pause)

    def change(self, pause_id: int, patch: PausePatch) -> PauseOut:
        pause = self._pause(pause_id)
        before = _snapshot(pause)
        with constraint_errors(self._session, {"uq_pauses_name_live": PauseNameTaken()}):
            for field, value in patched(PauseCreate(**before), patch).model_dump().items():
                setattr(pause, field, value)
        self._changes.record("pause.changed", "pause", pause.id, before=before, after=_snapshot(pause))
        return PauseOut.model_validate(pause)

    def delete(self, pause_id: int) -> None:
        """Hide the pause; history keeps its name.

        Raises PauseInUse while agents are on it or about to be, and while it is in a pause set.
        """
        pause = self._pause(pause_id)
        held_by = [
            agent.name
            for agent in self._live.all()
            if str(pause_id) in (agent.pause_id, agent.pending_pause_id) and agent.status != "OFFLINE"
        ]
        if held_by:
            raise PauseInUse(f"Agents are on this pause now: {listed(held_by)}. Delete it when they are back.")
        sets = self._session.scalars(
            select(PauseSet.name)
            .join(PauseSetPause, PauseSetPause.pause_set_id == PauseSet.id)
            .where(PauseSetPause.pause_id == pause_id)
            .order_by(PauseSet.name)
        ).all()
        if sets:
            raise PauseInUse(f"Pause sets have this pause: {listed(sets)}. Take it out of them first.")
        pause.deleted_at = self._clock.now()
        self._session.flush()
        self._changes.record("pause.deleted", "pause", pause.id, before=_snapshot(pause))

    def restore(self, pause_id: int) -> PauseOut:
        """Take back that the pause was deleted. Raises NotFound, PauseNameTaken."""
        pause = self._session.scalar(
            select(Pause).where(Pause.id == pause_id, Pause.deleted_at.is_not(None)).with_for_update()
        )
        if pause is None:
            raise NotFound
        with constraint_errors(self._session, {"uq_pauses_name_live": PauseNameTaken()}):
            pause.deleted_at = None
        self._changes.record("pause.restored", "pause", pause.id, after=_snapshot(pause))
        return PauseOut.model_validate(pause)

    def _pause(self, pause_id: int) -> Pause:
        """The pause, locked against being put into a set at the same time. Raises NotFound."""
        pause = self._session.scalar(
            select(Pause).where(Pause.id == pause_id, Pause.deleted_at.is_(None)).with_for_update()
        )
        if pause is None:
            raise NotFound
        return pause


def _snapshot(pause: Pause) -> dict[str, Any]:
    return {"name": pause.name, "kind": pause.kind}
