"""Requests and answers about trunks, inbound routes, audio files and Asterisk's files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.models import DestinationType, RouteLanguage, SyncState

TrunkName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$", description="Letters, digits and _.")]
CallerId = Annotated[str, Field(pattern=r"^(\+?[0-9]{1,20})?$", description="Digits, may start with +; may be empty.")]
WizardText = Annotated[str, Field(min_length=1, max_length=20_000)]
MaxChannels = Annotated[int, Field(ge=1, le=10_000)]
RouteName = Annotated[str, Field(min_length=1, max_length=60)]
Did = Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$", description="Digits, may start with +.")]
CallerIdPrefix = Annotated[
    str, Field(pattern=r'^[^"<>\x00-\x1f]{0,20}$', description="Shown before the caller's number.")
]
AudioName = Annotated[str, Field(min_length=1, max_length=60)]


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


class TrunkSync(ResponseModel):
    """Whether Asterisk runs the trunk as it is written here; `message` says what to do when it failed."""

    state: SyncState
    message: str


class TrunkOut(ResponseModel):
    id: int
    name: str
    max_channels: int
    caller_id: str
    wizard_text: str
    sync: TrunkSync


class TemplateName(ResponseModel):
    en: str
    es: str


class TrunkTemplateOut(ResponseModel):
    slug: str
    name: TemplateName
    wizard_text: str


class Destination(RequestModel):
    """Where a call goes. `id` is null for "hangup"."""

    type: DestinationType
    id: Id | None = None


class DestinationOut(ResponseModel):
    type: DestinationType
    id: int | None
    name: str | None


class RouteCreate(RequestModel):
    name: RouteName
    did: Did
    caller_id_prefix: CallerIdPrefix = ""
    language: RouteLanguage = "es"
    destination: Destination


class RoutePatch(RequestModel):
    """Only what is sent changes."""

    name: RouteName | None = None
    did: Did | None = None
    caller_id_prefix: CallerIdPrefix | None = None
    language: RouteLanguage | None = None
    destination: Destination | None = None


class RouteOut(ResponseModel):
    id: int
    name: str
    did: str
    caller_id_prefix: str
    language: RouteLanguage
    destination: DestinationOut


class AudioFileOut(ResponseModel):
    id: int
    name: str
    size_bytes: int
    duration_seconds: float
    created_at: Instant


class AsteriskFileSet(ResponseModel):
    """`sounds` maps a file name in the sounds folder to the path it is downloaded from on this server."""

    sounds: dict[str, str]
    pjsip_trunks_conf: str = Field(serialization_alias="pjsip_trunks.conf")


class AsteriskFilesOut(ResponseModel):
    revision: str
    files: AsteriskFileSet


class AsteriskReport(RequestModel):
    """What a node did with a revision."""

    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    state: Literal["applied", "failed"]
    message: Annotated[str, Field(max_length=4_000)] = ""
    node: Annotated[str, Field(min_length=1, max_length=64)] = "asterisk"


class AsteriskReportOut(ResponseModel):
    """`accepted` is false for a revision that is no longer the current one; fetch the files again."""

    accepted: bool
