"""Requests and answers about customer identifications."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from omnileads.kit.schemas import Id, RequestModel
from omnileads.telephony.models import IdentificationMode
from omnileads.telephony.schemas.destinations import Destination, DestinationOut, ItemName, ItemOut


def _web_address(text: str) -> str:
    """Empty, or an http(s) address with a host. Passwords in it would be readable by everybody who sees the item."""
    if not text:
        return text
    try:
        address = urlsplit(text)
        is_usable = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not text.isascii() or not text.isprintable() or " " in text:
        raise PydanticCustomError("web_address", "Write a web address, as in https://crm.example.com/identify")
    if "@" in address.netloc:
        raise PydanticCustomError("web_address_password", "Leave user and password out of the address")
    return text


WebAddress = Annotated[str, Field(max_length=500), AfterValidator(_web_address)]
Length = Annotated[int, Field(ge=0, le=30, description="0: any length, ended by # or silence.")]
TimeoutSeconds = Annotated[int, Field(ge=1, le=60)]
Attempts = Annotated[int, Field(ge=1, le=20)]


class CustomerIdentificationCreate(RequestModel):
    """`url` is the CRM that decides; it is not used by "ask-only"."""

    name: ItemName
    mode: IdentificationMode
    url: WebAddress = ""
    audio_id: Id
    length: Length = 0
    timeout_seconds: TimeoutSeconds = 5
    attempts: Attempts = 1
    identified: Destination
    unidentified: Destination


class CustomerIdentificationPatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    mode: IdentificationMode | None = None
    url: WebAddress | None = None
    audio_id: Id | None = None
    length: Length | None = None
    timeout_seconds: TimeoutSeconds | None = None
    attempts: Attempts | None = None
    identified: Destination | None = None
    unidentified: Destination | None = None


class CustomerIdentificationOut(ItemOut):
    mode: IdentificationMode
    url: str
    audio_id: int
    length: int
    timeout_seconds: int
    attempts: int
    identified: DestinationOut
    unidentified: DestinationOut
