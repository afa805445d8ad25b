"""What the engine is told. Ids are Asterisk's channel ids, or ours where we chose them when originating."""

from dataclasses import dataclass
from typing import Literal

from omnileads.acd.core.commands import RingAgent
from omnileads.acd.core.config import Destination, RoutingConfig
from omnileads.acd.core.model import NodeState, WatchKind


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller entered from a trunk and waits for us to decide.

    `destination` is set when a custom dialplan sends the caller somewhere by itself; the DID then decides nothing. The
    channel may then be that of a call the engine had sent into the dialplan.
    """

    call_id: str
    channel_id: str
    did: str
    number: str
    destination: Destination | None = None
    trunk_id: int = 0
    is_from_pbx: bool = False
    dialplan_data: tuple[tuple[str, str], ...] = ()
    """(name, value) of the variables the dialplan wants on the agent's screen"""
    node: str = ""
    """the Asterisk that the caller is on"""


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """What may be done on an Asterisk from now on. One that is back from away has been compared with the records."""

    node: str
    state: NodeState


@dataclass(frozen=True, slots=True)
class NodeLost:
    """An Asterisk is gone for good, with every channel it had."""

    node: str


@dataclass(frozen=True, slots=True)
class RingRefused:
    """An Asterisk did not make a leg to a webphone."""

    ring: RingAgent


@dataclass(frozen=True, slots=True)
class DialplanFailed:
    """The place in the dialplan where a caller was sent does not exist; the caller is back."""

    channel_id: str


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key: 0-9, * or #."""

    channel_id: str
    digit: str


@dataclass(frozen=True, slots=True)
class CrmAnswered:
    """What a CRM said of a customer. Silence, errors and nonsense are "unidentified"."""

    call_id: str
    answer: Literal["identified", "unidentified"] | Destination


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller's channel is gone. `cause` (ITU-T Q.850) tells why a call out was not answered."""

    channel_id: str
    cause: int = 16


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call out makes progress: it rings, the network plays something itself, or it is answered."""

    channel_id: str
    progress: Literal["ringing", "early-media", "answered"]


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
class AgentCallOut:
    """An agent wants to call a number, for a campaign or (0) for none."""

    agent_id: int
    call_id: str
    number: str
    campaign_id: int = 0
    contact_id: int | None = None
    is_blocked: bool = False
    """the number is on a do-not-call list"""


@dataclass(frozen=True, slots=True)
class AgentCallAgent:
    """An agent wants to call a colleague."""

    agent_id: int
    call_id: str
    to_agent_id: int


@dataclass(frozen=True, slots=True)
class AgentHangUp:
    """An agent ends its call, or refuses the one that rings, by other means than its webphone."""

    agent_id: int


@dataclass(frozen=True, slots=True)
class AgentHold:
    """An agent's webphone has put its talk on hold, or has taken it back: each time the other of the two."""

    agent_id: int
    call_id: str


@dataclass(frozen=True, slots=True)
class SuperviseAgent:
    """A supervisor, by the agent that its own webphone belongs to, wants to be on an agent's call.

    `campaign_ids` are those whose calls it supervises, None for all.
    """

    agent_id: int
    supervisor_id: int
    kind: WatchKind
    campaign_ids: frozenset[int] | None = None


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
    | DialplanFailed
    | DigitPressed
    | CrmAnswered
    | Dialled
    | PlaybackFinished
    | LegAnswered
    | LegEnded
    | WebphoneChanged
    | AgentLogin
    | AgentLogout
    | AgentPause
    | AgentUnpause
    | AgentCallOut
    | AgentCallAgent
    | AgentHangUp
    | AgentHold
    | SuperviseAgent
    | AgentDispositioned
    | ConfigurationChanged
    | NodeChanged
    | NodeLost
    | RingRefused
    | Tick
)
