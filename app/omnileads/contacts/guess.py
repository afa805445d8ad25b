"""What the columns of a file seem to hold, proposed to whoever imports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from omnileads.contacts import phones
from omnileads.contacts.models import ColumnRole
from omnileads.contacts.schemas.imports import PreviewColumn

_PHONE_NAME: Final = re.compile(r"tel|phone|fono|cel|mobil|móvil|movil|whats", re.IGNORECASE)
_ID_NAME: Final = re.compile(r"^(id|external.?id|id.?extern[oa]|uuid|crm.?id)$|^id[_ -]|[_ -]id$", re.IGNORECASE)
_USUAL_DIGITS: Final = 6
_SHARE: Final = 0.8


def guessed_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[PreviewColumn]:
    """Phones by name where some are named so, else by what is in them; the external id by name and distinct values."""
    cells = [[row[index].strip() for row in rows if index < len(row)] for index in range(len(names))]
    ids = [index for index, name in enumerate(names) if _ID_NAME.search(name) and _are_distinct(cells[index])]
    numeric = [index for index in range(len(names)) if index not in ids and _are_phones(cells[index])]
    named = [index for index in numeric if _PHONE_NAME.search(names[index])]
    chosen = named or numeric
    external = ids[0] if ids else None

    def role(index: int) -> ColumnRole:
        if index in chosen:
            return "phone"
        return "external-id" if index == external else "data"

    return [PreviewColumn(name=name, role=role(index)) for index, name in enumerate(names)]


def _are_phones(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    good = [cell for cell in filled if _is_usual_phone(cell)]
    return bool(filled) and len(good) >= _SHARE * len(filled)


def _is_usual_phone(cell: str) -> bool:
    phone = phones.clean(cell)
    return phone is not None and len(phone) >= _USUAL_DIGITS


def _are_distinct(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(set(filled)) == len(filled)
