"""Requests and answers about forms and the catalogue of dispositions."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from omnileads.crm.schemas import OneLine
from omnileads.forms.models import MAX_DECIMAL_DIGITS, FieldType, NumberKind
from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.schemas.destinations import ItemName, ItemOut

MAX_FIELDS: Final = 100
MAX_OPTIONS: Final = 500
RESERVED_NAMES: Final = frozenset({"agenda", "callback"})
"""The disposition that opens the callback; every campaign has it, under this name."""

Description = Annotated[str, Field(max_length=500)]
FieldName = Annotated[str, Field(min_length=1, max_length=100), OneLine]
FieldOption = Annotated[str, Field(min_length=1, max_length=200), OneLine]
FieldOptions = Annotated[list[FieldOption], Field(max_length=MAX_OPTIONS)]


class FormFieldIn(RequestModel):
    """`options` are a list's, `number_kind` and `digits` (after the point) a number's, `external_site_id` a dynamic
    list's.
    """

    name: FieldName
    type: FieldType
    is_required: bool = False
    options: FieldOptions = Field(default_factory=list)
    number_kind: NumberKind | None = None
    digits: Annotated[int, Field(ge=1, le=MAX_DECIMAL_DIGITS)] | None = None
    external_site_id: Id | None = None


class FormFieldOut(ResponseModel):
    name: str
    type: FieldType
    is_required: bool
    options: list[str]
    number_kind: NumberKind | None
    digits: int | None
    external_site_id: int | None


FormFields = Annotated[list[FormFieldIn], Field(min_length=1, max_length=MAX_FIELDS)]


class FormCreate(RequestModel):
    name: ItemName
    description: Description = ""
    fields: FormFields  # in the order in which agents see them
    is_hidden: bool = False


class FormPatch(RequestModel):
    """Only what is sent changes; `fields` as a whole."""

    name: ItemName | None = None
    description: Description | None = None
    fields: FormFields | None = None
    is_hidden: bool | None = None


class FormOut(ItemOut):
    """`is_locked`: a disposition of a campaign opens it, so nothing of it changes but `is_hidden`."""

    description: str
    fields: list[FormFieldOut]
    is_hidden: bool
    is_locked: bool


class FieldOptionsOut(ResponseModel):
    """The options of a dynamic list at this moment."""

    options: list[str]


def _is_free(name: str) -> str:
    if name.casefold() in RESERVED_NAMES:
        message = "Every campaign has this disposition already. Choose another name"
        raise PydanticCustomError("reserved_disposition", message)
    return name


def _without_repetition(names: list[str]) -> list[str]:
    folded = [name.casefold() for name in names]
    for index, name in enumerate(folded):
        if name in folded[:index]:
            raise PydanticCustomError("repeated", '"{name}" is in the list twice', {"name": names[index]})
    return names


DispositionText = Annotated[str, Field(min_length=1, max_length=50), OneLine]
FreeName = Annotated[DispositionText, AfterValidator(_is_free)]
Subdispositions = Annotated[list[DispositionText], Field(max_length=100), AfterValidator(_without_repetition)]


class DispositionNameCreate(RequestModel):
    name: FreeName
    subdispositions: Subdispositions = Field(default_factory=list)
    is_hidden: bool = False


class DispositionNamePatch(RequestModel):
    """Only what is sent changes; campaigns that copied the entry keep what they have."""

    name: FreeName | None = None
    subdispositions: Subdispositions | None = None
    is_hidden: bool | None = None


class DispositionNameOut(ItemOut):
    subdispositions: list[str]
    is_hidden: bool
