"""Requests and answers about outbound routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.patterns import DialOptions, PatternError, check_pattern
from omnileads.telephony.schemas.destinations import ItemName, ItemOut, NamedItem


def _pattern(text: str) -> str:
    try:
        check_pattern(text)
    except PatternError as error:
        raise PydanticCustomError("dial_pattern", "{reason}", {"reason": str(error)}) from None
    return text


def _dial_options(text: str) -> str:
    try:
        return DialOptions.read(text).written()
    except PatternError as error:
        raise PydanticCustomError("dial_options", "{reason}", {"reason": str(error)}) from None


DialDigits = Annotated[str, Field(pattern=r"^[0-9*#+]{0,20}$", description="Digits, *, # and +.")]
Match = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_pattern)]
RingSeconds = Annotated[int, Field(ge=5, le=120)]
DialOptionText = Annotated[
    str, Field(max_length=60, description="r: generated ringing; L(ms): longest talk."), AfterValidator(_dial_options)
]


class OutboundPatternIn(RequestModel):
    """`prefix` is taken off what was dialled; the rest must fit `match`, an Asterisk pattern without "_"."""

    prepend: DialDigits = ""
    prefix: DialDigits = ""
    match: Match


Patterns = Annotated[list[OutboundPatternIn], Field(min_length=1, max_length=50)]
TrunkIds = Annotated[list[Id], Field(min_length=1, max_length=10)]


class OutboundRouteCreate(RequestModel):
    """`trunk_ids` in the order they are tried."""

    name: ItemName
    ring_seconds: RingSeconds = 45
    dial_options: DialOptionText = ""
    patterns: Patterns
    trunk_ids: TrunkIds


class OutboundRoutePatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: ItemName | None = None
    ring_seconds: RingSeconds | None = None
    dial_options: DialOptionText | None = None
    patterns: Patterns | None = None
    trunk_ids: TrunkIds | None = None


class OutboundPatternOut(ResponseModel):
    prepend: str
    prefix: str
    match: str


class OutboundRouteOut(ItemOut):
    """`position` counts from 0; the first route that matches is taken."""

    position: int
    ring_seconds: int
    dial_options: str
    patterns: list[OutboundPatternOut]
    trunks: list[NamedItem]


class OutboundRouteOrder(RequestModel):
    """Every route exactly once."""

    ids: Annotated[list[Id], Field(max_length=10_000)]
