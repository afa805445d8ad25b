"""HTTP: contact bases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.responses import StreamingResponse

from omnileads.contacts.bases import ContactBases, find_base
from omnileads.contacts.csv_file import BYTE_ORDER_MARK
from omnileads.contacts.export import EXAMPLE, base_as_csv
from omnileads.contacts.routes.services import CSV_ANSWER, CurrentChanges, csv_answer
from omnileads.contacts.schemas.bases import ContactBaseCreate, ContactBaseOut, ContactBasePatch
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/contact-bases", tags=["contact-bases"], dependencies=[requires("contacts.read")])


def _bases(session: Transaction, changes: CurrentChanges, runtime: CurrentRuntime) -> ContactBases:
    return ContactBases(session, changes, runtime.clock)


CurrentBases = Annotated[ContactBases, Depends(_bases)]


@router.get("")
def list_contact_bases(service: CurrentBases, paging: Paging, *, is_hidden: bool | None = None) -> Page[ContactBaseOut]:
    return service.page(paging, is_hidden=is_hidden)


@router.post("", status_code=201, dependencies=[requires("contacts.write")])
def create_contact_base(service: CurrentBases, body: ContactBaseCreate) -> ContactBaseOut:
    """Define a base without contacts."""
    return service.create(body)


@router.get("/example", response_class=Response, responses=CSV_ANSWER)
def get_example_file() -> Response:
    """A CSV file to begin with."""
    headers = {"Content-Disposition": 'attachment; filename="contacts-example.csv"'}
    content = (BYTE_ORDER_MARK + EXAMPLE).encode()
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{base_id}")
def get_contact_base(service: CurrentBases, base_id: PathId) -> ContactBaseOut:
    return service.one(base_id)


@router.patch("/{base_id}", dependencies=[requires("contacts.write")])
def change_contact_base(service: CurrentBases, base_id: PathId, body: ContactBasePatch) -> ContactBaseOut:
    """Rename, hide or show a base; its columns can change while it has no contact."""
    return service.change(base_id, body)


@router.delete("/{base_id}", status_code=204, dependencies=[requires("contacts.write")])
def delete_contact_base(service: CurrentBases, base_id: PathId) -> None:
    """Delete a base that has no contact and that no campaign uses."""
    service.delete(base_id)


@router.get("/{base_id}/export", response_class=StreamingResponse, responses=CSV_ANSWER)
def export_contact_base(runtime: CurrentRuntime, base_id: PathId) -> StreamingResponse:
    """The whole base as a CSV file, which the import takes back."""
    with runtime.database.transaction() as session:
        base = find_base(session, base_id)
    return csv_answer(base_as_csv(runtime.database, base.id, base.columns), f"{base.name}.csv")
