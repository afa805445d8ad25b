"""What the engine is told. Ids are Asterisk's channel ids, or ours where we chose them when originating."""

from dataclasses import dataclass

from omnileads.acd.core.config import Destination, RoutingConfig


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller entered from a trunk and waits for us to decide.

    `destination` is set when a custom dialplan sends the caller somewhere by itself; the DID then decides nothing.
    """

    call_id: str
    channel_id: str
    did: str
    number: str
    destination: Destination | None = None


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's channel is gone, for whatever reason."""

    channel_id: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """An announcement ended (or could not be played)."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """An agent's webphone took the call."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """An agent's leg is gone or never came to be. `cause` is the ISDN cause (ITU-T Q.850) that Asterisk reports."""

    leg_id: str
    cause: int


@dataclass(frozen=True, slots=True)
class WebphoneChanged:
    """Kamailio saw a webphone register or go away."""

    extension: str
    is_registered: bool


@dataclass(frozen=True, slots=True)
class AgentLogin:
    """An agent starts to work."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class AgentLogout:
    """An agent stops working."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class AgentPause:
    """An agent asks for a pause; during a call it begins when the call ends."""

    agent_id: int
    pause_id: str


@dataclass(frozen=True, slots=True)
class AgentUnpause:
    """An agent ends its pause or its after-call work."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class AgentDispositioned:
    """An agent stored the disposition of a call."""

    agent_id: int
    call_id: str


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """A new configuration is in force."""

    config: RoutingConfig


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; see `Engine.next_deadline`."""


Event = (
    CallArrived
    | CallerHungUp
    | PlaybackFinished
    | LegAnswered
    | LegEnded
    | WebphoneChanged
    | AgentLogin
    | AgentLogout
    | AgentPause
    | AgentUnpause
    | AgentDispositioned
    | ConfigurationChanged
    | Tick
)
