"""containerd with our images, and with nothing of earlier runs but those."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.support.started import started

SOCKET = "/run/containerd/containerd.sock"
PAUSE = "localhost/omnileads-node/pause:1"
POD_NETWORK = "10.244.0.0/24"
# What knows of images and their layers, and also of containers: it is kept as it was before the first of these.
STATES = ("io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db")
KEPT = ("io.containerd.content.v1.content", "io.containerd.metadata.v1.bolt", "io.containerd.snapshotter.v1.overlayfs")


@contextmanager
def containers(folder: Path, programs: Path) -> Iterator[None]:
    images = Path(os.environ["OML_NODE_CACHE"]) / "images"
    root = images / "containerd"
    archive = os.environ["OML_NODE_IMAGES"]
    if archive:
        _import(folder, programs, root, Path(archive))
    for found in root.iterdir():
        if found.name not in KEPT and found.is_dir():
            shutil.rmtree(found)
    for state in STATES:
        shutil.copy(images / Path(state).parent.name, root / state)
    with _containerd(folder, programs, root):
        yield


def _import(folder: Path, programs: Path, root: Path, archive: Path) -> None:
    images = root.parent
    pause = folder / "pause.tar"
    _write_image(pause, programs / "pause")
    with _containerd(folder, programs, root):
        for each in (pause, archive):
            subprocess.run(
                [*_ctr(programs), "images", "import", "--no-unpack=false", each], check=True, capture_output=True
            )
    for state in STATES:
        shutil.copy(root / state, images / Path(state).parent.name)
    archive.unlink()
    # By this name bin/node knows that the images are there.
    archive.with_suffix("").touch()


def _containerd(folder: Path, programs: Path, root: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    network = folder / "network"
    network.mkdir(exist_ok=True)
    (network / "pods.conflist").write_text(json.dumps(_network()))
    settings = folder / "containerd.toml"
    settings.write_text(
        f"""\
version = 4
root = "{root}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
address = "{SOCKET}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "{PAUSE}"
[plugins.'io.containerd.cri.v1.runtime']
# Where root may not make a process safer from the kernel's want of memory than itself, no pod could start.
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["{programs}"]
conf_dir = "{network}"
"""
    )
    return started(
        [programs / "containerd", "--config", settings],
        folder / "containerd.log",
        lambda: subprocess.run([*_ctr(programs), "version"], capture_output=True, check=False).returncode == 0,
        {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
    )


def _ctr(programs: Path) -> list[str]:
    return [str(programs / "ctr"), "--address", SOCKET, "--namespace", "k8s.io"]


def _network() -> dict[str, object]:
    addresses = {
        "type": "host-local",
        "dataDir": "/run/pod-addresses",
        "ranges": [[{"subnet": POD_NETWORK}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "pods0", "isGateway": True, "hairpinMode": True, "ipam": addresses}
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge]}


def _write_image(path: Path, program: Path) -> None:
    """The image of what holds a pod's namespaces: one program."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as files:
        files.add(program, "pause")
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [PAUSE], "Layers": ["layer.tar"]}]
    parts = {
        "config.json": json.dumps(config).encode(),
        "layer.tar": layer.getvalue(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    with tarfile.open(path, "w") as files:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            files.addfile(entry, io.BytesIO(content))
