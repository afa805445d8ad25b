"""HTTP: do-not-call lists and their numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from omnileads.contacts.blacklists import Blacklists, Entries
from omnileads.contacts.routes.services import CurrentChanges, Cursor, SearchText, SliceSize
from omnileads.contacts.schemas.blacklists import BlacklistCreate, BlacklistOut, BlacklistPatch, EntryIn, EntryOut
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging, Slice
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId, PlainText

router = APIRouter(prefix="/blacklists", tags=["blacklists"], dependencies=[requires("blacklists.read")])
_WRITES = [requires("blacklists.write")]


def _blacklists(session: Transaction, changes: CurrentChanges) -> Blacklists:
    return Blacklists(session, changes)


def _entries(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, blacklist_id: PathId
) -> Entries:
    return Entries(session, runtime.clock, blacklist_id, principal)


CurrentBlacklists = Annotated[Blacklists, Depends(_blacklists)]
CurrentEntries = Annotated[Entries, Depends(_entries)]


@router.get("")
def list_blacklists(service: CurrentBlacklists, paging: Paging) -> Page[BlacklistOut]:
    return service.page(paging)


@router.post("", status_code=201, dependencies=_WRITES)
def create_blacklist(service: CurrentBlacklists, body: BlacklistCreate) -> BlacklistOut:
    return service.create(body)


@router.get("/{blacklist_id}")
def get_blacklist(service: CurrentBlacklists, blacklist_id: PathId) -> BlacklistOut:
    return service.one(blacklist_id)


@router.patch("/{blacklist_id}", dependencies=_WRITES)
def change_blacklist(service: CurrentBlacklists, blacklist_id: PathId, body: BlacklistPatch) -> BlacklistOut:
    return service.change(blacklist_id, body)


@router.delete("/{blacklist_id}", status_code=204, dependencies=_WRITES)
def delete_blacklist(service: CurrentBlacklists, blacklist_id: PathId) -> None:
    """Delete a list with its numbers."""
    service.delete(blacklist_id)


@router.get("/{blacklist_id}/entries")
def list_blacklist_entries(
    service: CurrentEntries, search: SearchText = "", cursor: Cursor = None, size: SliceSize = 50
) -> Slice[EntryOut]:
    """The numbers in their order; with `search` those that begin like it."""
    return service.slice(search.strip(), cursor, size)


@router.post("/{blacklist_id}/entries", dependencies=_WRITES)
def write_blacklist_entry(service: CurrentEntries, body: EntryIn) -> EntryOut:
    """Put a number on the list, or give it another reason and expiry."""
    return service.put(body)


@router.delete("/{blacklist_id}/entries/{number}", status_code=204, dependencies=_WRITES)
def remove_blacklist_entry(service: CurrentEntries, number: Annotated[PlainText, Path(max_length=60)]) -> None:
    service.remove(number)
