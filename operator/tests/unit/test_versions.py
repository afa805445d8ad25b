"""The order of an upgrade, and which jumps there are."""

from __future__ import annotations

import pytest

from omnileads_operator.desired.instance import Observed
from omnileads_operator.desired.versions import COMPONENTS, STAGES, VersionRefusedError, check_jump, planned

OLD, NEW = "0.1.0", "0.2.0"


def running(*moved: str, settled: bool = True, migrated: bool = True) -> Observed:
    versions = {component: NEW if component in moved else OLD for component in COMPONENTS}
    return Observed(
        versions=versions,
        settled=frozenset(COMPONENTS) if settled else frozenset(),
        migrated=frozenset({NEW} if migrated else ()),
    )


def told(observed: Observed) -> set[str]:
    return {component for component, version in planned(NEW, observed).items() if version == NEW}


def test_an_installation_starts_everything_at_once() -> None:
    assert told(Observed()) == set(COMPONENTS)


def test_each_stage_waits_for_the_one_before() -> None:
    moved: set[str] = set()
    for stage in STAGES:
        assert told(running(*moved)) == moved | set(stage)
        moved |= set(stage)
        assert told(running(*moved, settled=False)) <= moved | set(STAGES[0])


def test_nothing_that_needs_the_schema_moves_before_the_migration() -> None:
    assert told(running("postgres", "redis", migrated=False)) == {"postgres", "redis"}


def test_external_data_holds_nobody_up() -> None:
    observed = Observed(
        versions={component: OLD for component in COMPONENTS if component not in STAGES[0]},
        settled=frozenset(COMPONENTS),
        migrated=frozenset({NEW}),
    )
    assert told(observed) >= {"app"}


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "3.0.0"), ("0.1.0", "0.1.0"), ("0.1.0", "0.1.9"), ("0.1.0", "0.2.5"), ("1.9.0", "1.10.0")],
)
def test_ways_that_there_are(before: str | None, after: str) -> None:
    check_jump(before, after)


@pytest.mark.parametrize(
    ("before", "after"), [("0.2.0", "0.1.9"), ("0.2.1", "0.2.0"), ("0.1.0", "0.3.0"), ("0.9.0", "1.0.0")]
)
def test_ways_that_there_are_not(before: str, after: str) -> None:
    with pytest.raises(VersionRefusedError):
        check_jump(before, after)
