"""Asterisk's processor time for 100 recorded calls beside 100 unrecorded ones, with sound both ways."""

from __future__ import annotations

import math
import tempfile
import threading
import time
import wave
from itertools import count
from pathlib import Path
from statistics import median

from bench.calls import OURS, OURS_RECORDED, Agents, Batch, Side, call
from bench.report import Goal, Result, spread
from bench.stack import Stack, wait_for

CALLS = 100
START_RATE = 10
SETTLE_SECONDS = 3

METHOD = f"""\
{CALLS} calls through the acd at the same time, A-law at 50 packets a second from the caller, sent back by the
agent. When all are up and {SETTLE_SECONDS} s have passed, Asterisk's processor time is read, and again after the
time measured. Campaigns with and without recording take turns. 100 % is one processor. Afterwards every recorded
call must have a WAV file as long as its talk, to a second."""


def run(*, quick: bool) -> Result:
    turns, seconds = (1, 10) if quick else (5, 30)
    calls = 20 if quick else CALLS
    shares: dict[str, list[float]] = {OURS.name: [], OURS_RECORDED.name: []}
    wrong_files = 0
    talk_seconds = calls / START_RATE + SETTLE_SECONDS + seconds + 5
    runs = count(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(calls + 20) as stack,
        Agents(ring_ms=100, talk_ms=int(1000 * talk_seconds), echo=True) as agents,
    ):
        sound = tone(Path(folder) / "tone.alaw")
        for _ in range(turns):
            for side in (OURS, OURS_RECORDED):
                run_number = next(runs)
                shares[side.name].append(_share(stack, side, agents, sound, run_number, calls, seconds, talk_seconds))
                stack.wait_until_quiet(90)
        wrong_files = _wrong_files(stack)
        files = len(list(stack.recordings.glob("*/*.wav")))
    ratio = median(
        recorded / plain for recorded, plain in zip(shares[OURS_RECORDED.name], shares[OURS.name], strict=True)
    )
    return Result(
        benchmark="recording",
        method=METHOD,
        baseline=f"{calls} unrecorded calls",
        ratio=round(ratio, 3),
        figures={
            "asterisk_percent_of_a_processor": {name: spread(values) for name, values in shares.items()},
            "files": files,
            "files_missing_or_of_wrong_length": wrong_files,
        },
        goals=[Goal("recordings missing or of wrong length", wrong_files + abs(files - turns * calls), 0, "")],
        parameters={"calls": calls, "seconds": seconds, "turns": turns},
    )


def tone(path: Path, seconds: int = 10, hertz: int = 440) -> Path:
    """A tone as raw A-law, 8000 samples a second."""
    samples = (int(8000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(8000 * seconds))
    path.write_bytes(bytes(a_law(sample) for sample in samples))
    return path


def a_law(sample: int) -> int:
    """ITU-T G.711 A-law of a 16 bit sample."""
    sign, magnitude = (0x80 if sample >= 0 else 0x00), min(abs(sample), 32_635)
    exponent = max(0, magnitude.bit_length() - 8)
    mantissa = (magnitude >> (exponent + 3 if exponent else 4)) & 0x0F
    return (sign | exponent << 4 | mantissa) ^ 0x55


def _share(
    stack: Stack, side: Side, agents: Agents, sound: Path, run: int, calls: int, seconds: int, talk_seconds: float
) -> float:
    """Asterisk's processor time in percent of one processor, while all calls are up."""
    done: list[Batch] = []

    def make_calls() -> None:
        done.append(call(side, agents, run=run, rate=START_RATE, calls=calls, sound=sound, lasting=talk_seconds))

    callers = threading.Thread(target=make_calls)
    callers.start()
    try:
        wait_for(lambda: stack.channels() >= 2 * calls, calls / START_RATE + 15, "not all calls are up")
        time.sleep(SETTLE_SECONDS)
        started, before = time.monotonic(), stack.cpu_seconds("asterisk")
        time.sleep(seconds)
        share = 100 * (stack.cpu_seconds("asterisk") - before) / (time.monotonic() - started)
    finally:
        callers.join()
    failed = calls - len(done[0].completed())
    if failed:
        raise RuntimeError(f"{failed} of {calls} calls failed")
    print(f"  {side.name:14} {share:.1f} % of a processor", flush=True)
    return share


def _wrong_files(stack: Stack) -> int:
    """Recordings whose file is not there, or not as long as the talk to a second."""
    rows = stack.query(
        "SELECT recording, max(talk_seconds) FROM call_events WHERE recording IS NOT NULL GROUP BY recording"
    )
    wrong = 0
    for name, talk_seconds in rows:
        path = stack.recordings / str(name)
        try:
            with wave.open(str(path)) as file:
                length = file.getnframes() / file.getframerate()
        except (OSError, EOFError, wave.Error):
            wrong += 1
            continue
        wrong += abs(length - float(str(talk_seconds))) > 1
    return wrong
