"""Requests and answers about time groups and time conditions."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.schemas.destinations import Destination, DestinationOut, ItemName, ItemOut, NamedItem

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:00"])]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
MonthDay = Annotated[int, Field(ge=1, le=31)]
Month = Annotated[int, Field(ge=1, le=12)]

_PAIRS: Final = ("weekday", "month_day", "month")


class TimeRange(RequestModel):
    """Every part that is not null must hold; both ends count, and a range may go round (22:00 to 06:00, Fri to Mon)."""

    time_from: TimeOfDay
    time_to: TimeOfDay
    weekday_from: Weekday | None = None
    weekday_to: Weekday | None = None
    month_day_from: MonthDay | None = None
    month_day_to: MonthDay | None = None
    month_from: Month | None = None
    month_to: Month | None = None

    @model_validator(mode="after")
    def _pairs_are_complete(self) -> Self:
        for pair in _PAIRS:
            if (getattr(self, f"{pair}_from") is None) != (getattr(self, f"{pair}_to") is None):
                raise PydanticCustomError(
                    "half_range", "Give both ends of {pair}, or neither", {"pair": pair.replace("_", " ")}
                )
        return self

    def times(self) -> tuple[time, time]:
        """The first and the last minute."""
        return time.fromisoformat(self.time_from), time.fromisoformat(self.time_to)


TimeRanges = Annotated[list[TimeRange], Field(min_length=1, max_length=100)]


class TimeGroupCreate(RequestModel):
    name: ItemName
    ranges: TimeRanges


class TimeGroupPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: ItemName | None = None
    ranges: TimeRanges | None = None


class TimeRangeOut(ResponseModel):
    time_from: str
    time_to: str
    weekday_from: int | None
    weekday_to: int | None
    month_day_from: int | None
    month_day_to: int | None
    month_from: int | None
    month_to: int | None


class TimeGroupOut(ItemOut):
    ranges: list[TimeRangeOut]


class TimeConditionCreate(RequestModel):
    name: ItemName
    time_group_id: Id
    match: Destination
    otherwise: Destination


class TimeConditionPatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    time_group_id: Id | None = None
    match: Destination | None = None
    otherwise: Destination | None = None


class TimeConditionOut(ItemOut):
    time_group_id: int
    time_group: NamedItem
    match: DestinationOut
    otherwise: DestinationOut
