"""images/build.sh: builds only what has changed, says what is wrong, and leaves nothing of the host in an image."""

from __future__ import annotations

import subprocess

import pytest
from containers import REPOSITORY, image, podman

SLUGS = ["postgres", "redis", "rtpengine", "kamailio", "asterisk", "nginx", "app", "acd", "dialer"]


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(REPOSITORY / "images" / "build.sh"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_has_not_changed_is_not_built_again() -> None:
    assert build("redis").returncode == 0
    again = build("redis")
    assert again.stdout.splitlines()[1].split()[0] == image("redis")
    assert again.stdout.splitlines()[1].endswith("unchanged")
    assert again.stderr == ""


def test_an_unknown_image_is_refused_with_the_known_ones() -> None:
    refused = build("radio")
    assert refused.returncode == 1
    assert "there is no image called radio; there are: postgres redis" in refused.stderr


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_of_the_building_host_stays(slug: str) -> None:
    inside = podman("run", "--rm", "--entrypoint", "sh", image(slug), "-c", "ls -A /mnt /root /tmp; env | cut -d= -f1")
    names = set(inside.stdout.split())
    assert not names & {"host", "pip.conf", "ca.crt", "PIP_CERT", "PIP_CONFIG_FILE", "SSL_CERT_FILE", ".cache", ".npm"}
    history = podman("history", "--no-trunc", "--format", "{{.CreatedBy}}", image(slug)).stdout
    assert "index-url" not in history


@pytest.mark.parametrize("slug", SLUGS)
def test_no_image_holds_a_package_cache(slug: str) -> None:
    find = "ls -A /var/lib/apt/lists /var/cache/apt/archives 2>/dev/null | grep -c '\\.deb$\\|Packages$' || true"
    assert podman("run", "--rm", "--entrypoint", "sh", image(slug), "-c", find).stdout.strip() == "0"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_image_has_a_health_check_and_an_init(slug: str) -> None:
    described = podman(
        "image", "inspect", "--format", "{{.HealthCheck.Test}} {{.Config.Entrypoint}}", image(slug)
    ).stdout
    assert "healthcheck.sh" in described
    assert "tini" in described
