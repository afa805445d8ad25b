"""The real kube-controller-manager, for tests that need what it does: pods of workloads, ends of jobs, garbage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.control_plane import ControlPlane, free_port
from tests.support.started import answers, started

CONTROLLERS = (
    "garbage-collector-controller",
    "serviceaccount-controller",
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "job-controller",
    "disruption-controller",
    "horizontal-pod-autoscaler-controller",
    # Lets go of volumes that no pod uses.
    "persistentvolumeclaim-protection-controller",
)
"""Not those that watch nodes or volumes, of which there are none."""


@contextmanager
def controllers(plane: ControlPlane) -> Iterator[None]:
    program = plane.programs / "kube-controller-manager"
    if not program.exists():
        pytest.skip(f"there is no kube-controller-manager beside the others in {plane.programs}")
    port = free_port()
    command = [
        str(program),
        f"--kubeconfig={plane.kubeconfig('controllers', plane.token)}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--cert-dir={plane.folder / 'controller-certificates'}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--horizontal-pod-autoscaler-sync-period=2s",
        "--v=0",
    ]
    log = plane.folder / "kube-controller-manager.log"
    with started(command, log, lambda: answers(f"https://127.0.0.1:{port}/healthz")):
        yield
