"""What cannot work is refused by `site.yml` at once, with a sentence that says what to do. Starts no container."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
INVENTORY = ROOT / "molecule" / "default" / "inventory"
INSTANCE = "oml-refusals"


def play(tags: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Run site.yml as a person would, for an instance of its own, with the images taken as built."""
    extra = json.dumps({"oml_instance": INSTANCE, "precheck_images": [], **variables})
    command = ["ansible-playbook", "--inventory", str(INVENTORY), "--tags", tags, "--extra-vars", extra]
    return subprocess.run([*command, "playbooks/site.yml"], cwd=ROOT, capture_output=True, text=True, check=False)


def refusal(tags: str, **variables: Any) -> str:
    """The sentence a run was refused with."""
    result = play(tags, **variables)
    output = result.stdout + result.stderr
    assert result.returncode != 0, output
    found = re.search(r"^\[ERROR\]: Task failed: Action failed: (.*)$", output, re.MULTILINE)
    assert found, output
    return found.group(1)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(Path("/etc") / INSTANCE, ignore_errors=True)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SCA": 1800}, "The inventory sets variables that have another name now: SCA is now app_session_cookie_age"),
        ({"oml_instance": "Our Centre"}, "The name of the instance, Our Centre, may only have small letters,"),
        ({"precheck_supported": ["CentOS 7"]}, "is not supported; use one of CentOS 7."),
        ({"precheck_python_minimum": "4.0"}, "is too old; 4.0 is needed."),
        ({"precheck_memory_minimum_mb": 99999999}, "MB of memory; 99999999 MB are needed."),
        ({"precheck_disk_minimum_mb": 99999999}, "MB of free space; 99999999 MB are needed."),
        (
            {"precheck_images": ["localhost/none:0"]},
            "are not on the host: localhost/none:0. Build them with",
        ),
        ({"nginx_http_port": 11443}, "TCP port 11443 is given to both the console and the redirect to HTTPS."),
        ({"asterisk_rtp_first_port": 32299}, "The ranges for the browsers' media and the trunks' media overlap."),
    ],
)
def test_a_host_or_inventory_that_cannot_work(variables: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal("precheck", **variables)


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert f"TCP port {port} on 127.0.0.1 is needed for the console but" in refusal(
            "precheck", nginx_https_port=port
        )


def make_certificate(directory: Path, name: str) -> dict[str, str]:
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    command += ["-days", "10", "-subj", f"/CN={name}", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    return {"tls_certificate_file": str(certificate), "tls_key_file": str(key)}


def test_a_certificate_without_its_key() -> None:
    assert "Set both tls_certificate_file and tls_key_file" in refusal("tls", tls_certificate_file="/etc/cert.pem")


def test_a_certificate_with_the_key_of_another(directory: Path) -> None:
    mixed = make_certificate(directory, "one") | {"tls_key_file": make_certificate(directory, "other")["tls_key_file"]}
    assert "cannot be used: they do not belong together." in refusal("tls", **mixed)


def test_your_own_certificate_takes_the_place_of_the_self_signed_one_and_back(directory: Path) -> None:
    placed = Path("/etc") / INSTANCE / "tls" / "cert.pem"
    assert play("tls").returncode == 0
    self_signed = placed.read_text()
    own = make_certificate(directory, "own")
    assert play("tls", **own).returncode == 0
    assert placed.read_text() == Path(own["tls_certificate_file"]).read_text()
    assert play("tls").returncode == 0
    assert placed.read_text() not in (self_signed, Path(own["tls_certificate_file"]).read_text())


def test_directories_of_others_are_not_removed() -> None:
    extra = json.dumps({"oml_instance": INSTANCE, "oml_config_dir": "/etc", "remove_confirmed": True})
    command = ["ansible-playbook", "--inventory", str(INVENTORY), "--extra-vars", extra, "playbooks/remove.yml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert f"/etc is not a directory of the instance {INSTANCE} alone; it is not removed." in result.stdout
