"""HTTP: imports of numbers into do-not-call lists: begin, upload in parts, preview, start, watch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import StreamingResponse

from omnileads.contacts.imports import Imports, rejects_of
from omnileads.contacts.routes.services import CSV_ANSWER, PART_BODY_BYTES, PartContent, csv_answer, import_service
from omnileads.contacts.schemas.imports import (
    BlacklistImportCreate,
    BlacklistImportStart,
    ImportOut,
    Preview,
    PreviewRequest,
)
from omnileads.kit.edge import CurrentRuntime
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/blacklist-imports", tags=["blacklist-imports"], dependencies=[requires("blacklists.read")])
CurrentImports = Annotated[Imports, Depends(import_service("blacklist"))]
_WRITES = [requires("blacklists.write")]


@router.get("")
def list_blacklist_imports(service: CurrentImports, paging: Paging) -> Page[ImportOut]:
    """The newest first."""
    return service.page(paging)


@router.post("", status_code=201, dependencies=_WRITES)
def begin_blacklist_import(service: CurrentImports, body: BlacklistImportCreate) -> ImportOut:
    """Begin an import. Then upload the file's parts, have a look (`preview`), and start."""
    return service.begin(body.file_name, blacklist_id=body.blacklist_id)


@router.get("/{import_id}")
def get_blacklist_import(service: CurrentImports, import_id: PathId) -> ImportOut:
    """How far it is."""
    return service.one(import_id)


@router.put("/{import_id}/parts/{position}", dependencies=_WRITES, max_body_size=PART_BODY_BYTES)
def upload_blacklist_import_part(
    service: CurrentImports,
    import_id: PathId,
    position: Annotated[int, Path(ge=0, le=99_999, description="Number of the part, from 0.")],
    content: PartContent,
) -> ImportOut:
    """One part of the file. A part that is sent again replaces itself, so an upload that broke off is continued."""
    return service.add_part(import_id, position, content)


@router.post("/{import_id}/preview", dependencies=_WRITES)
def preview_blacklist_import(service: CurrentImports, import_id: PathId, body: PreviewRequest) -> Preview:
    """How the file is read: encoding, delimiter, columns and first rows."""
    return service.preview(import_id, body)


@router.post("/{import_id}/start", dependencies=_WRITES)
def start_blacklist_import(service: CurrentImports, import_id: PathId, body: BlacklistImportStart) -> ImportOut:
    """Hand the file to the worker. All of its good rows come in, or none."""
    return service.start_blacklist(import_id, body)


@router.post("/{import_id}/cancel", dependencies=_WRITES)
def cancel_blacklist_import(service: CurrentImports, import_id: PathId) -> ImportOut:
    """Stop it; nothing of the file stays."""
    return service.cancel(import_id)


@router.get("/{import_id}/rejects", response_class=StreamingResponse, responses=CSV_ANSWER)
def get_blacklist_import_rejects(
    service: CurrentImports, runtime: CurrentRuntime, import_id: PathId
) -> StreamingResponse:
    """The rows that were not taken, with their line and the reason, as a CSV file."""
    service.check_rejects(import_id)
    return csv_answer(rejects_of(runtime.database, import_id), f"rejects-{import_id}.csv")
