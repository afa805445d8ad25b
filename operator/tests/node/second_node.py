"""Another node, for the voice only: a kubelet and a containerd with a network and cgroups of their own.

Pods of the voice are on their node's network. The way to the first node's pods and to Services leads over that one, as
over any router. There is no pod network here: nothing else is let in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.node.containers import PAUSE, Containerd, containerd_of_the_node
from tests.node.machine import OTHER_NODE, kubelet, kubernetes_programs
from tests.support.control_plane import ControlPlane
from tests.support.process import wait_for
from tests.support.started import answers, started

ADDRESS: Final = "10.213.0.4"
TAINT: Final = "omnileads.org/only-voice"


@contextmanager
def second_node(plane: ControlPlane, *images: str) -> Iterator[None]:
    """With these images. It leaves when its pods are gone."""
    folder = plane.folder / OTHER_NODE
    folder.mkdir()
    within = ["nsenter", f"--net=/run/netns/{OTHER_NODE}"]
    first = containerd_of_the_node(plane.folder)
    runtime = Containerd(first.programs, folder, folder / "containerd", Path(f"/run/containerd-{OTHER_NODE}"), within)
    _connect()
    _make_cgroups()
    archive = folder / "images.tar"
    first.save(archive, PAUSE, *images)
    with ExitStack() as running:
        running.enter_context(runtime.started())
        runtime.load(archive)
        archive.unlink()
        command = kubelet(
            kubernetes_programs(),
            folder,
            OTHER_NODE,
            ADDRESS,
            runtime.socket,
            plane.folder / "node.kubeconfig",
            cgroupRoot=f"/{OTHER_NODE}",
            registerWithTaints=[{"key": TAINT, "value": "yes", "effect": "NoSchedule"}],
        )
        health = f"http://{ADDRESS}:10248/healthz"
        running.enter_context(started([*within, *command], folder / "kubelet.log", lambda: answers(health)))
        api = plane.api()
        wait_for("the second node", lambda: _is_ready(plane), evidence=(folder / "kubelet.log").read_text)
        yield
        api.delete("Node", None, OTHER_NODE)


def _is_ready(plane: ControlPlane) -> bool:
    node = plane.api().find("Node", None, OTHER_NODE) or {}
    conditions = node.get("status", {}).get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def _connect() -> None:
    """A network namespace beside that of `people` in bin/node, which knows the first node as its router."""
    router = os.environ["OML_NODE_ADDRESS"]
    for command in (
        f"netns add {OTHER_NODE}",
        f"link add {OTHER_NODE}0 type veth peer name eth0 netns {OTHER_NODE}",
        f"link set {OTHER_NODE}0 master node0 up",
        f"-n {OTHER_NODE} link set lo up",
        f"-n {OTHER_NODE} address add {ADDRESS}/24 dev eth0",
        f"-n {OTHER_NODE} link set eth0 up",
        f"-n {OTHER_NODE} route add default via {router}",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def _make_cgroups() -> None:
    for hierarchy in Path("/sys/fs/cgroup").iterdir():
        group = hierarchy / OTHER_NODE
        group.mkdir()
        for name in ("cpuset.cpus", "cpuset.mems"):
            if (group / name).exists():
                (group / name).write_text((hierarchy / name).read_text())
