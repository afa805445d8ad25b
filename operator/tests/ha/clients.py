"""Clients of the application, as processes of their own that print what became of what they wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.control_plane import REPOSITORY
from tests.support.process import wait_for

LIMIT_SECONDS = 90.0
# Its own names of hosts, as the cluster's DNS has them.
WITH_HOSTS = 'mount --make-rprivate / && mount --bind "$1" /etc/hosts && shift && exec "$@"'


def report(what: str, seconds: float) -> None:
    """A figure for people (`pytest -rP`); nothing depends on it."""
    sys.stdout.write(f"{what}: {seconds:.1f} s\n")


class Client:
    """`word` is what a line has in which something was acknowledged."""

    def __init__(self, program: str, word: str, variables: Mapping[str, str], folder: Path) -> None:
        self._word = word
        folder.mkdir(exist_ok=True)
        self._log = folder / f"{Path(program).stem}.log"
        hosts = folder / "hosts"
        hosts.touch()
        self._process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", WITH_HOSTS, "client", str(hosts), sys.executable, program],
            env={**os.environ, **variables, "PYTHONPATH": str(REPOSITORY / "app")},
            stdout=self._log.open("wb"),
            stderr=subprocess.STDOUT,
        )

    def lines(self) -> list[dict[str, Any]]:
        assert self._process.poll() is None, self.log()
        return [json.loads(line) for line in self._log.read_text().splitlines(keepends=True) if line.endswith("}\n")]

    def acknowledged(self, word: str = "") -> list[int]:
        return [line[word or self._word] for line in self.lines() if (word or self._word) in line]

    def wait_for_more(self, count: int = 20, word: str = "") -> None:
        so_far = len(self.acknowledged(word))
        wait_for(
            f"{count} more",
            lambda: len(self.acknowledged(word)) >= so_far + count,
            seconds=LIMIT_SECONDS,
            evidence=self.log,
        )

    def pause_after(self, moment: float) -> float:
        """The longest time without an acknowledgement that ended after that moment, in seconds."""
        times = [float(line["at"]) for line in self.lines() if self._word in line]
        return max(after - before for before, after in pairwise(times) if after >= moment)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def stop(self) -> list[int]:
        found = self.acknowledged()
        self.close()
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.wait(timeout=30)
