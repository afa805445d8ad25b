"""`ivrs`: sent as forms with sounds that are here already or come along, answered in an envelope of their own."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from omnileads.api.v1.bodies import Data, Fields, as_id, as_text, file_of, problems_of, takes
from omnileads.api.v1.configuration.choices import sounds
from omnileads.api.v1.configuration.family import READ, WRONG, everything, item_id, number_of, numbered
from omnileads.api.v1.configuration.telephony import DESTINATIONS, Changes
from omnileads.api.v1.errors import Body, Refused, by_field, required, sentence_of
from omnileads.api.v1.language import say
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import Transaction
from omnileads.kit.errors import Conflict, NotFound, ValidationFailed
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.telephony.audio import MAX_BYTES, AudioFiles, convert
from omnileads.telephony.errors import AudioRefused
from omnileads.telephony.ivrs import Ivrs
from omnileads.telephony.models import AudioFile
from omnileads.telephony.schemas.destinations import DestinationOut
from omnileads.telephony.schemas.ivrs import IvrCreate, IvrOut, IvrPatch

router = APIRouter(prefix="/ivrs", tags=["ivrs"], dependencies=[requires("routes.read")])
writes: Final = [requires("routes.write")]

INTERNAL, EXTERNAL = 1, 2
MAX_AUDIO_NAME: Final = 60
MAX_BODY: Final = 3 * MAX_BYTES + 64 * 1024
SOUNDS: Final = {"audio_id": "main_audio", "timeout_audio_id": "time_out_audio", "invalid_audio_id": "invalid_audio"}
NAMES: Final = {
    "name": "nombre",
    "description": "descripcion",
    "timeout_seconds": "time_out",
    "timeout_retries": "time_out_retries",
    "invalid_retries": "invalid_retries",
    "timeout": "time_out_destination",
    "invalid": "invalid_destination",
    "options": "destination_options_json",
    **SOUNDS,
}
"""Ours -> the contract's."""
_PLAIN: Final = ("name", "description", "timeout_seconds", "timeout_retries", "invalid_retries")
_IN_USE: Final = (
    "No se puede eliminar un objeto que es destino en un flujo de llamada.",
    "What is a destination of a call flow cannot be deleted.",
)


class OptionFields(Fields):
    """`dtmf` is one to five of the keys 0-9, * and #; types of destinations as in `inbound_routes`."""

    dtmf: str
    destination_type: int
    destination: int | None = None


class IvrFields(Fields):
    """The three sounds: `type_...` 1 is the id of one that is here, 2 a `.wav` file that comes along in `..._ext`."""

    nombre: str
    descripcion: str = ""
    type_main_audio: int
    main_audio: int | None = None
    type_time_out_audio: int
    time_out_audio: int | None = None
    type_invalid_audio: int
    invalid_audio: int | None = None
    time_out: int
    time_out_retries: int
    time_out_destination_type: int
    time_out_destination: int | None = None
    invalid_retries: int
    invalid_destination_type: int
    invalid_destination: int | None = None
    destination_options: list[OptionFields]


def _service(session: Transaction, changes: Changes, scope: CurrentScope) -> Ivrs:
    return Ivrs(session, changes, scope)


class Sounds:
    """The sounds of a request, those that come along kept among the audio files."""

    def __init__(self, session: Transaction, changes: Changes, principal: CurrentPrincipal) -> None:
        self._session: Session = session
        self._files = AudioFiles(session, changes)
        self._principal: Principal = principal

    def read(self, data: Body) -> dict[str, Any]:
        """Field of ours -> id. Raises Refused with what is wrong with each."""
        chosen = {ours: self._chosen(data, theirs) for ours, theirs in SOUNDS.items()}
        problems = {SOUNDS[ours]: [problem] for ours, (_, problem) in chosen.items() if problem is not None}
        if problems:
            raise refused(problems)
        return {ours: self._kept(SOUNDS[ours], sound) for ours, (sound, _) in chosen.items()}

    @staticmethod
    def _chosen(data: Body, name: str) -> tuple[int | UploadFile | None, str | None]:
        """The id or the file, or what is wrong."""
        match as_id(data.get(f"type_{name}")):
            case 1:
                number = as_id(data.get(name))
                absent = say("Debe escoger un audio interno del sistema", "Choose one of the system's audio files")
                return number, absent if number is None else None
            case 2:
                upload = file_of(data, f"{name}_ext")
                if upload is None:
                    return None, say("Debe escoger un audio como archivo externo", "Choose a sound file to send")
                if PurePath(upload.filename or "").suffix.lower() != ".wav":
                    return None, say("El archivo no tiene extension .wav", "The file does not end in .wav")
                return upload, None
            case _:
                return None, say("Introduzca un valor válido.", "Enter a valid value.")

    def _kept(self, field: str, sound: int | UploadFile | None) -> int | None:
        """The id of a sound; one that came along is added, unless the very same is there already. Raises Refused."""
        if not isinstance(sound, UploadFile):
            return sound
        if not self._principal.may("audio.write"):
            text = say("No tiene permiso para agregar audios.", "You may not add audio files.")
            raise refused({field: [text]})
        content = sound.file.read(MAX_BYTES + 1)
        try:
            same = select(AudioFile.id).where(AudioFile.sha256 == convert(content).sha256)
            found = self._session.scalar(same)
            return found if found is not None else self._files.add(self._free_name(sound.filename or ""), content).id
        except AudioRefused as error:
            raise refused({field: [error.fields[0].message if error.fields else error.text]}) from error

    def _free_name(self, file_name: str) -> str:
        """The file's name, with a number where that is taken."""
        stem = PurePath(file_name).stem.strip()[: MAX_AUDIO_NAME - 8] or "audio"
        names = select(func.lower(AudioFile.name)).where(func.lower(AudioFile.name).startswith(stem.lower()))
        taken = set(self._session.scalars(names))
        candidates = (stem, *(f"{stem} {number}" for number in range(2, len(taken) + 3)))
        return next(name for name in candidates if name.lower() not in taken)


CurrentIvrs = Annotated[Ivrs, Depends(_service)]
CurrentSounds = Annotated[Sounds, Depends(Sounds)]


def refused(errors: Any, message: str | None = None, status: int = 400) -> Refused:
    text = message or say(*WRONG)
    return Refused(status, {"status": "ERROR", "message": text, "data": {}, "errors": errors})


def answer(message: str, data: Any) -> Body:
    return {"status": "SUCCESS", "message": message, "data": data, "errors": {}}


@router.get("")
def list_ivrs(service: CurrentIvrs) -> Body:
    told = say("Se obtuvieron los IVRs de forma exitosa", "The IVRs were read")
    return answer(told, [_shown(ivr) for ivr in everything(service)])


@router.get("/audio_options")
def audio_options(session: Transaction) -> Body:
    """The sounds there are."""
    return answer(say(*READ), sounds(session))


@router.get("/destination_types")
def destination_types() -> Body:
    """What an IVR can lead to."""
    return answer(say(*READ), [{"id": number, "nombre": kind} for number, kind in DESTINATIONS.items()])


@router.get("/{item}")
def get_ivr(service: CurrentIvrs, item: str) -> Body:
    found = _one(service, item)
    return answer(say("Se obtuvo la informacion del IVR de forma exitosa", "The IVR was read"), _shown(found))


@router.post("/create", status_code=201, dependencies=writes, openapi_extra=takes(IvrFields), max_body_size=MAX_BODY)
def create_ivr(service: CurrentIvrs, sounds: CurrentSounds, data: Data) -> Body:
    wanted = _wanted(data, sounds)
    try:
        made = service.create(wanted)
    except ValidationFailed as error:
        raise _unfit(error) from error
    return answer(say("Se creo el IVR de forma exitosa", "The IVR was made"), _shown(made))


@router.put("/{item}/update", dependencies=writes, openapi_extra=takes(IvrFields), max_body_size=MAX_BODY)
def update_ivr(service: CurrentIvrs, sounds: CurrentSounds, item: str, data: Data) -> Body:
    number = _one(service, item).id
    wanted = _wanted(data, sounds)
    try:
        changed = service.change(number, IvrPatch.model_validate(wanted.model_dump()))
    except ValidationFailed as error:
        raise _unfit(error) from error
    return answer(say("Se actualizo el IVR de forma exitosa", "The IVR was changed"), _shown(changed))


@router.delete("/{item}/delete", dependencies=writes)
def delete_ivr(service: CurrentIvrs, item: str) -> Body:
    number = _one(service, item).id
    try:
        service.delete(number)
    except Conflict as error:
        raise refused(say(*_IN_USE)) from error
    return answer(say("Se elimino el IVR de forma exitosa", "The IVR was deleted"), {})


def _one(service: Ivrs, item: str) -> IvrOut:
    """Raises Refused (404)."""
    try:
        return service.one(item_id(item))
    except NotFound as error:
        raise refused({}, say("No encontrado.", "Not found."), 404) from error


def _wanted(data: Body, sounds: Sounds) -> IvrCreate:
    """The body as the service takes it. Raises Refused with errors by field."""
    absent = {
        name: [required()] for name in ("nombre", "time_out", "time_out_retries", "invalid_retries") if name not in data
    }
    if absent:
        raise refused(absent)
    fields: Body = {ours: data[theirs] for ours, theirs in NAMES.items() if ours in _PLAIN and theirs in data}
    fields["options"] = _options(data)
    for field, name in (("timeout", "time_out_destination"), ("invalid", "invalid_destination")):
        fields[field] = _destination(data.get(f"{name}_type"), data.get(name))
    fields |= sounds.read(data)
    try:
        return IvrCreate.model_validate(fields)
    except ValidationError as error:
        raise refused(problems_of(error, NAMES)) from error


def _options(data: Body) -> list[Any]:
    """`destination_options`, a list or its text. Raises Refused."""
    sent = data.get("destination_options", data.get("destination_options_json"))
    try:
        entries = json.loads(sent) if isinstance(sent, str) else sent
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        text = say("Se esperaba una lista de elementos.", "Expected a list of items.")
        raise refused({"destination_options_json": [text]})
    keys = [as_text(entry.get("dtmf")) for entry in entries]
    if len(set(keys)) != len(keys):
        text = "Hay DTMF's repetidos en las opciones de destino del IVR"
        raise refused({"destination_options_json": [say(text, "The same keys are there more than once")]})
    return [
        {"digit": key or "", "destination": _destination(entry.get("destination_type"), entry.get("destination"))}
        for key, entry in zip(keys, entries, strict=True)
    ]


def _destination(kind: Any, number: Any) -> Body:
    known = numbered(kind, DESTINATIONS)
    return {"type": known, "id": None if known == "hangup" else as_id(number)}


def _unfit(error: ValidationFailed) -> Refused:
    found = by_field(error.fields, NAMES)
    if any(problem.field == "name" and problem.code == "taken" for problem in error.fields):
        found["nombre"] = [say("Ya existe ivr con este nombre.", "There is an IVR with this name.")]
    return refused(found or {"__all__": [sentence_of(error.code, error.text)]})


def _shown(ivr: IvrOut) -> Body:
    return {
        "id": ivr.id,
        "name": ivr.name,
        "description": ivr.description,
        "audio_principal": ivr.audio_id,
        "time_out": ivr.timeout_seconds,
        "time_out_retries": ivr.timeout_retries,
        "time_out_audio": ivr.timeout_audio_id,
        **_shown_destination("time_out_", ivr.timeout),
        "invalid_retries": ivr.invalid_retries,
        "invalid_audio": ivr.invalid_audio_id,
        **_shown_destination("invalid_", ivr.invalid),
        "destination_options": [
            {"id": place, "dtmf": option.digit, **_shown_destination("", option.destination)}
            for place, option in enumerate(ivr.options, start=1)
        ],
    }


def _shown_destination(prefix: str, destination: DestinationOut) -> Body:
    return {
        f"{prefix}destination": destination.id,
        f"{prefix}destination_type": number_of(destination.type, DESTINATIONS),
    }
