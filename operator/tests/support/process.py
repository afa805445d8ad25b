"""The operator as its real process, with the rights of its own service account and nothing more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import urllib3

from tests.support.control_plane import ControlPlane, free_port

OPERATOR = Path(__file__).resolve().parents[2]
T = TypeVar("T")


class OperatorProcess:
    """`name` is the replica's, `url` a way of its own to the API server; `settings` are more of its environment."""

    def __init__(
        self,
        plane: ControlPlane,
        log: Path,
        name: str = "operator",
        *,
        url: str | None = None,
        lease_seconds: int = 15,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._plane = plane
        self._log = log
        self._url = url
        self._lease_seconds = lease_seconds
        self._settings = settings or {}
        self._process: subprocess.Popen[bytes] | None = None
        self.metrics_port = free_port()
        self._health_port = free_port()

    def start(self) -> None:
        token = self._plane.api().token_of("omnileads-operator", "omnileads-operator")
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KUBERNETES_")},
            "KUBECONFIG": str(self._plane.kubeconfig(self.name, token, self._url)),
            "OPERATOR_LEASE": "omnileads-operator/omnileads-operator",
            "OPERATOR_LEASE_SECONDS": str(self._lease_seconds),
            "OPERATOR_IDENTITY": self.name,
            "OPERATOR_METRICS_PORT": str(self.metrics_port),
            "OPERATOR_HEALTH_PORT": str(self._health_port),
            "OPERATOR_RESYNC_SECONDS": "3",
            "PYTHONPATH": str(OPERATOR),
            **self._settings,
        }
        log = self._log.open("ab")
        command = [sys.executable, "-m", "omnileads_operator.main"]
        self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=OPERATOR)
        wait_for("the operator's health", self._is_alive, evidence=self.log)

    def kill(self) -> None:
        """As a node that loses its power does it."""
        if self._process:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def memory_mb(self) -> float:
        """What the process has in memory at the moment."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def stop(self) -> int:
        """As Kubernetes does it. Returns the exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(timeout=30)
        self._process = None
        return code

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-6000:]

    def failures(self) -> list[str]:
        """What it logged of turns that ended by an error nobody had thought of."""
        return [line for line in self._log.read_text(errors="replace").splitlines() if "reconcile.failed" in line]

    def metrics(self) -> str:
        answer = urllib3.request("GET", f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5.0, retries=False)
        return answer.data.decode()

    def calls(self, *verbs: str) -> float:
        """Calls to the API server so far, of these verbs."""
        prefix = "omnileads_operator_api_calls_total{"
        lines = [line for line in self.metrics().splitlines() if line.startswith(prefix)]
        return sum(float(line.split()[-1]) for line in lines if any(f'verb="{verb}"' in line for verb in verbs))

    def is_leading(self) -> bool:
        return self.metric("omnileads_operator_leading") == 1

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all values of this name that have these labels."""
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        lines = [line for line in self.metrics().splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(line.split()[-1]) for line in lines if all(each in line for each in wanted))

    def _is_alive(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the operator has ended:\n{self.log()}"
        try:
            url = f"http://127.0.0.1:{self._health_port}/healthz"
            return urllib3.request("GET", url, timeout=2.0, retries=False).status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False


def wait_for(
    what: str, found: Callable[[], T | None], *, seconds: float = 120.0, evidence: Callable[[], str] = str
) -> T:
    """The first true answer of `found`. Fails with the evidence after the limit."""
    end = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s for {what}\n{evidence()}")
        time.sleep(0.1)
