"""HTTP: trunks, inbound routes, audio files, and the files of Asterisk for asterisk-sync."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, internal, requires
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from omnileads.kit.schemas import PathId, PlainText
from omnileads.telephony.asterisk_files import AsteriskFiles
from omnileads.telephony.audio import MAX_BYTES, AudioFiles, read_content
from omnileads.telephony.inbound_routes import InboundRoutes
from omnileads.telephony.schemas import (
    AsteriskFilesOut,
    AsteriskReport,
    AsteriskReportOut,
    AudioFileOut,
    RouteCreate,
    RouteOut,
    RoutePatch,
    TemplateName,
    TrunkCreate,
    TrunkOut,
    TrunkPatch,
    TrunkTemplateOut,
)
from omnileads.telephony.templates import trunk_templates
from omnileads.telephony.trunks import Trunks

LONGEST_WAIT_SECONDS: Final = 30
POLL_SECONDS: Final = 1.0
MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024

trunks = APIRouter(prefix="/sip-trunks", tags=["sip-trunks"], dependencies=[requires("trunks.read")])
inbound_routes = APIRouter(prefix="/inbound-routes", tags=["inbound-routes"], dependencies=[requires("routes.read")])
audio_files = APIRouter(prefix="/audio-files", tags=["audio-files"], dependencies=[requires("audio.read")])
asterisk = APIRouter(prefix="/asterisk", tags=["internal"], dependencies=[internal()])


def _trunks(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Trunks:
    return Trunks(session, ConfigurationChanges(session, runtime, principal))


def _routes(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, scope: CurrentScope
) -> InboundRoutes:
    return InboundRoutes(session, ConfigurationChanges(session, runtime, principal), scope)


def _audio(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> AudioFiles:
    return AudioFiles(session, ConfigurationChanges(session, runtime, principal))


CurrentTrunks = Annotated[Trunks, Depends(_trunks)]
CurrentRoutes = Annotated[InboundRoutes, Depends(_routes)]
CurrentAudio = Annotated[AudioFiles, Depends(_audio)]


@trunks.get("")
def list_trunks(service: CurrentTrunks, paging: Paging) -> Page[TrunkOut]:
    return service.page(paging)


@trunks.get("/templates")
def list_trunk_templates(settings: CurrentSettings) -> list[TrunkTemplateOut]:
    ports = settings.asterisk
    return [
        TrunkTemplateOut(
            slug=template.slug,
            name=TemplateName(en=template.name_en, es=template.name_es),
            wizard_text=template.wizard_text,
        )
        for template in trunk_templates(ports.sip_trunk_port, ports.sip_trunk_nat_port)
    ]


@trunks.post("", status_code=201, dependencies=[requires("trunks.write")])
def create_trunk(service: CurrentTrunks, body: TrunkCreate) -> TrunkOut:
    return service.create(body)


@trunks.get("/{trunk_id}")
def get_trunk(service: CurrentTrunks, trunk_id: PathId) -> TrunkOut:
    return service.one(trunk_id)


@trunks.patch("/{trunk_id}", dependencies=[requires("trunks.write")])
def change_trunk(service: CurrentTrunks, trunk_id: PathId, body: TrunkPatch) -> TrunkOut:
    return service.change(trunk_id, body)


@trunks.delete("/{trunk_id}", status_code=204, dependencies=[requires("trunks.write")])
def delete_trunk(service: CurrentTrunks, trunk_id: PathId) -> None:
    service.delete(trunk_id)


@inbound_routes.get("")
def list_inbound_routes(service: CurrentRoutes, paging: Paging) -> Page[RouteOut]:
    return service.page(paging)


@inbound_routes.post("", status_code=201, dependencies=[requires("routes.write")])
def create_inbound_route(service: CurrentRoutes, body: RouteCreate) -> RouteOut:
    return service.create(body)


@inbound_routes.get("/{route_id}")
def get_inbound_route(service: CurrentRoutes, route_id: PathId) -> RouteOut:
    return service.one(route_id)


@inbound_routes.patch("/{route_id}", dependencies=[requires("routes.write")])
def change_inbound_route(service: CurrentRoutes, route_id: PathId, body: RoutePatch) -> RouteOut:
    return service.change(route_id, body)


@inbound_routes.delete("/{route_id}", status_code=204, dependencies=[requires("routes.write")])
def delete_inbound_route(service: CurrentRoutes, route_id: PathId) -> None:
    service.delete(route_id)


@audio_files.get("")
def list_audio_files(service: CurrentAudio, paging: Paging) -> Page[AudioFileOut]:
    return service.page(paging)


@audio_files.post(
    "", status_code=201, dependencies=[requires("audio.write")], max_body_size=MAX_BYTES + MULTIPART_OVERHEAD_BYTES
)
def add_audio_file(
    service: CurrentAudio,
    name: Annotated[PlainText, Form(min_length=1, max_length=60)],
    file: Annotated[UploadFile, File(description="WAV: PCM 16 bit, mono, 8 kHz.")],
) -> AudioFileOut:
    return service.add(name.strip(), file.file.read(MAX_BYTES + 1))


@audio_files.get("/{audio_id}/content", response_class=Response)
def get_audio_content(service: CurrentAudio, audio_id: PathId) -> Response:
    return _wav(service.content(audio_id))


@audio_files.delete("/{audio_id}", status_code=204, dependencies=[requires("audio.write")])
def delete_audio_file(service: CurrentAudio, audio_id: PathId) -> None:
    service.delete(audio_id)


@asterisk.get("/files", response_model=AsteriskFilesOut, responses={304: {"description": "Nothing new."}})
async def get_asterisk_files(
    runtime: CurrentRuntime,
    revision: Annotated[str, Query(max_length=64)] = "",
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait for news.")] = 0,
) -> AsteriskFilesOut | Response:
    """The files, at once if they differ from `revision`, else as soon as they do; 304 when the wait is over.

    Waiting costs neither a thread nor a database connection: both are taken for one short question each second.
    """
    deadline = runtime.clock.monotonic() + wait
    seen = -1
    while True:
        seen, files = await run_in_threadpool(_files_since, runtime, seen)
        if files is not None and files.revision != revision:
            return files
        if runtime.clock.monotonic() >= deadline:
            return Response(status_code=304)
        await asyncio.sleep(POLL_SECONDS)


def _files_since(runtime: Runtime, seen: int) -> tuple[int, AsteriskFilesOut | None]:
    """The configuration revision, and the files if it is not `seen`."""
    with runtime.database.transaction() as session:
        configuration = current_config_revision(session)
        if configuration == seen:
            return configuration, None
        return configuration, AsteriskFiles(session, runtime.clock).current()


@asterisk.get("/sounds/{audio_id}.wav", response_class=Response)
def get_asterisk_sound(session: Transaction, audio_id: PathId) -> Response:
    return _wav(read_content(session, audio_id))


@asterisk.post("/report")
def report_asterisk(session: Transaction, runtime: CurrentRuntime, body: AsteriskReport) -> AsteriskReportOut:
    return AsteriskReportOut(accepted=AsteriskFiles(session, runtime.clock).report(body))


def _wav(content: bytes) -> Response:
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": "inline"}
    return Response(content, media_type="audio/wav", headers=headers)
