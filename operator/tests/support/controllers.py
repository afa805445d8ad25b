"""The real kube-controller-manager, for tests that need what it does: pods of workloads, ends of jobs, garbage."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import urllib3

from tests.support.control_plane import ControlPlane, free_port
from tests.support.process import wait_for

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
    port, log = free_port(), plane.folder / "kube-controller-manager.log"
    flags = [
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
    with log.open("wb") as output:
        process = subprocess.Popen([str(program), *flags], stdout=output, stderr=output)

    def is_healthy() -> bool:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            answer = urllib3.PoolManager(cert_reqs="CERT_NONE").request(
                "GET", f"https://127.0.0.1:{port}/healthz", timeout=2.0, retries=False
            )
        except (urllib3.exceptions.HTTPError, OSError):
            return False
        return answer.status == 200

    try:
        with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
            wait_for("the controllers", is_healthy, evidence=lambda: log.read_text(errors="replace")[-3000:])
        yield
    finally:
        process.kill()
        process.wait(timeout=30)
