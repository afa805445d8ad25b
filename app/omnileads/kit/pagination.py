"""Lists: pages by number for what people browse, cursors for what grows without bound.

`Page` counts everything it could show, which is right for thousands of rows. `Slice` never counts and never skips: it
continues after the last row's key, so the millionth row costs what the first does.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from omnileads.kit.errors import ValidationFailed
from omnileads.kit.schemas import PlainText

T = TypeVar("T")
Row = TypeVar("Row")

MAX_PAGE_SIZE = 200


class PageQuery(BaseModel):
    """`?page=1&page_size=50&search=`; pages count from 1."""

    page: int
    page_size: int
    search: str

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


def page_query(
    page: Annotated[int, Query(ge=1, le=100_000, description="Page number, from 1.")] = 1,
    page_size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="Rows on a page.")] = 50,
    search: Annotated[PlainText, Query(max_length=100, description="Text to look for.")] = "",
) -> PageQuery:
    return PageQuery(page=page, page_size=page_size, search=search.strip())


Paging = Annotated[PageQuery, Depends(page_query)]


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int
    page: int
    page_size: int


class Slice(BaseModel, Generic[T]):
    """`next` is the cursor of the following rows, null at the end."""

    items: list[T]
    next: str | None


def paginate(session: Session, statement: Select[Row], query: PageQuery) -> tuple[Sequence[Row], int]:
    """The rows of one page of an ordered select of one entity, and how many rows there are in all."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = session.execute(counted).scalar_one()
    rows = session.execute(statement.limit(query.page_size).offset(query.offset)).unique().scalars().all()
    return rows, total


def page_of(rows: Sequence[Row], total: int, query: PageQuery, present: Callable[[Row], T]) -> Page[T]:
    return Page(items=[present(row) for row in rows], total=total, page=query.page, page_size=query.page_size)


def encode_cursor(*key: str | int) -> str:
    """An opaque cursor of a row's sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type[str] | type[int]) -> tuple[Any, ...]:
    """The sort key in a cursor. Raises ValidationFailed (field `cursor`) for one that `encode_cursor` did not make."""
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise ValidationFailed.of("cursor", "invalid", "This cursor is not valid. Start again without it.")
    return tuple(key)


def contains(text: str) -> str:
    r"""A LIKE pattern that finds `text` literally, for `column.ilike(contains(text), escape="\\")`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
