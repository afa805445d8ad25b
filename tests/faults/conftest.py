"""One instance for the whole folder, deployed from inventories/test as anybody deploys one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.instance import REPOSITORY, Instance
from support.session import chosen_inventory, connected_centre, running_instance


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    yield from running_instance(chosen_inventory(REPOSITORY / "inventories" / "test"))


@pytest.fixture(scope="session")
def centre(instance: Instance) -> Iterator[Centre]:
    yield from connected_centre(instance)


@pytest.fixture(scope="session")
def history(instance: Instance) -> History:
    return History(instance)


@pytest.fixture
def carrier(instance: Instance, tmp_path: Path) -> Iterator[Carrier]:
    with Carrier(instance.setting("asterisk_trunk_listen"), instance.port("asterisk_trunk"), tmp_path) as network:
        yield network
