"""Bodies of requests: JSON, urlencoded and multipart are read into the same thing.

`sent(Model)` is the body as a model whose problems are told in the contract's words, `takes(Model)` the same for the
OpenAPI document. Text is free of NUL and of what is no Unicode.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from omnileads.api.v1.errors import Body, Refused, errors_in_data
from omnileads.api.v1.language import say

FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_DEPTH: Final = 20
_UNSTORABLE: Final = re.compile("[\\x00\\ud800-\\udfff]")

M = TypeVar("M", bound=BaseModel)


class Fields(BaseModel):
    """A body: unknown keys are passed over, numbers may be sent as text and text as numbers, blanks are trimmed."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True)


async def read_payload(request: Request) -> AsyncIterator[Any]:
    """Whatever was sent; nothing is an empty object."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in FORMS:
        try:
            yield _checked(_flat(await _form(request)))
        finally:
            await request.close()
        return
    raw = await request.body()
    if not raw.strip():
        yield {}
    elif kind in ("application/json", ""):
        yield _checked(_json(raw))
    else:
        text = say(f'Tipo de medio "{kind}" incompatible en la solicitud.', f'Unsupported media type "{kind}".')
        raise Refused(415, {"detail": text})


Payload = Annotated[Any, Depends(read_payload)]


async def _object(payload: Payload) -> dict[str, Any]:
    return _as_object(payload)


def _as_object(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        text = say("Datos inválidos. Se esperaba un diccionario.", "Invalid data. Expected a dictionary.")
        raise Refused(400, {"status": "ERROR", "message": text, "errors": {"non_field_errors": [text]}})
    return payload


Data = Annotated[dict[str, Any], Depends(_object)]
"""The body as an object."""


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=10, max_fields=500)
    except HTTPException as error:
        raise malformed(str(error.detail)) from error


def _flat(form: FormData) -> dict[str, Any]:
    """The last value of each key, as a form's reader takes it; `key[]` is a list."""
    found: dict[str, Any] = {}
    for key, value in form.multi_items():
        if key.endswith("[]"):
            found.setdefault(key[:-2], []).append(value)
        else:
            found[key] = value
    return found


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed(f"JSON parse error - {error}") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def malformed(detail: str) -> Refused:
    return Refused(400, {"detail": detail})


def _checked(payload: Any) -> Any:
    if not _is_storable(payload, 0):
        raise malformed(say("Hay caracteres que no se pueden guardar.", "There are characters that cannot be stored."))
    return payload


def _is_storable(value: Any, depth: int) -> bool:
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    if isinstance(value, dict):
        return all(_is_storable(part, depth + 1) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(_is_storable(part, depth + 1) for part in value)
    return True


Wrap = Callable[[dict[str, Any]], Refused]


def plain(errors: dict[str, Any]) -> Refused:
    """400 with nothing but the fields, as serializers answer."""
    return Refused(400, errors)


def sent(model: type[M], wrap: Wrap = errors_in_data) -> Any:
    """A dependency: the body as `model`. What is wrong with it is refused as `wrap` says."""

    async def parsed(payload: Payload) -> M:
        return parse(model, _as_object(payload), wrap)

    return Depends(parsed)


def parse(model: type[M], data: Any, wrap: Wrap = errors_in_data) -> M:
    """Raises Refused."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise wrap(problems_of(error)) from None


def problems_of(error: ValidationError, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Field -> sentences; those of parts of a field are told with the field. `names`: ours -> the contract's."""
    known = names or {}
    found: dict[str, Any] = {}
    for problem in error.errors(include_url=False, include_input=False):
        name = str(problem["loc"][0]) if problem["loc"] else "non_field_errors"
        found.setdefault(known.get(name, name), []).append(sentence_of_problem(problem))
    return found


_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("Este campo es requerido.", "This field is required."),
    "string_too_long": (
        "Asegúrese de que este campo no tenga más de {max_length} caracteres.",
        "Ensure this field has no more than {max_length} characters.",
    ),
    "string_too_short": ("Este campo no puede estar en blanco.", "This field may not be blank."),
    "string_type": ("No es una cadena válida.", "Not a valid string."),
    "list_type": ("Se esperaba una lista de elementos.", "Expected a list of items."),
    "literal_error": ("No es una elección válida.", "This is not a valid choice."),
    "bool_parsing": ("Debe ser un booleano válido.", "Must be a valid boolean."),
    **dict.fromkeys(
        ("int_parsing", "int_type", "int_from_float", "int_parsing_size"),
        ("Introduzca un número entero válido.", "A valid integer is required."),
    ),
    **dict.fromkeys(
        ("greater_than_equal", "less_than_equal"),
        ("El valor está fuera del rango permitido.", "The value is outside of the allowed range."),
    ),
}


def sentence_of_problem(problem: ErrorDetails) -> str:
    """A problem of pydantic's in the contract's words."""
    known = _SENTENCES.get(problem["type"])
    if known is not None:
        context = {key: str(value) for key, value in problem.get("ctx", {}).items()}
        return say(*(text.format(**context) for text in known))
    return str(problem["msg"]).removeprefix("Value error, ")


def null_not_allowed() -> str:
    return say("Este campo no puede ser nulo.", "This field may not be null.")


def takes(model: type[BaseModel], *, kinds: tuple[str, ...] = ("application/json", *FORMS)) -> dict[str, Any]:
    """`openapi_extra` of a route whose body this model describes."""
    schema = _inlined(model.model_json_schema(), {})
    return {"requestBody": {"content": {kind: {"schema": schema} for kind in kinds}}}


def _inlined(schema: Any, known: dict[str, Any]) -> Any:
    """The schema without references, which would not lead anywhere inside a larger document."""
    if isinstance(schema, list):
        return [_inlined(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    known = {**known, **schema.get("$defs", {})}
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {key: _inlined(value, known) for key, value in schema.items() if key != "$defs"}


def as_id(value: Any) -> int | None:
    """The id a client means: a number, or digits. None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value < 2**31 else None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= 12:
        return as_id(int(value))
    return None


def as_text(value: Any) -> str | None:
    """Text that was sent as text or as a number; None for anything else."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def as_day(text: str | None) -> date | None:
    """A day of the installation's calendar, as clients write it; None for what is none. A time after it is left out."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime((text or "")[:10], form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return day if 1970 <= day.year < 9999 else None
    return None


def file_of(data: Body, name: str) -> UploadFile | None:
    value = data.get(name)
    return value if isinstance(value, UploadFile) else None
