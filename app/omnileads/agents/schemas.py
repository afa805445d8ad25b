"""Requests and answers about agent groups, pauses and the agent console."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.agents.models import PauseKind
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import Id, RequestModel, ResponseModel

GroupName = Annotated[str, Field(min_length=1, max_length=40)]
PauseName = Annotated[str, Field(min_length=1, max_length=20)]
AutoUnpauseSeconds = Annotated[int, Field(ge=0, le=28_800, description="Longest wrap-up, in seconds; 0: by hand.")]

AgentStatus = Literal["READY", "RINGING", "ONCALL", "PAUSE", "ACW", "UNAVAILABLE", "OFFLINE", "DISABLED"]


class GroupSwitches(ResponseModel):
    """How the agents of a group work."""

    auto_unpause_seconds: int
    auto_attend_inbound: bool
    auto_attend_dialer: bool
    force_disposition: bool
    allow_off_campaign_calls: bool
    allow_hold: bool
    allow_recordings: bool
    allow_dashboard: bool


class AgentGroupCreate(RequestModel):
    name: GroupName
    auto_unpause_seconds: AutoUnpauseSeconds = 0
    auto_attend_inbound: bool = False
    auto_attend_dialer: bool = False
    force_disposition: bool = False
    allow_off_campaign_calls: bool = False
    allow_hold: bool = True
    allow_recordings: bool = False
    allow_dashboard: bool = True


class AgentGroupPatch(RequestModel):
    """Only what is sent changes."""

    name: GroupName | None = None
    auto_unpause_seconds: AutoUnpauseSeconds | None = None
    auto_attend_inbound: bool | None = None
    auto_attend_dialer: bool | None = None
    force_disposition: bool | None = None
    allow_off_campaign_calls: bool | None = None
    allow_hold: bool | None = None
    allow_recordings: bool | None = None
    allow_dashboard: bool | None = None


class AgentGroupOut(GroupSwitches):
    id: int
    name: str
    agent_count: int


class PauseCreate(RequestModel):
    name: PauseName
    kind: PauseKind


class PausePatch(RequestModel):
    """Only what is sent changes."""

    name: PauseName | None = None
    kind: PauseKind | None = None


class PauseOut(ResponseModel):
    id: int
    name: str
    kind: PauseKind


class AgentOption(ResponseModel):
    """An agent as a choice in forms."""

    id: int
    name: str
    extension: int
    group_id: int
    group_name: str


class AgentLive(ResponseModel):
    """An agent now. `since` and `acw_until` are milliseconds since 1970.

    `pause_id` is text: "0" is wrap-up, "00" a pause set by a supervisor.
    """

    agent_id: int
    name: str
    extension: int
    group_id: int
    status: AgentStatus
    pause_id: str | None = None
    pause_name: str | None = None
    pending_pause_id: str | None = None
    since: int
    acw_until: int | None = None
    must_disposition: bool = False
    call_id: str | None = None
    campaign_id: int | None = None
    number: str | None = None
    campaigns: list[int] = Field(default_factory=list)
    registered: bool = False


class PauseRequest(RequestModel):
    pause_id: Id


class ConsoleGroup(GroupSwitches):
    id: int
    name: str


class ConsoleAgent(ResponseModel):
    id: int
    name: str
    extension: int
    group: ConsoleGroup


class SipCredentials(ResponseModel):
    """What the webphone registers with; valid until `expires_at`."""

    uri: str
    websocket_path: str
    authorization_user: str
    password: str
    expires_at: Instant
    realm: str


class ConsoleDispositionOption(ResponseModel):
    id: int
    name: str
    kind: Literal["no-action", "engaged", "callback"]
    is_positive: bool
    is_hidden: bool


class ConsoleCampaign(ResponseModel):
    """A campaign the agent is a member of. Hidden options are listed, because an earlier answer may use one."""

    id: int
    name: str
    ring_seconds: int
    dispositions: list[ConsoleDispositionOption]


class ConsoleSession(ResponseModel):
    agent: ConsoleAgent
    sip: SipCredentials
    pauses: list[PauseOut]
    campaigns: list[ConsoleCampaign]
    state: AgentLive
