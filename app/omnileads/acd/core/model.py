"""The records the engine keeps: one per call, one per agent, one per membership.

Records are frozen; a transition replaces the whole record, so a half-made change cannot be seen. All times are epoch
milliseconds.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

from omnileads.acd.core.config import Destination, DestinationType

ACW_PAUSE_ID = "0"
"""The original's pause id of after-call work in the activity log."""

SUPERVISION_PAUSE_ID = "00"
"""The original's pause id of a pause set by a supervisor."""


class CallPhase(StrEnum):
    """Where a call is.

    `ASKING` hears a prompt or is waited for to press digits, `LOOKUP` waits for the CRM's answer, `AWAY` is in the
    dialplan (an integrator's, or voicemail), `CALLING_AGENT` and `DIALING` are the two halves of a call out, `CLOSING`
    hears a last announcement and is then hung up.
    """

    WELCOME = "welcome"
    ASKING = "asking"
    LOOKUP = "lookup"
    AWAY = "away"
    QUEUED = "queued"
    CALLING_AGENT = "calling-agent"
    DIALING = "dialing"
    TALKING = "talking"
    CLOSING = "closing"


NodeState = Literal["open", "draining", "away"]
"""Of an Asterisk: new calls may begin there; only those it has go on; nobody hears of it."""

FLOW_PHASES = frozenset({CallPhase.ASKING, CallPhase.LOOKUP, CallPhase.AWAY, CallPhase.CLOSING})
"""The caller is in no queue and with no agent."""


class CallType(IntEnum):
    """The original's numbers of what a call was."""

    MANUAL = 1
    INBOUND = 3
    PREVIEW = 4
    INTERNAL = 7


class AgentStatus(StrEnum):
    """What the boards show; derived from the record, never stored."""

    OFFLINE = "OFFLINE"
    UNAVAILABLE = "UNAVAILABLE"
    READY = "READY"
    DIALING = "DIALING"
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


WatchKind = Literal["listen", "whisper", "join", "take"]
"""What a supervisor does with a call: hears it, is heard by the agent too, is heard by both, takes it over."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A supervisor on an agent's call, or being rung for it. `supervisor_id` is the agent its webphone belongs to."""

    leg_id: str
    """the supervisor's"""
    supervisor_id: int
    agent_id: int
    agent_leg_id: str
    kind: WatchKind
    ring_until: int
    is_on: bool = False
    recording: str | None = None
    """of the supervisor's own talk, once it has taken the call"""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What an IVR or a customer identification is asking."""

    type: DestinationType
    id: int
    digits: str = ""
    timeouts: int = 0
    invalids: int = 0
    """wrong answers; for an identification all failed attempts"""
    due: int | None = None
    """when waiting for the next digit, or for the CRM, ends; None while a prompt plays"""
    leads_to: Destination | None = None
    """where the call goes when the last prompt, which says why, has been heard"""


@dataclass(frozen=True, slots=True)
class Away:
    """A caller in the dialplan: where it goes if the place does not exist, and what is recorded there."""

    failover: Destination | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class Dial:
    """A number being called out over one trunk after the other."""

    sent: str
    """what the trunks receive"""
    trunk_ids: tuple[int, ...]
    """still to try"""
    ring_seconds: int
    ring_until: int = 0
    attempts: int = 0
    is_alive: bool = False
    """the trunk in use has shown that the call arrived: it rings, or something is heard"""
    generates_ringing: bool = False
    talk_limit_ms: int | None = None
    talk_until: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call, from its arrival or the agent's wish until hang-up.

    `number` is the other side's. Of a call out, `channel_id` is empty until a trunk is dialled.
    """

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
    held_leg_id: str | None = None
    """the leg whose webphone said last that it holds the talk"""
    recording: str | None = None
    playback_id: str | None = None
    position_at: int | None = None
    """when the caller in the queue is told its place and the expected wait next"""
    periodic_at: int | None = None
    """when the caller in the queue hears the campaign's message next"""
    has_heard_wait: bool = False
    visited: tuple[int, ...] = ()
    """campaigns this call has been in; a failover never goes back into one"""
    trunk_id: int = 0
    """the trunk whose channel the call uses; 0 = none of ours"""
    is_outbound: bool = False
    contact_id: int | None = None
    caller_agent_id: int | None = None
    """the agent who is the caller, in a call between agents"""
    called_agent_id: int | None = None
    dialogue: Dialogue | None = None
    away: Away | None = None
    dial: Dial | None = None
    customer_id: str = ""
    """what the caller entered to be identified"""
    dialplan_data: tuple[tuple[str, str], ...] = ()
    """variables an integrator's dialplan set for the agent's screen: (name, value)"""
    hops: int = 0
    """how often the call was sent on without a person having done anything"""
    watches: tuple[Watch, ...] = ()
    node: str = ""
    """the Asterisk that has all of its channels, by its address; empty: not known yet"""
    next_event: int = 0
    next_leg: int = 0
    next_playback: int = 0

    @property
    def announce_at(self) -> int | None:
        """When something is announced to the caller in the queue next."""
        times = [time for time in (self.position_at, self.periodic_at) if time is not None]
        return min(times) if times and self.phase is CallPhase.QUEUED and self.playback_id is None else None

    def offer_of(self, leg_id: str) -> Offer | None:
        """The offer that rings on this leg, if it still does."""
        return next((offer for offer in self.offers if offer.leg_id == leg_id), None)

    def offer_to(self, agent_id: int) -> Offer | None:
        """The offer that rings at this agent, if one does."""
        return next((offer for offer in self.offers if offer.agent_id == agent_id), None)

    def leg_of(self, agent_id: int) -> str | None:
        """The channel to this agent's webphone, ringing or talking."""
        if self.caller_agent_id == agent_id and not self.is_outbound:
            return self.channel_id
        offer = self.offer_to(agent_id)
        if offer is not None:
            return offer.leg_id
        if self.agent_id == agent_id:
            return self.leg_id
        watch = self.watch_by(agent_id)
        return watch.leg_id if watch is not None else None

    def watch_by(self, supervisor_id: int) -> Watch | None:
        """The watch of this supervisor, if it is on the call or rung for it."""
        return next((watch for watch in self.watches if watch.supervisor_id == supervisor_id), None)

    def watch_on(self, leg_id: str) -> Watch | None:
        """The watch that this supervisor's leg is for."""
        return next((watch for watch in self.watches if watch.leg_id == leg_id), None)

    @property
    def lost_watches(self) -> tuple[Watch, ...]:
        """Those of an agent who is not talking on this call any more."""
        legs = (self.leg_id, self.channel_id) if self.phase is CallPhase.TALKING else ()
        return tuple(watch for watch in self.watches if watch.agent_leg_id not in legs)


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
    wrap_up_campaign_id: int = 0
    wrap_up_number: str = ""
    """of the call last talked to, which itself is forgotten when it ends"""
    is_talking: bool = False
    is_ringing: bool = False
    is_dialing: bool = False
    """calls out and nobody has answered yet"""
    last_result: str | None = None
    """why the last call out reached nobody: BUSY, NOANSWER, ...; None if it did"""
    pause_until: int | None = None
    """when the pause ends by itself"""
    acw_until: int | None = None
    owes_disposition: bool = False
    dispositioned_call_id: str | None = None
    logout_at: int | None = None
    """when an agent without a webphone is logged out"""
    next_event: int = 0

    @property
    def is_ready(self) -> bool:
        """May be offered a call now."""
        return self.is_logged_in and self.is_registered and self.pause_id is None and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """With a call, or about to be."""
        return self.is_ringing or self.is_on_line

    @property
    def is_on_line(self) -> bool:
        """Talking, or calling out: the webphone has a call of its own accord."""
        return self.is_dialing or self.is_talking

    @property
    def status(self) -> AgentStatus:
        """What to call this state on a board: the first of these that is true."""
        states = (
            (self.is_talking, AgentStatus.ONCALL),
            (not self.is_logged_in, AgentStatus.OFFLINE),
            (self.is_dialing, AgentStatus.DIALING),
            (not self.is_registered, AgentStatus.UNAVAILABLE),
            (self.is_ringing, AgentStatus.RINGING),
            (self.pause_id == ACW_PAUSE_ID, AgentStatus.ACW),
            (self.pause_id is not None, AgentStatus.PAUSE),
        )
        return next((status for is_so, status in states if is_so), AgentStatus.READY)


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
    contact_id: int | None = None
    campaign_type: int = 3
    call_type: int = CallType.INBOUND
    dialplan_data: tuple[tuple[str, str], ...] = ()


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
