"""A running contact centre, found by the inventory it was deployed from.

Nothing here starts or changes the instance but `up`, `Process.kill` and `Process.restart`; a real one, named
`omnileads`, is refused.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2
import redis
import yaml

from support.waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
REAL_INSTANCE = "omnileads"
PROCESSES = (
    *("postgres", "redis", "app", "worker", "rtpengine", "kamailio"),
    *("asterisk", "asterisk-sync", "acd", "dialer", "nginx"),
)


class Instance:
    """Where everything of one instance is, and its processes."""

    def __init__(
        self, inventory: Path, *, processes: tuple[str, ...] = PROCESSES, repository: Path = REPOSITORY
    ) -> None:
        self.inventory = inventory
        self._repository = repository
        self.process_names = processes
        self._variables = _variables(inventory)
        self.name = str(self._variables["oml_instance"])
        if self.name == REAL_INSTANCE:
            raise RuntimeError(f"{inventory} describes the real instance; tests use an instance of their own")

    def setting(self, name: str) -> str:
        """A variable of the inventory."""
        return str(self._variables[name])

    def port(self, name: str) -> int:
        """`port("nginx_https")` is the variable `nginx_https_port`."""
        return int(self.setting(f"{name}_port"))

    @property
    def url(self) -> str:
        return f"https://{self.setting('oml_public_host')}:{self.port('nginx_https')}"

    @property
    def config_folder(self) -> Path:
        return Path(self.setting("oml_config_dir"))

    @property
    def recordings_folder(self) -> Path:
        return Path(self.setting("oml_spool_dir")) / "recordings"

    @property
    def admin_password(self) -> str:
        return (self.config_folder / "admin-password").read_text().strip()

    @property
    def certificate(self) -> Path:
        return self.config_folder / "tls" / "cert.pem"

    def tls(self) -> ssl.SSLContext:
        """Trusts the instance's own certificate and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        return {
            name: str(value) for name, value in yaml.safe_load((self.config_folder / "secrets.yml").read_text()).items()
        }

    def postgres(self) -> psycopg2.extensions.connection:
        """A new connection, committing each statement."""
        connection = psycopg2.connect(
            host=self.setting("postgres_listen"),
            port=self.port("postgres"),
            dbname="omnileads",
            user="omnileads",
            password=self.secrets["postgres_password"],
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def redis(self) -> redis.Redis:
        return redis.Redis(
            host=self.setting("redis_listen"),
            port=self.port("redis"),
            password=self.secrets["redis_password"],
            decode_responses=True,
            socket_timeout=5,
        )

    def metric(self, process: str, name: str) -> float:
        """The value of a metric without labels, as the process tells it to Prometheus."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port(process)}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def process(self, name: str) -> Process:
        assert name in self.process_names, f"{self.name} has no process {name}"
        return Process(self, name)

    def logs(self, process: str) -> str:
        return self.process(process).logs(lines=20)

    def asterisk(self, command: str) -> str:
        """What Asterisk's command line says."""
        return self.process("asterisk").execute(
            "asterisk", "-C", "/run/omnileads/asterisk/asterisk.conf", "-rx", command
        )

    def oml(self, *arguments: str) -> str:
        """Run `oml` in the application's container, as an administrator on the server does."""
        return self.process("app").execute("oml", *arguments)

    def is_up(self) -> bool:
        """Whether all processes run and say that they are well."""
        return all(self.process(name).is_healthy() for name in self.process_names)

    def wait_until_up(self, *, within_seconds: float = 60.0) -> None:
        eventually(self.is_up, within_seconds=within_seconds, every_seconds=1, evidence=self.evidence)

    def make(self, verb: str, *, limit_seconds: float = 1500, **variables: str) -> str:
        """`make up`, `make down`, ... of this instance; what it printed. Raises AssertionError when it fails."""
        command = [
            "make",
            verb,
            f"INVENTORY={self.inventory}",
            *(f"{name}={value}" for name, value in variables.items()),
        ]
        ended = subprocess.run(
            command,
            cwd=self._repository,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            timeout=limit_seconds,
            check=False,
        )
        assert ended.returncode == 0, f"{' '.join(command)} failed:\n{(ended.stdout + ended.stderr)[-6000:]}"
        return ended.stdout

    def evidence(self) -> str:
        """The state of every process, and the last lines of the log of those that are not well."""
        lines = []
        for name in self.process_names:
            process = self.process(name)
            state = process.state()
            lines.append(f"{name}: {state.get('Status')} since {state.get('StartedAt')}")
            if not process.is_healthy():
                lines.append(process.logs(lines=15))
        return "\n".join(lines)


@dataclass(frozen=True)
class Process:
    """One container of an instance."""

    instance: Instance
    name: str

    @property
    def container(self) -> str:
        return f"{self.instance.name}-{self.name}"

    def state(self) -> dict[str, Any]:
        """podman's view; empty where there is no such container."""
        inspected = podman("inspect", self.container, check=False)
        found: list[dict[str, Any]] = json.loads(inspected.stdout or "[]")
        return found[0]["State"] if found else {}

    def is_running(self) -> bool:
        return self.state().get("Status") == "running"

    def is_healthy(self) -> bool:
        """Asks the container's own health check now."""
        return podman("healthcheck", "run", self.container, check=False).returncode == 0

    def execute(self, *arguments: str, stdin: str | None = None) -> str:
        return podman("exec", "-i", self.container, *arguments, stdin=stdin).stdout

    def kill(self) -> int:
        """`kill -9` of the program under the container's init. Returns the process id of that init."""
        init = int(self.state()["Pid"])
        children = Path(f"/proc/{init}/task/{init}/children").read_text().split()
        assert children, f"{self.container} runs nothing under its init"
        subprocess.run(["kill", "-9", *children], check=True)
        return init

    def kill_unseen(self) -> None:
        """`kill -9` of the whole container and of podman's monitor first, so that podman takes it for running still."""
        state = self.state()
        subprocess.run(["kill", "-9", str(state["ConmonPid"]), str(state["Pid"])], check=True)

    def wait_until_back(self, former_pid: int, *, within_seconds: float = 40.0) -> None:
        """Wait until the container runs again as another process and is well."""

        def is_back() -> bool:
            state = self.state()
            return state.get("Pid") not in {0, former_pid, None} and self.is_healthy()

        eventually(is_back, within_seconds=within_seconds, every_seconds=0.3, evidence=lambda: self.logs(lines=40))

    def stop(self) -> None:
        podman("stop", "--time", "10", self.container)

    def start(self) -> None:
        podman("start", self.container)

    def logs(self, *, lines: int = 50) -> str:
        shown = podman("logs", "--tail", str(lines), self.container, check=False)
        return shown.stdout + shown.stderr


def podman(*arguments: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(["podman", *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False)
    if check and ended.returncode != 0:
        raise AssertionError(
            f"podman {' '.join(arguments)} ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
        )
    return ended


def _variables(inventory: Path) -> dict[str, object]:
    """The inventory's plain values, with the instance's name filled in where it is part of a path."""
    found: dict[str, object] = {}
    for name in ("instance", "ports"):
        found |= yaml.safe_load((inventory / "group_vars" / "all" / f"{name}.yml").read_text())
    instance = str(found["oml_instance"])
    return {
        name: value.replace("{{ oml_instance }}", instance) if isinstance(value, str) else value
        for name, value in found.items()
    }
