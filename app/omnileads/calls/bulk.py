"""Many rows in one statement: they travel as one JSON value, which Postgres takes apart by the columns' types.

psycopg2 sends an executemany row by row; at some thousand events a second that is where the time would go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from typing import cast as cast_type

from sqlalchemy import ColumnElement, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from omnileads.kit.db import Base

Change = Callable[[ColumnElement[Any]], Any]
"""From the new value of a column to the value it gets in a row that exists."""


def insert_rows(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str] = (),
    changes: Mapping[str, Change] | None = None,
) -> None:
    """Insert rows that all have the same columns.

    Rows that exist are left as they are; with a `key` (a unique constraint's columns, each of its values at most once
    among `rows`) they get the new values, through `changes` where a column is named there.
    """
    if not rows:
        return
    names = list(rows[0])
    target = cast_type("Table", table.__table__)
    columns = [column(name, target.c[name].type) for name in names]
    recordset = func.jsonb_to_recordset(cast(bindparam("rows", type_=Text), JSONB))
    unnamed = recordset.table_valued(*columns, name="new_rows")
    source = unnamed.render_derived(with_types=True)
    statement = insert(target).from_select(names, select(*(source.c[name] for name in names)))
    if key:
        new_values = {name: statement.excluded[name] for name in names if name not in key}
        for name, change in (changes or {}).items():
            new_values[name] = change(new_values[name])
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=new_values)
    else:
        statement = statement.on_conflict_do_nothing()
    session.execute(statement, {"rows": json.dumps([dict(row) for row in rows], default=_json_value)})


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")
