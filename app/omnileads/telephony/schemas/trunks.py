"""Requests and answers about trunks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.clock import Instant
from omnileads.kit.schemas import RequestModel, ResponseModel
from omnileads.telephony.models import LineReachability, LineRegistration, SyncState
from omnileads.telephony.schemas.destinations import ItemOut

TrunkName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$", description="Letters, digits and _.")]
CallerId = Annotated[str, Field(pattern=r"^(\+?[0-9]{1,20})?$", description="Digits, may start with +; may be empty.")]
WizardText = Annotated[str, Field(min_length=1, max_length=20_000)]
MaxChannels = Annotated[int, Field(ge=1, le=10_000)]


class TrunkCreate(RequestModel):
    name: TrunkName
    max_channels: MaxChannels = 1000
    caller_id: CallerId = ""
    wizard_text: WizardText


class TrunkPatch(RequestModel):
    """Only what is sent changes."""

    name: TrunkName | None = None
    max_channels: MaxChannels | None = None
    caller_id: CallerId | None = None
    wizard_text: WizardText | None = None


class SyncOut(ResponseModel):
    """Whether Asterisk runs what is written here; `message` says what to do when it failed."""

    state: SyncState
    message: str


class TrunkLineOut(ResponseModel):
    """The trunk's other side, as Asterisk last saw it. `registration` "none": the trunk sends none.

    `reported_at` is null while nothing was reported, and grows old when Asterisk is away.
    """

    registration: LineRegistration
    reachability: LineReachability
    round_trip_ms: int | None
    reported_at: Instant | None


class TrunkOut(ItemOut):
    max_channels: int
    caller_id: str
    wizard_text: str
    sync: SyncOut
    line: TrunkLineOut


class TemplateName(ResponseModel):
    en: str
    es: str


class TrunkTemplateOut(ResponseModel):
    slug: str
    name: TemplateName
    wizard_text: str
