"""What callers and agents wait for at 50 agents and 5 calls a second, beside app_queue."""

from __future__ import annotations

from itertools import count
from statistics import median

from bench.calls import BASELINE, OURS, Agents, call
from bench.observer import BridgeObserver
from bench.report import Goal, Result, percentile
from bench.stack import Stack
from bench.throughput import connect_times

AGENTS = 50
RATE = 5
RING_MS = 500
TALK_MS = 5_000

METHOD = f"""\
As in the throughput benchmark, with {AGENTS} agents, {RATE} calls a second, answered after {RING_MS} ms and ended
{TALK_MS} ms later: about half of the agents are busy. The two sides take turns. INVITE to ringing is from the
caller's INVITE being sent to the agent's being received, both as SIPp sees them; answer to bridged is from the
agent's 200 OK being sent until both channels are in a bridge."""


def run(*, quick: bool) -> Result:
    turns, calls = (1, 25) if quick else (5, 200)
    runs = count(1)
    ringing: dict[str, list[float]] = {OURS.name: [], BASELINE.name: []}
    bridged: dict[str, list[float]] = {OURS.name: [], BASELINE.name: []}
    lost = 0
    with Stack(AGENTS) as stack, BridgeObserver(stack) as observer, Agents(ring_ms=RING_MS, talk_ms=TALK_MS) as agents:
        call(OURS, agents, run=0, rate=RATE, calls=10)
        stack.wait_until_quiet()
        for _ in range(turns):
            for side in (OURS, BASELINE):
                batch = call(side, agents, run=next(runs), rate=RATE, calls=calls, lasting=TALK_MS / 1000)
                stack.wait_until_quiet(60)
                ringing[side.name] += batch.between("invite", "rung")
                bridged[side.name] += connect_times(batch, observer)
                if side is OURS:
                    lost += batch.offered - len(batch.completed())
    figures = {
        name: {
            side: {
                "samples": len(values),
                "p50_ms": round(median(values), 1),
                "p99_ms": round(percentile(values, 99), 1),
                "max_ms": round(max(values), 1),
            }
            for side, values in measured.items()
        }
        for name, measured in (("invite_to_ringing", ringing), ("answer_to_bridged", bridged))
    }
    p99 = percentile(bridged[OURS.name], 99)
    return Result(
        benchmark="latency",
        method=METHOD,
        baseline="app_queue of the same Asterisk process",
        ratio=round(p99 / percentile(bridged[BASELINE.name], 99), 3),
        figures=figures,
        goals=[
            Goal("answer to bridged, 99th percentile", p99, 200, "ms"),
            Goal("calls lost", lost, 0, ""),
        ],
        parameters={"agents": AGENTS, "rate": RATE, "calls_per_turn": calls, "turns": turns},
    )
