"""containerd with our images, and with nothing of earlier runs but those."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.started import started

PAUSE = "localhost/omnileads-node/pause:1"
POD_NETWORK = "10.244.0.0/24"
# What knows of images and their layers, and also of containers: it is kept as it was before the first of these.
STATES = ("io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db")
KEPT = ("io.containerd.content.v1.content", "io.containerd.metadata.v1.bolt", "io.containerd.snapshotter.v1.overlayfs")


@dataclass(frozen=True)
class Containerd:
    """One containerd: its programs, its log and settings (`folder`), what it keeps, and what it has while it runs."""

    programs: Path
    folder: Path
    root: Path
    state: Path = Path("/run/containerd")
    before: Sequence[str] = ()
    """What its command begins with, for one on another network."""

    @property
    def socket(self) -> Path:
        return self.state / "containerd.sock"

    def ctr(self, *arguments: str | Path) -> list[str | Path]:
        return [self.programs / "ctr", "--address", self.socket, "--namespace", "k8s.io", *arguments]

    def load(self, archive: Path) -> None:
        subprocess.run(self.ctr("images", "import", "--no-unpack=false", archive), check=True, capture_output=True)

    def save(self, archive: Path, *images: str) -> None:
        subprocess.run(self.ctr("images", "export", archive, *images), check=True, capture_output=True)

    def tag(self, image: str, other: str) -> None:
        subprocess.run(self.ctr("images", "tag", image, other), check=True, capture_output=True)

    def started(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        network = self.folder / "network"
        network.mkdir(exist_ok=True)
        (network / "pods.conflist").write_text(json.dumps(_network()))
        settings = self.folder / "containerd.toml"
        settings.write_text(
            f"""\
version = 4
root = "{self.root}"
state = "{self.state}"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[plugins.'io.containerd.server.v1.grpc']
address = "{self.socket}"
[plugins.'io.containerd.server.v1.ttrpc']
address = "{self.socket}.ttrpc"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "{PAUSE}"
[plugins.'io.containerd.cri.v1.runtime']
# Where root may not make a process safer from the kernel's want of memory than itself, no pod could start.
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["{self.programs}"]
conf_dir = "{network}"
"""
        )
        return started(
            [*self.before, self.programs / "containerd", "--config", settings],
            self.folder / "containerd.log",
            lambda: subprocess.run(self.ctr("version"), capture_output=True, check=False).returncode == 0,
            {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"},
        )


def containerd_of_the_node(folder: Path) -> Containerd:
    root = Path(os.environ["OML_NODE_CACHE"]) / "images" / "containerd"
    return Containerd(Path(os.environ["OML_NODE_PROGRAMS"]), folder, root)


@contextmanager
def containers(folder: Path) -> Iterator[None]:
    containerd = containerd_of_the_node(folder)
    root, images = containerd.root, containerd.root.parent
    archive = os.environ["OML_NODE_IMAGES"]
    if archive:
        _import(containerd, Path(archive))
    for found in root.iterdir():
        if found.name not in KEPT and found.is_dir():
            shutil.rmtree(found)
    for state in STATES:
        shutil.copy(images / Path(state).parent.name, root / state)
    with containerd.started():
        yield


def _import(containerd: Containerd, archive: Path) -> None:
    images = containerd.root.parent
    pause = containerd.folder / "pause.tar"
    _write_image(pause, containerd.programs / "pause")
    with containerd.started():
        for each in (pause, archive):
            containerd.load(each)
    for state in STATES:
        shutil.copy(containerd.root / state, images / Path(state).parent.name)
    archive.unlink()
    # By this name bin/node knows that the images are there.
    archive.with_suffix("").touch()


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
