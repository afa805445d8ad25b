"""The records the engine keeps: one per call, one per agent, one per membership.

Records are frozen; a transition replaces the whole record, so a half-made change cannot be seen. All times are epoch
milliseconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum

ACW_PAUSE_ID = "0"
"""The original's pause id of after-call work in the activity log."""

SUPERVISION_PAUSE_ID = "00"
"""The original's pause id of a pause set by a supervisor."""


class CallPhase(StrEnum):
    """Where a caller is. `CLOSING` hears a last announcement and is then hung up."""

    WELCOME = "welcome"
    QUEUED = "queued"
    TALKING = "talking"
    CLOSING = "closing"


class AgentStatus(StrEnum):
    """What the boards show; derived from the record, never stored."""

    OFFLINE = "OFFLINE"
    UNAVAILABLE = "UNAVAILABLE"
    READY = "READY"
    RINGING = "RINGING"
    ONCALL = "ONCALL"
    ACW = "ACW"
    PAUSE = "PAUSE"


@dataclass(frozen=True, slots=True)
class Offer:
    """A caller ringing at one agent's webphone."""

    leg_id: str
    agent_id: int
    ring_until: int
    recording: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """One caller, from arrival until hang-up."""

    id: str
    channel_id: str
    number: str
    did: str
    started_at: int
    phase: CallPhase
    since: int
    """when the phase began"""
    route_name: str = ""
    language: str = "en"
    campaign_id: int = 0
    entered_at: int = 0
    """when the caller joined the present queue"""
    wait_until: int | None = None
    is_answered: bool = False
    is_priority: bool = False
    """goes before the others: the caller lost its agent and is back in the queue"""
    offers: tuple[Offer, ...] = ()
    agent_id: int | None = None
    leg_id: str | None = None
    recording: str | None = None
    playback_id: str | None = None
    visited: tuple[int, ...] = ()
    """campaigns this call has been in; a failover never goes back into one"""
    next_event: int = 0
    next_leg: int = 0

    def offer_of(self, leg_id: str) -> Offer | None:
        """The offer that rings on this leg, if it still does."""
        return next((offer for offer in self.offers if offer.leg_id == leg_id), None)


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent's live state; the profile stays in the configuration."""

    id: int
    is_logged_in: bool = False
    is_registered: bool = False
    pause_id: str | None = None
    """None, `ACW_PAUSE_ID`, `SUPERVISION_PAUSE_ID` or a pause's id"""
    pending_pause_id: str | None = None
    since: int = 0
    call_id: str | None = None
    """the call offered, talked to or, in wrap-up, last talked to"""
    is_talking: bool = False
    is_ringing: bool = False
    acw_until: int | None = None
    owes_disposition: bool = False
    dispositioned_call_id: str | None = None
    logout_at: int | None = None
    """when an agent without a webphone is logged out"""
    next_event: int = 0

    @property
    def is_ready(self) -> bool:
        """May be offered a call now."""
        return (
            self.is_logged_in
            and self.is_registered
            and self.pause_id is None
            and not self.is_ringing
            and not self.is_talking
        )

    @property
    def status(self) -> AgentStatus:
        """What to call this state on a board."""
        if self.is_talking:
            return AgentStatus.ONCALL
        if not self.is_logged_in:
            return AgentStatus.OFFLINE
        if not self.is_registered:
            return AgentStatus.UNAVAILABLE
        if self.is_ringing:
            return AgentStatus.RINGING
        if self.pause_id == ACW_PAUSE_ID:
            return AgentStatus.ACW
        return AgentStatus.READY if self.pause_id is None else AgentStatus.PAUSE


@dataclass(slots=True)
class MemberStats:
    """What the strategies remember of an agent in a queue."""

    calls: int = 0
    last_call_ended_at: int = 0
    resting_until: int = 0


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A line of the call log (facts of the original's log: names, call types and numbers kept).

    `id` is `<call id>:<sequence>`; replaying it changes nothing.
    """

    id: str
    time: int
    call_id: str
    event: str
    campaign_id: int
    number: str
    did: str
    agent_id: int = -1
    wait_seconds: float | None = None
    talk_seconds: float | None = None
    recording: str | None = None
    agent_extra_id: int | None = None
    campaign_type: int = 3
    call_type: int = 3


@dataclass(frozen=True, slots=True)
class AgentEvent:
    """A line of the agents' activity log: ADDMEMBER, REMOVEMEMBER, PAUSEALL, UNPAUSEALL."""

    id: str
    time: int
    agent_id: int
    event: str
    pause_id: str = ""


LogEvent = CallEvent | AgentEvent


@dataclass(slots=True)
class Snapshot:
    """All of the engine's state that must outlive the process."""

    calls: list[Call] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    members: dict[tuple[int, int], MemberStats] = field(default_factory=dict)
    """(queue id, agent id) -> statistics"""
