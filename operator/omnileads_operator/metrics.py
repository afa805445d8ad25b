"""What Prometheus is told about the operator itself."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

API_CALLS = Counter("omnileads_operator_api_calls_total", "Calls to the API server.", ["verb"])
LEASE_CALLS = Counter("omnileads_operator_lease_calls_total", "Calls to the API server for the lease.", ["verb"])
RECONCILIATIONS = Counter(
    "omnileads_operator_reconciliations_total", "Reconciliations, by kind and how they ended.", ["kind", "outcome"]
)
SECONDS = Histogram("omnileads_operator_reconcile_seconds", "How long a reconciliation takes.", ["kind"])
CORRECTED = Counter(
    "omnileads_operator_corrections_total", "Objects written because they were absent or another.", ["kind"]
)
READY = Gauge(
    "omnileads_operator_resource_ready", "1 for a resource that is as it should be.", ["kind", "namespace", "name"]
)
WAITING = Gauge("omnileads_operator_queue_length", "Resources that wait to be looked at.")
LEADING = Gauge("omnileads_operator_leading", "1 for the replica that acts; the others stand by.")

CONDITION = Gauge(
    "omnileads_operator_condition",
    "1 for the status that a condition of a resource has, 0 for the other two.",
    ["kind", "namespace", "name", "condition", "status"],
)
BACKUP_ENDED = Gauge(
    "omnileads_operator_backup_completed_timestamp_seconds",
    "When a backup that is complete had ended.",
    ["namespace", "name", "omnileads"],
)
CERTIFICATE_ENDS = Gauge(
    "omnileads_operator_certificate_ends_timestamp_seconds",
    "Until when an instance's certificate is valid.",
    ["namespace", "name"],
)

ROTATING = Gauge(
    "omnileads_operator_rotation_under_way",
    "1 while passwords of an instance are being made anew; not while that waits to begin.",
    ["namespace", "name"],
)

ASTERISKS = Gauge(
    "omnileads_operator_asterisks",
    "Asterisks of an instance: those that take calls, and those that end theirs.",
    ["namespace", "name", "state"],
)

OF_RESOURCES = (READY, CONDITION, BACKUP_ENDED, CERTIFICATE_ENDS, ASTERISKS, ROTATING)
"""Gauges that have a value for each resource. Only the replica that leads knows them."""


def forget_resources() -> None:
    """A replica that does not lead says nothing of resources: what it knows grows old."""
    for gauge in OF_RESOURCES:
        gauge.clear()
