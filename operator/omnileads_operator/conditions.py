"""Conditions: what is known about a resource, and when it changed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from omnileads_operator.stamps import stamp


@dataclass(frozen=True)
class Finding:
    """One condition as it was found now. `is_true` null: it is not known."""

    type: str
    is_true: bool | None
    reason: str
    message: str = ""

    @property
    def status(self) -> str:
        return "Unknown" if self.is_true is None else str(self.is_true)


def conditions(
    findings: Sequence[Finding], before: Sequence[dict[str, Any]], generation: int, now: datetime
) -> list[dict[str, Any]]:
    """The conditions to write; the time of one whose status is as before stays."""
    known = {condition["type"]: condition for condition in before}
    return [_condition(finding, known.get(finding.type), generation, now) for finding in findings]


def transitions(findings: Sequence[Finding], before: Sequence[dict[str, Any]]) -> list[Finding]:
    """The findings that people should hear of: another status or another reason than before."""
    known = {condition["type"]: (condition["status"], condition["reason"]) for condition in before}
    return [finding for finding in findings if known.get(finding.type) != (finding.status, finding.reason)]


def _condition(finding: Finding, before: dict[str, Any] | None, generation: int, now: datetime) -> dict[str, Any]:
    is_as_before = before is not None and before["status"] == finding.status
    return {
        "type": finding.type,
        "status": finding.status,
        "reason": finding.reason,
        "message": finding.message,
        "observedGeneration": generation,
        "lastTransitionTime": before["lastTransitionTime"] if before is not None and is_as_before else stamp(now),
    }
