"""Requests and answers about custom destinations and voicemail boxes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.schemas import MAX_INTEGER, Id, RequestModel
from omnileads.telephony.schemas.destinations import Destination, DestinationOut, ItemName, ItemOut

DialplanName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,79}$")]
Priority = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
MaxSeconds = Annotated[int, Field(ge=10, le=600, description="Longest message.")]


class CustomDestinationCreate(RequestModel):
    """A place in the custom dialplan; calls that cannot be sent there go to `failover`."""

    name: ItemName
    context: DialplanName
    extension: DialplanName
    priority: Priority = 1
    failover: Destination


class CustomDestinationPatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    context: DialplanName | None = None
    extension: DialplanName | None = None
    priority: Priority | None = None
    failover: Destination | None = None


class CustomDestinationOut(ItemOut):
    context: str
    extension: str
    priority: int
    failover: DestinationOut


class VoicemailBoxCreate(RequestModel):
    name: ItemName
    greeting_audio_id: Id | None = None
    max_seconds: MaxSeconds = 120


class VoicemailBoxPatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    greeting_audio_id: Id | None = None
    max_seconds: MaxSeconds | None = None


class VoicemailBoxOut(ItemOut):
    greeting_audio_id: int | None
    max_seconds: int
