"""`contact_database/...`, `crear_base_contactos`: contact lists made and filled by other systems."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from omnileads.api.v1.bodies import Data, Fields, Payload, as_id, as_text, file_of, parse, takes
from omnileads.api.v1.contact_values import by_column, external_column, main_phone, shown, texts
from omnileads.api.v1.errors import Body, Refused, failed, missing, must_be_given
from omnileads.api.v1.language import say
from omnileads.campaigns.models import Campaign
from omnileads.campaigns.scope import CurrentScope, find_seen
from omnileads.contacts.bases import ContactBases, find_base
from omnileads.contacts.columns import Structure
from omnileads.contacts.contacts import Contacts
from omnileads.contacts.csv_file import Format, detect, first_rows
from omnileads.contacts.imports import Imports
from omnileads.contacts.models import ColumnRole, ContactBase
from omnileads.contacts.schemas.bases import ColumnIn, ContactBaseCreate, ContactBaseOut
from omnileads.contacts.schemas.imports import ContactImportStart
from omnileads.contacts.uploads import MAX_PART_BYTES
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.errors import AppError, NotFound, ValidationFailed
from omnileads.kit.permissions import CurrentPrincipal, requires

WRITES: Final = [requires("contacts.read"), requires("contacts.write")]
router = APIRouter(tags=["contact lists"])

MAX_NAME: Final = 45
MAX_FILE: Final = 64 * 1024 * 1024
SAMPLE: Final = 64 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


class NewList(Fields):
    """Lists of names of columns; the first phone is the main one."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    phone_fields: Annotated[list[str], Field(min_length=1, max_length=100)]
    data_fields: Annotated[list[str], Field(min_length=1, max_length=100)]
    external_id_field: str | None = None


class NewListFile(Fields):
    """`campos_telefono` are names of columns with commas between them; `filename` is the CSV file."""

    nombre: str
    campos_telefono: str
    id_externo: str | None = None
    filename: str


def _wrong(errors: dict[str, Any]) -> Refused:
    return Refused(400, {"message": say("Error en los datos", "There is an error in the data"), "errors": errors})


def _bases(session: Session, runtime: CurrentRuntime, principal: CurrentPrincipal) -> ContactBases:
    return ContactBases(session, ConfigurationChanges(session, runtime, principal), runtime.clock)


@router.post("/contact_database/create", status_code=201, dependencies=WRITES, openapi_extra=takes(NewList))
def create_list(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, data: Data) -> Body:
    """A contact list without contacts."""
    wanted = parse(NewList, data, _wrong)
    if not _NAME.fullmatch(wanted.name):
        raise _wrong({"name": [say("Solo letras, números, - y _.", "Only letters, numbers, - and _.")]})
    columns: list[tuple[str, ColumnRole]] = [(name, "phone") for name in wanted.phone_fields]
    columns += [(name, "data") for name in wanted.data_fields]
    if wanted.external_id_field:
        columns.append((wanted.external_id_field, "external-id"))
    made = _make(_bases(session, runtime, principal), wanted.name, columns)
    base = session.get_one(ContactBase, made.id)
    return {
        "status": "SUCCESS",
        "data": {
            "id": base.id,
            "name": base.name,
            "main_phone": main_phone(base),
            "external_id": external_column(base),
            "fields": [column["name"] for column in base.columns],
        },
    }


def _make(bases: ContactBases, name: str, columns: list[tuple[str, ColumnRole]]) -> ContactBaseOut:
    try:
        wanted = ContactBaseCreate(name=name, columns=[ColumnIn(name=column, role=role) for column, role in columns])
        return bases.create(wanted)
    except ValidationError as error:
        text = say("Los nombres de columnas no son válidos.", "The names of the columns are not valid.")
        raise _wrong({"fields": [text]}) from error
    except ValidationFailed as error:
        is_name = any(problem.field == "name" for problem in error.fields)
        text = say("Ya existe una base de datos con ese nombre.", "There is a contact list with that name already.")
        repeated = say("Hay nombres de columnas repetidos.", "Names of columns are repeated.")
        raise _wrong({"name": [text]} if is_name else {"fields": [repeated]}) from error


def _base(session: Session, base_id: str) -> ContactBase:
    number = as_id(base_id)
    try:
        if number is not None:
            return find_base(session, number)
    except NotFound:
        pass
    raise Refused(404, {"error": say("Base de datos inexistente", "Unknown contact list")})


@router.get("/contact_database/{base_id}/contact", dependencies=WRITES)
def list_contacts(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    base_id: str,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Body:
    """200 contacts in the order they came; `next` is the `cursor` of the following ones."""
    base = _base(session, base_id)
    found = Contacts(session, runtime.clock, base, principal).slice("", cursor, 200)
    rows = [{"id": contact.id, **shown(base, contact.values)} for contact in found.items]
    return {"status": "SUCCESS", "data": rows, "next": found.next}


@router.post("/contact_database/{base_id}/contact", status_code=201, dependencies=WRITES)
def add_contacts(
    session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal, base_id: str, payload: Payload
) -> Body:
    """Contacts by the names of the columns: a list of objects, or one. All of them or none."""
    base = _base(session, base_id)
    rows = payload if isinstance(payload, list) else [payload]
    service = Contacts(session, runtime.clock, base, principal)
    made = [_add(service, base, row) for row in rows]
    return {
        "status": "SUCCESS",
        "data": made,
        "message": say("Contactos agregados", "Contacts added"),
    }


def _add(service: Contacts, base: ContactBase, row: Any) -> Body:
    """Raises Refused."""
    if not isinstance(row, dict):
        raise _wrong({"non_field_errors": [say("Se esperaba una lista de contactos.", "Expected a list of contacts.")]})
    names = {column["name"] for column in base.columns}
    unknown = [name for name in row if name not in names]
    if unknown:
        raise _wrong({name: [say("Campo inexistente.", "Unknown field.")] for name in unknown})
    if row.get(main_phone(base)) in (None, ""):
        raise _wrong({main_phone(base): [must_be_given()]})
    try:
        contact = service.create(texts(base, row), is_original=True)
    except ValidationFailed as error:
        raise _wrong(by_column(base, error)) from error
    return {"id": contact.id, **shown(base, contact.values)}


@router.get("/contact_database/{base_id}/campaings", dependencies=WRITES)
def campaigns_of_list(session: Transaction, scope: CurrentScope, base_id: str) -> Body:
    """The campaigns with this list that the caller sees."""
    base = _base(session, base_id)
    statement = select(Campaign.id, Campaign.name).where(
        Campaign.contact_base_id == base.id, Campaign.deleted_at.is_(None)
    )
    if scope is not None:
        statement = statement.where(Campaign.id.in_(scope))
    found = [{"id": number, "nombre": name} for number, name in session.execute(statement.order_by(Campaign.id))]
    return {"status": "SUCCESS", "data": {"id": base.id, "nombre": base.name, "campanas": found}}


@router.get(
    "/campaign/database_metadata_columns_fields/{campaign_id}",
    dependencies=[requires("contacts.write", "agent.console")],
)
def data_columns(session: Transaction, scope: CurrentScope, principal: CurrentPrincipal, campaign_id: str) -> list[str]:
    """The columns of a campaign's list that are no phones."""
    campaign = find_seen(session, scope, as_id(campaign_id))
    if campaign is None or campaign.contact_base_id is None:
        raise missing()
    base = session.get_one(ContactBase, campaign.contact_base_id)
    structure = Structure.of(base.columns)
    return [base.columns[index]["name"] for index in structure.data]


@router.post(
    "/crear_base_contactos",
    dependencies=WRITES,
    openapi_extra=takes(NewListFile, kinds=("multipart/form-data",)),
    max_body_size=MAX_FILE,
)
def create_list_of_file(
    session: Transaction,
    runtime: CurrentRuntime,
    settings: CurrentSettings,
    principal: CurrentPrincipal,
    data: Data,
) -> Body:
    """A contact list with the columns of a CSV file. Its contacts come in, in the background, after the answer."""
    upload, name, phones = _sent_file(data)
    sample = upload.file.read(SAMPLE)
    form, header = _header(sample, is_whole=len(sample) < SAMPLE)
    columns = _columns(header, phones, as_text(data.get("id_externo")) or None)
    bases = _bases(session, runtime, principal)
    limit = settings.contacts.import_megabytes * 1024 * 1024
    imports = Imports(session, runtime, principal, "contacts", limit_bytes=limit)
    try:
        base = bases.create(ContactBaseCreate(name=name, columns=columns))
        run = imports.begin((upload.filename or "")[-200:], base_id=base.id)
        upload.file.seek(0)
        position = 0
        while part := upload.file.read(MAX_PART_BYTES):
            imports.add_part(run.id, position, part)
            position += 1
        sources: list[int | None] = list(range(len(columns)))
        start = ContactImportStart(encoding=form.encoding, delimiter=form.delimiter, has_header=True, sources=sources)
        imports.start_contacts(run.id, start)
    except (AppError, ValidationError) as error:
        raise _not_made() from error
    return {"status": "OK", "id": base.id}


def _sent_file(data: Body) -> tuple[UploadFile, str, list[str]]:
    """The file, the name of the list and its phone columns. Raises Refused."""
    upload = file_of(data, "filename")
    if upload is None:
        raise failed(say("falta parámetro filename en request", "the parameter filename is missing in the request"))
    name, phones = as_text(data.get("nombre")), as_text(data.get("campos_telefono"))
    if not name:
        raise failed(say("falta parámetro:nombre", "missing parameter:nombre"))
    if not phones:
        raise failed(say("falta parámetro:campos_telefono", "missing parameter:campos_telefono"))
    if len(name) > MAX_NAME:
        raise failed(say(f"La longitud del nombre no debe exceder los {MAX_NAME} caracteres", "The name is too long"))
    if PurePath(upload.filename or "").suffix.lower() != ".csv":
        raise failed(say("la extensión del archivo no es .CSV", "the extension of the file is not .CSV"))
    return upload, name, [part.strip() for part in phones.split(",")]


def _header(sample: bytes, *, is_whole: bool) -> tuple[Format, list[str]]:
    try:
        form = detect(sample, is_whole=is_whole)
        rows = first_rows(sample, form, 1, is_whole=is_whole)
    except AppError as error:
        raise _not_made() from error
    if not rows:
        raise _not_made()
    header = [cell.strip() for cell in rows[0]]
    if len({cell.casefold() for cell in header}) != len(header):
        text = "El archivo a procesar tiene nombres de columnas repetidos."
        raise failed(say(text, "The file has names of columns that are repeated."))
    return form, header


def _columns(header: list[str], phones: list[str], external: str | None) -> list[ColumnIn]:
    if not set(phones) <= set(header):
        text = "campo de teléfono no coincide con nombre de columna"
        raise failed(say(text, "a phone field is not the name of a column"))
    if external is not None and (external not in header or external in phones):
        text = "campo de id externo no coincide con nombre de columna"
        raise failed(say(text, "the field of the external id is not the name of a column"))
    try:
        return [ColumnIn(name=name, role=_role(name, phones, external)) for name in header]
    except ValidationError as error:
        raise _not_made() from error


def _role(name: str, phones: list[str], external: str | None) -> ColumnRole:
    if name in phones:
        return "phone"
    return "external-id" if name == external else "data"


def _not_made() -> Refused:
    return failed(say("no se pudo crear la base de datos de contacto", "the contact list could not be made"))
