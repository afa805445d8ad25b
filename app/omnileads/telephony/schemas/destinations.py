"""Destinations, and how everything that has a name is answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.models import DestinationType

ItemName = Annotated[str, Field(min_length=1, max_length=60)]


class Destination(RequestModel):
    """Where a call goes. `id` is null for "hangup"."""

    type: DestinationType
    id: Id | None = None


class DestinationOut(ResponseModel):
    """`name` is null for "hangup" and for what is no longer there."""

    type: DestinationType
    id: int | None
    name: str | None


class DestinationChoice(ResponseModel):
    """Something that calls can be sent to."""

    type: DestinationType
    id: int
    name: str


class NamedItem(ResponseModel):
    id: int
    name: str


class UserOut(ResponseModel):
    """What refers to an item. `type` is a destination's type, or "inbound-route", "outbound-route", "moh-playlist"."""

    type: str
    id: int
    name: str


class ItemOut(ResponseModel):
    """`used_by` is answered for one item only and null in lists."""

    id: int
    name: str
    used_by: list[UserOut] | None = None
