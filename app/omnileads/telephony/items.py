"""What all things of telephony that people name have in common: listed, read, made, changed, deleted, with their audit.

Each kind is a subclass that says how a request becomes a row and a row an answer, and what it refuses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import AppError, FieldProblem, NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate
from omnileads.telephony.destinations import (
    DestinationNames,
    Ref,
    Scope,
    check_destinations,
    lock_call_flow,
    ref_of,
)
from omnileads.telephony.loops import loop_message, loop_through
from omnileads.telephony.models import DestinationType, NamedRow
from omnileads.telephony.schemas.destinations import Destination, ItemOut, UserOut
from omnileads.telephony.usage import Usage, refuse_while_used, users_of_destination

Row = TypeVar("Row", bound=NamedRow)
Request = TypeVar("Request", bound=BaseModel)
Answer = TypeVar("Answer", bound=ItemOut)


class NameTaken(ValidationFailed):
    def __init__(self, what: str) -> None:
        super().__init__(fields=[FieldProblem("name", "taken", f"Another {what} has this name.")])


class NamedItems(ABC, Generic[Row, Request, Answer]):
    """`scope` is the set of campaign ids the caller sees, None for all."""

    kind: ClassVar[str]
    """The subject in the audit log."""
    what: ClassVar[str]
    """What people call one."""
    row: type[Row]
    request: type[Request]

    def __init__(self, session: Session, changes: ConfigurationChanges, scope: Scope) -> None:
        self._session = session
        self._changes = changes
        self._scope = scope

    def page(self, query: PageQuery) -> Page[Answer]:
        statement = self._visible().order_by(*self._order())
        if query.search:
            pattern = contains(query.search)
            statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in self._searched())))
        rows, total = paginate(self._session, statement, query)
        answers = {row.id: answer for row, answer in zip(rows, self._answers(rows), strict=True)}
        return page_of(rows, total, query, lambda row: answers[row.id])

    def one(self, item_id: int) -> Answer:
        """Raises NotFound. With `used_by`."""
        return self._shown(self._found(item_id))

    def create(self, request: Request) -> Answer:
        """Raises ValidationFailed."""
        lock_call_flow(self._session)
        row = self.row()
        self._check(request, None)
        with constraint_errors(self._session, self._conflicts()):
            self._fill(row, request)
            self._session.add(row)
        self._session.refresh(row)
        self._changes.record(f"{self.kind}.created", self.kind, row.id, after=self._snapshot(row))
        return self._shown(row)

    def change(self, item_id: int, patch: BaseModel) -> Answer:
        """Raises NotFound, ValidationFailed."""
        lock_call_flow(self._session)
        row = self._found(item_id, for_update=True)
        before = self._snapshot(row)
        request = patched(self.request.model_validate(before), patch)
        self._check(request, row)
        with constraint_errors(self._session, self._conflicts()):
            self._fill(row, request)
        self._session.refresh(row)
        self._changes.record(f"{self.kind}.changed", self.kind, row.id, before=before, after=self._snapshot(row))
        return self._shown(row)

    def delete(self, item_id: int) -> None:
        """Raises NotFound, InUse."""
        lock_call_flow(self._session)
        row = self._found(item_id, for_update=True)
        refuse_while_used(self._users(row), "Change that first.")
        before = self._snapshot(row)
        self._session.delete(row)
        self._session.flush()
        self._changes.record(f"{self.kind}.deleted", self.kind, item_id, before=before)

    @abstractmethod
    def _answers(self, rows: Sequence[Row]) -> list[Answer]:
        """One for each row, in their order, without `used_by`."""

    @abstractmethod
    def _fill(self, row: Row, request: Request) -> None:
        """Write a request that was checked into a row."""

    @abstractmethod
    def _snapshot(self, row: Row) -> dict[str, Any]:
        """The row as the request that would make it; also what the audit log keeps."""

    def _check(self, request: Request, present: Row | None) -> None:
        """Raise ValidationFailed for what the request's own shape cannot rule out; `present` is what it changes."""

    def _users(self, row: Row) -> list[Usage]:
        """What would be left without it."""
        del row
        return []

    def _searched(self) -> Sequence[InstrumentedAttribute[str]]:
        return (self.row.name,)

    def _order(self) -> Sequence[Any]:
        return (func.lower(self.row.name),)

    def _visible(self) -> Select[Row]:
        return select(self.row)

    def _conflicts(self) -> dict[str, AppError]:
        return {f"uq_{self.row.__tablename__}_name": NameTaken(self.what)}

    def _found(self, item_id: int, *, for_update: bool = False) -> Row:
        statement = self._visible().where(self.row.id == item_id)
        row = self._session.scalar(statement.with_for_update(of=self.row) if for_update else statement)
        if row is None:
            raise NotFound
        return row

    def _shown(self, row: Row) -> Answer:
        answer = self._answers([row])[0]
        users = [UserOut.model_validate(user) for user in self._users(row)]
        return answer.model_copy(update={"used_by": users})


class LeadingItems(NamedItems[Row, Request, Answer]):
    """Items that send calls on. `destination_type` is theirs when calls can be sent to them, else None."""

    destination_type: ClassVar[DestinationType | None] = None
    leads_on_by_itself: ClassVar[bool] = False
    """Whether a call passes without a person or a digit, so that it could run in a circle."""

    @abstractmethod
    def _destinations(self, request: Request) -> dict[str, Destination]:
        """Field -> destination."""

    def _check(self, request: Request, present: Row | None) -> None:
        wanted = self._destinations(request)
        kept = () if present is None else self._refs(self.request.model_validate(self._snapshot(present)))
        check_destinations(self._session, wanted, self._scope, [ref for ref in kept if ref is not None])
        if present is not None and self.leads_on_by_itself and self.destination_type is not None:
            self._refuse_loop(request, (self.destination_type, present.id))

    def _refuse_loop(self, request: Request, item: Ref) -> None:
        """Only a change can close a loop: nothing leads to a new item yet."""
        fields = {ref_of(value): field for field, value in self._destinations(request).items()}
        path = loop_through(self._session, item, [ref for ref in fields if ref is not None])
        if path is not None:
            name: str = request.name  # type: ignore[attr-defined]  # every request of an item has a name
            message = loop_message(self._session, path, name)
            raise ValidationFailed.of(f"{fields[path[1]]}.id", "loop", message)

    def _refs(self, request: Request) -> list[Ref | None]:
        return [ref_of(destination) for destination in self._destinations(request).values()]

    def _users(self, row: Row) -> list[Usage]:
        if self.destination_type is None:
            return []
        return users_of_destination(self._session, self.destination_type, row.id)

    def _names(self, rows: Sequence[Row]) -> DestinationNames:
        """The names of everything these rows lead to."""
        requests = [self.request.model_validate(self._snapshot(row)) for row in rows]
        return DestinationNames(self._session, [ref for request in requests for ref in self._refs(request)])
