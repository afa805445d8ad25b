"""A real Kubernetes control plane of the test session's own: etcd and kube-apiserver, on free ports of 127.0.0.1.

No kubelet runs, and no controllers unless a test starts them: what they would do, it does itself, by writing status.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.api import Api

REPOSITORY = Path(__file__).resolve().parents[3]
START_LIMIT_SECONDS = 90.0
LOOPBACK = "127.0.0.1"


@dataclass
class ControlPlane:
    """`restart()` stops the API server hard and starts it again on the same port and the same etcd."""

    folder: Path
    programs: Path
    token: str
    port: int
    etcd_port: int
    address: str = LOOPBACK
    """Where the API server listens. Pods reach another one than the loopback's, by the Service `kubernetes`."""
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{self.address}:{self.port}"

    @property
    def authority(self) -> Path:
        return self.folder / "certificates" / "apiserver.crt"

    @property
    def audit_log(self) -> Path:
        return self.folder / "audit.log"

    def api(self) -> Api:
        """As an administrator of the cluster."""
        return Api(self.url, self.token, self.authority)

    def kubeconfig(self, name: str, token: str, url: str | None = None) -> Path:
        """A kubeconfig for a bearer token, also for a way around to the API server."""
        path = self.folder / f"{name}.kubeconfig"
        cluster = {"server": url or self.url, "certificate-authority": str(self.authority)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": "tests", "user": name}}],
            "current-context": name,
        }
        path.write_text(yaml.safe_dump(content))
        return path

    def start(self) -> None:
        log = (self.folder / "kube-apiserver.log").open("ab")
        self._server = subprocess.Popen([str(self.programs / "kube-apiserver"), *self._flags()], stdout=log, stderr=log)
        self._wait_until_ready()

    def stop(self) -> None:
        if self._server:
            self._server.kill()
            self._server.wait(timeout=30)
            self._server = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _flags(self) -> list[str]:
        key = self.folder / "service-accounts.key"
        return [
            f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            f"--bind-address={self.address}",
            f"--secure-port={self.port}",
            f"--cert-dir={self.folder / 'certificates'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.tests",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            f"--endpoint-reconciler-type={'none' if self.address == LOOPBACK else 'lease'}",
            "--allow-privileged=false",
            "--profiling=false",
            f"--audit-policy-file={REPOSITORY / 'operator' / 'tests' / 'support' / 'audit.yaml'}",
            f"--audit-log-path={self.audit_log}",
            "--audit-log-format=json",
            "--audit-log-mode=blocking",
            "--v=0",
        ]

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_LIMIT_SECONDS
        while time.monotonic() < end:
            if self._server is None or self._server.poll() is not None:
                break
            try:
                if self.authority.exists() and self.api().raw("GET", "/readyz").status == 200:
                    return
            except (urllib3.exceptions.HTTPError, OSError):
                pass
            time.sleep(0.2)
        log = (self.folder / "kube-apiserver.log").read_text(errors="replace")
        raise RuntimeError(f"kube-apiserver did not become ready:\n{log[-3000:]}")


def programs() -> Path:
    """The folder of etcd and kube-apiserver. Skips the test where they cannot be had."""
    found = subprocess.run([REPOSITORY / "bin" / "control-plane"], capture_output=True, text=True, check=False)
    if found.returncode == 3:
        pytest.skip(f"no Kubernetes control plane: {found.stderr.strip().splitlines()[-1]}")
    assert found.returncode == 0, found.stderr
    return Path(found.stdout.strip())


@contextmanager
def control_plane(folder: Path, address: str = LOOPBACK, port: int | None = None) -> Iterator[ControlPlane]:
    found = programs()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "service-accounts.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    token = secrets.token_hex(16)
    (folder / "tokens.csv").write_text(f'{token},tests,tests,"system:masters"\n')
    plane = ControlPlane(folder, found, token, port or free_port(), free_port(), address)
    with _etcd(plane):
        try:
            plane.start()
            yield plane
        finally:
            plane.stop()


@contextmanager
def _etcd(plane: ControlPlane) -> Iterator[None]:
    client, peer = f"http://127.0.0.1:{plane.etcd_port}", f"http://127.0.0.1:{free_port()}"
    log = (plane.folder / "etcd.log").open("wb")
    process = subprocess.Popen(
        [
            str(plane.programs / "etcd"),
            f"--data-dir={plane.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
            "--log-level=error",
        ],
        stdout=log,
        stderr=log,
        env={**os.environ, "GOMAXPROCS": "2"},
    )
    try:
        yield
    finally:
        process.kill()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
