"""What a resource says of itself, as metrics: told after each turn, forgotten when it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from omnileads_operator.metrics import ASTERISKS, BACKUP_ENDED, CERTIFICATE_ENDS, CONDITION, READY, ROTATING
from omnileads_operator.stamps import moment_of

RESTING: Final = "Resting"
"""`status.secrets.step` where no rotation is under way."""
STATUSES: Final = ("True", "False", "Unknown")


def tell(kind: str, resource: Mapping[str, Any]) -> None:
    metadata, status = resource["metadata"], resource.get("status") or {}
    namespace, name = metadata["namespace"], metadata["name"]
    for condition in status.get("conditions") or []:
        for each in STATUSES:
            CONDITION.labels(kind, namespace, name, condition["type"], each).set(condition["status"] == each)
    if kind == "OMniLeadsBackup" and _is_complete(status):
        ended = moment_of(status["completedAt"]).timestamp()
        BACKUP_ENDED.labels(namespace, name, resource["spec"]["instance"]).set(ended)
    if kind == "OMniLeads":
        ROTATING.labels(namespace, name).set((status.get("secrets") or {}).get("step", RESTING) != RESTING)


def forget(kind: str, namespace: str, name: str) -> None:
    for gauge in (READY, CONDITION):
        gauge.remove_by_labels({"kind": kind, "namespace": namespace, "name": name})
    for gauge, of_kind in (
        (BACKUP_ENDED, "OMniLeadsBackup"),
        (CERTIFICATE_ENDS, "OMniLeads"),
        (ASTERISKS, "OMniLeads"),
        (ROTATING, "OMniLeads"),
    ):
        if kind == of_kind:
            gauge.remove_by_labels({"namespace": namespace, "name": name})


def _is_complete(status: Mapping[str, Any]) -> bool:
    conditions = status.get("conditions") or []
    return bool(status.get("completedAt")) and any(
        (each["type"], each["status"]) == ("Complete", "True") for each in conditions
    )
