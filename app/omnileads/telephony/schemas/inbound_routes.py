"""Requests and answers about inbound routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.schemas import RequestModel
from omnileads.telephony.models import RouteLanguage
from omnileads.telephony.schemas.destinations import Destination, DestinationOut, ItemName, ItemOut

Did = Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$", description="Digits, may start with +.")]
CallerIdPrefix = Annotated[
    str, Field(pattern=r'^[^"<>\x00-\x1f]{0,20}$', description="Shown before the caller's number.")
]


class RouteCreate(RequestModel):
    name: ItemName
    did: Did
    caller_id_prefix: CallerIdPrefix = ""
    language: RouteLanguage = "es"
    destination: Destination


class RoutePatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    did: Did | None = None
    caller_id_prefix: CallerIdPrefix | None = None
    language: RouteLanguage | None = None
    destination: Destination | None = None


class RouteOut(ItemOut):
    did: str
    caller_id_prefix: str
    language: RouteLanguage
    destination: DestinationOut
