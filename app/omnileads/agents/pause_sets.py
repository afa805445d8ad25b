"""Pause sets: which pauses the agents of a group may take, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.agents.errors import PauseSetInUse, PauseSetNameTaken
from omnileads.agents.models import AgentGroup, Pause, PauseSet, PauseSetPause
from omnileads.agents.names import listed
from omnileads.agents.schemas import (
    ConsolePause,
    GroupRef,
    PauseSetCreate,
    PauseSetEntry,
    PauseSetOut,
    PauseSetPatch,
    PauseSetPauseOut,
)
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, paginate


class PauseSets:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def page(self, query: PageQuery) -> Page[PauseSetOut]:
        statement = select(PauseSet).order_by(func.lower(PauseSet.name))
        if query.search:
            statement = statement.where(PauseSet.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return Page(items=self._present(rows), total=total, page=query.page, page_size=query.page_size)

    def one(self, set_id: int) -> PauseSetOut:
        return self._present([self._set(set_id)])[0]

    def create(self, wanted: PauseSetCreate) -> PauseSetOut:
        """Raises ValidationFailed (`name`, `pauses.N.pause_id`)."""
        self._check_pauses(wanted.pauses)
        pause_set = PauseSet(name=wanted.name, pauses=_rows(wanted.pauses))
        with constraint_errors(self._session, {"uq_pause_sets_name": PauseSetNameTaken()}):
            self._session.add(pause_set)
        self._changes.record("pause-set.created", "pause-set", pause_set.id, after=_snapshot(pause_set))
        return self._present([pause_set])[0]

    def change(self, set_id: int, patch: PauseSetPatch) -> PauseSetOut:
        """Raises NotFound, ValidationFailed."""
        pause_set = self._set(set_id)
        before = _snapshot(pause_set)
        wanted = patched(PauseSetCreate(**before), patch)
        self._check_pauses(wanted.pauses)
        with constraint_errors(self._session, {"uq_pause_sets_name": PauseSetNameTaken()}):
            pause_set.name = wanted.name
            kept = {row.pause_id: row for row in pause_set.pauses}
            pause_set.pauses = [_limited(kept.get(entry.pause_id), entry) for entry in wanted.pauses]
        self._session.refresh(pause_set)
        self._changes.record("pause-set.changed", "pause-set", pause_set.id, before=before, after=_snapshot(pause_set))
        return self._present([pause_set])[0]

    def delete(self, set_id: int) -> None:
        """Raises NotFound, PauseSetInUse while groups use it."""
        pause_set = self._set(set_id)
        groups = self._groups([set_id]).get(set_id, [])
        if groups:
            names = listed([group.name for group in groups])
            raise PauseSetInUse(f"Agent groups use this pause set: {names}. Give them another one first.")
        before = _snapshot(pause_set)
        self._session.delete(pause_set)
        self._session.flush()
        self._changes.record("pause-set.deleted", "pause-set", set_id, before=before)

    def _set(self, set_id: int) -> PauseSet:
        """Locked against a group choosing it at the same time. Raises NotFound."""
        pause_set = self._session.scalar(select(PauseSet).where(PauseSet.id == set_id).with_for_update())
        if pause_set is None:
            raise NotFound
        return pause_set

    def _check_pauses(self, entries: Sequence[PauseSetEntry]) -> None:
        """Keeps the pauses from being deleted until the transaction ends. Raises ValidationFailed."""
        wanted = [entry.pause_id for entry in entries]
        known = set(
            self._session.scalars(
                select(Pause.id).where(Pause.id.in_(wanted), Pause.deleted_at.is_(None)).with_for_update(read=True)
            )
        )
        problems: list[FieldProblem] = []
        for index, pause_id in enumerate(wanted):
            if pause_id not in known:
                problem = ("unknown", "This pause does not exist. Choose another one.")
            elif pause_id in wanted[:index]:
                problem = ("repeated", "This pause is in the set already.")
            else:
                continue
            problems.append(FieldProblem(f"pauses.{index}.pause_id", *problem))
        if problems:
            raise ValidationFailed(fields=problems)

    def _groups(self, set_ids: Collection[int]) -> dict[int, list[GroupRef]]:
        rows = self._session.scalars(
            select(AgentGroup)
            .where(AgentGroup.pause_set_id.in_(set_ids), AgentGroup.deleted_at.is_(None))
            .order_by(func.lower(AgentGroup.name))
        )
        groups: dict[int, list[GroupRef]] = {}
        for group in rows:
            groups.setdefault(group.pause_set_id or 0, []).append(GroupRef(id=group.id, name=group.name))
        return groups

    def _present(self, sets: Sequence[PauseSet]) -> list[PauseSetOut]:
        groups = self._groups([pause_set.id for pause_set in sets])
        return [
            PauseSetOut(
                id=pause_set.id,
                name=pause_set.name,
                pauses=[
                    PauseSetPauseOut(
                        pause_id=row.pause_id, name=row.pause.name, kind=row.pause.kind, limit_seconds=row.limit_seconds
                    )
                    for row in sorted(pause_set.pauses, key=lambda row: row.pause.name.casefold())
                ],
                groups=groups.get(pause_set.id, []),
            )
            for pause_set in sets
        ]


def offered_pauses(session: Session, pause_set_id: int | None) -> list[ConsolePause]:
    """The pauses agents of a group with this set may take, by name; without a set all of them, without limits."""
    if pause_set_id is None:
        every = session.scalars(select(Pause).where(Pause.deleted_at.is_(None)).order_by(func.lower(Pause.name)))
        return [ConsolePause(id=pause.id, name=pause.name, kind=pause.kind, limit_seconds=0) for pause in every]
    rows = session.execute(
        select(Pause, PauseSetPause.limit_seconds)
        .join(PauseSetPause, PauseSetPause.pause_id == Pause.id)
        .where(PauseSetPause.pause_set_id == pause_set_id, Pause.deleted_at.is_(None))
        .order_by(func.lower(Pause.name))
    )
    return [ConsolePause(id=pause.id, name=pause.name, kind=pause.kind, limit_seconds=limit) for pause, limit in rows]


def _rows(entries: Sequence[PauseSetEntry]) -> list[PauseSetPause]:
    return [_limited(None, entry) for entry in entries]


def _limited(row: PauseSetPause | None, entry: PauseSetEntry) -> PauseSetPause:
    """The row of this pause, kept if it exists, with the wanted limit."""
    row = row or PauseSetPause(pause_id=entry.pause_id)
    row.limit_seconds = entry.limit_seconds
    return row


def _snapshot(pause_set: PauseSet) -> dict[str, Any]:
    entries = [{"pause_id": row.pause_id, "limit_seconds": row.limit_seconds} for row in pause_set.pauses]
    return {"name": pause_set.name, "pauses": entries}
