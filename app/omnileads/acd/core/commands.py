"""What the engine asks for. The shell keeps the order of one call's commands; different calls run at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from omnileads.acd.core.config import Destination
from omnileads.acd.core.model import LogEvent


@dataclass(frozen=True, slots=True)
class AnswerCaller:
    """Answer the caller's channel and speak its language from now on."""

    call_id: str
    channel_id: str
    language: str


@dataclass(frozen=True, slots=True)
class PlayAnnouncement:
    """Play `media` (ARI media URIs, joined by commas) to the caller, or to the agent who has taken the call.

    Its end comes back as `PlaybackFinished`.
    """

    call_id: str
    channel_id: str
    playback_id: str
    media: str


@dataclass(frozen=True, slots=True)
class StopAnnouncement:
    """Cut an announcement short: the caller has pressed a digit, or an agent is there."""

    call_id: str
    playback_id: str


@dataclass(frozen=True, slots=True)
class AskCrm:
    """Send the number a caller entered to a CRM; what it says comes back as `CrmAnswered`, whatever happens."""

    call_id: str
    url: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class RunDialplan:
    """Let a channel go on in a context of the dialplan, at `s,1`, with these channel variables.

    `recording` is recorded there.
    """

    call_id: str
    channel_id: str
    context: str
    variables: Mapping[str, str]
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class StartMusic:
    """Music on hold for the caller."""

    call_id: str
    channel_id: str
    moh_class: str


@dataclass(frozen=True, slots=True)
class RingAgent:
    """Ring a webphone. `headers` go with the INVITE; `recording` is recorded once the agent answers."""

    call_id: str
    leg_id: str
    extension: str
    caller_id: str
    timeout_seconds: int
    recording: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DialOut:
    """Call `number` over a trunk for the agent on `leg_id`. What happens comes back as `Dialled` and `CallerHungUp`."""

    call_id: str
    channel_id: str
    leg_id: str
    trunk: str
    number: str
    caller_id: str
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class PlayRinging:
    """Let an agent hear that it rings at the other side, or stop it."""

    call_id: str
    channel_id: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """Stop the music and bridge the caller with the agent's leg."""

    call_id: str
    channel_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Let a supervisor's leg hear all that an agent's leg hears and says; `whispers`: and be heard by the agent."""

    call_id: str
    leg_id: str
    agent_leg_id: str
    whispers: bool


@dataclass(frozen=True, slots=True)
class StopListening:
    """End what `Listen` made; the supervisor's leg stays up."""

    call_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class JoinTalk:
    """Put a supervisor's leg into the call's bridge: all hear each other."""

    call_id: str
    leg_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a channel of this call: the caller's or an agent's leg."""

    call_id: str
    channel_id: str
    reason: Literal["normal", "congestion"] = "normal"


@dataclass(frozen=True, slots=True)
class Unbridge:
    """Take the call's bridge apart; the channels in it stay up."""

    call_id: str


Command = (
    AnswerCaller
    | PlayAnnouncement
    | StopAnnouncement
    | StartMusic
    | AskCrm
    | RunDialplan
    | RingAgent
    | DialOut
    | PlayRinging
    | Connect
    | Listen
    | StopListening
    | JoinTalk
    | HangUp
    | Unbridge
)


@dataclass(slots=True)
class Decision:
    """All that follows from one event.

    `refusal` is set when an agent's request cannot be granted: (kebab-case code, sentence). `calls` and `agents` name
    the records that changed, so that the shell stores and publishes those and no others. `sent` lists the destinations
    each call was sent to on its way, time conditions included, for whoever wants to follow it. `ended` names the
    Asterisk of each call that ended: its last commands go there.
    """

    commands: list[Command] = field(default_factory=list)
    log: list[LogEvent] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)
    sent: list[tuple[str, Destination]] = field(default_factory=list)
    refusal: tuple[str, str] | None = None
    ended: dict[str, str] = field(default_factory=dict)
