"""A contact centre on paper: drives the engine with a virtual clock and plays callers, webphones and Asterisk.

It also checks, after every event, what must hold at all times (`check_invariants`).
"""

from collections import Counter, defaultdict
from random import Random
from typing import TypeVar

from omnileads.acd.core.commands import (
    Command,
    Connect,
    Decision,
    HangUp,
    JoinTalk,
    Listen,
    PlayAnnouncement,
    RingAgent,
    StopListening,
    Unbridge,
)
from omnileads.acd.core.config import AgentProfile, Destination, DestinationType, Queue, Route, RoutingConfig
from omnileads.acd.core.dialogues import LISTENING
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import (
    AgentCallAgent,
    AgentCallOut,
    AgentLogin,
    CallArrived,
    CallerHungUp,
    Dialled,
    DigitPressed,
    Event,
    LegAnswered,
    LegEnded,
    NodeChanged,
    NodeLost,
    PlaybackFinished,
    SuperviseAgent,
    Tick,
    WebphoneChanged,
)
from omnileads.acd.core.model import AgentEvent, CallEvent, CallPhase, WatchKind

Kind = TypeVar("Kind")
SALES, SUPPORT = 1, 2
DID = "1000"


def to_campaign(campaign_id: int) -> Destination:
    return Destination(DestinationType.INBOUND_CAMPAIGN, campaign_id)


def queue(campaign_id: int = SALES, agents: int = 3, **settings: object) -> Queue:
    members = settings.pop("members", dict.fromkeys(range(1, agents + 1), 0))
    return Queue(id=campaign_id, name=f"campaign {campaign_id}", members=members, **settings)  # type: ignore[arg-type]


def profile(agent_id: int, **settings: object) -> AgentProfile:
    defaults: dict[str, object] = {"auto_unpause_seconds": 1}
    return AgentProfile(
        id=agent_id,
        name=f"agent {agent_id}",
        extension=str(1000 + agent_id),
        group_id=1,
        **{**defaults, **settings},  # type: ignore[arg-type]
    )


def config(*queues: Queue, **profile_settings: object) -> RoutingConfig:
    agent_ids = sorted({agent_id for each in queues for agent_id in each.members})
    return RoutingConfig(
        queues={each.id: each for each in queues},
        agents={agent_id: profile(agent_id, **profile_settings) for agent_id in agent_ids},
        routes={
            f"{each.id}000": Route(did=f"{each.id}000", name=f"route {each.id}", destination=to_campaign(each.id))
            for each in queues
        },
        pauses={"7": "Coffee"},
    )


class Scenario:
    """The engine with people around it. Times are seconds since the start.

    `nodes` are its Asterisks; callers arrive at one after the other.
    """

    def __init__(self, routing: RoutingConfig, seed: int = 0, nodes: tuple[str, ...] = ("a1",)) -> None:
        self.engine = Engine(routing, Random(seed), unavailable_logout_seconds=300)  # noqa: S311 - reproducible
        self.now = 1_700_000_000_000
        self.start = self.now
        self.commands: list[Command] = []
        self.call_log: list[CallEvent] = []
        self.agent_log: list[AgentEvent] = []
        self.legs: dict[str, RingAgent] = {}
        """legs that ring or talk"""
        self.bridged: dict[str, str] = {}
        """call id -> leg id"""
        self.callers: dict[str, str] = {}
        """call id -> channel id, while the caller is on the line"""
        self.listening: set[str] = set()
        """legs of supervisors who hear a call"""
        self.node_of_leg: dict[str, str] = {}
        self.nodes = nodes
        self._calls = 0
        for node in nodes:
            self.tell(NodeChanged(node, "open"))

    # --- time and events -----------------------------------------------------------------------------------------

    def tell(self, event: Event) -> Decision:
        decision = self.engine.handle(event, self.now)
        self._carry_out(decision)
        self.check_invariants()
        return decision

    def wait(self, seconds: float) -> None:
        """Let time pass, waking the engine whenever it asked for it."""
        until = self.now + round(seconds * 1000)
        while (due := self.engine.next_deadline) is not None and due <= until:
            self.now = max(self.now, due)
            self.tell(Tick())
        self.now = until

    # --- people --------------------------------------------------------------------------------------------------

    def ready(self, *agent_ids: int) -> None:
        for agent_id in agent_ids:
            self.tell(WebphoneChanged(str(1000 + agent_id), is_registered=True))
            self.tell(AgentLogin(agent_id))

    def call(self, did: str = DID, node: str | None = None) -> str:
        self._calls += 1
        call_id = f"call{self._calls:05d}"
        self.callers[call_id] = f"chan-{call_id}"
        node = self.nodes[self._calls % len(self.nodes)] if node is None else node
        self.tell(CallArrived(call_id, f"chan-{call_id}", did=did, number=f"555{self._calls:04d}", node=node))
        return call_id

    def node_gone(self, node: str) -> None:
        """All that was on an Asterisk is no more."""
        for leg_id in [leg_id for leg_id, its_node in self.node_of_leg.items() if its_node == node]:
            self.legs.pop(leg_id, None)
            self.listening.discard(leg_id)
        for call_id in [call.id for call in self.engine.world.calls.values() if call.node == node]:
            self.callers.pop(call_id, None)
            self.bridged.pop(call_id, None)
        self.tell(NodeLost(node))

    def press(self, call_id: str, digits: str) -> None:
        """The caller presses keys, one after the other, as long as it is asked."""
        for digit in digits:
            if call_id in self.callers:
                self.tell(DigitPressed(self.callers[call_id], digit))

    def hear_out(self, call_id: str) -> None:
        """What is being played to the caller ends."""
        call = self.engine.world.calls[call_id]
        assert call.playback_id is not None, "nothing is played"
        self.tell(PlaybackFinished(call.playback_id))

    def call_out(self, agent_id: int, number: str, campaign_id: int = 0) -> str:
        """The agent asks for a call; its webphone rings if the engine agrees."""
        self._calls += 1
        call_id = f"call{self._calls:05d}"
        self.tell(AgentCallOut(agent_id, call_id, number, campaign_id))
        return call_id

    def call_agent(self, agent_id: int, to_agent_id: int) -> str:
        """The agent asks for a call to a colleague; its own webphone rings if the engine agrees."""
        self._calls += 1
        call_id = f"call{self._calls:05d}"
        self.tell(AgentCallAgent(agent_id, call_id, to_agent_id))
        return call_id

    def supervise(self, supervisor_id: int, agent_id: int, kind: WatchKind = "listen") -> str:
        """The supervisor asks to be on the agent's call. Returns the leg to its webphone, or why it is refused."""
        refusal = self.tell(SuperviseAgent(agent_id, supervisor_id, kind)).refusal
        if refusal is not None:
            return refusal[0]
        call = self.engine.world.calls[self.engine.world.agent(agent_id).call_id or ""]
        watch = call.watch_by(supervisor_id)
        assert watch is not None
        return watch.leg_id

    def leg_of(self, call_id: str) -> str:
        leg_id = self.engine.world.calls[call_id].leg_id
        assert leg_id is not None
        return leg_id

    def customer(self, call_id: str) -> str:
        """The channel to the called number."""
        return self.engine.world.calls[call_id].channel_id

    def customer_answers(self, call_id: str) -> None:
        self.tell(Dialled(self.customer(call_id), "answered"))

    def customer_gone(self, call_id: str, cause: int) -> None:
        channel = self.customer(call_id)
        self.bridged.pop(call_id, None)
        self.tell(CallerHungUp(channel, cause))

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The commands of one kind so far."""
        return [command for command in self.commands if isinstance(command, kind)]

    def played(self) -> list[str]:
        """What was played so far, to anybody, without the silence in which digits are awaited."""
        media = (command.media for command in self.commands if isinstance(command, PlayAnnouncement))
        return [one for one in media if one != LISTENING]

    def caller_hangs_up(self, call_id: str) -> None:
        channel = self.callers.pop(call_id, None)
        if channel is not None:
            self.bridged.pop(call_id, None)
            self.tell(CallerHungUp(channel))

    def answer(self, leg_id: str) -> None:
        self.tell(LegAnswered(leg_id))

    def end_leg(self, leg_id: str, cause: int = 16) -> None:
        if self.legs.pop(leg_id, None) is not None:
            self.listening.discard(leg_id)
            self.tell(LegEnded(leg_id, cause))

    def ringing(self, call_id: str) -> list[str]:
        call = self.engine.world.calls.get(call_id)
        return [offer.leg_id for offer in call.offers] if call else []

    def ringing_agents(self, call_id: str) -> list[int]:
        call = self.engine.world.calls.get(call_id)
        return [offer.agent_id for offer in call.offers] if call else []

    def status(self, agent_id: int) -> str:
        return self.engine.world.agent(agent_id).status.value

    def events(self, call_id: str) -> list[str]:
        return [event.event for event in self.call_log if event.call_id == call_id]

    # --- what must always hold -----------------------------------------------------------------------------------

    def check_invariants(self) -> None:
        world = self.engine.world
        busy = self._busy_agents()
        for agent_id, calls in busy.items():
            assert len(calls) == 1, f"agent {agent_id} has several calls: {calls}"
        for agent in world.agents.values():
            if agent.is_busy:
                assert agent.id in busy, f"agent {agent.id} is busy with nothing"
        self._check_waiting()
        assert not world.to_send, "a call was left without its destination"
        used = Counter(call.trunk_id for call in world.calls.values())
        assert {trunk: count for trunk, count in world.trunk_calls.items() if count} == dict(used)
        on_nodes = Counter(call.node for call in world.calls.values())
        assert {node: count for node, count in world.node_calls.items() if count} == dict(on_nodes)
        assert len(set(self.bridged.values())) == len(self.bridged)
        assert set(self.bridged.values()) <= self.legs.keys(), "bridged with a leg that is gone"

    def _busy_agents(self) -> dict[int, list[str]]:
        """Agent id -> the calls it is offered or has; the agents' own records must agree."""
        world = self.engine.world
        busy: dict[int, list[str]] = defaultdict(list)
        for call in world.calls.values():
            for offer in call.offers:
                busy[offer.agent_id].append(call.id)
                agent = world.agent(offer.agent_id)
                is_told = agent.is_dialing if call.is_outbound else agent.is_ringing
                assert is_told, "an agent is offered a call it does not know of"
            if call.phase is CallPhase.TALKING:
                assert call.agent_id is not None
                busy[call.agent_id].append(call.id)
                assert world.agent(call.agent_id).is_talking
            if call.phase is CallPhase.DIALING:
                assert call.agent_id is not None
                busy[call.agent_id].append(call.id)
                assert world.agent(call.agent_id).is_dialing
            if call.caller_agent_id is not None and not call.is_outbound:
                busy[call.caller_agent_id].append(call.id)
                assert world.agent(call.caller_agent_id).is_on_line
            for watch in call.watches:
                busy[watch.supervisor_id].append(call.id)
                supervisor = world.agent(watch.supervisor_id)
                assert supervisor.is_talking if watch.is_on else supervisor.is_dialing
                assert watch.agent_id in (call.agent_id, call.caller_agent_id), "a supervisor hears another agent"
                assert world.call_of_watch[watch.leg_id] == call.id
            assert call.phase in (CallPhase.QUEUED, CallPhase.CALLING_AGENT) or not call.offers
        return busy

    def _check_waiting(self) -> None:
        world = self.engine.world
        for queue_id, waiting in world.waiting.items():
            listed = {key[2] for key in waiting}
            expected = {
                call.id
                for call in world.calls.values()
                if call.phase is CallPhase.QUEUED and call.campaign_id == queue_id and not call.offers
                if world.nodes.get(call.node) != "away"
            }
            assert listed == expected, "the waiting list has lost or invented a caller"
            if listed and queue_id in world.ready:
                assert len(world.ready[queue_id]) == 0, "a caller waits although an agent is ready"

    def _carry_out(self, decision: Decision) -> None:
        for command in decision.commands:
            self.commands.append(command)
            match command:
                case RingAgent():
                    assert command.leg_id not in self.legs
                    self.legs[command.leg_id] = command
                    self.node_of_leg[command.leg_id] = self.engine.world.calls[command.call_id].node
                case Connect():
                    before = self.bridged.get(command.call_id)
                    assert before in (None, command.leg_id), "one caller reached two agents"
                    node = self.engine.world.calls[command.call_id].node
                    assert self.node_of_leg[command.leg_id] == node, "a leg on another Asterisk than its call"
                    if command.leg_id in self.legs:
                        self.bridged[command.call_id] = command.leg_id
                case Listen() | JoinTalk():
                    assert command.leg_id in self.legs
                    self.listening.add(command.leg_id)
                case StopListening():
                    self.listening.discard(command.leg_id)
                case Unbridge():
                    self.bridged.pop(command.call_id, None)
                case HangUp():
                    self._hang_up(command.channel_id)
                case _:
                    pass
        self.call_log += [event for event in decision.log if isinstance(event, CallEvent)]
        self.agent_log += [event for event in decision.log if isinstance(event, AgentEvent)]

    def _hang_up(self, channel_id: str) -> None:
        self.legs.pop(channel_id, None)
        self.listening.discard(channel_id)
        for call_id, leg_id in list(self.bridged.items()):
            if leg_id == channel_id:
                del self.bridged[call_id]
        for call_id, channel in list(self.callers.items()):
            if channel == channel_id:
                del self.callers[call_id]
                self.bridged.pop(call_id, None)
