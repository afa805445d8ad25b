#!/usr/bin/python
"""Keep one podman container of an instance in the state that is described as data.

Called by the `container` role only. The module owns the root-only env file, the container, its systemd unit (where
systemd is PID 1; elsewhere podman's own restart policy) and the wait for the image's health check. It does not pull or
build images. Images bring their own init and give their own directories to their own user. The options are those of
the role's `container_service`, described in its argument specs.

A container is recreated only when something it was made from changed (the image's id, the options or the environment;
each has its own digest in a label, so the result can say which one it was) or when podman has lost sight of its end.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule  # type: ignore[import-untyped]  # ansible-core ships no types

INSTANCE_LABEL = "org.omnileads.instance"
PROCESS_LABEL = "org.omnileads.process"
DIGEST_LABEL = "org.omnileads.digest."
LOG_LINES_SHOWN = 40
UNIT_DIRECTORY = Path("/etc/systemd/system")
CGROUPS = Path("/sys/fs/cgroup")


class ContainerError(Exception):
    """What went wrong, in a sentence for the person at the terminal."""


def digest(value: object) -> str:
    """Short SHA-256 of anything JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def can_limit_memory() -> bool:
    """Whether the kernel has the memory controller; some hosts boot without it, and a limit would be an error."""
    controllers = CGROUPS / "cgroup.controllers"
    return "memory" in controllers.read_text().split() if controllers.exists() else (CGROUPS / "memory").exists()


def env_file_text(env: dict[str, object]) -> str:
    """The env file podman reads: one NAME=value per line, taken literally, so a value cannot span lines."""
    lines = []
    for name, value in sorted(env.items()):
        if "\n" in str(value):
            raise ContainerError(f"The value of {name} spans several lines, which an env file cannot hold.")
        lines.append(f"{name}={value}\n")
    return "".join(lines)


@dataclass(frozen=True)
class Service:
    """The container as described by the role, with everything derived from it."""

    params: dict[str, Any]
    has_systemd: bool

    @property
    def container(self) -> str:
        return f"{self.params['instance']}-{self.params['name']}"

    @property
    def env_file(self) -> Path:
        return Path(self.params["config_dir"]) / "env" / f"{self.params['name']}.env"

    @property
    def unit(self) -> str:
        return f"{self.container}.service"

    @property
    def unit_file(self) -> Path:
        return UNIT_DIRECTORY / self.unit

    @property
    def pid_file(self) -> Path:
        return Path("/run") / f"{self.container}.conmon.pid"

    def env_text(self) -> str:
        return env_file_text({**self.params["env"], **self.params["secret_env"]})

    def options(self) -> list[str]:
        """Options shared by a service and a one-shot command; no secret is among them."""
        params = self.params
        options = ["--network=host", "--cap-drop=all", "--security-opt=no-new-privileges", "--pull=never"]
        options += [f"--env-file={self.env_file}", f"--label={INSTANCE_LABEL}={params['instance']}"]
        options += [f"--cap-add={capability}" for capability in params["capabilities"]]
        options += [f"--volume={volume}" for volume in params["volumes"]]
        options += [f"--tmpfs={target}" for target in params["tmpfs"]]
        memory = params["memory"] if can_limit_memory() else ""
        for option, value in (("user", params["user"]), ("memory", memory), ("shm-size", params["shm_size"])):
            if value:
                options.append(f"--{option}={value}")
        if params["read_only"]:
            options.append("--read-only")
        return options

    def service_options(self) -> list[str]:
        options = [f"--name={self.container}", f"--label={PROCESS_LABEL}={self.params['name']}"]
        options += ["--log-driver=k8s-file", f"--log-opt=max-size={self.params['log_max_size']}"]
        options.append(f"--stop-timeout={self.params['stop_timeout_seconds']}")
        if self.has_systemd:
            options += [f"--conmon-pidfile={self.pid_file}", "--restart=no"]
        else:
            options.append("--restart=always")
        return options + self.options()

    def digests(self, image_id: str) -> dict[str, str]:
        """A digest for each thing the container is made from."""
        return {
            "image": digest(image_id),
            "options": digest([*self.service_options(), self.params["command"]]),
            "environment": digest(self.env_text()),
        }

    def unit_text(self) -> str:
        params = self.params
        after = [f"{params['instance']}-{name}.service" for name in params["after"]]
        return f"""[Unit]
Description=OMniLeads {params["name"]} of instance {params["instance"]}
Wants=network-online.target
After={" ".join(["network-online.target", *after])}
StartLimitIntervalSec=0

[Service]
Type=forking
PIDFile={self.pid_file}
ExecStart=/usr/bin/podman start {self.container}
ExecStop=/usr/bin/podman stop --ignore {self.container}
# Where podman's monitor died and the program did not, a start would find it running and the unit would have no process.
ExecStopPost=/usr/bin/podman stop --ignore {self.container}
Restart=always
RestartSec=1
TimeoutStartSec=60
TimeoutStopSec={params["stop_timeout_seconds"] + 30}

[Install]
WantedBy=multi-user.target
"""


class Reconciler:
    """Brings one container to the wanted state with the podman and systemctl commands."""

    def __init__(self, module: AnsibleModule, service: Service) -> None:
        self.module = module
        self.service = service

    def podman(self, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        rc, out, err = self.module.run_command(["podman", *arguments], data=stdin)
        return int(rc), str(out), str(err)

    def run(self, *command: str) -> str:
        rc, out, err = self.module.run_command(list(command))
        if rc != 0:
            raise ContainerError(f"`{' '.join(command[:3])}` failed: {err.strip() or out.strip()}")
        return str(out)

    def image_id(self) -> str:
        image = self.service.params["image"]
        rc, out, _ = self.podman("image", "inspect", "--format={{.Id}}", image)
        if rc != 0:
            raise ContainerError(f"The image {image} is not on this host; build it with `make images`.")
        return out.strip()

    def inspect(self) -> dict[str, Any] | None:
        rc, out, _ = self.podman("container", "inspect", self.service.container)
        return json.loads(out)[0] if rc == 0 else None

    def reach_started(self) -> list[str]:
        """Return why something had to be done; empty when the container already ran as described."""
        service = self.service
        digests = service.digests(self.image_id())
        found = self.inspect()
        changed = ["lost"] if is_lost(found) else changed_parts(found, digests)
        unit_changed = service.has_systemd and read_text(service.unit_file) != service.unit_text()
        reasons = [*changed, *(["unit"] if unit_changed else [])]
        if not reasons and read_text(service.env_file) != service.env_text():
            reasons.append("env file")
        if not reasons and not (found and found["State"]["Running"]):
            reasons.append("not running")
        if reasons and not self.module.check_mode:
            write_private(service.env_file, service.env_text())
            for directory in service.params["directories"]:
                Path(directory).mkdir(mode=0o755, parents=True, exist_ok=True)
            if changed:
                self.create(digests, exists=found is not None)
            self.start(unit_changed=unit_changed)
        return reasons

    def create(self, digests: dict[str, str], *, exists: bool) -> None:
        service = self.service
        if exists:
            self.stop()
            self.run("podman", "rm", "--force", "--volumes", service.container)
        labels = [f"--label={DIGEST_LABEL}{part}={value}" for part, value in digests.items()]
        command = [service.params["image"], *service.params["command"]]
        self.run("podman", "create", *service.service_options(), *labels, *command)

    def start(self, *, unit_changed: bool) -> None:
        service = self.service
        if not service.has_systemd:
            self.run("podman", "start", service.container)
            return
        if unit_changed:
            service.unit_file.write_text(service.unit_text())
            self.run("systemctl", "daemon-reload")
        self.run("systemctl", "enable", "--quiet", service.unit)
        rc, _, _ = self.module.run_command(["systemctl", "start", service.unit])
        if rc != 0:
            _, journal, _ = self.module.run_command(
                ["journalctl", "--no-pager", "--lines=20", f"--unit={service.unit}"]
            )
            raise ContainerError(f"The unit {service.unit} does not start:\n{tail(journal)}")

    def stop(self) -> None:
        """Stop gracefully; the restart policy does not bring back what was stopped on purpose."""
        if self.service.has_systemd and self.service.unit_file.exists():
            self.run("systemctl", "stop", self.service.unit)
        self.run("podman", "stop", "--ignore", self.service.container)

    def reach_stopped(self) -> list[str]:
        found = self.inspect()
        if not found or not found["State"]["Running"]:
            return []
        if not self.module.check_mode:
            self.stop()
            if self.service.has_systemd and self.service.unit_file.exists():
                self.run("systemctl", "disable", "--quiet", self.service.unit)
        return ["running"]

    def reach_absent(self) -> list[str]:
        service = self.service
        unit_exists = service.has_systemd and service.unit_file.exists()
        exists = self.inspect() is not None
        leftovers = [path for path in (service.env_file, service.pid_file) if path.exists()]
        if not (unit_exists or exists or leftovers) or self.module.check_mode:
            return ["present"] if unit_exists or exists or leftovers else []
        self.reach_stopped()
        if exists:
            self.run("podman", "rm", "--force", "--volumes", service.container)
        if unit_exists:
            service.unit_file.unlink()
            self.run("systemctl", "daemon-reload")
        for path in leftovers:
            path.unlink(missing_ok=True)
        return ["present"]

    def run_once(self) -> str:
        """Run the command to its end; its env file lives only as long."""
        service = self.service
        self.image_id()
        if self.module.check_mode:
            return ""
        write_private(service.env_file, service.env_text())
        arguments = [*service.options(), service.params["image"], *service.params["command"]]
        stdin = service.params["stdin"]
        try:
            rc, out, err = self.podman("run", "--rm", "--interactive", *arguments, stdin=stdin or "")
        finally:
            service.env_file.unlink()
        if rc != 0:
            raise ContainerError(f"`{' '.join(service.params['command'])}` failed:\n{tail(err + out)}")
        return out

    def wait_healthy(self) -> None:
        """Ask the image's own health check until it passes, or show the log's end when time is up."""
        limit = self.service.params["healthy_timeout_seconds"]
        deadline = time.monotonic() + limit
        while True:
            rc, out, err = self.podman("healthcheck", "run", self.service.container)
            if rc == 0:
                return
            if "no defined healthcheck" in out + err:
                raise ContainerError(f"The image {self.service.params['image']} has no health check.")
            if time.monotonic() > deadline:
                raise ContainerError(f"{self.service.container} is not healthy after {limit} s.\n{self.log_end()}")
            time.sleep(0.3)

    def log_end(self) -> str:
        _, out, err = self.podman("logs", f"--tail={LOG_LINES_SHOWN}", self.service.container)
        return f"The last lines of its log (`podman logs {self.service.container}`):\n{tail(out + err)}"


def changed_parts(found: dict[str, Any] | None, digests: dict[str, str]) -> list[str]:
    if found is None:
        return ["absent"]
    labels = found["Config"].get("Labels") or {}
    return [part for part, value in digests.items() if labels.get(DIGEST_LABEL + part) != value]


def is_lost(found: dict[str, Any] | None) -> bool:
    """Whether podman takes for running what is gone: its monitor died with it. Such a container cannot be started."""
    return found is not None and found["State"]["Pid"] > 0 and not Path(f"/proc/{found['State']['Pid']}").exists()


def tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-LOG_LINES_SHOWN:])


def read_text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def write_private(path: Path, text: str) -> None:
    """Write so that nobody but root could read it at any moment, and never half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    fresh.replace(path)


def argument_spec() -> dict[str, dict[str, Any]]:
    strings: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
    return {
        "state": {"choices": ["started", "stopped", "absent", "once"], "default": "started"},
        "instance": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "config_dir": {"type": "path", "required": True},
        "image": {"type": "str"},
        "command": strings,
        "env": {"type": "dict", "default": {}},
        "secret_env": {"type": "dict", "default": {}, "no_log": True},
        "stdin": {"type": "str", "no_log": True},
        "volumes": strings,
        "directories": {"type": "list", "elements": "path", "default": []},
        "tmpfs": strings,
        "user": {"type": "str"},
        "capabilities": strings,
        "read_only": {"type": "bool", "default": False},
        "memory": {"type": "str", "default": ""},
        "shm_size": {"type": "str", "default": ""},
        "log_max_size": {"type": "str", "default": "20mb"},
        "stop_timeout_seconds": {"type": "int", "default": 10},
        "healthy_timeout_seconds": {"type": "int", "default": 120},
        "after": strings,
    }


def main() -> None:
    module = AnsibleModule(
        argument_spec(),
        required_if=[("state", "started", ["image"]), ("state", "once", ["image", "command"])],
        supports_check_mode=True,
    )
    reconciler = Reconciler(module, Service(module.params, has_systemd=Path("/run/systemd/system").is_dir()))
    result: dict[str, Any] = {"reasons": []}
    try:
        if module.params["state"] == "once":
            result |= {"stdout": reconciler.run_once(), "changed": True}
        else:
            reach = {
                "started": reconciler.reach_started,
                "stopped": reconciler.reach_stopped,
                "absent": reconciler.reach_absent,
            }
            result["reasons"] = reach[module.params["state"]]()
            result["changed"] = bool(result["reasons"])
            if module.params["state"] == "started" and not module.check_mode:
                reconciler.wait_healthy()
    except (ContainerError, OSError) as error:
        module.fail_json(msg=str(error), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
