"""Contact bases: listed, defined, renamed, hidden, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.contacts.columns import problems_of, with_keys
from omnileads.contacts.errors import BaseBusy, BaseNameTaken, BaseNotEmpty, StructureFixed
from omnileads.contacts.models import UNFINISHED, Contact, ContactBase, ContactImport
from omnileads.contacts.schemas.bases import ColumnIn, ContactBaseCreate, ContactBaseOut, ContactBasePatch
from omnileads.contacts.usage import refuse_while_used, users_of_base
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate

_NAME_TAKEN = "uq_contact_bases_name_live"


class ContactBases:
    def __init__(self, session: Session, changes: ConfigurationChanges, clock: Clock) -> None:
        self._session = session
        self._changes = changes
        self._clock = clock

    def page(self, query: PageQuery, *, is_hidden: bool | None) -> Page[ContactBaseOut]:
        """By name; `is_hidden` None shows both."""
        statement = select(ContactBase).where(ContactBase.deleted_at.is_(None)).order_by(func.lower(ContactBase.name))
        if is_hidden is not None:
            statement = statement.where(ContactBase.is_hidden.is_(is_hidden))
        if query.search:
            statement = statement.where(ContactBase.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return page_of(rows, total, query, ContactBaseOut.model_validate)

    def one(self, base_id: int) -> ContactBaseOut:
        """Raises NotFound. With `used_by`."""
        return self._shown(find_base(self._session, base_id))

    def create(self, wanted: ContactBaseCreate) -> ContactBaseOut:
        """Raises ValidationFailed (`name`, `columns`)."""
        base = ContactBase(name=wanted.name, columns=_columns(wanted.columns))
        refuse_name_of_import(self._session, wanted.name)
        with constraint_errors(self._session, {_NAME_TAKEN: BaseNameTaken()}):
            self._session.add(base)
        self._changes.record("contact-base.created", "contact-base", base.id, after=_snapshot(base))
        return self._shown(base)

    def change(self, base_id: int, patch: ContactBasePatch) -> ContactBaseOut:
        """Raises NotFound, ValidationFailed, StructureFixed, BaseBusy."""
        base = find_base(self._session, base_id, for_update=True)
        before = _snapshot(base)
        if patch.name is not None and patch.name.lower() != base.name.lower():
            refuse_name_of_import(self._session, patch.name)
        with constraint_errors(self._session, {_NAME_TAKEN: BaseNameTaken()}):
            if patch.columns is not None:
                self._restructure(base, patch.columns)
            if patch.name is not None:
                base.name = patch.name
            if patch.is_hidden is not None:
                base.is_hidden = patch.is_hidden
        self._changes.record("contact-base.changed", "contact-base", base.id, before=before, after=_snapshot(base))
        return self._shown(base)

    def delete(self, base_id: int) -> None:
        """Raises NotFound, BaseInUse, BaseNotEmpty, BaseBusy."""
        base = find_base(self._session, base_id, for_update=True)
        refuse_while_used(self._session, base_id)
        refuse_while_importing(self._session, base_id)
        if self._has_contacts(base_id):
            raise BaseNotEmpty
        base.deleted_at = self._clock.now()
        self._session.flush()
        self._changes.record("contact-base.deleted", "contact-base", base_id, before=_snapshot(base))

    def _restructure(self, base: ContactBase, wanted: Sequence[ColumnIn]) -> None:
        columns = _columns(wanted)
        if [(column["name"], column["role"]) for column in columns] == [
            (column["name"], column["role"]) for column in base.columns
        ]:
            return
        refuse_while_importing(self._session, base.id)
        if self._has_contacts(base.id):
            raise StructureFixed
        base.columns = columns

    def _has_contacts(self, base_id: int) -> bool:
        return self._session.scalar(select(Contact.id).where(Contact.base_id == base_id).limit(1)) is not None

    def _shown(self, base: ContactBase) -> ContactBaseOut:
        shown = ContactBaseOut.model_validate(base)
        return shown.model_copy(update={"used_by": users_of_base(self._session, base.id)})


def find_base(session: Session, base_id: int, *, for_update: bool = False) -> ContactBase:
    """A base that is not deleted. Raises NotFound. The lock is one that a running import does not hold up."""
    statement = select(ContactBase).where(ContactBase.id == base_id, ContactBase.deleted_at.is_(None))
    base = session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if base is None:
        raise NotFound
    return base


def refuse_while_importing(session: Session, base_id: int) -> None:
    """Raise BaseBusy. The base must be locked, or an import could begin a moment later."""
    unfinished = select(ContactImport.id).where(ContactImport.base_id == base_id, ContactImport.state.in_(UNFINISHED))
    if session.scalar(unfinished.limit(1)) is not None:
        raise BaseBusy


def refuse_name_of_import(session: Session, name: str, but: int | None = None) -> None:
    """Raise BaseNameTaken for the name an import under way (another one than `but`) is going to use."""
    statement = select(ContactImport.id).where(
        ContactImport.state.in_(UNFINISHED),
        ContactImport.base_id.is_(None),
        func.lower(ContactImport.options["name"].astext) == name.lower(),
        ContactImport.id != (but or 0),
    )
    if session.scalar(statement.limit(1)) is not None:
        raise BaseNameTaken


def _columns(wanted: Sequence[ColumnIn]) -> Any:
    named = [(column.name, column.role) for column in wanted]
    problems = problems_of(named)
    if problems:
        raise ValidationFailed(fields=problems)
    return with_keys(named)


def _snapshot(base: ContactBase) -> dict[str, Any]:
    return {"name": base.name, "columns": list(base.columns), "is_hidden": base.is_hidden}
