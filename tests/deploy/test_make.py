"""The verbs people deploy with, from a clean clone: up, up again, down, up, destroy. In this order, on one instance."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.api import Api
from support.instance import REPOSITORY, Instance

INVENTORY = Path("tests/deploy/inventory")

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The instance of a clone of what is committed here, without anything that was built or installed."""
    clone = tmp_path_factory.mktemp("clone") / "omnileads"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", REPOSITORY, clone], check=True)
    deployed = Instance(clone / INVENTORY, repository=clone)
    deployed.make("destroy", CONFIRM="yes")
    yield deployed
    deployed.make("destroy", CONFIRM="yes")


def _changes(output: str) -> int:
    """How much Ansible changed, by its recap."""
    found = re.findall(r"changed=(\d+)", output)
    assert found, output[-2000:]
    return int(found[-1])


def test_up_ends_with_a_console_that_answers(instance: Instance) -> None:
    output = instance.make("up")
    assert instance.is_up(), instance.evidence()
    assert instance.url in output
    assert str(instance.config_folder / "admin-password") in output
    assert instance.admin_password not in output
    with Api(instance.url, instance.tls()) as api:
        signed_in = api.sign_in("admin", instance.admin_password)
        assert signed_in["user"]["role"]["slug"] == "administrator"
        api.post("/agent-groups", name="kept")


def test_up_again_changes_nothing(instance: Instance) -> None:
    assert _changes(instance.make("up")) == 0


def test_down_and_up_keep_all_data(instance: Instance) -> None:
    secrets = instance.secrets
    instance.make("down")
    assert not any(instance.process(name).is_running() for name in instance.process_names)
    instance.make("up")
    assert instance.is_up(), instance.evidence()
    with Api(instance.url, instance.tls()) as api:
        api.sign_in("admin", instance.admin_password)
        assert [group["name"] for group in api.get("/agent-groups", search="kept")["items"]] == ["kept"]
    assert Instance(instance.inventory).secrets == secrets


def test_destroy_leaves_nothing(instance: Instance) -> None:
    instance.make("destroy", CONFIRM="yes")
    names = subprocess.run(
        ["podman", "ps", "--all", "--format", "{{.Names}}"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert [name for name in names if name.startswith(f"{instance.name}-")] == []
    places = ("/etc", "/var/lib", "/var/spool", "/var/log", "/run", "/etc/systemd/system")
    assert [path for place in places for path in Path(place).glob(f"{instance.name}*")] == []
