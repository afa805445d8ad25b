"""A Job's script reaches its shell as it is in the file: Kubernetes expands a container's command before."""

from __future__ import annotations

import pytest

from omnileads_operator.desired.backup import backup_origin
from omnileads_operator.desired.store import Step, Store, script, store_job
from tests.support.expansion import expanded
from tests.unit.conftest import MakeInstance

ORIGIN = backup_origin("centres", "back", "uid-1")


@pytest.mark.parametrize("name", ["backup", "restore", "return", "put-back", "rotate-asterisk"])
def test_a_script_is_run_as_it_is_written(name: str, instance: MakeInstance) -> None:
    job = store_job(ORIGIN, Step("restore", ("store", name)), instance(), Store(claim="back-backup"), "0.1.0")
    container = job["spec"]["template"]["spec"]["containers"][0]
    # Whatever variables there are.
    told = {"date": "no", "cat": "no", "PATH": "no"} | {each["name"]: "no" for each in container["env"]}
    assert expanded(container["command"], told) == ["bash", "-c", script("store", name)]
