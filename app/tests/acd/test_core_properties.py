"""Random orders of events: one caller never reaches two agents, none is lost, order holds."""

from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from omnileads.acd.core.config import Destination, DestinationType, Identification, Ivr, Route, Strategy
from omnileads.acd.core.dialplan import DialPattern, OutboundRoute, Trunk
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import (
    AgentLogin,
    AgentLogout,
    AgentPause,
    AgentUnpause,
    CallerHungUp,
    ConfigurationChanged,
    LegAnswered,
    LegEnded,
    NodeChanged,
    PlaybackFinished,
    RingRefused,
    WebphoneChanged,
)
from omnileads.acd.core.model import Agent, Call, Snapshot, WatchKind
from tests.acd.scenario import SALES, SUPPORT, Scenario, config, queue, to_campaign

Record = TypeVar("Record", Call, Agent)
AGENTS = range(1, 6)
TERMINAL = {"ABANDON", "ABANDONWEL", "COMPLETEAGENT", "COMPLETEOUTNUM", "EXITWITHTIMEOUT", "EXITWITHKEY"}
MENU, WHO = Destination(DestinationType.IVR, 1), Destination(DestinationType.CUSTOMER_IDENTIFICATION, 1)

steps = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *("call", "call", "call", "hang up", "answer", "answer", "leg ends", "wait", "wait", "login", "logout"),
                *("pause", "unpause", "webphone", "welcome ends", "reconfigure", "stale", "restart"),
                *("press", "press", "call out", "call agent", "customer answers", "customer gone"),
                *("supervise", "supervise", "node away", "node back", "node lost", "refuse leg"),
            )
        ),
        st.integers(0, 1000),
    ),
    max_size=120,
)


def centre(strategy: Strategy) -> Scenario:
    """Two campaigns, a menu and an identification that lead to them, and two narrow trunks out."""
    base = config(
        queue(
            SALES,
            members=dict.fromkeys(AGENTS, 0),
            strategy=strategy,
            max_wait_seconds=60,
            failover=to_campaign(SUPPORT),
            welcome_media="sound:welcome",
            announce_position=True,
            announce_hold_time="once",
            announce_seconds=7,
            periodic_media="sound:periodic",
            periodic_seconds=11,
            exit_ivr_id=1,
            agent_media="sound:for-the-agent",
        ),
        queue(SUPPORT, members={1: 0, 2: 3, 5: 1}, strategy=Strategy.RINGALL, weight=4, max_waiting=3),
        may_call_off_campaign=True,
        may_call_agents=True,
    )
    menu = Ivr(
        id=1,
        name="menu",
        media="sound:menu",
        options={"1": to_campaign(SALES), "2": WHO, "3": MENU},
        timeout=to_campaign(SUPPORT),
        invalid=to_campaign(SALES),
    )
    who = Identification(
        id=1,
        name="who",
        media="sound:who",
        identified=to_campaign(SALES),
        unidentified=MENU,
        length=2,
    )
    return Scenario(
        replace(
            base,
            routes={**base.routes, "3000": Route("3000", "menu", MENU)},
            ivrs={1: menu},
            identifications={1: who},
            trunks={1: Trunk(1, "one", max_channels=1), 2: Trunk(2, "two", max_channels=2)},
            outbound_routes=(OutboundRoute(1, "out", (DialPattern("X."),), (1, 2), ring_seconds=20),),
        ),
        nodes=("a1", "a2"),
    )


class People:
    """Random behaviour; each step picks among what is possible now."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def do(self, step: str, number: int) -> None:
        getattr(self, step.replace(" ", "_"))(number)

    def call(self, number: int) -> None:
        self.scenario.call(did=f"{1 + number % 3}000")

    def press(self, number: int) -> None:
        if call := pick(list(self.scenario.callers), number):
            self.scenario.press(call, "123#9"[number % 5])

    def call_out(self, number: int) -> None:
        self.scenario.call_out(1 + number % 5, "4551234", (0, SALES)[number % 2])

    def call_agent(self, number: int) -> None:
        self.scenario.call_agent(1 + number % 5, 1 + number // 5 % 5)

    def supervise(self, number: int) -> None:
        kinds: tuple[WatchKind, ...] = ("listen", "whisper", "join", "take")
        self.scenario.supervise(1 + number % 5, 1 + number // 5 % 5, kinds[number // 25 % 4])

    def customer_answers(self, number: int) -> None:
        if call := pick(self._called_out(), number):
            self.scenario.customer_answers(call)

    def customer_gone(self, number: int) -> None:
        if call := pick(self._called_out(), number):
            self.scenario.customer_gone(call, [16, 17, 19, 38, 20][number % 5])

    def _called_out(self) -> list[str]:
        calls = self.scenario.engine.world.calls.values()
        return [call.id for call in calls if call.is_outbound and call.channel_id]

    def hang_up(self, number: int) -> None:
        if call := pick(list(self.scenario.callers), number):
            self.scenario.caller_hangs_up(call)

    def answer(self, number: int) -> None:
        if leg := pick([leg for leg in self.scenario.legs if leg not in self.scenario.bridged.values()], number):
            self.scenario.answer(leg)

    def leg_ends(self, number: int) -> None:
        if leg := pick(list(self.scenario.legs), number):
            for call, bridged in list(self.scenario.bridged.items()):
                if bridged == leg:
                    del self.scenario.bridged[call]
            self.scenario.end_leg(leg, cause=[16, 17, 19, 21, 44][number % 5])

    def wait(self, number: int) -> None:
        self.scenario.wait(number / 20)

    def login(self, number: int) -> None:
        self.scenario.ready(1 + number % 5)

    def logout(self, number: int) -> None:
        self.scenario.tell(AgentLogout(1 + number % 5))

    def pause(self, number: int) -> None:
        self.scenario.tell(AgentPause(1 + number % 5, "7"))

    def unpause(self, number: int) -> None:
        self.scenario.tell(AgentUnpause(1 + number % 5))

    def webphone(self, number: int) -> None:
        self.scenario.tell(WebphoneChanged(str(1001 + number % 5), is_registered=number % 2 == 0))

    def welcome_ends(self, number: int) -> None:
        playing = [call.playback_id for call in self.scenario.engine.world.calls.values() if call.playback_id]
        if playback := pick(playing, number):
            self.scenario.tell(PlaybackFinished(playback))

    def reconfigure(self, number: int) -> None:
        routing = self.scenario.engine.world.config
        self.scenario.tell(ConfigurationChanged(routing))

    def stale(self, number: int) -> None:
        """Reports about channels that are gone or were never there."""
        for event in (
            LegAnswered(f"x-{number}"),
            LegEnded(f"x-{number}", 16),
            CallerHungUp("x"),
            PlaybackFinished("x"),
        ):
            self.scenario.tell(event)

    def node_away(self, number: int) -> None:
        self.scenario.tell(NodeChanged(self.scenario.nodes[number % 2], "away"))

    def node_back(self, number: int) -> None:
        self.scenario.tell(NodeChanged(self.scenario.nodes[number % 2], "draining" if number % 3 == 0 else "open"))

    def node_lost(self, number: int) -> None:
        node = self.scenario.nodes[number % 2]
        self.scenario.node_gone(node)
        assert node not in {call.node for call in self.scenario.engine.world.calls.values()}
        self.scenario.tell(NodeChanged(node, "open"))

    def refuse_leg(self, number: int) -> None:
        """An Asterisk does not make a leg that it was asked for."""
        if leg := pick([leg for leg in self.scenario.legs if leg not in self.scenario.bridged.values()], number):
            ring = self.scenario.legs.pop(leg)
            self.scenario.listening.discard(leg)
            self.scenario.tell(RingRefused(ring))

    def restart(self, number: int) -> None:
        """The process dies and another one takes over from the snapshot."""
        old = self.scenario.engine
        snapshot = old.world.snapshot()
        copy = Snapshot(_from_redis(Call, snapshot.calls), _from_redis(Agent, snapshot.agents), dict(snapshot.members))
        engine = Engine(old.world.config, Random(number), unavailable_logout_seconds=300)  # noqa: S311
        engine.restore(copy, self.scenario.now)
        self.scenario.engine = engine
        for node in self.scenario.nodes:
            self.scenario.tell(NodeChanged(node, "open"))


def _from_redis(kind: type[Record], records: list[Record]) -> list[Record]:
    """As the next process reads them: nothing may be lost on the way."""
    adapter = TypeAdapter(kind)
    copies = [adapter.validate_json(adapter.dump_json(record)) for record in records]
    assert copies == records
    return copies


def pick(choices: list[str], number: int) -> str | None:
    return choices[number % len(choices)] if choices else None


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategy=st.sampled_from(list(Strategy)), moves=steps)
def test_no_caller_is_lost_doubled_or_forgotten(strategy: Strategy, moves: list[tuple[str, int]]) -> None:
    scenario = centre(strategy)
    people = People(scenario)
    for step, number in moves:
        people.do(step, number)  # check_invariants runs after every event
    known = scenario.engine.world.calls
    for call_id in scenario.callers:
        assert call_id in known, "a caller is on the line and nobody knows"
    serve_everybody(scenario)
    assert not scenario.callers, "with agents who answer, every caller is served in the end"
    assert not scenario.engine.world.calls
    assert not scenario.bridged
    assert not scenario.listening, "a supervisor hears a call that is over"
    assert not scenario.engine.world.call_of_watch
    check_log(scenario)


def serve_everybody(scenario: Scenario) -> None:
    people = People(scenario)
    for node in scenario.nodes:
        scenario.tell(NodeChanged(node, "open"))
    for agent_id in AGENTS:
        scenario.tell(WebphoneChanged(str(1000 + agent_id), is_registered=True))
        scenario.tell(AgentLogin(agent_id))
        scenario.tell(AgentUnpause(agent_id))
    for _ in range(500):
        if not scenario.engine.world.calls:
            return
        people.welcome_ends(0)
        people.customer_gone(0)
        for leg in list(scenario.legs):
            if leg not in scenario.bridged.values() and leg in scenario.legs:
                scenario.answer(leg)
        for call in list(scenario.bridged):
            scenario.end_leg(scenario.engine.world.calls[call].channel_id)
            scenario.caller_hangs_up(call)
        for agent_id in AGENTS:
            scenario.tell(AgentUnpause(agent_id))
        scenario.wait(2)


def check_log(scenario: Scenario) -> None:
    """Every history reads like one: events numbered without gaps, entered before left, connected before completed."""
    by_call: dict[str, list[str]] = {}
    for event in scenario.call_log:
        history = by_call.setdefault(event.call_id, [])
        assert event.id == f"{event.call_id}:{len(history)}"
        history.append(event.event)
    for history in by_call.values():
        entered = sum(event.startswith("ENTERQUEUE") for event in history)
        left = sum(event in TERMINAL - {"ABANDONWEL"} for event in history)
        assert left == entered + history.count("ANSWER")
        answers = history.count("CONNECT") + history.count("ANSWER")
        assert answers == sum(event.startswith("COMPLETE") for event in history)
        if "DIAL" in history:
            # A call that a supervisor took over was answered, and ended for an agent, once more.
            assert len(history) == (1 + 2 * history.count("ANSWER") if "ANSWER" in history else 2)
        assert sum(event in {"ABANDON", "ABANDONWEL", "COMPLETEOUTNUM"} for event in history) <= 1


@settings(max_examples=100, deadline=None)
@given(gaps=st.lists(st.integers(0, 5000), min_size=2, max_size=12), seed=st.integers())
def test_one_queue_serves_in_the_order_of_arrival(gaps: list[int], seed: int) -> None:
    scenario = Scenario(config(queue(agents=2)), seed)
    calls = []
    for gap in gaps:
        scenario.wait(gap / 1000)
        calls.append(scenario.call())
    scenario.ready(1, 2)
    while scenario.callers:
        for call in calls:
            for leg in scenario.ringing(call):
                scenario.answer(leg)
        for call in list(scenario.bridged):
            scenario.caller_hangs_up(call)
        scenario.wait(2)
    connected = [event.call_id for event in scenario.call_log if event.event == "CONNECT"]
    assert connected == calls
