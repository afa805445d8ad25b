"""`forms` and `call_dispositions`."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from omnileads.api.v1.bodies import Fields
from omnileads.api.v1.configuration.family import Family, hiding, number_of, numbered, renamed, router_of
from omnileads.api.v1.errors import Body
from omnileads.forms.disposition_names import DispositionNames
from omnileads.forms.forms import Forms
from omnileads.forms.schemas import (
    DispositionNameCreate,
    DispositionNameOut,
    DispositionNamePatch,
    FormCreate,
    FormFieldOut,
    FormOut,
    FormPatch,
)
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.permissions import CurrentPrincipal

TYPES: Final = {1: "text", 2: "date", 3: "list", 4: "text-area", 5: "number", 6: "dynamic-list"}
NUMBER_KINDS: Final = {1: "integer", 2: "decimal"}
_FIELD_NAMES: Final = {
    "name": "nombre_campo",
    "type": "tipo",
    "is_required": "is_required",
    "options": "values_select",
    "number_kind": "tipo_numero",
    "digits": "cifras_significativas",
    "external_site_id": "sitio_externo",
}


class FieldFields(Fields):
    """`tipo`: 1 text, 2 date, 3 list, 4 text area, 5 number (`tipo_numero` 1 whole, 2 decimal), 6 dynamic list."""

    nombre_campo: str
    orden: int
    tipo: int
    tipo_numero: int | None = None
    cifras_significativas: int | None = None
    values_select: list[str] | None = None
    is_required: bool = False
    sitio_externo: int | None = None


class FormFields(Fields):
    nombre: str
    descripcion: str
    campos: list[FieldFields]


class DispositionFields(Fields):
    nombre: str
    subcalificaciones: list[str] = Field(default_factory=list)


def _forms(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Forms:
    return Forms(session, ConfigurationChanges(session, runtime, principal), scope=None)


def _names(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> DispositionNames:
    return DispositionNames(session, ConfigurationChanges(session, runtime, principal), scope=None)


def _read_form(data: Body) -> Body:
    found = renamed(data, {"name": "nombre", "description": "descripcion", "fields": "campos"})
    if isinstance(found.get("fields"), list):
        found["fields"] = [_read_field(entry) for entry in sorted(found["fields"], key=_order)]
    return found


def _order(entry: Any) -> int:
    order = entry.get("orden") if isinstance(entry, dict) else None
    return order if isinstance(order, int) else 0


def _read_field(entry: Any) -> Any:
    """Only what the field's type has: the original's clients send all keys."""
    if not isinstance(entry, dict):
        return entry
    found = renamed(entry, _FIELD_NAMES)
    found["type"] = numbered(found.get("type"), TYPES)
    found["number_kind"] = numbered(found.get("number_kind"), NUMBER_KINDS) if found["type"] == "number" else None
    if found["number_kind"] != "decimal":
        found["digits"] = None
    if found["type"] != "list" or found.get("options") is None:
        found["options"] = []
    if found["type"] != "dynamic-list":
        found["external_site_id"] = None
    return found


def _show_form(form: FormOut) -> Body:
    fields = [_show_field(number, field) for number, field in enumerate(form.fields, start=1)]
    return {
        "id": form.id,
        "nombre": form.name,
        "descripcion": form.description,
        "oculto": form.is_hidden,
        "se_puede_modificar": not form.is_locked,
        "campos": fields,
    }


def _show_field(number: int, field: FormFieldOut) -> Body:
    return {
        "nombre_campo": field.name,
        "orden": number,
        "tipo": number_of(field.type, TYPES),
        "tipo_numero": number_of(field.number_kind, NUMBER_KINDS),
        "cifras_significativas": field.digits,
        "values_select": field.options or None,
        "is_required": field.is_required,
        "sitio_externo": field.external_site_id,
    }


def _read_name(data: Body) -> Body:
    return renamed(data, {"name": "nombre", "subdispositions": "subcalificaciones"})


def _show_name(found: DispositionNameOut) -> Body:
    return {"id": found.id, "nombre": found.name, "subcalificaciones": found.subdispositions}


FORMS: Final = Family(
    path="forms",
    one="form",
    many="forms",
    area="forms",
    service=_forms,
    create=FormCreate,
    patch=FormPatch,
    read=_read_form,
    show=_show_form,
    fields=FormFields,
    names={"name": "nombre", "description": "descripcion", "fields": "campos"},
    in_use=(
        "No está permitido modificar ni eliminar un formulario en uso",
        "A form that is in use cannot be changed or deleted",
    ),
)
DISPOSITIONS: Final = Family(
    path="call_dispositions",
    one="callDisposition",
    many="callDispositions",
    area="dispositions",
    service=_names,
    create=DispositionNameCreate,
    patch=DispositionNamePatch,
    read=_read_name,
    show=_show_name,
    fields=DispositionFields,
    names={"name": "nombre", "subdispositions": "subcalificaciones"},
    in_use=(
        "No está permitido eliminar una calificación asociada a una campaña",
        "A disposition that a campaign uses cannot be deleted",
    ),
)

forms = router_of(FORMS)
hiding(forms, FORMS)
dispositions = router_of(DISPOSITIONS)
