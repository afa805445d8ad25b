"""Requests and answers about agent groups, pauses and the agent console."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from omnileads.agents.models import CAMPAIGN_KINDS, LONGEST_PAUSE_SECONDS, CampaignKind, PauseKind
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import BigId, Id, RequestModel, ResponseModel

GroupName = Annotated[str, Field(min_length=1, max_length=40)]
PauseName = Annotated[str, Field(min_length=1, max_length=20)]
AutoUnpauseSeconds = Annotated[int, Field(ge=0, le=28_800, description="Longest wrap-up, in seconds; 0: by hand.")]

PersonalCallbackLimit = Annotated[
    Annotated[int, Field(ge=0, le=10_000)] | None,
    Field(description="Personal callbacks an agent may have open; null: as many as they like."),
]
PersonalCallbackDays = Annotated[
    Annotated[int, Field(ge=0, le=365)] | None,
    Field(description="Days ahead a personal callback may be; null: any."),
]


def _once(kinds: list[CampaignKind]) -> list[CampaignKind]:
    return [kind for kind in CAMPAIGN_KINDS if kind in kinds]


CampaignKinds = Annotated[
    list[CampaignKind],
    Field(max_length=20, description="Kinds of campaigns in which the agents may call by hand."),
    AfterValidator(_once),
]
PauseSetName = Annotated[str, Field(min_length=1, max_length=40)]
LimitSeconds = Annotated[
    int, Field(ge=0, le=LONGEST_PAUSE_SECONDS, description="Longest pause, in seconds; 0: no limit.")
]

AgentStatus = Literal["READY", "DIALING", "RINGING", "ONCALL", "PAUSE", "ACW", "UNAVAILABLE", "OFFLINE", "DISABLED"]


class GroupSwitches(ResponseModel):
    """How the agents of a group work. A null limit of personal callbacks is no limit."""

    auto_unpause_seconds: int
    auto_attend_inbound: bool
    auto_attend_dialer: bool
    force_disposition: bool
    force_unpause: bool
    allow_off_campaign_calls: bool
    allow_calls_between_agents: bool
    allow_hold: bool
    allow_recordings: bool
    allow_dashboard: bool
    allow_contacts: bool
    allow_callbacks: bool
    allow_dispositions: bool
    allow_preview_campaigns: bool
    allow_password_change: bool
    show_timers: bool
    personal_callback_limit: int | None
    personal_callback_days: int | None
    manual_call_campaign_kinds: list[CampaignKind]
    pause_set_id: int | None


class AgentGroupCreate(RequestModel):
    """`pause_set_id` null: the agents may take every pause, for as long as they like."""

    name: GroupName
    auto_unpause_seconds: AutoUnpauseSeconds = 0
    auto_attend_inbound: bool = False
    auto_attend_dialer: bool = False
    force_disposition: bool = False
    force_unpause: bool = False
    allow_off_campaign_calls: bool = False
    allow_calls_between_agents: bool = False
    allow_hold: bool = True
    allow_recordings: bool = False
    allow_dashboard: bool = True
    allow_contacts: bool = True
    allow_callbacks: bool = True
    allow_dispositions: bool = True
    allow_preview_campaigns: bool = True
    allow_password_change: bool = True
    show_timers: bool = True
    personal_callback_limit: PersonalCallbackLimit = None
    personal_callback_days: PersonalCallbackDays = None
    manual_call_campaign_kinds: CampaignKinds = Field(default_factory=lambda: list(CAMPAIGN_KINDS))
    pause_set_id: Id | None = None


class AgentGroupPatch(RequestModel):
    """Only what is sent changes."""

    name: GroupName | None = None
    auto_unpause_seconds: AutoUnpauseSeconds | None = None
    auto_attend_inbound: bool | None = None
    auto_attend_dialer: bool | None = None
    force_disposition: bool | None = None
    force_unpause: bool | None = None
    allow_off_campaign_calls: bool | None = None
    allow_calls_between_agents: bool | None = None
    allow_hold: bool | None = None
    allow_recordings: bool | None = None
    allow_dashboard: bool | None = None
    allow_contacts: bool | None = None
    allow_callbacks: bool | None = None
    allow_dispositions: bool | None = None
    allow_preview_campaigns: bool | None = None
    allow_password_change: bool | None = None
    show_timers: bool | None = None
    personal_callback_limit: PersonalCallbackLimit = None
    personal_callback_days: PersonalCallbackDays = None
    manual_call_campaign_kinds: CampaignKinds | None = None
    pause_set_id: Id | None = None


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


class ConsolePause(PauseOut):
    """A pause as an agent may take it; `limit_seconds` 0 is no limit."""

    limit_seconds: int


class PauseSetEntry(RequestModel):
    pause_id: Id
    limit_seconds: LimitSeconds = 0


PauseSetEntries = Annotated[list[PauseSetEntry], Field(min_length=1, max_length=200)]


class PauseSetCreate(RequestModel):
    name: PauseSetName
    pauses: PauseSetEntries


class PauseSetPatch(RequestModel):
    """Only what is sent changes; `pauses` replaces all of them."""

    name: PauseSetName | None = None
    pauses: PauseSetEntries | None = None


class PauseSetPauseOut(ResponseModel):
    pause_id: int
    name: str
    kind: PauseKind
    limit_seconds: int


class GroupRef(ResponseModel):
    id: int
    name: str


class PauseSetOut(ResponseModel):
    """`groups` are the agent groups that use the set."""

    id: int
    name: str
    pauses: list[PauseSetPauseOut]
    groups: list[GroupRef]


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
    last_call_result: str | None = None
    pause_until: int | None = None
    call_id: str | None = None
    campaign_id: int | None = None
    number: str | None = None
    campaigns: list[int] = Field(default_factory=list)
    registered: bool = False


class CallRequest(RequestModel):
    """A number to call, for one of the agent's campaigns or (null) for none; `contact_id` is whose number it is."""

    number: Annotated[str, Field(pattern=r"^\+?[0-9*#]{1,30}$", description="Digits, * and #; may start with +.")]
    campaign_id: Id | None = None
    contact_id: BigId | None = None


class ColleagueCallRequest(RequestModel):
    """A colleague to call, by agent id."""

    agent_id: Id


class Colleague(ResponseModel):
    """Another agent, as somebody to call."""

    agent_id: int
    name: str
    extension: int
    status: AgentStatus


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
    form_id: int | None
    subdispositions: list[str]
    is_positive: bool
    is_hidden: bool
    calls_external_site: bool


class ConsoleSite(ResponseModel):
    """The external site of a campaign. Without `target` the server sends its requests, and nothing is opened.

    `dialplan_names` are the variables (`Omlcrm...`) the webphone is told and the site wants to know.
    """

    name: str
    trigger: Literal["button", "automatic", "server", "disposition", "dynamic-list"]
    target: Literal["embedded", "new-tab"] | None
    dialplan_names: list[str]


class ConsoleCampaign(ResponseModel):
    """A campaign the agent is a member of. Hidden options are listed, because an earlier answer may use one.

    The `show_*` say what the agent is told of a call that comes in. `has_contacts`: it works with a contact base.
    """

    id: int
    name: str
    kind: CampaignKind
    is_active: bool
    show_name: bool
    show_did: bool
    show_route_name: bool
    show_call_id: bool
    ring_seconds: int
    has_contacts: bool
    site: ConsoleSite | None
    dispositions: list[ConsoleDispositionOption]


class ConsoleSession(ResponseModel):
    agent: ConsoleAgent
    sip: SipCredentials
    pauses: list[ConsolePause]
    campaigns: list[ConsoleCampaign]
    state: AgentLive
