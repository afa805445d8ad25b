"""What calls notice of an import of contacts: the same calls with one under way and without."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from statistics import median
from typing import Any

import psycopg2

from bench import stack as place
from bench.calls import OURS, Agents, Batch, call
from bench.contact_import import WORKER, contact_file, store
from bench.observer import BridgeObserver
from bench.report import REPOSITORY, Goal, Result, percentile
from bench.stack import Stack
from bench.throughput import connect_times

AGENTS = 20
RATE = 2
RING_MS = 500
TALK_MS = 4_000
FILE_ROWS, QUICK_FILE_ROWS = 300_000, 60_000

METHOD = f"""\
The latency benchmark's calls, with {AGENTS} agents and {RATE} calls a second, in turns: once with nothing else going
on, once while files of contacts are imported one after the other by the worker's own code, in a process of its own,
into the same PostgreSQL. INVITE to ringing is what the call engine takes to find an agent; answer to bridged what it
takes to connect the two. Ratios are of the calls during imports to those without; no call may be lost. Everything
shares the machine's processors."""


def run(*, quick: bool) -> Result:
    turns, calls = (1, 20) if quick else (4, 60)
    content = contact_file(QUICK_FILE_ROWS if quick else FILE_ROWS)
    runs, lost, imported = count(1), 0, 0
    ringing: dict[str, list[float]] = {"without": [], "during": []}
    bridged: dict[str, list[float]] = {"without": [], "during": []}
    with Stack(AGENTS) as stack, BridgeObserver(stack) as observer, Agents(ring_ms=RING_MS, talk_ms=TALK_MS) as agents:

        def offer() -> Batch:
            return call(OURS, agents, run=next(runs), rate=RATE, calls=calls, lasting=TALK_MS / 1000)

        offer()
        stack.wait_until_quiet()
        for _ in range(turns):
            for when in ("without", "during"):
                if when == "during":
                    with _importing(stack, content) as files:
                        batch = offer()
                    imported += len(files)
                else:
                    batch = offer()
                stack.wait_until_quiet(120)
                ringing[when] += batch.between("invite", "rung")
                bridged[when] += connect_times(batch, observer)
                lost += batch.offered - len(batch.completed())
    ratios = {
        what: round(percentile(values["during"], 50) / percentile(values["without"], 50), 3)
        for what, values in (("invite_to_ringing", ringing), ("answer_to_bridged", bridged))
    }
    p99 = percentile(bridged["during"], 99)
    return Result(
        benchmark="import-calls",
        method=METHOD,
        baseline="the same calls without an import",
        ratio=max(ratios.values()),
        figures={
            "invite_to_ringing": _figures(ringing),
            "answer_to_bridged": _figures(bridged),
            "ratio_of_medians": ratios,
            "files_imported": imported,
        },
        parameters={"agents": AGENTS, "rate": RATE, "calls_per_turn": calls, "turns": turns},
        goals=[
            Goal("calls lost", lost, 0, ""),
            Goal("answer to bridged during imports, 99th percentile", p99, 500, "ms"),
            Goal("median of answer to bridged, during beside without", ratios["answer_to_bridged"], 2, "times"),
            Goal("median of INVITE to ringing, during beside without", ratios["invite_to_ringing"], 2, "times"),
        ],
        warnings=[] if imported else ["No file was done while calls went on: the calls met a part of an import only."],
    )


def _figures(measured: Mapping[str, list[float]]) -> dict[str, Any]:
    return {
        when: {
            "samples": len(values),
            "p50_ms": round(median(values), 1),
            "p99_ms": round(percentile(values, 99), 1),
            "max_ms": round(max(values), 1),
        }
        for when, values in measured.items()
    }


@contextmanager
def _importing(stack: Stack, content: bytes) -> Iterator[list[int]]:
    """Imports one file after the other until the block ends. Yields the ids of those that are done."""
    done: list[int] = []
    is_over = threading.Event()
    settings = stack.settings
    connection = psycopg2.connect(
        host=place.HOST,
        port=place.POSTGRES_PORT,
        dbname="omnileads",
        user="omnileads",
        password=settings["POSTGRES_PASSWORD"],
    )
    connection.autocommit = True
    environment = {**os.environ, **settings, "PYTHONPATH": str(REPOSITORY / "app")}
    first = store(connection, content, "bench 0")
    running: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        next_id = first
        while not is_over.is_set():
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(next_id)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running[:] = [process]
            if process.wait() == 0 and not is_over.is_set():
                done.append(next_id)
                next_id = store(connection, content, f"bench {len(done)}")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        is_over.set()
        for process in running:
            process.kill()
        thread.join()
        with connection.cursor() as cursor:
            # Campaigns refer to bases, so these are not truncated.
            cursor.execute("TRUNCATE contacts, contact_imports CASCADE")
            cursor.execute("DELETE FROM contact_bases")
        connection.close()
