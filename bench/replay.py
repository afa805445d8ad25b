"""A million events through 1,000 agents in 200 queues with all strategies, then the same events again.

The second pass must decide exactly what the first decided, and no caller may ever be connected with two agents.
"""

from __future__ import annotations

import gc
import hashlib
import resource
import time
from random import Random

from bench.centre import Centre, Plan
from bench.report import Goal, Result, percentile
from omnileads.acd.core.commands import Connect, Decision, HangUp, Unbridge
from omnileads.acd.core.config import Strategy
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import Event

METHOD = """\
1,000 agents, each in 4 of 200 queues; the queues have all strategies and three weights, talks last 60 s on average and
there are a little more callers than agents can serve. The first pass lets simulated people react to the engine's
commands and keeps each event with its time; the second gives the same events to a fresh engine with the same random
source and measures the processor time of each. A digest over all commands and log lines of each pass must be equal."""


class Ledger:
    """A digest of everything decided, and a count of callers who were connected while connected."""

    def __init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16)
        self._talking: set[str] = set()
        self.doubles = 0
        self.connected = 0

    def note(self, decision: Decision) -> Decision:
        self._digest.update(repr((decision.commands, decision.log)).encode())
        for command in decision.commands:
            match command:
                case Connect(call_id=call_id):
                    self.doubles += call_id in self._talking
                    self.connected += 1
                    self._talking.add(call_id)
                case Unbridge(call_id=call_id):
                    self._talking.discard(call_id)
                case HangUp():
                    pass
        return decision

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def run(*, quick: bool) -> Result:
    wanted = 50_000 if quick else 1_000_000
    plan = Plan(
        agents=1_000, strategy=Strategy.RRMEMORY, load=1.1, queues=200, queues_per_agent=4, patience_seconds=300.0
    )
    centre = Centre(plan)
    first = Ledger()
    recorded: list[tuple[int, Event]] = []

    def react(event: Event, now: int) -> Decision:
        recorded.append((now, event))
        return first.note(centre.engine.handle(event, now))

    centre.open(react)
    for _ in centre.play(react):
        if len(recorded) >= wanted:
            break

    engine, second = Engine(centre.config, Random(plan.seed)), Ledger()  # noqa: S311 - reproducible
    micros: list[float] = []
    gc.collect()
    for now, event in recorded:
        started = time.thread_time_ns()
        decision = engine.handle(event, now)
        micros.append((time.thread_time_ns() - started) / 1000)
        second.note(decision)
    steady = micros[len(micros) // 10 :]
    p99 = percentile(steady, 99)
    return Result(
        benchmark="replay",
        method=METHOD,
        baseline="the first pass over the same events",
        ratio=1.0 if first.digest == second.digest else 0.0,
        figures={
            "events": len(recorded),
            "talks": second.connected,
            "decided_the_same": first.digest == second.digest,
            "callers_connected_twice": first.doubles + second.doubles,
            "mean_us": round(sum(steady) / len(steady), 2),
            "p50_us": round(percentile(steady, 50), 2),
            "p99_us": round(p99, 2),
            "p99.9_us": round(percentile(steady, 99.9), 2),
            "max_us": round(max(steady), 2),
            "events_per_second": round(1e6 * len(steady) / sum(steady)),
            "virtual_hours": round((recorded[-1][0] - recorded[0][0]) / 3_600_000, 2),
            "calls_left": len(engine.world.calls),
            "timers_left": len(engine.world.timers),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
        goals=[
            Goal("events decided differently when replayed", 0.0 if first.digest == second.digest else 1.0, 0, ""),
            Goal("callers connected with two agents", float(first.doubles + second.doubles), 0, ""),
            Goal("one decision, 99th percentile, 1,000 agents in 200 queues", p99, 1000, "us"),
        ],
        parameters={"agents": 1_000, "queues": 200, "queues_per_agent": 4, "events": wanted},
    )
