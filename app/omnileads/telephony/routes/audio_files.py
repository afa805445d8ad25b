"""HTTP: audio files."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile

from omnileads.kit.edge import Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import PathId, PlainText
from omnileads.telephony.audio import MAX_BYTES, AudioFiles
from omnileads.telephony.routes.services import CurrentChanges, wav_answer
from omnileads.telephony.schemas.audio import AudioFileOut, AudioFilePatch

MULTIPART_OVERHEAD_BYTES: Final = 64 * 1024

router = APIRouter(prefix="/audio-files", tags=["audio-files"], dependencies=[requires("audio.read")])


def _audio(session: Transaction, changes: CurrentChanges) -> AudioFiles:
    return AudioFiles(session, changes)


CurrentAudio = Annotated[AudioFiles, Depends(_audio)]


@router.get("")
def list_audio_files(service: CurrentAudio, paging: Paging) -> Page[AudioFileOut]:
    return service.page(paging)


@router.post(
    "", status_code=201, dependencies=[requires("audio.write")], max_body_size=MAX_BYTES + MULTIPART_OVERHEAD_BYTES
)
def add_audio_file(
    service: CurrentAudio,
    name: Annotated[PlainText, Form(min_length=1, max_length=60)],
    file: Annotated[UploadFile, File(description="WAV, MP3 or Ogg Vorbis, at most 20 minutes.")],
) -> AudioFileOut:
    return service.add(name.strip(), file.file.read(MAX_BYTES + 1))


@router.get("/{audio_id}/content", response_class=Response)
def get_audio_content(service: CurrentAudio, audio_id: PathId) -> Response:
    return wav_answer(service.content(audio_id))


@router.get("/{audio_id}")
def get_audio_file(service: CurrentAudio, audio_id: PathId) -> AudioFileOut:
    return service.one(audio_id)


@router.patch("/{audio_id}", dependencies=[requires("audio.write")])
def rename_audio_file(service: CurrentAudio, audio_id: PathId, body: AudioFilePatch) -> AudioFileOut:
    return service.rename(audio_id, body)


@router.delete("/{audio_id}", status_code=204, dependencies=[requires("audio.write")])
def delete_audio_file(service: CurrentAudio, audio_id: PathId) -> None:
    service.delete(audio_id)
