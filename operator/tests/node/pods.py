"""The pods of an instance on the node: what they are, what they said last, and the death of their processes."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from omnileads_operator.desired.postgres import ROLE_LABEL
from tests.node.machine import OTHER_NODE
from tests.support.api import Api, Object
from tests.support.control_plane import ControlPlane
from tests.support.process import wait_for


class Pods:
    def __init__(self, plane: ControlPlane, namespace: str) -> None:
        self._api: Api = plane.api()
        self._folder = plane.folder
        self._namespace = namespace

    def all(self, component: str = "") -> list[Object]:
        selector = {"labelSelector": f"app.kubernetes.io/name={component}"} if component else {}
        return self._api.list("Pod", self._namespace, **selector)

    def leader(self) -> Object | None:
        """PostgreSQL's, where there is exactly one."""
        found = [pod for pod in self.all("postgres") if pod["metadata"]["labels"].get(ROLE_LABEL) == "primary"]
        return found[0] if len(found) == 1 else None

    def delete(self, pod: Object, *, grace_seconds: int | None = None) -> None:
        """As `kubectl delete pod` does it, with `--grace-period` where it is given."""
        body = {} if grace_seconds is None else {"gracePeriodSeconds": grace_seconds}
        self._api.call("DELETE", f"/api/v1/namespaces/{self._namespace}/pods/{pod['metadata']['name']}", body)

    def restarts(self, component: str) -> int:
        return sum(status["restartCount"] for pod in self.all(component) for status in _containers(pod))

    def kill(self, pod: Object, *programs: str) -> None:
        """SIGKILL to every process of the pod whose program has one of these names; there is one of each."""
        running = {number: _program(number) for number in _processes(pod)}
        assert set(programs) <= set(running.values()), f"{programs} in {pod['metadata']['name']}: {running}"
        for number in (number for number, program in running.items() if program in programs):
            with suppress(ProcessLookupError):  # it went with another one
                os.kill(number, signal.SIGKILL)

    def wait_until_ready(self, component: str, *, count: int = 1, restarts: int = 0, seconds: float = 120.0) -> None:
        """Until all pods of it are ready, of which there are at least so many, after at least so many restarts."""

        def are_ready() -> bool:
            pods = self.all(component)
            return len(pods) >= count and self.restarts(component) >= restarts and all(is_ready(pod) for pod in pods)

        wait_for(f"{component} to be ready", are_ready, seconds=seconds, evidence=self.evidence)

    def wait_until_all_ready(self) -> None:
        wait_for("all pods to be ready", lambda: all(map(is_ready, self.all())), evidence=self.evidence)

    def wait_until_replaced(self, pod: Object, component: str, *, count: int = 1, seconds: float = 180.0) -> None:
        """Until the pod is gone, and so many of its component are ready without it."""

        def is_replaced() -> bool:
            pods = self.all(component)
            is_gone = all(each["metadata"]["uid"] != pod["metadata"]["uid"] for each in pods)
            return is_gone and len(pods) >= count and all(map(is_ready, pods))

        wait_for(f"{component} to be another", is_replaced, seconds=seconds, evidence=self.evidence)

    def last_words(self, component: str) -> str:
        return "\n".join(map(self._told, self.all(component)))

    def evidence(self) -> str:
        """Of each pod that is not ready: why, and its last words."""
        return "\n".join(self._told(pod) for pod in self.all() if not is_ready(pod))

    def _told(self, pod: Object) -> str:
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        told = [f"== {name} {pod['status']['phase']}"]
        told += [each["message"] for each in pod["status"].get("conditions", []) if each.get("message")]
        for container in _containers(pod):
            told.append(f"-- {container['name']}: {container['state']}, before: {container.get('lastState')}")
            here = f"pods/{self._namespace}_{name}_{uid}/{container['name']}/*.log"
            logs = [log for node in (".", OTHER_NODE) for log in (self._folder / node).glob(here)]
            told += [line for log in sorted(logs)[-2:] for line in _last_lines(log)]
        return "\n".join(told)


def is_ready(pod: Object) -> bool:
    """Or has ended well."""
    conditions = {each["type"]: each["status"] for each in pod["status"].get("conditions", [])}
    return pod["status"]["phase"] == "Succeeded" or conditions.get("Ready") == "True"


def _containers(pod: Object) -> list[Object]:
    return list(pod["status"].get("containerStatuses", []))


def _last_lines(log: Path) -> list[str]:
    return [line[:500] for line in log.read_text(errors="replace").splitlines()[-12:]]


def _processes(pod: Object) -> list[int]:
    """By the cgroup that kubelet made for the pod."""
    group = f"pod{pod['metadata']['uid']}"
    found = [path for path in Path("/proc").glob("[0-9]*/cgroup") if group in _read(path)]
    return sorted(int(path.parent.name) for path in found)


def _program(number: int) -> str:
    return _read(Path(f"/proc/{number}/comm")).strip()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
