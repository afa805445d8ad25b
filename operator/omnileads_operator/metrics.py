"""What Prometheus is told about the operator itself."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

API_CALLS = Counter("omnileads_operator_api_calls_total", "Calls to the API server.", ["verb"])
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

OF_RESOURCES = (READY,)
"""Gauges that have a value for each resource. Only the replica that leads knows them."""


def forget_resources() -> None:
    """A replica that does not lead says nothing of resources: what it knows grows old."""
    for gauge in OF_RESOURCES:
        gauge.clear()
