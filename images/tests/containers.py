"""Containers of the images under test: started on free ports, waited for, asked, removed."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = (REPOSITORY / "VERSION").read_text().strip()
NAME_PREFIX = "oml-imgtest-"
HEALTHY_WITHIN_SECONDS = 60
# A port must be free on every address, for some services listen on all of them.
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104
# What the roles leave a container: enough to put its folders in order and become its own user.
CAPABILITIES = "CHOWN,DAC_OVERRIDE,FOWNER,KILL,SETGID,SETUID,NET_BIND_SERVICE"

T = TypeVar("T")


def image(slug: str) -> str:
    """The name that images/build.sh gives to a component's image."""
    prefix = os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")
    return f"{prefix}/{slug}:{VERSION}"


def podman(*arguments: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs podman and returns its output; an error shows what podman said."""
    result = subprocess.run(["podman", *arguments], input=stdin, capture_output=True, text=True, check=False)
    if check and result.returncode != 0:
        raise AssertionError(
            f"podman {' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        )
    return result


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nothing listens on at this moment on any address."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((ALL_ADDRESSES, 0))
        return int(probe.getsockname()[1])


def free_port_range(count: int) -> tuple[int, int]:
    """First and last of `count` UDP ports in a row, below those that the system hands out by itself."""
    for first in range(23000 + secrets.randbelow(4000), 31000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                sockets.append(probe)
                probe.bind((ALL_ADDRESSES, port))
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
        return first, first + count - 1
    raise AssertionError("no free UDP ports")


def eventually(ask: Callable[[], T], *, within_seconds: float = 10, evidence: Callable[[], str] = str) -> T:
    """Asks until the answer is true; AssertionErrors and OSErrors count as not yet."""
    limit = time.monotonic() + within_seconds
    last: object = None
    while time.monotonic() < limit:
        try:
            answer = ask()
            if answer:
                return answer
            last = answer
        except (AssertionError, OSError) as error:
            last = error
        time.sleep(0.1)
    raise AssertionError(f"not within {within_seconds} s; last answer: {last!r}\n{evidence()}")


@dataclass
class Container:
    """One container on the host's network, read-only but for its volumes, as the roles run them."""

    slug: str
    environment: Mapping[str, str]
    command: tuple[str, ...] = ()
    volumes: Mapping[str, str] = field(default_factory=dict)
    restart: str = "no"
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"{NAME_PREFIX}{self.slug}-{secrets.token_hex(4)}"

    def start(self) -> None:
        """Starts it; the environment travels through a file, as secrets must."""
        variables = "".join(f"{name}={value}\n" for name, value in self.environment.items())
        mounts = [argument for place, source in self.volumes.items() for argument in ("--volume", f"{source}:{place}")]
        podman(
            *("run", "--detach", "--name", self.name, "--network", "host", "--read-only", "--restart", self.restart),
            *("--cap-drop", "all", "--cap-add", CAPABILITIES, "--security-opt", "no-new-privileges"),
            *("--env-file", "/dev/stdin", *mounts, image(self.slug), *self.command),
            stdin=variables,
        )

    def wait_until_healthy(self) -> None:
        """Runs the image's own health check until it is content."""
        eventually(
            lambda: podman("healthcheck", "run", self.name, check=False).returncode == 0,
            within_seconds=HEALTHY_WITHIN_SECONDS,
            evidence=self.logs,
        )

    def wait_for_exit(self) -> int:
        """The exit code of a container that ends by itself."""
        return int(podman("wait", self.name).stdout)

    def execute(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs a command in the container and returns what it prints."""
        return podman("exec", "-i", self.name, *arguments, stdin=stdin).stdout

    def kill_main_process(self) -> None:
        """`kill -9` of the program, from the host."""
        os.kill(self.program_id(), signal.SIGKILL)

    def program_id(self) -> int:
        """Process id, on the host, of the program under the container's init."""
        init = int(podman("inspect", "--format", "{{.State.Pid}}", self.name).stdout)
        children = Path(f"/proc/{init}/task/{init}/children").read_text().split()
        assert children, f"{self.name} has no process under its init"
        return int(children[0])

    def stop(self) -> None:
        podman("stop", "--time", "10", self.name)

    def start_again(self) -> None:
        podman("start", self.name)

    def logs(self) -> str:
        result = podman("logs", self.name, check=False)
        return result.stdout + result.stderr

    def remove(self) -> None:
        podman("rm", "--force", "--volumes", "--time", "2", self.name, check=False)
