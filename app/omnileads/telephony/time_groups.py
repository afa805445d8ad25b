"""Time groups: named hours and days, in the instance's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from omnileads.telephony.items import NamedItems
from omnileads.telephony.models import TimeGroup, TimeGroupRange
from omnileads.telephony.schemas.time_groups import TimeGroupCreate, TimeGroupOut, TimeRange, TimeRangeOut
from omnileads.telephony.usage import Usage, users_of_time_group

_DAY_FIELDS: Final = ("weekday_from", "weekday_to", "month_day_from", "month_day_to", "month_from", "month_to")


class TimeGroups(NamedItems[TimeGroup, TimeGroupCreate, TimeGroupOut]):
    kind = "time-group"
    what = "time group"
    row = TimeGroup
    request = TimeGroupCreate

    def _users(self, row: TimeGroup) -> list[Usage]:
        return users_of_time_group(self._session, row.id)

    def _fill(self, row: TimeGroup, request: TimeGroupCreate) -> None:
        row.name = request.name
        row.ranges = [_range(position, item) for position, item in enumerate(request.ranges)]

    def _snapshot(self, row: TimeGroup) -> dict[str, Any]:
        return {"name": row.name, "ranges": [_written(item) for item in row.ranges]}

    def _answers(self, rows: Sequence[TimeGroup]) -> list[TimeGroupOut]:
        return [
            TimeGroupOut(id=row.id, name=row.name, ranges=[TimeRangeOut(**_written(item)) for item in row.ranges])
            for row in rows
        ]


def _range(position: int, item: TimeRange) -> TimeGroupRange:
    time_from, time_to = item.times()
    days = {field: getattr(item, field) for field in _DAY_FIELDS}
    return TimeGroupRange(position=position, time_from=time_from, time_to=time_to, **days)


def _written(item: TimeGroupRange) -> dict[str, Any]:
    return {
        "time_from": item.time_from.strftime("%H:%M"),
        "time_to": item.time_to.strftime("%H:%M"),
        **{field: getattr(item, field) for field in _DAY_FIELDS},
    }
