"""Requests for campaigns of the four kinds. Fields are called what the columns are called."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from omnileads.campaigns.models import HoldTimeAnnouncement, Interaction, QueueStrategy
from omnileads.campaigns.schemas.parts import (
    ColumnKey,
    DispositionOptionIn,
    FieldRule,
    GroupIn,
    IncidenceRuleIn,
    MemberIn,
)
from omnileads.crm.schemas import SiteParameters
from omnileads.kit.derived import partial_of
from omnileads.kit.schemas import Id, RequestModel
from omnileads.telephony.schemas import Destination

Seconds = Annotated[int, Field(ge=0, le=86_400)]
PositiveSeconds = Annotated[int, Field(ge=1, le=86_400)]
RingSeconds = Annotated[int, Field(ge=1, le=300)]
CampaignName = Annotated[str, Field(min_length=1, max_length=60)]
AutoUnpause = Annotated[int, Field(ge=0, le=28_800)]
CallerId = Annotated[
    str,
    StringConstraints(pattern=r"^\+?[0-9]{3,25}$"),
    Field(description="Digits, with or without a plus sign before them."),
]
Prefix = Annotated[str, StringConstraints(pattern=r"^[0-9*#+]{0,16}$")]


def _of_the_installation(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("Times are those of the installation's time zone; send them without an offset.")
    return value


ClockTime = Annotated[time, AfterValidator(_of_the_installation)]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday, 7 is Sunday.")]

Distribution = Literal["none", "proportional", "random"]

MAX_MEMBERS: Final = 5_000
MAX_SCRIPT_LENGTH: Final = 20_000


class CampaignFields(RequestModel):
    """What campaigns of every kind have. A null override (`auto_attend` ...) means: as the agent's group says.

    `field_rules` says by column what agents may do with a contact. `allow_duplicates`: agents may add a contact with a
    phone that is there already. `interaction` other than "form" needs an external site.
    """

    name: CampaignName
    objective: Annotated[int, Field(ge=0, le=1_000_000_000, description="Positive dispositions aimed at.")] = 0
    recording_enabled: bool = False
    script: Annotated[
        str, Field(max_length=MAX_SCRIPT_LENGTH, description="What agents say; {{column}} is the contact's value.")
    ] = ""
    contact_base_id: Id | None = None
    field_rules: Annotated[dict[ColumnKey, FieldRule], Field(max_length=300)] = Field(default_factory=dict)
    allow_duplicates: bool = True
    rate_phones: bool = False
    interaction: Interaction = "form"
    external_site_id: Id | None = None
    external_site_parameters: SiteParameters = Field(default_factory=list)
    external_system_id: Id | None = None
    external_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    outbound_route_id: Annotated[Id, Field(description="Null: the route the number matches.")] | None = None
    caller_id: CallerId | None = None
    show_name: bool = True
    show_did: bool = False
    show_route_name: bool = False
    show_call_id: bool = False
    auto_attend: bool | None = None
    auto_unpause_seconds: AutoUnpause | None = None
    force_disposition: bool | None = None
    members: Annotated[list[MemberIn], Field(max_length=MAX_MEMBERS)] = Field(default_factory=list)
    groups: Annotated[list[GroupIn], Field(max_length=100, description="Groups whose agents become members too.")] = (
        Field(default_factory=list)
    )
    supervisor_ids: Annotated[list[Id], Field(max_length=MAX_MEMBERS)] = Field(default_factory=list)
    dispositions: Annotated[list[DispositionOptionIn], Field(max_length=200)] = Field(default_factory=list)


class QueueFields(RequestModel):
    """How callers wait. `failover` is where they go who waited too long or found the queue full; null hangs up.

    `moh_playlist_id` null is the default music. `announce_*` tells the position and the expected wait every
    `announce_seconds` (0: never); while the music or `periodic_audio_id` plays, a digit leads to `exit_ivr_id`.
    """

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
    announce_position: bool = False
    announce_hold_time: HoldTimeAnnouncement = "no"
    announce_seconds: Seconds = 0
    periodic_audio_id: Id | None = None
    periodic_seconds: Seconds = 0
    exit_ivr_id: Id | None = None
    agent_audio_id: Id | None = None
    failover: Destination | None = None


class DialingFields(RequestModel):
    """When and how a dialer campaign dials, in the installation's time zone. `answered` null: to the agents."""

    starts_on: date
    ends_on: date
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    opens_at: ClockTime
    closes_at: ClockTime
    priority: Annotated[int, Field(ge=1, le=100)] = 10
    is_predictive: bool = False
    initial_boost_factor: Annotated[float, Field(ge=1, le=20)] = 1.0
    dial_timeout_seconds: Annotated[int, Field(ge=5, le=300)] = 25
    detect_machines: bool = False
    machine_audio_id: Id | None = None
    skip_duplicate_phones: bool = False
    skip_without_phone: bool = True
    prefix: Prefix = ""
    answered: Destination | None = None
    incidence_rules: Annotated[list[IncidenceRuleIn], Field(max_length=205)] = Field(default_factory=list)


class ManualCampaign(CampaignFields):
    """Agents call whom they choose. The contact base may be left out."""

    kind: Literal["manual"]


class PreviewCampaign(CampaignFields):
    """Agents ask for the next contact, look at it and call. `contact_base_id` is required.

    A delivered contact that is not called is free again after `reservation_minutes`. A contact whose
    `deactivation_column` is "0" or "FALSE" is not delivered. `distribution` reserves the free contacts for the members,
    the same number for each, in turns or in random order; it is done once, when it is sent.
    """

    kind: Literal["preview"]
    reservation_minutes: Annotated[int, Field(ge=1, le=1_440)] = 30
    deactivation_column: ColumnKey | None = None
    distribution: Distribution = "none"


class DialerCampaign(CampaignFields, QueueFields, DialingFields):
    """The system calls and brings who answers to the agents. `contact_base_id` is required."""

    kind: Literal["dialer"]


class InboundCampaign(CampaignFields, QueueFields):
    """Agents are called. The contact base may be left out."""

    kind: Literal["inbound"]


AnyCampaign = ManualCampaign | PreviewCampaign | DialerCampaign | InboundCampaign
CampaignCreate = Annotated[AnyCampaign, Field(discriminator="kind")]


@partial_of(ManualCampaign, PreviewCampaign, DialerCampaign, InboundCampaign, without={"kind"})
class CampaignPatch(RequestModel):
    """Only what is sent changes; a list that is sent replaces the list. A field the kind does not have is refused."""
