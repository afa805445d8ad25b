"""A Kubernetes of one real node: all of its programs, on a network of their own. Runs inside of `bin/node run` only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.node.containers import POD_NETWORK, containerd_of_the_node, containers
from tests.support.control_plane import REPOSITORY, ControlPlane
from tests.support.installed import installed
from tests.support.started import answers, started

NODE = "node"
OTHER_NODE = "other"
"""One that `second_node` may add, and that reaches the same disk."""
API_PORT = 6443
ZONE = "cluster.local"
VOLUMES = 12


@contextmanager
def machine(folder: Path) -> Iterator[ControlPlane]:
    address, programs = os.environ["OML_NODE_ADDRESS"], Path(os.environ["OML_NODE_PROGRAMS"])
    kubernetes = kubernetes_programs()
    with ExitStack() as running:
        running.enter_context(containers(folder))
        plane = running.enter_context(installed(folder, address, API_PORT))
        kubeconfig = plane.kubeconfig("node", plane.token)
        for command, health in (
            (_controllers(kubernetes, plane, kubeconfig), "https://127.0.0.1:10257/healthz"),
            (_scheduler(kubernetes, kubeconfig), "https://127.0.0.1:10259/healthz"),
            (_dns(programs, folder, address, kubeconfig), f"http://{address}:8181/ready"),
            (
                kubelet(kubernetes, folder, NODE, address, containerd_of_the_node(folder).socket, kubeconfig),
                f"http://{address}:10248/healthz",
            ),
            (_proxy(kubernetes, folder, kubeconfig), "http://127.0.0.1:10256/healthz"),
        ):
            log = folder / f"{Path(command[0]).name}.log"
            running.enter_context(started(command, log, lambda health=health: answers(health)))  # type: ignore[misc]
        _add_storage(plane, folder)
        yield plane


def kubernetes_programs() -> Path:
    command = [str(REPOSITORY / "bin" / "control-plane"), "kubelet", "kube-proxy", "kube-scheduler"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def _controllers(kubernetes: Path, plane: ControlPlane, kubeconfig: Path) -> list[str]:
    return [
        str(kubernetes / "kube-controller-manager"),
        f"--kubeconfig={kubeconfig}",
        f"--cert-dir={plane.folder / 'controllers'}",
        f"--root-ca-file={plane.authority}",
        f"--service-account-private-key-file={plane.folder / 'service-accounts.key'}",
        "--use-service-account-credentials=false",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--authorization-always-allow-paths=/healthz",
        "--v=1",
    ]


def _scheduler(kubernetes: Path, kubeconfig: Path) -> list[str]:
    return [
        str(kubernetes / "kube-scheduler"),
        f"--kubeconfig={kubeconfig}",
        f"--cert-dir={kubeconfig.parent / 'scheduler'}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--authorization-always-allow-paths=/healthz",
    ]


def _dns(programs: Path, folder: Path, address: str, kubeconfig: Path) -> list[str]:
    """The names of Services and pods; there are no others."""
    settings = folder / "Corefile"
    settings.write_text(
        f"""\
. {{
    bind {address}
    ready {address}:8181
    errors
    kubernetes {ZONE} {{
        kubeconfig {kubeconfig}
    }}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""
    )
    return [str(programs / "coredns"), "-conf", str(settings), "-dns.port", "53"]


def kubelet(
    kubernetes: Path, folder: Path, name: str, address: str, socket: Path, kubeconfig: Path, **settings: Any
) -> list[str]:
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {os.environ['OML_NODE_ADDRESS']}\n")
    written = _write(
        folder / "kubelet.yaml",
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "failCgroupV1": False,
            "cgroupDriver": "cgroupfs",
            "containerRuntimeEndpoint": f"unix://{socket}",
            "clusterDNS": [os.environ["OML_NODE_ADDRESS"]],
            "clusterDomain": ZONE,
            "resolvConf": str(resolver),
            "podLogsDir": str(folder / "pods"),
            "healthzBindAddress": address,
            "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
            "authorization": {"mode": "AlwaysAllow"},
            "failSwapOn": False,
            # The disk and the memory are shared with others, whose use is no reason to evict.
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "maxPods": 100,
            # How often files of Secrets are renewed; a minute where nobody says otherwise.
            "syncFrequency": "10s",
            **settings,
        },
    )
    return [
        str(kubernetes / "kubelet"),
        f"--config={written}",
        f"--kubeconfig={kubeconfig}",
        f"--root-dir={folder / 'kubelet'}",
        f"--cert-dir={folder / 'kubelet-certificates'}",
        f"--hostname-override={name}",
        f"--node-ip={address}",
        "--node-labels=omnileads.org/voice=true",
        "--v=2",
    ]


def _proxy(kubernetes: Path, folder: Path, kubeconfig: Path) -> list[str]:
    settings = _write(
        folder / "proxy.yaml",
        {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "clientConnection": {"kubeconfig": str(kubeconfig)},
            "clusterCIDR": POD_NETWORK,
            "hostnameOverride": NODE,
            "conntrack": {"maxPerCore": 0, "min": 0},
        },
    )
    return [str(kubernetes / "kube-proxy"), f"--config={settings}"]


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content))
    return path


def _add_storage(plane: ControlPlane, folder: Path) -> None:
    """Volumes that are there before anybody asks; their class is the default one."""
    api = plane.api()
    api.create(
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": "local",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": "kubernetes.io/no-provisioner",
            "volumeBindingMode": "WaitForFirstConsumer",
        }
    )
    here = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE, OTHER_NODE]}]}
    for number in range(VOLUMES):
        path = folder / f"volume-{number}"
        path.mkdir()
        api.create(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": path.name},
                "spec": {
                    "capacity": {"storage": "50Gi"},
                    "accessModes": ["ReadWriteOnce", "ReadWriteMany"],
                    "storageClassName": "local",
                    "local": {"path": str(path)},
                    "nodeAffinity": {"required": {"nodeSelectorTerms": [here]}},
                },
            }
        )
