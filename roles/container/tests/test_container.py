"""What the container module derives from a description, without podman; molecule/default proves it with podman."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import container
import pytest
import yaml

SECRET = "Zq8-only-in-the-env-file"


def service(tmp_path: Path, *, has_systemd: bool = False, **changes: Any) -> Any:
    defaults = {name: option.get("default") for name, option in container.argument_spec().items()}
    described = {
        "instance": "oml-unit",
        "name": "acd",
        "config_dir": str(tmp_path),
        "image": "localhost/omnileads/acd:1",
        "env": {"ACD_PORT": 8001},
        "secret_env": {"REDIS_PASSWORD": SECRET},
    }
    return container.Service({**defaults, **described, **changes}, has_systemd=has_systemd)


def test_secrets_are_in_the_env_file_and_nowhere_else(tmp_path: Path) -> None:
    described = service(tmp_path, has_systemd=True)
    assert f"REDIS_PASSWORD={SECRET}\n" in described.env_text()
    assert SECRET not in " ".join(described.service_options())
    assert SECRET not in described.unit_text()
    assert SECRET not in str(described.digests("sha256:1"))


def test_env_file_keeps_values_literally() -> None:
    assert container.env_file_text({"B": "x 'y\"$z", "A": 1}) == "A=1\nB=x 'y\"$z\n"


def test_a_value_of_several_lines_is_refused_by_name() -> None:
    with pytest.raises(container.ContainerError, match="NOTE spans several lines"):
        container.env_file_text({"NOTE": "one\ntwo"})


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"env": {"ACD_PORT": 8002}}, "environment"),
        ({"secret_env": {"REDIS_PASSWORD": "another-secret"}}, "environment"),
        ({"memory": "1g"}, "options"),
        ({"command": ["oml", "acd"]}, "options"),
    ],
)
def test_each_change_is_told_by_its_part(tmp_path: Path, changes: dict[str, Any], part: str) -> None:
    before = service(tmp_path).digests("sha256:1")
    labels = {container.DIGEST_LABEL + name: value for name, value in before.items()}
    found = {"Config": {"Labels": labels}}
    assert container.changed_parts(found, before) == []
    assert container.changed_parts(found, service(tmp_path, **changes).digests("sha256:1")) == [part]
    assert container.changed_parts(found, service(tmp_path).digests("sha256:2")) == ["image"]


def test_a_container_whose_process_is_gone_unseen_is_lost() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert container.is_lost({"State": {"Pid": ended.pid, "Status": "running"}})
    assert not container.is_lost({"State": {"Pid": os.getpid(), "Status": "running"}})
    assert not container.is_lost({"State": {"Pid": 0, "Status": "exited"}})
    assert not container.is_lost(None)


def test_without_systemd_podman_restarts_it(tmp_path: Path) -> None:
    assert "--restart=always" in service(tmp_path).service_options()


def test_with_systemd_the_unit_restarts_it(tmp_path: Path) -> None:
    described = service(tmp_path, has_systemd=True, after=["redis"], stop_timeout_seconds=20)
    assert "--restart=no" in described.service_options()
    unit = described.unit_text()
    for line in ("Restart=always", "After=network-online.target oml-unit-redis.service", "TimeoutStopSec=50"):
        assert f"{line}\n" in unit
    assert f"PIDFile={described.pid_file}\n" in unit
    assert f"--conmon-pidfile={described.pid_file}" in described.service_options()


def test_all_capabilities_are_dropped_but_the_named(tmp_path: Path) -> None:
    options = service(tmp_path, capabilities=["NET_BIND_SERVICE"]).options()
    assert [option for option in options if option.startswith("--cap")] == [
        "--cap-drop=all",
        "--cap-add=NET_BIND_SERVICE",
    ]


def test_private_files_are_for_root_only(tmp_path: Path) -> None:
    path = tmp_path / "env" / "acd.env"
    container.write_private(path, "A=1\n")
    container.write_private(path, "A=2\n")
    assert path.read_text() == "A=2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["acd.env"]


def test_the_role_offers_what_the_module_takes() -> None:
    specs = yaml.safe_load((Path(__file__).parent.parent / "meta" / "argument_specs.yml").read_text())
    offered = specs["argument_specs"]["main"]["options"]["container_service"]["options"].keys()
    of_the_role = {"state", "instance", "config_dir", "log_max_size"}
    assert offered - {"starts_as_root"} | of_the_role == container.argument_spec().keys()
