"""A pod's container without a kubelet: the image's own files, entrypoint and user, in namespaces of its own.

What the pod would have is given: variables, an empty `/run` and `/tmp`, a volume, a service account. The network is the
machine's, with an address of 127.0.0.0/8 for each member. `kill` ends all of it at once, as a dying node does.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from omnileads_operator.desired.pods import USERS
from omnileads_operator.version import VERSION

PREFIX = os.environ.get("OML_IMAGE_PREFIX", "localhost/omnileads")
PATH = "/usr/lib/postgresql/18/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ACCOUNT = "run/secrets/kubernetes.io/serviceaccount"

# Arguments: root to make, files of the image, volume, where it is mounted, files of the account, user, command.
START = f"""
set -eu
root="$1" image="$2" volume="$3" mounted="$4" account="$5" user="$6"
shift 6
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
mkdir "$root/upper" "$root/work" "$root/all"
mount -t overlay -o "lowerdir=$image,upperdir=$root/upper,workdir=$root/work" overlay "$root/all"
root="$root/all"
mkdir -p "$root$mounted"
for folder in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$folder"; done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$volume" "$root$mounted"
mkdir -p "$root/{ACCOUNT}"
mount --bind "$account" "$root/{ACCOUNT}"
mount --bind "$account/../hosts" "$root/etc/hosts"
exec chroot --userspec="$user" "$root" "$@"
"""


@cache
def files_of(slug: str) -> Path:
    """The files of an image. Skips the test where there is none, or no right to use them."""
    if os.geteuid() != 0 or shutil.which("podman") is None:
        pytest.skip("members run as other users, from the files of images: needs root and podman")
    name = f"{PREFIX}/{slug}:{VERSION}"
    done = subprocess.run(["podman", "image", "mount", name], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{name} is not built; images/build.sh {slug} builds it")
    return Path(done.stdout.strip())


@dataclass
class Member:
    """One process of an image, which may be killed and started again on the same volume."""

    slug: str
    folder: Path
    mounted: str
    variables: Mapping[str, str]
    command: tuple[str, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Addresses by name, as the cluster's DNS has them."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("root", "account", "volume"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        os.chown(self.folder / "volume", *USERS[self.slug])
        (self.folder / "hosts").write_text("".join(f"{address} {name}\n" for name, address in self.hosts.items()))

    def start(self, *, without: tuple[str, ...] = ()) -> None:
        user, group = USERS[self.slug]
        told = {name: value for name, value in self.variables.items() if name not in without}
        environment = [f"{name}={value}" for name, value in {"PATH": PATH, **told}.items()]
        arguments = [self.folder / "root", files_of(self.slug), self.folder / "volume", self.mounted]
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--ipc", "--fork", "sh", "-c", START, "member"]
            + [str(argument) for argument in (*arguments, self.folder / "account", f"{user}:{group}")]
            + ["env", "-i", *environment, "tini", "--", *(self.command or ("entrypoint.sh",))],
            stdout=(self.folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A program in the container, as a probe or a hook of the kubelet."""
        assert self._process is not None
        user, group = (str(number) for number in USERS[self.slug])
        environment = [f"{name}={value}" for name, value in self.variables.items()]
        enter = [
            "nsenter",
            "--target",
            self._first(),
            "--mount",
            "--pid",
            "--root",
            "--setuid",
            user,
            "--setgid",
            group,
        ]
        return subprocess.run(
            [*enter, "env", "-i", *environment, f"PATH={PATH}", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def finish(self) -> int:
        """Runs the container to its end, as that of a Job. Returns its exit code."""
        self.start()
        assert self._process is not None
        code = self._process.wait(timeout=120)
        self._process = None
        return code

    def kill(self) -> None:
        """All of its processes at once: they go with the first one of their namespace."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As the kubelet does it: the image's signal to its first process, and time to end."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        os.kill(int(self._first()), number)
        self._process.wait(timeout=60)
        self._process = None

    def _first(self) -> str:
        """The first process of the container, as this machine numbers it."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()[0]

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""
