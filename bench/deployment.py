"""How long a first and a second `make up` take, how large the images are, and what the containers need at rest.

Works in a clone of the repository with container storage of its own, so that it starts from nothing and leaves the
images and instances of the machine alone. The inventory is inventories/test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.errors import CannotMeasureError
from bench.report import REPOSITORY, Goal, Result
from bench.stack import proportional_kb, with_descendants

INVENTORY = "inventories/test"
INSTANCE = "oml-test"
REST_SECONDS = 60
FIRST_GOAL_SECONDS = 600
SECOND_GOAL_SECONDS = 60
SIZE_GOAL_GB = 1.0

METHOD = f"""\
The commit is cloned into an empty folder and `make up INVENTORY={INVENTORY}` is run there with empty container
storage, an empty pip cache and an empty npm cache: nothing but the host's own Debian packages is there (they are
downloaded and installed before on a fresh machine, which takes a minute or two more). Then the same command is run
again; Ansible's own count says what it changed. {REST_SECONDS} s later the containers' proportional memory is read.
Image sizes: all images are pushed into one OCI folder, where each layer is there once and compressed with gzip; the
sum of the layers is what a registry would hold."""


def run(*, quick: bool) -> Result:
    """`quick` is not told apart: there is one first time."""
    del quick
    if os.geteuid() != 0:
        raise CannotMeasureError("a deployment needs root; run it with sudo")
    if Path("/etc", INSTANCE).exists():
        raise CannotMeasureError(f"the instance {INSTANCE} exists; remove it with `make destroy INVENTORY={INVENTORY}`")
    with tempfile.TemporaryDirectory(prefix="oml-bench-deployment-") as folder:
        place = Path(folder)
        clone = place / "omnileads"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
        environment = _environment(place)
        try:
            first, _ = _make(clone, environment, "up")
            second, output = _make(clone, environment, "up")
            time.sleep(REST_SECONDS)
            memory = _memory_mb(environment)
            sizes = _image_sizes(place, environment)
        finally:
            _make(clone, environment | {"CONFIRM": "yes"}, "destroy", check=False)
            _forget_storage(place, environment)
    changed = _changed(output)
    return Result(
        benchmark="deployment",
        method=METHOD,
        baseline="the first `make up`",
        ratio=round(second / first, 3),
        figures={
            "first_up_seconds": round(first, 1),
            "second_up_seconds": round(second, 1),
            "second_up_changed": changed,
            "memory_at_rest_mb": memory | {"all": round(sum(memory.values()), 1)},
            "images_uncompressed_mb": sizes["uncompressed"],
            "images_compressed_together_gb": sizes["together_gb"],
            "images_compressed_mb": sizes["compressed"],
        },
        goals=[
            Goal("first `make up`", first, FIRST_GOAL_SECONDS, "s"),
            Goal("second `make up`", second, SECOND_GOAL_SECONDS, "s"),
            Goal("changes of the second `make up`", changed, 0, ""),
            Goal("images compressed together", sizes["together_gb"], SIZE_GOAL_GB, "GB"),
        ],
        parameters={"inventory": INVENTORY},
    )


def _environment(place: Path) -> dict[str, str]:
    """Storage and caches in the folder, everything else as it is."""
    storage = place / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{place / "graph"}"\nrunroot = "{place / "run"}"\n')
    return dict(os.environ) | {
        "CONTAINERS_STORAGE_CONF": str(storage),
        "PIP_CACHE_DIR": str(place / "pip"),
        "npm_config_cache": str(place / "npm"),
        "VIRTUAL_ENV": "",
    }


def _make(clone: Path, environment: Mapping[str, str], verb: str, *, check: bool = True) -> tuple[float, str]:
    """Seconds taken and what was printed."""
    started = time.monotonic()
    command = ["make", verb, f"INVENTORY={INVENTORY}"]
    result = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if check and result.returncode != 0:
        raise RuntimeError(f"`make {verb}` failed:\n{result.stdout[-4000:]}{result.stderr[-2000:]}")
    print(f"  make {verb}: {seconds:.0f} s", flush=True)
    return seconds, result.stdout


def _changed(output: str) -> int:
    """What Ansible changed in all plays of one `make up`."""
    return sum(int(count) for count in re.findall(r"\bchanged=(\d+)", output))


def _podman(environment: Mapping[str, str], *arguments: str) -> str:
    return subprocess.run(["podman", *arguments], env=environment, capture_output=True, text=True, check=True).stdout


def _memory_mb(environment: Mapping[str, str]) -> dict[str, float]:
    """Proportional memory of each container's processes."""
    names = _podman(environment, "ps", "--format", "{{.Names}}", "--filter", f"name=^{INSTANCE}-").split()
    memory = {}
    for name in sorted(names):
        root = int(_podman(environment, "inspect", "--format", "{{.State.Pid}}", name))
        kilobytes = sum(proportional_kb(pid) for pid in with_descendants(root))
        memory[name.removeprefix(f"{INSTANCE}-")] = round(kilobytes / 1024, 1)
    return memory


def _image_sizes(place: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Sizes by slug in MB, and of all compressed layers together in GB (10^9)."""
    version = (REPOSITORY / "VERSION").read_text().strip()
    layout = place / "oci"
    uncompressed: dict[str, float] = {}
    compressed: dict[str, float] = {}
    for line in _podman(environment, "images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if not re.fullmatch(rf".*/omnileads/[a-z]+:{re.escape(version)}", line):
            continue
        slug = line.rpartition("/")[2].partition(":")[0]
        uncompressed[slug] = round(
            int(_podman(environment, "image", "inspect", "--format", "{{.Size}}", line)) / 1e6, 1
        )
        _podman(environment, "push", "--quiet", line, f"oci:{layout}:{slug}")
        compressed[slug] = round(_compressed_bytes(layout, slug) / 1e6, 1)
    together = sum(path.stat().st_size for path in (layout / "blobs" / "sha256").iterdir())
    return {"uncompressed": uncompressed, "compressed": compressed, "together_gb": round(together / 1e9, 3)}


def _compressed_bytes(layout: Path, slug: str) -> int:
    """The layers of one image in an OCI folder."""
    index = json.loads((layout / "index.json").read_text())
    names = "org.opencontainers.image.ref.name"
    digest = next(entry["digest"] for entry in index["manifests"] if entry["annotations"][names] == slug)
    manifest = json.loads((layout / "blobs" / digest.replace(":", "/")).read_text())
    return sum(int(layer["size"]) for layer in manifest["layers"])


def _forget_storage(place: Path, environment: Mapping[str, str]) -> None:
    """Unmount and delete the container storage, whose files the folder's own removal could not reach."""
    subprocess.run(["podman", "system", "reset", "--force"], env=environment, capture_output=True, check=False)
    shutil.rmtree(place / "graph", ignore_errors=True)
