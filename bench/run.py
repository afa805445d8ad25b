"""Runs benchmarks and writes build/bench/<name>.json.

    python -m bench.run [--quick] [name...]      no name: all, in this order

`--quick` takes fewer samples: it shows that a benchmark works, its figures mean little. The exit code is 1 when one
could not be run; a missed goal is a figure, not an error.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module

from bench.errors import CannotMeasureError
from bench.report import LoadWatch

BENCHMARKS = (
    "decisions",
    "replay",
    "throughput",
    "latency",
    "recording",
    "apply",
    "import",
    "import-calls",
    "lists",
    "api",
    "operator",
    "deployment",
)

MODULES = {"import": "contact_import", "import-calls": "import_calls", "operator": "operator_load"}
"""Where the name of a benchmark cannot be one of a module, or is that of another one."""


def run_one(name: str, *, quick: bool) -> bool:
    """Whether it could be run."""
    print(f"\n== {name}", flush=True)
    load = LoadWatch()
    try:
        result = import_module(f"bench.{MODULES.get(name, name)}").run(quick=quick)
    except CannotMeasureError as error:
        print(f"not measured: {error}", flush=True)
        return False
    except Exception:
        traceback.print_exc()
        return False
    path = result.write(load)
    for goal in result.goals:
        print(goal.sentence())
    for warning in result.warnings:
        print(f"warning  {warning}")
    print(f"written  {path}", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure, and write build/bench/<name>.json.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument("--quick", action="store_true", help="fewer samples, to see that it works")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    outcomes = [run_one(name, quick=arguments.quick) for name in arguments.names or BENCHMARKS]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
