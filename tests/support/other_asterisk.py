"""Another Asterisk for an instance: the same image and settings at another address of this machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import TracebackType

from support.instance import Instance, podman
from support.waiting import eventually

ADDRESS = "127.0.0.6"
"""Named in the inventory's `oml_other_asterisks`; the engine looks for an Asterisk there."""

FIRST_RTP_PORT, LAST_RTP_PORT = 23000, 23999


class OtherAsterisk:
    """Runs from entering to leaving, with the first one's trunks, and records into the same folder."""

    def __init__(self, instance: Instance, folder: Path) -> None:
        self._instance = instance
        self._folder = folder
        self._container = f"{instance.name}-asterisk-other"

    def __enter__(self) -> OtherAsterisk:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        podman("rm", "--force", "--time", "0", self._container)
        eventually(lambda: self.is_connected is False, evidence=lambda: "the engine has not noticed that it is gone")

    def start(self) -> None:
        """A new one, which knows nothing of calls."""
        (first,) = json.loads(podman("inspect", f"{self._instance.name}-asterisk").stdout)
        variables = dict(entry.split("=", 1) for entry in first["Config"]["Env"])
        variables |= {
            "ASTERISK_LISTEN": ADDRESS,
            "ASTERISK_TRUNK_LISTEN": ADDRESS,
            "ASTERISK_RTP_MIN": str(FIRST_RTP_PORT),
            "ASTERISK_RTP_MAX": str(LAST_RTP_PORT),
        }
        volumes = {mount["Destination"]: mount["Source"] for mount in first["Mounts"]}
        volumes["/var/lib/omnileads/asterisk"] = self._copied(Path(volumes["/var/lib/omnileads/asterisk"]))
        volumes["/run/asterisk"] = str(self._folder / "run")
        (self._folder / "run").mkdir(exist_ok=True)
        file = self._folder / "environment"
        file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        podman("rm", "--force", "--time", "0", self._container, check=False)
        podman(
            *("run", "--detach", "--name", self._container, "--network", "host", "--env-file", str(file)),
            *(part for inside, outside in volumes.items() for part in ("--volume", f"{outside}:{inside}")),
            first["ImageName"],
        )
        eventually(lambda: self.is_connected, within_seconds=60, every_seconds=0.5, evidence=self.evidence)

    def kill(self) -> None:
        """As a machine that is switched off, but for the closed ports."""
        podman("kill", "--signal", "KILL", self._container)

    def command(self, text: str) -> str:
        """What its command line says."""
        return podman(
            "exec", self._container, "asterisk", "-C", "/run/omnileads/asterisk/asterisk.conf", "-rx", text
        ).stdout

    def stop_when_convenient(self, how: str = "core stop when convenient") -> None:
        """Told to stop by itself; the command line waits until it has."""
        podman(
            *("exec", "--detach", self._container, "asterisk"),
            *("-C", "/run/omnileads/asterisk/asterisk.conf", "-rx", how),
        )

    @property
    def is_running(self) -> bool:
        return podman("inspect", "--format", "{{.State.Running}}", self._container).stdout.strip() == "true"

    @property
    def is_connected(self) -> bool:
        """As the engine tells it."""
        return self._metric("oml_acd_asterisk_connected") == 1

    @property
    def calls(self) -> int:
        """As the engine counts them."""
        return self._metric("oml_acd_calls")

    def _metric(self, name: str) -> int:
        """0 while the engine does not know this Asterisk, or is starting."""
        try:
            return int(self._instance.metric("acd", f'{name}{{asterisk="{ADDRESS}"}}'))
        except (StopIteration, OSError):
            return 0

    def evidence(self) -> str:
        logs = podman("logs", "--tail", "30", self._container, check=False)
        return f"{logs.stdout}{logs.stderr}\n{self._instance.process('acd').logs(lines=20)}"

    def _copied(self, data: Path) -> str:
        """What asterisk-sync has brought the first one."""
        copy = self._folder / "data"
        if not copy.exists():
            shutil.copytree(data, copy, ignore=shutil.ignore_patterns("astdb*"))
        return str(copy)
