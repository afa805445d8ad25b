"""What the engine must know of the configuration, as one immutable snapshot.

Built by `omnileads.acd.configuration` from Postgres; a change of configuration is a new snapshot, handed to the engine
as an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Strategy(StrEnum):
    """How a queue chooses among its ready agents; the names are those of Asterisk's `app_queue`."""

    RINGALL = "ringall"
    RRMEMORY = "rrmemory"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    WRANDOM = "wrandom"


class DestinationType(StrEnum):
    """Where a call can be sent; later chapters add IVR, time conditions and the rest."""

    INBOUND_CAMPAIGN = "inbound-campaign"
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True)
class Destination:
    """A place a call is sent to; `id` is None where the type needs none."""

    type: DestinationType
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """An inbound campaign as its queue sees it. Durations are seconds; 0 means "no limit" where the manual says so."""

    id: int
    name: str
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


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent with the behaviour its group gives it; a campaign may override the last three (`Queue`)."""

    id: int
    name: str
    extension: str
    group_id: int
    auto_attend_inbound: bool = False
    auto_unpause_seconds: int = 0
    force_disposition: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """An inbound route: which DID goes where."""

    did: str
    name: str
    destination: Destination
    caller_id_prefix: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class RoutingConfig:
    """The whole snapshot. `memberships` is derived: agent id -> the queues it serves."""

    queues: Mapping[int, Queue] = field(default_factory=dict)
    agents: Mapping[int, AgentProfile] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    pauses: Mapping[str, str] = field(default_factory=dict)
    """pause id -> name"""
    memberships: Mapping[int, tuple[int, ...]] = field(init=False)
    agents_by_extension: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        memberships: dict[int, list[int]] = {}
        for queue in self.queues.values():
            for agent_id in queue.members:
                memberships.setdefault(agent_id, []).append(queue.id)
        object.__setattr__(self, "memberships", {agent: tuple(queues) for agent, queues in memberships.items()})
        by_extension = {profile.extension: profile.id for profile in self.agents.values()}
        object.__setattr__(self, "agents_by_extension", by_extension)

    def route_for(self, did: str) -> Route | None:
        """The route of a dialled number; a leading `+` makes no difference."""
        return self.routes.get(did) or self.routes.get(did.removeprefix("+")) or self.routes.get(f"+{did}")
