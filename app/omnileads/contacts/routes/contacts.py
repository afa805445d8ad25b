"""HTTP: the contacts of a base."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from omnileads.contacts.bases import find_base
from omnileads.contacts.contacts import Contacts
from omnileads.contacts.routes.services import Cursor, SearchText, SliceSize
from omnileads.contacts.schemas.bases import ContactIn, ContactOut, ContactPatch, ContactSlice
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(
    prefix="/contact-bases/{base_id}/contacts", tags=["contacts"], dependencies=[requires("contacts.read")]
)
ContactId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def _contacts(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, base_id: PathId) -> Contacts:
    return Contacts(session, runtime.clock, find_base(session, base_id), principal)


CurrentContacts = Annotated[Contacts, Depends(_contacts)]


@router.get("")
def list_contacts(
    service: CurrentContacts, search: SearchText = "", cursor: Cursor = None, size: SliceSize = 50
) -> ContactSlice:
    """Contacts in the order they came. With `search` those whose words begin like each word of it, or with a phone
    number that begins like it: at most 200."""
    return service.slice(search.strip(), cursor, size)


@router.post("", status_code=201, dependencies=[requires("contacts.write")])
def create_contact(service: CurrentContacts, body: ContactIn) -> ContactOut:
    return service.create(body.values, is_original=True)


@router.get("/{contact_id}")
def get_contact(service: CurrentContacts, contact_id: ContactId) -> ContactOut:
    return service.one(contact_id)


@router.patch("/{contact_id}", dependencies=[requires("contacts.write")])
def change_contact(service: CurrentContacts, contact_id: ContactId, body: ContactPatch) -> ContactOut:
    return service.change(contact_id, body.values)


@router.delete("/{contact_id}", status_code=204, dependencies=[requires("contacts.write")])
def delete_contact(service: CurrentContacts, contact_id: ContactId) -> None:
    service.delete(contact_id)
