"""Results as JSON: what was measured, how, beside what, on which machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = REPOSITORY / "build" / "bench"


@dataclass(frozen=True)
class Goal:
    """`value` is what was measured; it is reached when it is at most, or at least, `limit`."""

    what: str
    value: float | None
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_reached(self) -> bool | None:
        """None when it could not be measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def sentence(self) -> str:
        bound = "at least" if self.at_least else "at most"
        shown = "not measured" if self.value is None else f"{self.value:.4g} {self.unit}".strip()
        verdict = {True: "reached", False: "MISSED", None: "open"}[self.is_reached]
        return f"{verdict:8} {self.what}: {shown} (goal: {bound} {self.limit:g} {self.unit}".rstrip() + ")"


@dataclass
class Result:
    """One benchmark's outcome. `baseline` names what it is compared with, `ratio` is ours divided by the baseline's."""

    benchmark: str
    method: str
    figures: dict[str, Any]
    goals: list[Goal]
    baseline: str | None = None
    ratio: float | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def write(self, load: LoadWatch) -> Path:
        """Write build/bench/<benchmark>.json and return its path."""
        document = asdict(self)
        document["goals"] = [asdict(goal) | {"is_reached": goal.is_reached} for goal in self.goals]
        document |= {"machine": fingerprint(), "load": load.summary(), "measured_at": datetime.now(UTC).isoformat()}
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{self.benchmark}.json"
        path.write_text(json.dumps(document, indent=2) + "\n")
        return path


class LoadWatch:
    """How busy the machine was while a benchmark ran: a figure taken on a busy machine is not worth much."""

    def __init__(self) -> None:
        self._at_start = os.getloadavg()
        self._cpu_at_start = cpu_times()

    def summary(self) -> dict[str, Any]:
        """Load averages at both ends, and the share of all processors that was idle or stolen in between."""
        before, after = self._cpu_at_start, cpu_times()
        total = max(1, sum(after.values()) - sum(before.values()))
        share = {name: round((after[name] - before[name]) / total, 3) for name in ("idle", "steal")}
        return {"load_average_before": self._at_start, "load_average_after": os.getloadavg(), **share}


def cpu_times() -> dict[str, int]:
    """Ticks of all processors since the start of the machine, by state."""
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return dict(zip(names, map(int, fields), strict=False))


def fingerprint() -> dict[str, Any]:
    """What of the machine and of the repository the figures depend on; no names, no addresses."""
    described = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "processor": described[0].partition(":")[2].strip() if described else platform.machine(),
        "processors": os.cpu_count(),
        "memory_mb": memory_kb // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "version": (REPOSITORY / "VERSION").read_text().strip(),
        "commit": _output(["git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD"]),
    }


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank). Raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * percent // 100) - 1))]


def spread(values: Sequence[float]) -> Mapping[str, float]:
    """Median, smallest and largest of repeated measurements."""
    return {"median": round(median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}
