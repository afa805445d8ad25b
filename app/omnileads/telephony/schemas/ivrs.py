"""Requests and answers about IVRs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.schemas.destinations import Destination, DestinationOut, ItemName, ItemOut

Digit = Annotated[str, Field(pattern=r"^[0-9*#]{1,5}$", description="One to five keys of the caller's telephone.")]
Description = Annotated[str, Field(max_length=200)]
TimeoutSeconds = Annotated[int, Field(ge=1, le=60)]
Retries = Annotated[int, Field(ge=0, le=10, description="Further attempts after the first.")]


class IvrOptionIn(RequestModel):
    digit: Digit
    destination: Destination


Options = Annotated[list[IvrOptionIn], Field(min_length=1, max_length=12)]


class IvrCreate(RequestModel):
    name: ItemName
    description: Description = ""
    audio_id: Id
    timeout_seconds: TimeoutSeconds = 5
    timeout_retries: Retries = 1
    timeout_audio_id: Id | None = None
    timeout: Destination
    invalid_retries: Retries = 1
    invalid_audio_id: Id | None = None
    invalid: Destination
    options: Options


class IvrPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: ItemName | None = None
    description: Description | None = None
    audio_id: Id | None = None
    timeout_seconds: TimeoutSeconds | None = None
    timeout_retries: Retries | None = None
    timeout_audio_id: Id | None = None
    timeout: Destination | None = None
    invalid_retries: Retries | None = None
    invalid_audio_id: Id | None = None
    invalid: Destination | None = None
    options: Options | None = None


class IvrOptionOut(ResponseModel):
    digit: str
    destination: DestinationOut


class IvrOut(ItemOut):
    description: str
    audio_id: int
    timeout_seconds: int
    timeout_retries: int
    timeout_audio_id: int | None
    timeout: DestinationOut
    invalid_retries: int
    invalid_audio_id: int | None
    invalid: DestinationOut
    options: list[IvrOptionOut]
