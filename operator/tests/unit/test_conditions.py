"""Conditions keep the time of their last change, and only changes are told."""

from __future__ import annotations

from datetime import UTC, datetime

from omnileads_operator.conditions import Finding, conditions, transitions

NOON, LATER = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=UTC)
READY = Finding("Ready", is_true=True, reason="Ready", message="All is well.")


def test_the_time_of_an_unchanged_status_stays() -> None:
    before = conditions([READY], [], 1, NOON)
    after = conditions([Finding("Ready", is_true=True, reason="Upgrading", message="")], before, 2, LATER)
    assert after[0]["lastTransitionTime"] == before[0]["lastTransitionTime"] == "2026-01-01T12:00:00Z"
    assert after[0]["observedGeneration"] == 2


def test_the_time_of_a_changed_status_is_now() -> None:
    before = conditions([READY], [], 1, NOON)
    after = conditions([Finding("Ready", is_true=None, reason="Lost", message="")], before, 1, LATER)
    assert (after[0]["status"], after[0]["lastTransitionTime"]) == ("Unknown", "2026-01-01T13:00:00Z")


def test_only_changes_are_told() -> None:
    before = conditions([READY], [], 1, NOON)
    assert transitions([READY], []) == [READY]
    assert transitions([Finding("Ready", is_true=True, reason="Ready", message="Other words.")], before) == []
    changed = Finding("Ready", is_true=False, reason="ComponentsNotReady", message="")
    assert transitions([changed], before) == [changed]
