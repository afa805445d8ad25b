"""Cost of one decision at 100 and at 1,000 agents, for each strategy: many ready agents, and many waiting callers."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from statistics import median

from bench.centre import Centre, Plan
from bench.report import Goal, Result, percentile, spread
from omnileads.acd.core.commands import Decision, RingAgent
from omnileads.acd.core.config import Strategy
from omnileads.acd.core.events import Event

SIZES = (100, 1_000)
SITUATIONS = {"many ready agents": 0.5, "many waiting callers": 1.3}
"""Offered load per agent. At 0.5 half of the agents are ready; at 1.3 all are busy, and from the start there are twice
as many callers as agents."""

METHOD = """\
In one process and thread, on a virtual clock: one queue whose agents answer after 2 s and talk for 60 s on average, one
offer in 20 is not answered, wrap-up 5 s, recording on. Only the processor time inside Engine.handle is counted. 100 and
1,000 agents take turns in each repetition; a cost is the median of the repetitions, a ratio the median of the
repetitions' ratios. A ringall decision rings every ready agent, so there the cost of each ringing is compared."""


@dataclass
class Cost:
    """Microseconds of each decision, and how many agents were rung meanwhile."""

    micros: list[float] = field(default_factory=list)
    rings: int = 0

    @property
    def mean(self) -> float:
        return sum(self.micros) / len(self.micros)

    @property
    def per_ring(self) -> float:
        """All that was decided, divided by the agents rung."""
        return sum(self.micros) / max(1, self.rings)


def measure(plan: Plan, decisions: int) -> Cost:
    """Open the centre, let it settle for half as many events as are measured, then measure."""
    centre = Centre(plan)
    engine = centre.engine
    cost = Cost()

    def handle(event: Event, now: int) -> Decision:
        return engine.handle(event, now)

    def timed(event: Event, now: int) -> Decision:
        started = time.thread_time_ns()
        decision = engine.handle(event, now)
        cost.micros.append((time.thread_time_ns() - started) / 1000)
        cost.rings += sum(isinstance(command, RingAgent) for command in decision.commands)
        return decision

    centre.open(handle)
    for number in centre.play(handle):
        if number >= decisions // 2 + 4 * plan.agents:
            break
    gc.collect()
    gc.disable()
    try:
        for _ in centre.play(timed):
            if len(cost.micros) >= decisions:
                break
    finally:
        gc.enable()
    return cost


def compare(strategy: Strategy, load: float, decisions: int, repetitions: int) -> dict[str, object]:
    """Costs at both sizes, sizes interleaved."""
    costs: dict[int, list[Cost]] = {size: [] for size in SIZES}
    for seed in range(repetitions):
        for size in SIZES:
            plan = Plan(
                agents=size, strategy=strategy, load=load, seed=seed + 1, waiting_at_start=2 * size if load > 1 else 0
            )
            costs[size].append(measure(plan, decisions))
    small, large = (costs[size] for size in SIZES)
    return {
        "mean_us": {str(size): spread([cost.mean for cost in costs[size]]) for size in SIZES},
        "p99_us": {str(size): spread([percentile(cost.micros, 99) for cost in costs[size]]) for size in SIZES},
        "ratio_of_means": round(median(b.mean / a.mean for a, b in zip(small, large, strict=True)), 3),
        "us_per_ring": {str(size): round(median(cost.per_ring for cost in costs[size]), 2) for size in SIZES},
        "ratio_per_ring": round(median(b.per_ring / a.per_ring for a, b in zip(small, large, strict=True)), 3),
        "rings_per_decision": {
            str(size): round(median(cost.rings / len(cost.micros) for cost in costs[size]), 3) for size in SIZES
        },
    }


def run(*, quick: bool) -> Result:
    decisions, repetitions = (4_000, 3) if quick else (20_000, 5)
    figures: dict[str, object] = {}
    goals: list[Goal] = []
    for strategy in Strategy:
        for situation, load in SITUATIONS.items():
            # A ringall decision does the work of hundreds, so a tenth of them is as good a sample.
            sample = decisions // 10 if strategy is Strategy.RINGALL else decisions
            comparison = compare(strategy, load, sample, repetitions)
            figures[f"{strategy}, {situation}"] = comparison
            what, ratio = "a decision", comparison["ratio_of_means"]
            if strategy is Strategy.RINGALL:
                what, ratio = "ringing one agent", comparison["ratio_per_ring"]
            name = f"cost of {what} at 1,000 agents beside 100: {strategy}, {situation}"
            goals.append(Goal(name, float(str(ratio)), 2.0, "times"))
    return Result(
        benchmark="decisions",
        method=METHOD,
        baseline="the same engine with 100 agents",
        ratio=max(goal.value or 0 for goal in goals),
        figures=figures,
        goals=goals,
        parameters={"sizes": SIZES, "decisions": decisions, "repetitions": repetitions},
    )
