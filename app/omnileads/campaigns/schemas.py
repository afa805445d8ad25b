"""Requests and answers about inbound campaigns."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.campaigns.models import CampaignState, DispositionKind, QueueStrategy
from omnileads.kit.schemas import Id, RequestModel, ResponseModel
from omnileads.telephony.schemas import Destination, DestinationOut
from omnileads.telephony.schemas.destinations import UserOut

Seconds = Annotated[int, Field(ge=0, le=86_400)]
PositiveSeconds = Annotated[int, Field(ge=1, le=86_400)]
RingSeconds = Annotated[int, Field(ge=1, le=300)]
Penalty = Annotated[int, Field(ge=0, le=9, description="Lower is called first.")]
CampaignName = Annotated[str, Field(min_length=1, max_length=60)]
AutoUnpause = Annotated[int, Field(ge=0, le=28_800)]
MAX_MEMBERS = 5_000


class MemberIn(RequestModel):
    agent_id: Id
    penalty: Penalty = 0


class DispositionOptionIn(RequestModel):
    """Without `id` a new option; an option that is left out is removed, or refused when it was used."""

    id: Id | None = None
    name: Annotated[str, Field(min_length=1, max_length=50)]
    kind: DispositionKind
    is_positive: bool = False
    is_hidden: bool = False


class InboundCampaignCreate(RequestModel):
    """`failover` is where callers go who waited too long or found the queue full; null hangs up.

    `moh_playlist_id` null is the default music.
    """

    name: CampaignName
    objective: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    recording_enabled: bool = False
    strategy: QueueStrategy = "rrmemory"
    weight: Annotated[int, Field(ge=0, le=1_000)] = 0
    max_waiting: Annotated[int, Field(ge=0, le=100_000)] = 0
    max_wait_seconds: Seconds = 0
    ring_seconds: RingSeconds = 25
    retry_seconds: Seconds = 5
    wrapup_seconds: Seconds = 0
    service_level_seconds: PositiveSeconds = 20
    welcome_audio_id: Id | None = None
    moh_playlist_id: Id | None = None
    failover: Destination | None = None
    auto_attend: bool | None = None
    auto_unpause_seconds: AutoUnpause | None = None
    force_disposition: bool | None = None
    members: Annotated[list[MemberIn], Field(max_length=MAX_MEMBERS)] = Field(default_factory=list)
    group_ids: Annotated[
        list[Id], Field(max_length=100, description="Groups whose agents become members too, with penalty 0.")
    ] = Field(default_factory=list)
    supervisor_ids: Annotated[list[Id], Field(max_length=MAX_MEMBERS)] = Field(default_factory=list)
    dispositions: Annotated[list[DispositionOptionIn], Field(max_length=200)] = Field(default_factory=list)


class InboundCampaignPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list."""

    name: CampaignName | None = None
    objective: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    recording_enabled: bool | None = None
    strategy: QueueStrategy | None = None
    weight: Annotated[int, Field(ge=0, le=1_000)] | None = None
    max_waiting: Annotated[int, Field(ge=0, le=100_000)] | None = None
    max_wait_seconds: Seconds | None = None
    ring_seconds: RingSeconds | None = None
    retry_seconds: Seconds | None = None
    wrapup_seconds: Seconds | None = None
    service_level_seconds: PositiveSeconds | None = None
    welcome_audio_id: Id | None = None
    moh_playlist_id: Id | None = None
    failover: Destination | None = None
    auto_attend: bool | None = None
    auto_unpause_seconds: AutoUnpause | None = None
    force_disposition: bool | None = None
    members: Annotated[list[MemberIn], Field(max_length=MAX_MEMBERS)] | None = None
    group_ids: Annotated[list[Id], Field(max_length=100)] | None = None
    supervisor_ids: Annotated[list[Id], Field(max_length=MAX_MEMBERS)] | None = None
    dispositions: Annotated[list[DispositionOptionIn], Field(max_length=200)] | None = None


class MemberOut(ResponseModel):
    agent_id: int
    penalty: int
    name: str
    extension: int | None


class DispositionOptionOut(ResponseModel):
    id: int
    name: str
    kind: DispositionKind
    is_positive: bool
    is_hidden: bool


class InboundCampaignOut(ResponseModel):
    """`waiting` is the number of callers waiting now; null when the live state is not reachable.

    `used_by` is what sends calls here; it is answered for one campaign only and null in lists.
    """

    id: int
    name: str
    state: CampaignState
    objective: int
    recording_enabled: bool
    strategy: QueueStrategy
    weight: int
    max_waiting: int
    max_wait_seconds: int
    ring_seconds: int
    retry_seconds: int
    wrapup_seconds: int
    service_level_seconds: int
    welcome_audio_id: int | None
    moh_playlist_id: int | None
    failover: DestinationOut | None
    auto_attend: bool | None
    auto_unpause_seconds: int | None
    force_disposition: bool | None
    members: list[MemberOut]
    supervisor_ids: list[int]
    dispositions: list[DispositionOptionOut]
    waiting: int | None
    used_by: list[UserOut] | None = None
