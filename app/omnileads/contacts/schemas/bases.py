"""Requests and answers about contact bases and their contacts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from omnileads.contacts.columns import MAX_CELL, MAX_COLUMNS, MAX_NAME
from omnileads.contacts.models import ColumnRole
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import RequestModel, ResponseModel

BaseName = Annotated[str, Field(min_length=1, max_length=60)]
Cell = Annotated[str, Field(max_length=MAX_CELL)]
Values = Annotated[dict[Annotated[str, Field(max_length=100)], Cell], Field(max_length=MAX_COLUMNS)]


class ColumnIn(RequestModel):
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    role: ColumnRole = "data"


Columns = Annotated[list[ColumnIn], Field(min_length=1, max_length=MAX_COLUMNS)]


class ContactBaseCreate(RequestModel):
    """A base without contacts. The first column with the role `phone` is the main phone."""

    name: BaseName
    columns: Columns


class ContactBasePatch(RequestModel):
    """Only what is sent changes. `columns` can be sent while the base has no contact."""

    name: BaseName | None = None
    columns: Columns | None = None
    is_hidden: bool | None = None


class ColumnOut(BaseModel):
    key: str
    name: str
    role: ColumnRole


class ContactBaseOut(ResponseModel):
    id: int
    name: str
    columns: list[ColumnOut]
    is_hidden: bool
    contact_count: int
    created_at: Instant
    used_by: list[str] = Field(default_factory=list, description="Names of the campaigns that use it.")


class ContactIn(RequestModel):
    """`values` by the keys of the base's columns; a column that is not sent is empty."""

    values: Values


class ContactPatch(RequestModel):
    """`values` by the keys of the base's columns; a column that is not sent stays as it is."""

    values: Values


class ContactOut(BaseModel):
    id: int
    phone: str
    external_id: str | None
    values: dict[str, str]
    is_original: bool
    created_at: Instant
    updated_at: Instant


class ContactSlice(BaseModel):
    """`next` is the cursor of the following contacts, null at the end. A search has no cursor: `is_cut` says that more
    contacts were found than are here, so that the search should be made narrower."""

    items: list[ContactOut]
    next: str | None
    is_cut: bool
