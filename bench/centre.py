"""A contact centre on paper: callers, agents and Asterisk around the engine, on a virtual clock.

Everything random comes from one seed, so a run can be repeated event by event. Time spent in the engine is measured by
the caller, who is handed each event before the engine is (`Centre.play`).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from omnileads.acd.core.commands import Connect, Decision, HangUp, RingAgent
from omnileads.acd.core.config import AgentProfile, Destination, DestinationType, Queue, Route, RoutingConfig, Strategy
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import (
    AgentLogin,
    CallArrived,
    CallerHungUp,
    Event,
    LegAnswered,
    LegEnded,
    Tick,
    WebphoneChanged,
)

START_MS = 1_700_000_000_000
UNANSWERED_SHARE = 0.05
NORMAL_CLEARING = 16

Handle = Callable[[Event, int], Decision]


@dataclass(frozen=True)
class Plan:
    """How large the centre is and how busy. `load` is offered talk and wrap-up per agent: above 1, callers wait.

    `patience_seconds` is the mean time after which a waiting caller gives up.
    """

    agents: int
    strategy: Strategy
    load: float
    queues: int = 1
    queues_per_agent: int = 1
    talk_seconds: float = 60.0
    wrapup_seconds: int = 5
    answer_seconds: float = 2.0
    patience_seconds: float = 600.0
    waiting_at_start: int = 0
    seed: int = 1


def configuration(plan: Plan) -> RoutingConfig:
    """Queues with all strategies if there are several, the plan's strategy if there is one."""
    random = Random(plan.seed)  # noqa: S311 - reproducible
    members: dict[int, dict[int, int]] = {queue: {} for queue in range(1, plan.queues + 1)}
    for agent in range(1, plan.agents + 1):
        for queue in random.sample(range(1, plan.queues + 1), plan.queues_per_agent):
            members[queue][agent] = random.randrange(3) if plan.strategy is Strategy.WRANDOM else 0
    kinds = list(Strategy) if plan.queues > 1 else [plan.strategy]
    queues = {
        queue: Queue(
            id=queue,
            name=f"queue {queue}",
            members=members[queue],
            strategy=kinds[queue % len(kinds)],
            weight=queue % 3,
            max_wait_seconds=900,
            is_recorded=True,
        )
        for queue in members
    }
    return RoutingConfig(
        queues=queues,
        agents={
            agent: AgentProfile(
                id=agent,
                name=f"agent {agent}",
                extension=str(1000 + agent),
                group_id=1,
                auto_unpause_seconds=plan.wrapup_seconds,
            )
            for agent in range(1, plan.agents + 1)
        },
        routes={
            str(queue): Route(str(queue), f"route {queue}", Destination(DestinationType.INBOUND_CAMPAIGN, queue))
            for queue in queues
        },
    )


class Centre:
    """Plays people and Asterisk. Every event goes through `handle`, which the measurement wraps."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.config = configuration(plan)
        self.engine = Engine(self.config, Random(plan.seed))  # noqa: S311 - reproducible
        self.now = START_MS
        self._random = Random(plan.seed + 1)  # noqa: S311 - reproducible
        self._agenda: list[tuple[int, int, Event]] = []
        self._order = count()
        self._calls = count()
        self._arrival_gap_ms = 1000 * (plan.talk_seconds + plan.wrapup_seconds) / (plan.agents * plan.load)
        self._legs: set[str] = set()
        self._caller_of_leg: dict[str, str] = {}

    def open(self, handle: Handle) -> None:
        """Everybody logs in, and the callers who wait from the start arrive."""
        for agent in self.config.agents.values():
            handle(WebphoneChanged(agent.extension, is_registered=True), self.now)
        if self.plan.waiting_at_start:
            for _ in range(self.plan.waiting_at_start):
                self._tell(handle, self._new_call())
        for agent_id in self.config.agents:
            self._tell(handle, AgentLogin(agent_id))
        self._at(self._random.expovariate(1) * self._arrival_gap_ms, self._new_call())

    def play(self, handle: Handle) -> Iterator[int]:
        """Let time pass for ever; yields the number of events so far after each one."""
        for number in count(1):
            deadline = self.engine.next_deadline
            if deadline is not None and (not self._agenda or deadline <= self._agenda[0][0]):
                self.now = max(self.now, deadline)
                self._tell(handle, Tick())
            else:
                due, _, event = heapq.heappop(self._agenda)
                self.now = max(self.now, due)
                if isinstance(event, CallArrived):
                    self._at(self._random.expovariate(1) * self._arrival_gap_ms, self._new_call())
                if not isinstance(event, LegAnswered | LegEnded) or event.leg_id in self._legs:
                    self._tell(handle, event)
            yield number

    def _tell(self, handle: Handle, event: Event) -> None:
        decision = handle(event, self.now)
        if isinstance(event, CallArrived):
            self._at(1000 * self._random.expovariate(1 / self.plan.patience_seconds), CallerHungUp(event.channel_id))
        if isinstance(event, LegEnded):
            self._legs.discard(event.leg_id)
        for command in decision.commands:
            match command:
                case RingAgent(leg_id=leg_id):
                    self._legs.add(leg_id)
                    if self._random.random() >= UNANSWERED_SHARE:
                        self._at(1000 * self._random.expovariate(1 / self.plan.answer_seconds), LegAnswered(leg_id))
                case Connect(leg_id=leg_id):
                    talk_ms = 1000 * self._random.expovariate(1 / self.plan.talk_seconds)
                    self._at(talk_ms, LegEnded(leg_id, NORMAL_CLEARING))
                case HangUp(channel_id=channel_id):
                    self._legs.discard(channel_id)
                case _:
                    pass

    def _at(self, delay_ms: float, event: Event) -> None:
        heapq.heappush(self._agenda, (self.now + max(1, round(delay_ms)), next(self._order), event))

    def _new_call(self) -> CallArrived:
        number = next(self._calls)
        queue = self._random.randrange(1, self.plan.queues + 1)
        return CallArrived(f"call{number:09d}", f"channel{number:09d}", did=str(queue), number=f"555{number:07d}")
