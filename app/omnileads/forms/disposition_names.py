"""The catalogue of dispositions: names and sub-dispositions that campaigns copy when they are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from omnileads.forms.models import DispositionName
from omnileads.forms.schemas import DispositionNameCreate, DispositionNameOut
from omnileads.forms.usage import campaigns_of_name
from omnileads.telephony.items import NamedItems
from omnileads.telephony.usage import Usage


class DispositionNames(NamedItems[DispositionName, DispositionNameCreate, DispositionNameOut]):
    """An entry whose name campaigns offer is hidden instead of deleted."""

    kind: ClassVar[str] = "disposition-name"
    what: ClassVar[str] = "disposition"
    row = DispositionName
    request = DispositionNameCreate

    def _fill(self, row: DispositionName, request: DispositionNameCreate) -> None:
        row.name, row.is_hidden = request.name, request.is_hidden
        row.subdispositions = list(request.subdispositions)

    def _snapshot(self, row: DispositionName) -> dict[str, Any]:
        return {"name": row.name, "subdispositions": list(row.subdispositions), "is_hidden": row.is_hidden}

    def _users(self, row: DispositionName) -> list[Usage]:
        return campaigns_of_name(self._session, row.name)

    def _answers(self, rows: Sequence[DispositionName]) -> list[DispositionNameOut]:
        return [
            DispositionNameOut(
                id=row.id, name=row.name, subdispositions=list(row.subdispositions), is_hidden=row.is_hidden
            )
            for row in rows
        ]
