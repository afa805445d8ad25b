"""Session fixtures of a folder of tests: its instance brought up, an administrator, the carrier connected."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from support.centre import Centre
from support.instance import Instance

KEEP = "OML_TEST_KEEP"
"""Set to yes: an instance that a session brought up stays, so that the next session begins at once."""


INVENTORY = "OML_TEST_INVENTORY"
"""Another inventory to deploy and test, as when the ports of inventories/test are taken."""


def chosen_inventory(default: Path) -> Path:
    named = os.environ.get(INVENTORY)
    return Path(named).resolve() if named else default


def running_instance(
    inventory: Path, *, processes: tuple[str, ...] | None = None, tags: str = ""
) -> Iterator[Instance]:
    """The instance of an inventory. One that runs is used as it is and left alone; else `make up`, `make destroy`."""
    instance = Instance(inventory) if processes is None else Instance(inventory, processes=processes)
    was_up = instance.is_up()
    if not was_up:
        instance.make("up", TAGS=tags)
        instance.wait_until_up()
    yield instance
    if not was_up and os.environ.get(KEEP) != "yes":
        instance.make("destroy", CONFIRM="yes")


def connected_centre(instance: Instance) -> Iterator[Centre]:
    """A centre with the trunk to the tests' carrier."""
    centre = Centre(instance)
    centre.connect_to_carrier()
    yield centre
    centre.close()
