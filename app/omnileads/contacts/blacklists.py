"""Do-not-call lists: kept by people, asked by whatever makes calls (`blocking_list`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from omnileads.campaigns.models import Campaign
from omnileads.contacts import phones
from omnileads.contacts.errors import BlacklistNameTaken
from omnileads.contacts.models import Blacklist, BlacklistCampaign, BlacklistEntry
from omnileads.contacts.schemas.blacklists import (
    BlacklistCreate,
    BlacklistOut,
    BlacklistPatch,
    CampaignRef,
    EntryIn,
    EntryOut,
)
from omnileads.kit.audit import AuditLog
from omnileads.kit.changes import ConfigurationChanges, patched
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import FieldProblem, NotFound, ValidationFailed
from omnileads.kit.pagination import Page, PageQuery, Slice, contains, decode_cursor, encode_cursor, paginate
from omnileads.kit.permissions import Principal


def blocking_list(session: Session, number: str, campaign_id: int | None) -> str | None:
    """The name of a list that forbids calling this number now, for this campaign; None when nothing does.

    `campaign_id` None is a call outside of campaigns: only lists for all calls count. A plus sign makes no difference.
    """
    phone = phones.clean(number)
    if phone is None:
        return None
    chosen = exists().where(
        BlacklistCampaign.blacklist_id == Blacklist.id, BlacklistCampaign.campaign_id == campaign_id
    )
    return session.scalar(
        select(Blacklist.name)
        .join(BlacklistEntry, BlacklistEntry.blacklist_id == Blacklist.id)
        .where(
            BlacklistEntry.number == phones.digits(phone),
            Blacklist.is_enabled,
            or_(BlacklistEntry.expires_at.is_(None), BlacklistEntry.expires_at > func.now()),
            Blacklist.applies_to_all if campaign_id is None else or_(Blacklist.applies_to_all, chosen),
        )
        .order_by(Blacklist.id)
        .limit(1)
    )


class Blacklists:
    def __init__(self, session: Session, changes: ConfigurationChanges) -> None:
        self._session = session
        self._changes = changes

    def page(self, query: PageQuery) -> Page[BlacklistOut]:
        statement = select(Blacklist).order_by(func.lower(Blacklist.name))
        if query.search:
            statement = statement.where(Blacklist.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return Page(items=self._present(rows), total=total, page=query.page, page_size=query.page_size)

    def one(self, blacklist_id: int) -> BlacklistOut:
        """Raises NotFound."""
        return self._present([find_blacklist(self._session, blacklist_id)])[0]

    def create(self, wanted: BlacklistCreate) -> BlacklistOut:
        """Raises ValidationFailed (`name`, `campaign_ids.N`)."""
        self._check_campaigns(wanted.campaign_ids)
        row = Blacklist(name=wanted.name, applies_to_all=wanted.applies_to_all, is_enabled=wanted.is_enabled)
        row.campaigns = [BlacklistCampaign(campaign_id=campaign_id) for campaign_id in wanted.campaign_ids]
        with constraint_errors(self._session, {"uq_blacklists_name": BlacklistNameTaken()}):
            self._session.add(row)
        self._changes.record("blacklist.created", "blacklist", row.id, after=_snapshot(row))
        return self._present([row])[0]

    def change(self, blacklist_id: int, patch: BlacklistPatch) -> BlacklistOut:
        """Raises NotFound, ValidationFailed."""
        row = find_blacklist(self._session, blacklist_id, for_update=True)
        before = _snapshot(row)
        wanted = patched(BlacklistCreate.model_validate(before), patch)
        self._check_campaigns(wanted.campaign_ids)
        with constraint_errors(self._session, {"uq_blacklists_name": BlacklistNameTaken()}):
            row.name, row.applies_to_all, row.is_enabled = wanted.name, wanted.applies_to_all, wanted.is_enabled
            kept = {item.campaign_id: item for item in row.campaigns}
            row.campaigns = [kept.get(item, BlacklistCampaign(campaign_id=item)) for item in wanted.campaign_ids]
        self._changes.record("blacklist.changed", "blacklist", row.id, before=before, after=_snapshot(row))
        return self._present([row])[0]

    def delete(self, blacklist_id: int) -> None:
        """With its numbers. Raises NotFound."""
        row = find_blacklist(self._session, blacklist_id, for_update=True)
        before = {**_snapshot(row), "entry_count": row.entry_count}
        self._session.delete(row)
        self._session.flush()
        self._changes.record("blacklist.deleted", "blacklist", blacklist_id, before=before)

    def _check_campaigns(self, campaign_ids: Sequence[int]) -> None:
        """Keeps them from being deleted until the transaction ends. Raises ValidationFailed."""
        known = set(
            self._session.scalars(
                select(Campaign.id)
                .where(Campaign.id.in_(campaign_ids), Campaign.deleted_at.is_(None))
                .with_for_update(read=True, key_share=True, of=Campaign)
            )
        )
        problems = [
            FieldProblem(f"campaign_ids.{index}", "unknown", "This campaign does not exist. Choose another one.")
            for index, campaign_id in enumerate(campaign_ids)
            if campaign_id not in known
        ]
        problems += [
            FieldProblem(f"campaign_ids.{index}", "repeated", "This campaign is chosen already.")
            for index, campaign_id in enumerate(campaign_ids)
            if campaign_id in campaign_ids[:index]
        ]
        if problems:
            raise ValidationFailed(fields=problems)

    def _present(self, rows: Sequence[Blacklist]) -> list[BlacklistOut]:
        names = self._campaign_names({item.campaign_id for row in rows for item in row.campaigns})
        return [
            BlacklistOut(
                id=row.id,
                name=row.name,
                applies_to_all=row.applies_to_all,
                campaigns=[
                    CampaignRef(id=item.campaign_id, name=names[item.campaign_id])
                    for item in row.campaigns
                    if item.campaign_id in names
                ],
                is_enabled=row.is_enabled,
                entry_count=row.entry_count,
                created_at=row.created_at,
            )
            for row in rows
        ]

    def _campaign_names(self, ids: Collection[int]) -> dict[int, str]:
        statement = select(Campaign.id, Campaign.name).where(Campaign.id.in_(ids), Campaign.deleted_at.is_(None))
        return dict(self._session.execute(statement).tuples()) if ids else {}


class Entries:
    """The numbers of one list."""

    def __init__(self, session: Session, clock: Clock, blacklist_id: int, actor: Principal) -> None:
        self._session = session
        self._clock = clock
        self._audit = AuditLog(session, clock)
        self._list_id = blacklist_id
        self._actor = actor

    def slice(self, search: str, cursor: str | None, size: int) -> Slice[EntryOut]:
        """By number; `search` is how the numbers begin. Raises NotFound, ValidationFailed (`cursor`)."""
        find_blacklist(self._session, self._list_id)
        statement: Select[BlacklistEntry] = select(BlacklistEntry).where(BlacklistEntry.blacklist_id == self._list_id)
        if search:
            begin = "".join(letter for letter in search if letter.isdigit() and letter.isascii())
            if not begin:
                return Slice(items=[], next=None)
            statement = statement.where(BlacklistEntry.number >= begin, BlacklistEntry.number < f"{begin}:")
        if cursor:
            statement = statement.where(BlacklistEntry.number > decode_cursor(cursor, str)[0])
        rows = list(self._session.scalars(statement.order_by(BlacklistEntry.number).limit(size + 1)))
        more = encode_cursor(rows[size - 1].number) if len(rows) > size else None
        return Slice(items=[self._shown(row) for row in rows[:size]], next=more)

    def put(self, wanted: EntryIn) -> EntryOut:
        """Raises NotFound."""
        find_blacklist(self._session, self._list_id)
        values = {"reason": wanted.reason, "expires_at": wanted.expires_at}
        key = {"blacklist_id": self._list_id, "number": wanted.number}
        present = self._session.get(BlacklistEntry, key)
        if present is None:
            new = insert(BlacklistEntry).values(**key, **values).on_conflict_do_nothing()
            if self._session.scalar(new.returning(BlacklistEntry.number)) is not None:
                self._count(1)
            present = self._session.get_one(BlacklistEntry, key)
        present.reason, present.expires_at = wanted.reason, wanted.expires_at
        self._session.flush()
        self._record("blacklist-entry.written", {"number": wanted.number, "reason": wanted.reason})
        return self._shown(present)

    def remove(self, number: str) -> None:
        """Raises NotFound when the number is not on the list."""
        find_blacklist(self._session, self._list_id)
        phone = phones.clean(number)
        key = {"blacklist_id": self._list_id, "number": phones.digits(phone or "")}
        present = self._session.get(BlacklistEntry, key, with_for_update=True)
        if present is None:
            raise NotFound
        self._session.delete(present)
        self._count(-1)
        self._record("blacklist-entry.removed", {"number": present.number, "reason": present.reason})

    def _count(self, change: int) -> None:
        count = Blacklist.entry_count + change
        self._session.execute(update(Blacklist).where(Blacklist.id == self._list_id).values(entry_count=count))

    def _record(self, action: str, what: dict[str, Any]) -> None:
        self._audit.record(action, "blacklist", self._list_id, actor=self._actor, after=what)

    def _shown(self, row: BlacklistEntry) -> EntryOut:
        return EntryOut(
            number=row.number,
            reason=row.reason,
            expires_at=row.expires_at,
            added_at=row.added_at,
            is_expired=row.expires_at is not None and row.expires_at <= self._clock.now(),
        )


def find_blacklist(session: Session, blacklist_id: int, *, for_update: bool = False) -> Blacklist:
    """Raises NotFound."""
    statement = select(Blacklist).where(Blacklist.id == blacklist_id)
    row = session.scalar(statement.with_for_update(key_share=True, of=Blacklist) if for_update else statement)
    if row is None:
        raise NotFound
    return row


def _snapshot(row: Blacklist) -> dict[str, Any]:
    return {
        "name": row.name,
        "applies_to_all": row.applies_to_all,
        "campaign_ids": [item.campaign_id for item in row.campaigns],
        "is_enabled": row.is_enabled,
    }
