"""Calls made and taken by SIPp, and what each of them experienced."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

from bench import stack
from bench.errors import CannotMeasureError
from bench.report import REPOSITORY

SCENARIOS = REPOSITORY / "bench" / "sip"
GIVE_UP_SECONDS = 30
_LINE = re.compile(r"^(?P<time>\d{4}-\d\d-\d\d\s+\d\d:\d\d:\d\d\.\d+)\S*\s+.*?(?P<what>[a-z]+) (?P<number>555\d+)\s*$")


@dataclass
class Side:
    """One way a call can take: where callers come from and what they dial."""

    name: str
    caller_address: str
    did: str


OURS = Side("acd", stack.CALLERS, "1000")
OURS_RECORDED = Side("acd, recorded", stack.CALLERS, "2000")
BASELINE = Side("app_queue", stack.BASELINE_CALLERS, "1000")


@dataclass
class Batch:
    """What happened to calls by the caller's number; times are seconds since 1970."""

    offered: int
    times: dict[str, dict[str, float]] = field(default_factory=dict)
    """`invite answered ended` as the callers saw it, `rung took` as the agents did"""

    def completed(self) -> list[str]:
        """Numbers of the calls that an agent took and ended."""
        return [number for number, times in self.times.items() if {"took", "ended"} <= times.keys()]

    def between(self, start: str, end: str) -> list[float]:
        """Milliseconds from one to the other, of all calls that had both."""
        return [1000 * (times[end] - times[start]) for times in self.times.values() if start in times and end in times]


class Agents:
    """All agents' webphones: one SIPp that takes every call. Use as a context manager."""

    def __init__(self, *, ring_ms: int, talk_ms: int, echo: bool = False) -> None:
        if shutil.which("sipp") is None:
            raise CannotMeasureError("SIPp is not on this host; install it with `apt-get install sip-tester`")
        self._folder = Path(tempfile.mkdtemp(prefix=f"{stack.INSTANCE}-agents-"))
        self.log = self._folder / "agents.log"
        scenario = self._folder / "agent.xml"
        scenario.write_text((SCENARIOS / "agent.xml").read_text().replace("@ring_ms@", str(ring_ms)))
        self._command = [
            *("sipp", "-sf", str(scenario), "-i", stack.AGENTS, "-p", str(stack.AGENTS_PORT), "-mi", stack.AGENTS),
            *("-mp", "15400", "-d", str(talk_ms), "-nostdin", "-trace_logs", "-log_file", str(self.log)),
            *(["-rtp_echo"] if echo else []),
            stack.HOST,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Agents:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def call(
    side: Side, agents: Agents, *, run: int, rate: float, calls: int, sound: Path | None = None, lasting: float = 0
) -> Batch:
    """Offer `calls` calls at `rate` a second and wait until they have ended. `run` must differ between batches.

    `lasting` is how long a call lasts at most, in seconds, besides waiting.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{stack.INSTANCE}-callers-"))
    try:
        log = folder / "callers.log"
        scenario = folder / "caller.xml"
        scenario.write_text(_caller_scenario(sound))
        seconds = calls / rate + lasting + GIVE_UP_SECONDS
        command = [
            *("timeout", "--kill-after=5", str(int(seconds + 15)), "sipp", "-sf", str(scenario)),
            *("-i", side.caller_address, "-p", str(stack.CALLERS_PORT), "-mi", side.caller_address, "-mp", "15600"),
            *("-r", str(rate), "-m", str(calls), "-l", str(calls), "-nostdin", "-timeout", f"{int(seconds)}s"),
            *("-recv_timeout", str(int(1000 * (lasting + GIVE_UP_SECONDS)))),
            *("-key", "run", f"{run:03d}", "-key", "did", side.did, "-trace_logs", "-log_file", str(log)),
            f"{stack.HOST}:{stack.TRUNK_PORT}",
        ]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=folder)
        time.sleep(0.5)
        batch = Batch(offered=calls)
        prefix = f"555{run:03d}"
        for path in (log, agents.log):
            _read(path, prefix, batch)
        return batch
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _caller_scenario(sound: Path | None) -> str:
    text = (SCENARIOS / "caller.xml").read_text()
    if sound is None:
        return text.replace("@media_port@", "media_port").replace("@sound@", "")
    action = f'<nop><action><exec rtp_stream="{sound},-1,8"/></action></nop>'
    return text.replace("@media_port@", "rtpstream_audio_port").replace("@sound@", action)


def _read(path: Path, prefix: str, batch: Batch) -> None:
    for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
        match = _LINE.match(line)
        if match and match["number"].startswith(prefix):
            moment = datetime.fromisoformat(re.sub(r"\s+", " ", match["time"])).timestamp()
            batch.times.setdefault(match["number"], {}).setdefault(match["what"], moment)
