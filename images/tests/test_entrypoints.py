"""What every image promises about its environment and its process."""

from __future__ import annotations

import pytest
from containers import eventually, podman
from settings import SETTINGS, Setting

from conftest import Start


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.slug)
def test_a_missing_variable_is_named_in_one_sentence(start: Start, setting: Setting) -> None:
    for name in setting.required:
        environment = {key: value for key, value in setting.environment().items() if key != name}
        container = start(setting.slug, environment, *setting.command, wait=False)
        assert container.wait_for_exit() == 1
        assert (
            container.logs().strip()
            == f"{setting.process}: the environment variable {name} is required and is not set."
        )


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s.stands_alone], ids=lambda setting: setting.slug)
def test_it_comes_back_after_kill_9(start: Start, setting: Setting) -> None:
    container = start(setting.slug, setting.environment(), *setting.command, restart="always")
    first = container.program_id()
    container.kill_main_process()
    eventually(lambda: container.program_id() != first, evidence=container.logs)
    container.wait_until_healthy()


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s.stands_alone], ids=lambda setting: setting.slug)
def test_the_program_does_not_run_as_root(start: Start, setting: Setting) -> None:
    container = start(setting.slug, setting.environment(), *setting.command)
    processes = podman("top", container.name, "user", "comm").stdout.splitlines()[1:]
    as_root = {line.split()[1] for line in processes if line.split()[0] == "root"}
    assert as_root <= {"tini"} | setting.root_processes
