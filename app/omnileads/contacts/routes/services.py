"""Dependencies of the routes: the services of one request, and answers that are files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Body, Depends, Query
from starlette.responses import StreamingResponse

from omnileads.contacts.imports import Imports
from omnileads.contacts.models import ImportKind
from omnileads.contacts.uploads import MAX_PART_BYTES
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.permissions import CurrentPrincipal
from omnileads.kit.schemas import PlainText

PART_BODY_BYTES: Final = MAX_PART_BYTES + 1024
CSV_ANSWER: Final[dict[int | str, dict[str, object]]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}

PartContent = Annotated[
    bytes,
    Body(
        media_type="application/octet-stream",
        max_length=MAX_PART_BYTES,
        description=f"The bytes of this part of the file, at most {MAX_PART_BYTES}.",
    ),
]
SearchText = Annotated[PlainText, Query(max_length=100, description="Text to look for.")]
Cursor = Annotated[PlainText | None, Query(max_length=200, description="`next` of the rows before.")]
SliceSize = Annotated[int, Query(ge=1, le=200, description="Rows in an answer.")]


def _changes(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ConfigurationChanges:
    return ConfigurationChanges(session, runtime, principal)


CurrentChanges = Annotated[ConfigurationChanges, Depends(_changes)]


def import_service(
    kind: ImportKind,
) -> Callable[[Transaction, CurrentRuntime, CurrentPrincipal, CurrentSettings], Imports]:
    """A dependency that makes the service for imports of this kind."""

    def made(
        session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, settings: CurrentSettings
    ) -> Imports:
        limit_bytes = settings.contacts.import_megabytes * 1024 * 1024
        return Imports(session, runtime, principal, kind, limit_bytes=limit_bytes)

    return made


def csv_answer(pieces: Iterator[bytes], name: str) -> StreamingResponse:
    """A CSV file to be saved under this name."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)
