"""Calls a second through the acd, every event stored, beside plain app_queue in the same Asterisk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from statistics import median
from typing import Any

from bench.calls import BASELINE, OURS, Agents, Batch, Side, call
from bench.observer import BridgeObserver
from bench.report import Goal, Result, percentile
from bench.stack import Stack

AGENTS = 300
RING_MS = 100
TALK_MS = 1_000
LIMIT_MS = 500
PROCESSES = ("asterisk", "acd", "worker", "redis", "postgres")
EVENTS_OF_A_CALL = ("COMPLETEAGENT", "CONNECT", "ENTERQUEUE")

METHOD = f"""\
One Asterisk, {AGENTS} agents, who are members of the acd's campaign and of app_queue's queue alike (rrmemory,
wrap-up 1 s, in app_queue autofill on and ringinuse off). SIPp calls from one side; another SIPp is all agents,
rings at once, answers after {RING_MS} ms and hangs up {TALK_MS} ms later. No sound is sent. The rate rises step by
step; at each rate the two sides take turns, and which is first changes from round to round. A rate is sustained
when every call was taken and ended, the 99th percentile from the agent's 200 OK until both channels are in a bridge
(Asterisk's event) is at most {LIMIT_MS} ms and, for the acd, PostgreSQL has exactly the three events of each call.
A side that fails a rate twice in a row is out. SIPp and all servers share the machine's processors. The ratio is
the median of the rounds' ratios."""


class Climb:
    """One round: both sides up the ramp until each has failed."""

    def __init__(self, stack: Stack, observer: BridgeObserver, agents: Agents, runs: Iterator[int]) -> None:
        self._stack = stack
        self._observer = observer
        self._agents = agents
        self._runs = runs
        self.steps: list[dict[str, Any]] = []
        self.sustained = {OURS.name: 0.0, BASELINE.name: 0.0}

    def climb(self, rates: list[int], step_seconds: int, order: tuple[Side, Side]) -> None:
        left = list(order)
        for rate in rates:
            for side in list(left):
                if self._passes(side, rate, step_seconds) or self._passes(side, rate, step_seconds):
                    self.sustained[side.name] = rate
                else:
                    left.remove(side)

    def _passes(self, side: Side, rate: int, step_seconds: int) -> bool:
        run = next(self._runs)
        before = {process: self._stack.cpu_seconds(process) for process in PROCESSES}
        batch = call(side, self._agents, run=run, rate=rate, calls=rate * step_seconds)
        cpu = {process: self._stack.cpu_seconds(process) - before[process] for process in PROCESSES}
        problems = self._problems(side, batch, run)
        step: dict[str, Any] = {"side": side.name, "rate": rate, "calls": batch.offered, "problems": problems}
        step |= figures(batch, self._observer)
        step["cpu_ms_per_call"] = {name: round(1000 * used / batch.offered, 2) for name, used in cpu.items()}
        self.steps.append(step)
        waits = step.get("answer_to_bridged_ms", {})
        print(
            f"  {side.name:10} {rate:4}/s  p99 {waits.get('p99', '-')} ms  {'; '.join(problems) or 'sustained'}",
            flush=True,
        )
        return not problems

    def _problems(self, side: Side, batch: Batch, run: int) -> list[str]:
        problems = []
        completed = len(batch.completed())
        if completed < batch.offered:
            problems.append(f"{batch.offered - completed} of {batch.offered} calls failed")
        waits = connect_times(batch, self._observer)
        if waits and percentile(waits, 99) > LIMIT_MS:
            problems.append(f"answer to bridged: p99 {percentile(waits, 99):.0f} ms")
        try:
            self._stack.wait_until_quiet(60)
        except TimeoutError as error:
            problems.append(str(error))
        if side is OURS and not problems:
            stored = stored_events(self._stack, run)
            if stored != dict.fromkeys(EVENTS_OF_A_CALL, batch.offered):
                problems.append(f"stored events: {stored}")
        return problems


def stored_events(stack: Stack, run: int) -> dict[str, int]:
    """Events in PostgreSQL of one batch's calls, by name."""
    rows = stack.query("SELECT event, count(*) FROM call_events WHERE number LIKE %s GROUP BY event", f"555{run:03d}%")
    return {str(event): int(str(number)) for event, number in rows}


def connect_times(batch: Batch, observer: BridgeObserver) -> list[float]:
    """Milliseconds from the agent's 200 OK to the bridge."""
    return [
        1000 * (observer.connected[number] - times["took"])
        for number, times in batch.times.items()
        if "took" in times and number in observer.connected
    ]


def figures(batch: Batch, observer: BridgeObserver) -> dict[str, Any]:
    """Median and 99th percentile of what callers waited for."""
    found: dict[str, Any] = {}
    for name, values in (
        ("invite_to_ringing_ms", batch.between("invite", "rung")),
        ("answer_to_bridged_ms", connect_times(batch, observer)),
    ):
        if values:
            found[name] = {"p50": round(median(values), 1), "p99": round(percentile(values, 99), 1)}
    return found


def run(*, quick: bool) -> Result:
    rates = [10, 20, 30] if quick else list(range(10, 151, 10))
    rounds, step_seconds = (1, 5) if quick else (3, 10)
    runs = count(1)
    climbs: list[Climb] = []
    with Stack(AGENTS) as stack, BridgeObserver(stack) as observer, Agents(ring_ms=RING_MS, talk_ms=TALK_MS) as agents:
        call(OURS, agents, run=0, rate=5, calls=20)
        stack.wait_until_quiet()
        for number in range(rounds):
            climb = Climb(stack, observer, agents, runs)
            climb.climb(rates, step_seconds, (OURS, BASELINE) if number % 2 == 0 else (BASELINE, OURS))
            climbs.append(climb)
            print(f"  round {number + 1}: {climb.sustained}", flush=True)
    ours = [climb.sustained[OURS.name] for climb in climbs]
    baseline = [climb.sustained[BASELINE.name] for climb in climbs]
    ratio = median(a / b if b else 0.0 for a, b in zip(ours, baseline, strict=True))
    return Result(
        benchmark="throughput",
        method=METHOD,
        baseline="app_queue of the same Asterisk process",
        ratio=round(ratio, 3),
        figures={
            "sustained_calls_per_second": {"acd": ours, "app_queue": baseline},
            "rounds": [climb.steps for climb in climbs],
        },
        goals=[Goal("calls a second beside app_queue", ratio, 0.8, "times", at_least=True)],
        parameters={"agents": AGENTS, "rates": rates, "step_seconds": step_seconds, "rounds": rounds},
        warnings=["the ramp ended before a side failed"] if max(*ours, *baseline) >= rates[-1] else [],
    )
