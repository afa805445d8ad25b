"""HTTP, for asterisk-sync only: Asterisk's files, and what it reports about them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import internal
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from omnileads.kit.schemas import PathId
from omnileads.telephony.asterisk_files import AsteriskFiles
from omnileads.telephony.asterisk_nodes import note
from omnileads.telephony.audio import read_content
from omnileads.telephony.routes.services import wav_answer
from omnileads.telephony.schemas.asterisk import AsteriskFilesOut, AsteriskReport, AsteriskReportOut, LinesReport
from omnileads.telephony.trunk_lines import keep_lines

LONGEST_WAIT_SECONDS: Final = 30
POLL_SECONDS: Final = 0.25

router = APIRouter(prefix="/asterisk", tags=["internal"], dependencies=[internal()])


@router.get("/files", response_model=AsteriskFilesOut, responses={304: {"description": "Nothing new."}})
async def get_asterisk_files(
    runtime: CurrentRuntime,
    revision: Annotated[str, Query(max_length=64)] = "",
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait for news.")] = 0,
    node: Annotated[str, Query(max_length=64, description="Which Asterisk asks.")] = "",
    *,
    stopping: Annotated[bool, Query(description="It takes no new calls.")] = False,
) -> AsteriskFilesOut | Response:
    """The files, at once if they differ from `revision`, else as soon as they do; 304 when the wait is over.

    Waiting costs neither a thread nor a database connection: both are taken for one short question at a time.
    """
    deadline = runtime.clock.monotonic() + wait
    seen = -1
    if node:
        await run_in_threadpool(_note, runtime, node, is_stopping=stopping)
    while True:
        seen, files = await run_in_threadpool(_files_since, runtime, seen, node)
        if files is not None and files.revision != revision:
            return files
        if runtime.clock.monotonic() >= deadline:
            return Response(status_code=304)
        await asyncio.sleep(POLL_SECONDS)


def _note(runtime: Runtime, node: str, *, is_stopping: bool) -> None:
    with runtime.database.transaction() as session:
        note(session, node, runtime.clock.now(), is_stopping=is_stopping)


def _files_since(runtime: Runtime, seen: int, node: str) -> tuple[int, AsteriskFilesOut | None]:
    """The configuration revision, and the files if it is not `seen`."""
    with runtime.database.transaction() as session:
        configuration = current_config_revision(session)
        if configuration == seen:
            return configuration, None
        return configuration, AsteriskFiles(session, runtime.clock).current(node)


@router.get("/sounds/{audio_id}.wav", response_class=Response)
def get_asterisk_sound(session: Transaction, audio_id: PathId) -> Response:
    return wav_answer(read_content(session, audio_id))


@router.post("/report")
def report_asterisk(session: Transaction, runtime: CurrentRuntime, body: AsteriskReport) -> AsteriskReportOut:
    return AsteriskReportOut(accepted=AsteriskFiles(session, runtime.clock).report(body))


@router.post("/lines", status_code=204)
def report_lines(session: Transaction, runtime: CurrentRuntime, body: LinesReport) -> None:
    """The other sides of all trunks that Asterisk has."""
    keep_lines(session, body.node, body.lines, runtime.clock.now())
