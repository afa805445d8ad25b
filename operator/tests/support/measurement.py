"""How long the operator takes, and how often it asks the API server: `python -m tests.support.measurement SIZE...`.

Run by bench/operator_load.py. Prints one line of JSON for each size: seconds, calls, writes and reconciliations of
making all instances, of changing a field of each, and of looking at each when nothing has changed. Ends with code 3
where there is no control plane.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.instances import manifest
from tests.support.api import Api
from tests.support.control_plane import ControlPlane
from tests.support.installed import installed
from tests.support.process import OperatorProcess, wait_for

LIMIT_SECONDS = 600.0
WRITES = ("post", "patch", "delete")


class Measurement:
    """`size` instances in a namespace of their own, kept by an operator that does nothing else."""

    def __init__(self, plane: ControlPlane, folder: Path, size: int) -> None:
        self._api: Api = plane.api()
        self._namespace = f"bench-{size}-{time.time_ns()}"
        self._names = [f"centre-{number}" for number in range(size)]
        settings = {"OPERATOR_RESYNC_SECONDS": "3600", "OPERATOR_NAMESPACES": self._namespace}
        self._operator = OperatorProcess(plane, folder / f"{self._namespace}.log", settings=settings)

    def run(self) -> dict[str, Any]:
        self._api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._namespace}})
        self._operator.start()
        wait_for("the operator to lead", self._operator.is_leading)
        try:
            return {
                "instances": len(self._names),
                "created": self._measure(self._create),
                "changed": self._measure(lambda: self._patch({"spec": {"logLevel": "debug"}})),
                "unchanged": self._measure(lambda: self._patch({"metadata": {"annotations": {"bench": "looked at"}}})),
                "memory_mb": round(self._operator.memory_mb(), 1),
            }
        finally:
            self._operator.stop()

    def _measure(self, start: Callable[[], None]) -> dict[str, float]:
        calls, writes, turns = self._counts()
        started = time.monotonic()
        start()
        wait_for("all of them", lambda: self._is_done(turns), seconds=LIMIT_SECONDS, evidence=self._operator.log)
        seconds = time.monotonic() - started
        # What the events of its own writes still cause belongs to it, but is not waited for by anybody.
        wait_for("the queue to be empty", self._is_quiet, seconds=LIMIT_SECONDS, evidence=self._operator.log)
        after = self._counts()
        return {
            "seconds": round(seconds, 3),
            "calls": after[0] - calls,
            "writes": after[1] - writes,
            "reconciliations": after[2] - turns,
        }

    def _counts(self) -> tuple[float, float, float]:
        writes = self._operator.calls(*WRITES)
        turns = self._operator.metric("omnileads_operator_reconciliations_total")
        return self._operator.calls("get") + writes, writes, turns

    def _create(self) -> None:
        for name in self._names:
            self._api.create(manifest(self._namespace, name))

    def _patch(self, body: dict[str, Any]) -> None:
        for name in self._names:
            self._api.change("OMniLeads", self._namespace, name, body)

    def _is_done(self, turns_before: float) -> bool:
        if self._operator.metric("omnileads_operator_reconciliations_total") - turns_before < len(self._names):
            return False
        return all(_is_reconciled(each) for each in self._api.list("OMniLeads", self._namespace))

    def _is_quiet(self) -> bool:
        before = self._operator.metric("omnileads_operator_reconciliations_total")
        time.sleep(1)
        is_empty = self._operator.metric("omnileads_operator_queue_length") == 0
        return is_empty and self._operator.metric("omnileads_operator_reconciliations_total") == before


def _is_reconciled(resource: dict[str, Any]) -> bool:
    conditions = resource.get("status", {}).get("conditions", [])
    generation = resource["metadata"]["generation"]
    return any(
        (each["type"], each["status"], each["observedGeneration"]) == ("Reconciled", "True", generation)
        for each in conditions
    )


def main(sizes: list[int]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with installed(Path(folder)) as plane:
                for size in sizes:
                    print(json.dumps(Measurement(plane, Path(folder), size).run()), flush=True)  # noqa: T201 - its output
        except pytest.skip.Exception as reason:
            print(reason, file=sys.stderr)  # noqa: T201 - its output
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main([int(each) for each in sys.argv[1:]]))
