"""HTTP: forms, the options of their dynamic lists, and the catalogue of dispositions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from omnileads.crm.sender import SiteSender
from omnileads.forms.disposition_names import DispositionNames
from omnileads.forms.forms import Forms
from omnileads.forms.options import FieldOptions
from omnileads.forms.schemas import (
    MAX_FIELDS,
    DispositionNameCreate,
    DispositionNameOut,
    DispositionNamePatch,
    FieldOptionsOut,
    FormCreate,
    FormOut,
    FormPatch,
)
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

forms = APIRouter(prefix="/forms", tags=["forms"], dependencies=[requires("forms.read")])
options = APIRouter(prefix="/forms", tags=["forms"], dependencies=[requires("forms.read", "agent.console")])
names = APIRouter(prefix="/disposition-names", tags=["dispositions"], dependencies=[requires("dispositions.read")])
ROUTERS = (forms, options, names)

_WRITES_FORMS = [requires("forms.write")]
_WRITES_NAMES = [requires("dispositions.write")]


def _forms(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Forms:
    return Forms(session, ConfigurationChanges(session, runtime, principal), scope=None)


def _names(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> DispositionNames:
    return DispositionNames(session, ConfigurationChanges(session, runtime, principal), scope=None)


CurrentForms = Annotated[Forms, Depends(_forms)]
CurrentNames = Annotated[DispositionNames, Depends(_names)]
Position = Annotated[int, Path(ge=0, lt=MAX_FIELDS, description="Of the field in the form, from 0.")]


@forms.get("")
def list_forms(service: CurrentForms, paging: Paging) -> Page[FormOut]:
    return service.page(paging)


@forms.post("", status_code=201, dependencies=_WRITES_FORMS)
def create_form(service: CurrentForms, body: FormCreate) -> FormOut:
    return service.create(body)


@forms.get("/{form_id}")
def get_form(service: CurrentForms, form_id: PathId) -> FormOut:
    return service.one(form_id)


@forms.patch("/{form_id}", dependencies=_WRITES_FORMS)
def change_form(service: CurrentForms, form_id: PathId, body: FormPatch) -> FormOut:
    return service.change(form_id, body)


@forms.delete("/{form_id}", status_code=204, dependencies=_WRITES_FORMS)
def delete_form(service: CurrentForms, form_id: PathId) -> None:
    service.delete(form_id)


@options.get("/{form_id}/fields/{position}/options")
def get_form_field_options(
    runtime: CurrentRuntime, settings: CurrentSettings, form_id: PathId, position: Position
) -> FieldOptionsOut:
    """The options of a dynamic list, as its external site has them now."""
    found = FieldOptions(runtime, SiteSender(settings.outgoing, runtime)).of(form_id, position)
    return FieldOptionsOut(options=found)


@names.get("")
def list_disposition_names(service: CurrentNames, paging: Paging) -> Page[DispositionNameOut]:
    return service.page(paging)


@names.post("", status_code=201, dependencies=_WRITES_NAMES)
def create_disposition_name(service: CurrentNames, body: DispositionNameCreate) -> DispositionNameOut:
    return service.create(body)


@names.get("/{name_id}")
def get_disposition_name(service: CurrentNames, name_id: PathId) -> DispositionNameOut:
    return service.one(name_id)


@names.patch("/{name_id}", dependencies=_WRITES_NAMES)
def change_disposition_name(service: CurrentNames, name_id: PathId, body: DispositionNamePatch) -> DispositionNameOut:
    return service.change(name_id, body)


@names.delete("/{name_id}", status_code=204, dependencies=_WRITES_NAMES)
def delete_disposition_name(service: CurrentNames, name_id: PathId) -> None:
    service.delete(name_id)
