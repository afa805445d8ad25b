"""The image, restricted as its Deployment restricts it, keeps an instance. Needs `images/build.sh operator`."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from omnileads_operator.version import VERSION
from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.control_plane import ControlPlane, free_port
from tests.support.process import OperatorProcess, wait_for

IMAGE = f"localhost/omnileads/operator:{VERSION}"


def podman(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def container(plane: ControlPlane, operator: OperatorProcess) -> Iterator[str]:
    """The image, instead of the operator that the other tests share."""
    if shutil.which("podman") is None or podman("image", "exists", IMAGE).returncode != 0:
        pytest.skip(f"{IMAGE} is not built; images/build.sh operator builds it")
    name = f"oml-test-{secrets.token_hex(6)}"
    token = plane.api().token_of("omnileads-operator", "omnileads-operator")
    kubeconfig = plane.kubeconfig("image", token)
    ports = {"OPERATOR_METRICS_PORT": str(free_port()), "OPERATOR_HEALTH_PORT": str(free_port())}
    environment = {**ports, "KUBECONFIG": "/kubernetes/image.kubeconfig", "OPERATOR_RESYNC_SECONDS": "3"}
    kubeconfig.write_text(kubeconfig.read_text().replace(str(plane.authority), "/kubernetes/apiserver.crt"))
    for path in (kubeconfig, plane.authority):
        path.chmod(0o644)
    operator.stop()
    started = podman(
        *["run", "--detach", "--name", name, "--network", "host", "--read-only", "--cap-drop", "all"],
        *["--security-opt", "no-new-privileges", "--volume", f"{kubeconfig}:/kubernetes/image.kubeconfig:ro"],
        *["--volume", f"{plane.authority}:/kubernetes/apiserver.crt:ro"],
        *(argument for each in environment.items() for argument in ("--env", "=".join(each))),
        IMAGE,
    )
    assert started.returncode == 0, started.stderr
    yield name
    podman("rm", "--force", "--time", "5", name)
    operator.start()


def test_the_image_keeps_an_instance(container: str, api: Api, operator: OperatorProcess, namespace: str) -> None:
    def log() -> str:
        return podman("logs", container).stderr[-3000:]

    wait_for("the image's health", lambda: podman("exec", container, "healthcheck.sh").returncode == 0, evidence=log)
    assert podman("exec", container, "id", "-u").stdout.strip() == "1507"
    instance = InstanceUnderTest(api, operator, namespace).create()
    instance.make_ready()
