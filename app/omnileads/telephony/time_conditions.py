"""Time conditions: one way while a time group holds, the other way else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from omnileads.kit.errors import ValidationFailed
from omnileads.telephony.items import LeadingItems
from omnileads.telephony.models import TimeCondition, TimeGroup
from omnileads.telephony.schemas.destinations import Destination, NamedItem
from omnileads.telephony.schemas.time_groups import TimeConditionCreate, TimeConditionOut


class TimeConditions(LeadingItems[TimeCondition, TimeConditionCreate, TimeConditionOut]):
    kind = "time-condition"
    what = "time condition"
    row = TimeCondition
    request = TimeConditionCreate
    destination_type = "time-condition"
    leads_on_by_itself = True

    def _check(self, request: TimeConditionCreate, present: TimeCondition | None) -> None:
        group = select(TimeGroup.id).where(TimeGroup.id == request.time_group_id).with_for_update(read=True)
        if self._session.scalar(group) is None:
            message = "This time group does not exist. Choose another one."
            raise ValidationFailed.of("time_group_id", "unknown", message)
        super()._check(request, present)

    def _destinations(self, request: TimeConditionCreate) -> dict[str, Destination]:
        return {"match": request.match, "otherwise": request.otherwise}

    def _fill(self, row: TimeCondition, request: TimeConditionCreate) -> None:
        row.name, row.time_group_id = request.name, request.time_group_id
        row.match_type, row.match_id = request.match.type, request.match.id
        row.otherwise_type, row.otherwise_id = request.otherwise.type, request.otherwise.id

    def _snapshot(self, row: TimeCondition) -> dict[str, Any]:
        return {
            "name": row.name,
            "time_group_id": row.time_group_id,
            "match": {"type": row.match_type, "id": row.match_id},
            "otherwise": {"type": row.otherwise_type, "id": row.otherwise_id},
        }

    def _answers(self, rows: Sequence[TimeCondition]) -> list[TimeConditionOut]:
        names = self._names(rows)
        return [
            TimeConditionOut(
                id=row.id,
                name=row.name,
                time_group_id=row.time_group_id,
                time_group=NamedItem(id=row.time_group.id, name=row.time_group.name),
                match=names.answer(row.match_type, row.match_id),
                otherwise=names.answer(row.otherwise_type, row.otherwise_id),
            )
            for row in rows
        ]
