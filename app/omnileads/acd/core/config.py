"""What the engine must know of the configuration, as one immutable snapshot.

Built by `omnileads.acd.configuration` from Postgres; a change of configuration is a new snapshot, handed to the engine
as an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final, Literal

from omnileads.acd.core.dialplan import OutboundRoute, Trunk
from omnileads.acd.core.hours import TimeRange


class Strategy(StrEnum):
    """How a queue chooses among its ready agents; the names are those of Asterisk's `app_queue`."""

    RINGALL = "ringall"
    RRMEMORY = "rrmemory"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    WRANDOM = "wrandom"


class DestinationType(StrEnum):
    """Where a call can be sent."""

    INBOUND_CAMPAIGN = "inbound-campaign"
    TIME_CONDITION = "time-condition"
    IVR = "ivr"
    HANGUP = "hangup"
    CUSTOM_DESTINATION = "custom-destination"
    VOICEMAIL = "voicemail"
    CUSTOMER_IDENTIFICATION = "customer-identification"
    AGENT = "agent"


DESTINATION_TYPES: Final = {
    "1": DestinationType.INBOUND_CAMPAIGN,
    "2": DestinationType.TIME_CONDITION,
    "3": DestinationType.IVR,
    "5": DestinationType.HANGUP,
    "7": DestinationType.CUSTOM_DESTINATION,
    "8": DestinationType.VOICEMAIL,
    "9": DestinationType.CUSTOMER_IDENTIFICATION,
    "11": DestinationType.AGENT,
}
"""Destination types by the numbers that integrators use, in `sub-oml-dst-switch` and in a CRM's answer."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place a call is sent to; `id` is None where the type needs none."""

    type: DestinationType
    id: int | None = None


HANG_UP = Destination(DestinationType.HANGUP)


@dataclass(frozen=True, slots=True)
class TimeCondition:
    """Sends a call one way within its hours and the other outside."""

    id: int
    name: str
    ranges: tuple[TimeRange, ...]
    match: Destination
    otherwise: Destination


@dataclass(frozen=True, slots=True)
class Ivr:
    """A menu: each choice, of 1 to 5 keys, has its destination.

    `media` is what ARI plays; after `retries` failures the call goes on.
    """

    id: int
    name: str
    media: str
    options: Mapping[str, Destination]
    timeout: Destination
    invalid: Destination
    timeout_seconds: int = 5
    timeout_retries: int = 1
    timeout_media: str | None = None
    invalid_retries: int = 1
    invalid_media: str | None = None


@dataclass(frozen=True, slots=True)
class Identification:
    """Asks the caller for a number that identifies a customer, and perhaps a CRM what to do with it."""

    id: int
    name: str
    media: str
    identified: Destination
    unidentified: Destination
    mode: Literal["ask-only", "crm-decides", "crm-routes"] = "ask-only"
    url: str = ""
    length: int = 0
    """expected digits; 0 = any number of them, ended by `#` or by silence"""
    timeout_seconds: int = 5
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class CustomDestination:
    """A place in the integrator's own dialplan; `failover` is for when it does not exist."""

    id: int
    name: str
    context: str
    extension: str
    priority: int
    failover: Destination


@dataclass(frozen=True, slots=True)
class VoicemailBox:
    """Records what the caller has to say. Without greeting Asterisk's own is heard."""

    id: int
    name: str
    greeting_media: str | None = None
    max_seconds: int = 120


@dataclass(frozen=True, slots=True)
class RecordingName:
    """Which parts a recording's file name has beside its kind and the leg's id."""

    with_date: bool = True
    with_phone: bool = True
    with_campaign_id: bool = True
    with_agent_id: bool = True


CampaignKind = Literal["manual", "preview", "dialer", "inbound"]

CAMPAIGN_TYPES: Final[Mapping[CampaignKind, int]] = {"manual": 1, "dialer": 2, "inbound": 3, "preview": 4}
"""The original's numbers of the kinds of campaigns."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A campaign as the engine sees it. Durations are seconds; 0 means "no limit" where the manual says so.

    Callers wait only in inbound and dialer campaigns; in the others agents call out.
    """

    id: int
    name: str
    kind: CampaignKind = field(default="inbound", kw_only=True)
    members: Mapping[int, int]
    """agent id -> penalty (0 is asked first)"""
    is_active: bool = True
    strategy: Strategy = Strategy.RRMEMORY
    weight: int = 0
    max_waiting: int = 0
    max_wait_seconds: int = 0
    ring_seconds: int = 15
    retry_seconds: int = 5
    wrapup_seconds: int = 0
    welcome_media: str | None = None
    moh_class: str = "default"
    is_recorded: bool = False
    failover: Destination | None = None
    auto_attend_inbound: bool | None = None
    auto_unpause_seconds: int | None = None
    force_disposition: bool | None = None
    announce_position: bool = False
    announce_hold_time: Literal["no", "yes", "once"] = "no"
    announce_seconds: int = 0
    """how often the place and the expected wait are told; 0 = never"""
    periodic_media: str | None = None
    periodic_seconds: int = 0
    exit_ivr_id: int | None = None
    """where a waiting caller gets who presses a key"""
    agent_media: str | None = None
    """what the agent hears before the caller"""
    outbound_route_id: int | None = None
    """the only route of the campaign's calls out; None = all, in their order"""
    caller_id: str | None = None
    """what called numbers see, instead of the trunk's"""


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent with the behaviour its group gives it; a campaign may override the next three (`Queue`)."""

    id: int
    name: str
    extension: str
    group_id: int
    auto_attend_inbound: bool = False
    auto_unpause_seconds: int = 0
    force_disposition: bool = False
    force_unpause: bool = False
    """the wrap-up ends as soon as the disposition is stored"""
    may_call_off_campaign: bool = False
    may_call_agents: bool = False
    manual_call_kinds: frozenset[CampaignKind] = frozenset(CAMPAIGN_TYPES)
    """kinds of campaigns for which the group lets its agents call out"""
    pause_limits: Mapping[str, int] = field(default_factory=dict)
    """pause id -> seconds after which the pause ends by itself"""


DIRECT_CALL_SECONDS = 30
"""How long a call to one agent in person waits and rings."""


def direct_queue(profile: AgentProfile) -> Queue:
    """The queue of the calls to one agent in person, before those of its campaigns. Its id is the negated agent's."""
    return Queue(
        id=-profile.id,
        name=profile.name,
        members={profile.id: 0},
        strategy=Strategy.RINGALL,
        weight=1_000_000,
        max_wait_seconds=DIRECT_CALL_SECONDS,
        ring_seconds=DIRECT_CALL_SECONDS,
        auto_attend_inbound=False,
        force_disposition=False,
    )


@dataclass(frozen=True, slots=True)
class Route:
    """An inbound route: which DID goes where."""

    did: str
    name: str
    destination: Destination
    caller_id_prefix: str = ""
    language: str = "en"


Place = Queue | TimeCondition | Ivr | CustomDestination | VoicemailBox | Identification | AgentProfile
"""Something of the configuration a call can be sent to; each has a `name`."""


@dataclass(frozen=True, slots=True)
class RoutingConfig:
    """The whole snapshot. `queues` also gets each agent's queue of direct calls (`direct_queue`).

    Derived: `memberships` (agent id -> the queues it serves), `agents_by_extension`.
    """

    queues: Mapping[int, Queue] = field(default_factory=dict)
    agents: Mapping[int, AgentProfile] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    pauses: Mapping[str, str] = field(default_factory=dict)
    """pause id -> name"""
    time_conditions: Mapping[int, TimeCondition] = field(default_factory=dict)
    ivrs: Mapping[int, Ivr] = field(default_factory=dict)
    identifications: Mapping[int, Identification] = field(default_factory=dict)
    custom_destinations: Mapping[int, CustomDestination] = field(default_factory=dict)
    voicemail_boxes: Mapping[int, VoicemailBox] = field(default_factory=dict)
    trunks: Mapping[int, Trunk] = field(default_factory=dict)
    outbound_routes: tuple[OutboundRoute, ...] = ()
    """in the order they are tried"""
    recording_name: RecordingName = RecordingName()
    timezone: tzinfo = UTC
    """of the installation: time conditions are meant in it"""
    memberships: Mapping[int, tuple[int, ...]] = field(init=False)
    agents_by_extension: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        direct = {-profile.id: direct_queue(profile) for profile in self.agents.values()}
        object.__setattr__(self, "queues", {**self.queues, **direct})
        memberships: dict[int, list[int]] = {}
        for queue in self.queues.values():
            for agent_id in queue.members:
                memberships.setdefault(agent_id, []).append(queue.id)
        object.__setattr__(self, "memberships", {agent: tuple(queues) for agent, queues in memberships.items()})
        by_extension = {profile.extension: profile.id for profile in self.agents.values()}
        object.__setattr__(self, "agents_by_extension", by_extension)

    def place(self, destination: Destination) -> Place | None:
        """What a destination names; None for what does not exist, and for a hang-up, which names nothing."""
        places: dict[DestinationType, Mapping[int, Place]] = {
            DestinationType.INBOUND_CAMPAIGN: self.queues,
            DestinationType.TIME_CONDITION: self.time_conditions,
            DestinationType.IVR: self.ivrs,
            DestinationType.CUSTOM_DESTINATION: self.custom_destinations,
            DestinationType.VOICEMAIL: self.voicemail_boxes,
            DestinationType.CUSTOMER_IDENTIFICATION: self.identifications,
            DestinationType.AGENT: self.agents,
        }
        # Agents' queues of direct calls have negative ids; no destination names one.
        if destination.id is None or destination.id <= 0 or destination.type not in places:
            return None
        place = places[destination.type].get(destination.id)
        return None if isinstance(place, Queue) and place.kind != "inbound" else place

    def campaigns_of(self, agent_id: int) -> list[int]:
        """The campaigns an agent serves."""
        return [queue_id for queue_id in self.memberships.get(agent_id, ()) if queue_id > 0]

    def route_for(self, did: str) -> Route | None:
        """The route of a dialled number; a leading `+` makes no difference."""
        return self.routes.get(did) or self.routes.get(did.removeprefix("+")) or self.routes.get(f"+{did}")

    def agent_dialled(self, number: str) -> AgentProfile | None:
        """The agent that a PBX dials in person: the extension followed by the agent's id."""
        agent_id = self.agents_by_extension.get(number[:4])
        return self.agents[agent_id] if agent_id is not None and number[4:] == str(agent_id) else None
