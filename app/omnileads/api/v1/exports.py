"""`exportar_csv_...`, `grabacion/descarga_masiva`: files made in the background; `exportaciones`: fetching them."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from omnileads.api.v1.bodies import Data, Fields, as_day, as_id, as_text, takes
from omnileads.api.v1.errors import Body, Refused, missing, sentence_of
from omnileads.api.v1.language import say
from omnileads.api.v1.prefix import PREFIX
from omnileads.api.v1.recordings import hears_only
from omnileads.calls.recording_edge import CurrentRecordings
from omnileads.campaigns.scope import CurrentScope, Scope, find_seen, sees
from omnileads.exports.job import (
    RECORDINGS_JOB,
    REPORT_JOB,
    ReportKind,
    ReportTask,
    TooManyExports,
    has_file,
    own_export,
    pieces_of,
    start,
)
from omnileads.exports.recordings import (
    MOST_RECORDINGS,
    Hearer,
    RecordingsArchive,
    RecordingsTask,
    find_recordings,
)
from omnileads.kit.audit import AuditLog
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.jobs import Job
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.runtime import Runtime

reports = APIRouter(tags=["exports"], dependencies=[requires("calls.read"), requires("contacts.read")])
recordings = APIRouter(tags=["recordings"], dependencies=[requires("recordings.listen", "agent.console")])
files = APIRouter(
    prefix="/exportaciones",
    tags=["exports"],
    dependencies=[requires("contacts.read", "recordings.listen", "agent.console")],
)

_ID: Final = re.compile(r"[0-9A-Z]{26}")
_TRUE: Final = frozenset({"true", "1", "on", "si", "sí"})
_ADDRESS: Final = "filename="


class WantedReport(Fields):
    """`desde` and `hasta` are days (dd/mm/yyyy), both included; without them there is no limit on that side."""

    campana_id: int
    task_id: str | None = None
    desde: str | None = Field(default=None, examples=["01/03/2026"])
    hasta: str | None = Field(default=None, examples=["31/03/2026"])


class WantedResults(WantedReport):
    """`all_data`: also the contacts nobody has called."""

    all_data: bool = False


class WantedRecordings(Fields):
    """`files`: what `call_record` told, as a list or as its JSON. `mostrar_datos_contacto` adds a table of contacts."""

    files: list[str]
    mostrar_datos_contacto: bool = False


def _failed(status: int, text: str) -> Refused:
    return Refused(status, {"status": "ERROR", "msg": text})


def _language() -> str:
    return say("es", "en")


def _wanted_report(session: Transaction, scope: CurrentScope, data: Data) -> dict[str, Any]:
    """Raises Refused."""
    campaign = find_seen(session, scope, as_id(data.get("campana_id")))
    if campaign is None:
        raise _failed(404, say("Campaña inexistente.", "Unknown campaign."))
    return {
        "campaign_id": campaign.id,
        "first": _day(data.get("desde")),
        "last": _day(data.get("hasta")),
        "is_all": _is_true(data.get("all_data")),
        "language": _language(),
    }


WantedTask = Annotated[dict[str, Any], Depends(_wanted_report)]


def _day(sent: Any) -> date | None:
    text = as_text(sent)
    if sent is None or text == "":
        return None
    day = as_day(text)
    if day is None:
        raise _failed(400, say("Fecha inválida: se espera dd/mm/aaaa.", "Invalid date: dd/mm/yyyy is expected."))
    return day


def _is_true(sent: Any) -> bool:
    return str(sent).strip().lower() in _TRUE


def _started(session: Session, runtime: Runtime, principal: Principal, kind: str, arguments: Body) -> Body:
    try:
        job_id = start(session, runtime, principal, kind, arguments)
    except TooManyExports as error:
        raise _failed(error.status, sentence_of(error.code, error.text)) from error
    text = say("Exportación iniciada", "Export started")
    return {"status": "OK", "msg": text, "id": job_id}


def _report(session: Session, runtime: Runtime, principal: Principal, kind: ReportKind, wanted: Body) -> Body:
    task = ReportTask(kind=kind, **wanted)
    return _started(session, runtime, principal, REPORT_JOB, task.model_dump(mode="json"))


@reports.post("/exportar_csv_contactados", openapi_extra=takes(WantedReport))
def export_contacted(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """Every call an agent talked in, with its disposition and the answers in its form."""
    return _report(session, runtime, principal, "contacted", wanted)


@reports.post("/exportar_csv_calificados", openapi_extra=takes(WantedReport))
def export_dispositioned(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """Those of them that have a disposition."""
    return _report(session, runtime, principal, "dispositioned", wanted)


@reports.post("/exportar_csv_no_atendidos", openapi_extra=takes(WantedReport))
def export_not_attended(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """Every call that ended without a talk, and why."""
    return _report(session, runtime, principal, "not-attended", wanted)


@reports.post("/exportar_csv_calificaciones_campana", openapi_extra=takes(WantedReport))
def export_dispositions(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """Every disposition, with its contact."""
    return _report(session, runtime, principal, "dispositions", wanted)


@reports.post("/exportar_csv_formulario_gestion_campana", openapi_extra=takes(WantedReport))
def export_forms(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """Every disposition that opened a form, with a column for each of its fields."""
    return _report(session, runtime, principal, "forms", wanted)


@reports.post("/exportar_csv_resultados_base_contactados", openapi_extra=takes(WantedResults))
def export_base_results(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: WantedTask
) -> Body:
    """What became of each contact of the list: its disposition, its last call, how often it was called."""
    return _report(session, runtime, principal, "base-results", wanted)


def _name(sent: str) -> str:
    """Of a file; also of its address, as `call_record` tells it."""
    _, is_address, name = sent.partition(_ADDRESS)
    return (unquote(name) if is_address else sent).replace("\x00", "")[:500]


def _names(sent: Any) -> list[str]:
    """The files that are meant. Raises Refused."""
    value = sent
    if isinstance(sent, str):
        try:
            value = json.loads(sent)
        except (ValueError, RecursionError):
            value = None
    wanted = value if isinstance(value, list) else []
    names = [_name(name) for name in wanted if isinstance(name, str)]
    if not names or len(names) != len(wanted):
        raise _failed(400, say("Se esperaba la lista files.", "The list files is expected."))
    if len(names) > MOST_RECORDINGS:
        text = f"Se pueden descargar hasta {MOST_RECORDINGS} grabaciones a la vez."
        raise _failed(400, say(text, f"At most {MOST_RECORDINGS} recordings can be downloaded at once."))
    return names


@recordings.post("/grabacion/descarga_masiva", openapi_extra=takes(WantedRecordings))
def download_many(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, scope: CurrentScope, data: Data
) -> Body:
    """Many recordings as one ZIP, those one may hear; a text file in it names the others."""
    hearer = Hearer(principal, scope, hears_only(session, principal))
    found, unknown = find_recordings(session, hearer, _names(data.get("files")))
    if not found:
        raise _failed(404, say("No hay grabaciones para descargar.", "There are no recordings to download."))
    task = RecordingsTask(
        recording_ids=found,
        unknown=unknown,
        has_contacts=_is_true(data.get("mostrar_datos_contacto")),
        language=_language(),
    )
    return _started(session, runtime, principal, RECORDINGS_JOB, task.model_dump(mode="json"))


def _own(session: Transaction, principal: CurrentPrincipal, export_id: str) -> Job:
    """Raises Refused, NotFound."""
    if not _ID.fullmatch(export_id):
        raise missing()
    return own_export(session, principal, export_id)


def _may_read(principal: Principal, scope: Scope, campaign_id: int) -> bool:
    return sees(scope, campaign_id) and principal.may("calls.read") and principal.may("contacts.read")


OwnExport = Annotated[Job, Depends(_own)]


@files.get("/{export_id}")
def export_state(session: Transaction, export: OwnExport) -> Body:
    """How far one of the caller's own exports is: `state` is queued, running, done, failed, or expired."""
    is_there = export.state == "done" and (export.kind == RECORDINGS_JOB or has_file(session, export.id))
    share = export.done_count / export.total_count if export.total_count else 0.0
    return {
        "status": "ERROR" if export.state == "failed" else "OK",
        "id": export.id,
        "state": "expired" if export.state == "done" and not is_there else export.state,
        "percentage": 100 if export.state == "done" else min(99, int(100 * share)),
        "msg": export.message or "",
        "file": f"{PREFIX}/exportaciones/{export.id}/archivo/" if is_there else None,
    }


@files.get(
    "/{export_id}/archivo",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, "application/zip": {}}}},
)
def export_file(
    session: Transaction,
    runtime: CurrentRuntime,
    sounds: CurrentRecordings,
    principal: CurrentPrincipal,
    scope: CurrentScope,
    export: OwnExport,
) -> StreamingResponse:
    """The file, to who asked for it and may still see what is in it."""
    if export.state != "done":
        raise missing()
    if export.kind == RECORDINGS_JOB:
        hearer = Hearer(principal, scope, hears_only(session, principal))
        pieces = RecordingsArchive(runtime, sounds, hearer).pieces(RecordingsTask.model_validate(export.arguments))
        kind, name = "application/zip", "grabaciones.zip"
    else:
        task = ReportTask.model_validate(export.arguments)
        if not _may_read(principal, scope, task.campaign_id) or not has_file(session, export.id):
            raise missing()
        pieces = pieces_of(runtime.database, export.id)
        kind, name = "text/csv; charset=utf-8", f"{task.kind}-{task.campaign_id}.csv"
    AuditLog(session, runtime.clock).record("export.fetched", "export", export.id, actor=principal)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(pieces, media_type=kind, headers=headers)
