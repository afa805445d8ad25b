"""The Kubernetes operator: seconds, calls and writes for an instance, with one, ten and fifty of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from bench.errors import CannotMeasureError
from bench.report import REPOSITORY, Goal, Result

SIZES = (1, 10, 50)
REPETITIONS_OF_ONE = 3
NO_CONTROL_PLANE = 3
STEPS = ("created", "changed", "unchanged")

METHOD = """\
A real etcd and kube-apiserver, the operator as its own process with its own rights, no kubelet and no controllers,
all on the same processors. For each size a new namespace and a new process: all instances are made at once, then
the log level of each is changed, then an annotation of each, which asks the operator to look and gives it nothing
to do. Seconds are those until the last instance says Reconciled for its generation; calls, writes and
reconciliations are the operator's own counters until nothing more happens, without the calls for its lease. One
instance alone is measured three times; its figures are the medians."""


def run(*, quick: bool) -> Result:
    sizes = (1, 5) if quick else SIZES
    plan = [sizes[0]] * REPETITIONS_OF_ONE + list(sizes[1:])
    lines = _measure(plan)
    found = {size: [each for each in lines if each["instances"] == size] for size in sizes}
    figures = {str(size): _for_each_instance(found[size]) for size in sizes}
    least, most = str(sizes[0]), str(sizes[-1])
    ratio = {step: figures[most][step]["seconds"] / figures[least][step]["seconds"] for step in STEPS}
    calls = {step: figures[most][step]["calls"] / figures[least][step]["calls"] for step in STEPS}
    writes = sum(each["unchanged"]["writes"] for each in lines)
    if writes:
        raise AssertionError(f"{writes} writes for instances that were as they should be")
    goals = [
        *(
            Goal(f"seconds of one instance {step}, {most} at once to one alone", ratio[step], 2, "times")
            for step in STEPS
        ),
        *(
            Goal(f"calls of one instance {step}, {most} at once to one alone", calls[step], 1.5, "times")
            for step in STEPS
        ),
        Goal("writes for instances that are as they should be", writes, 0, ""),
        Goal(f"memory of the operator with {most}", figures[most]["memory_mb"], 256, "MB"),
    ]
    return Result(
        benchmark="operator",
        method=METHOD,
        figures=figures,
        goals=goals,
        baseline="one instance alone",
        ratio=round(ratio["created"], 3),
        parameters={"sizes": sizes, "repetitions_of_one": REPETITIONS_OF_ONE},
        warnings=["few instances: the figures mean little"] if quick else [],
    )


def _measure(sizes: list[int]) -> list[dict[str, Any]]:
    """In a process of its own: the operator's tests are a package of the same name as the application's."""
    folder = REPOSITORY / "operator"
    command = [sys.executable, "-m", "tests.support.measurement", *map(str, sizes)]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == NO_CONTROL_PLANE:
        raise CannotMeasureError(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise CannotMeasureError(f"the measurement failed:\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _for_each_instance(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of the runs, divided by the number of instances."""
    size = runs[0]["instances"]
    figures: dict[str, Any] = {"memory_mb": median(each["memory_mb"] for each in runs)}
    for step in STEPS:
        names = runs[0][step]
        figures[step] = {name: round(median(each[step][name] for each in runs) / size, 3) for name in names}
    return figures
