"""What the operator's metrics say of resources, and who may scrape the instances."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import REGISTRY

from omnileads_operator import insight
from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Observed
from omnileads_operator.metrics import CERTIFICATE_ENDS, forget_resources
from omnileads_operator.secrets import ends_at, self_signed
from tests.unit.conftest import MakeInstance, found

WHO = {"namespace": "ns", "name": "nightly-1"}
BACKUP = {
    "metadata": WHO,
    "spec": {"instance": "acme"},
    "status": {
        "completedAt": "2026-01-02T03:04:05Z",
        "conditions": [{"type": "Complete", "status": "True", "reason": "Complete", "message": ""}],
    },
}


def condition(status: str) -> float | None:
    labels = {"kind": "OMniLeadsBackup", **WHO, "condition": "Complete", "status": status}
    return REGISTRY.get_sample_value("omnileads_operator_condition", labels)


def ended() -> float | None:
    labels = {**WHO, "omnileads": "acme"}
    return REGISTRY.get_sample_value("omnileads_operator_backup_completed_timestamp_seconds", labels)


def test_a_complete_backup_says_when_it_had_ended_and_is_forgotten_with_its_resource() -> None:
    insight.tell("OMniLeadsBackup", BACKUP)
    assert (condition("True"), condition("False"), condition("Unknown")) == (1, 0, 0)
    assert ended() == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    insight.forget("OMniLeadsBackup", "ns", "nightly-1")
    assert (condition("True"), ended()) == (None, None)


def test_a_failed_backup_is_no_backup() -> None:
    failed = {
        **BACKUP,
        "status": {"completedAt": "2026-01-02T03:04:05Z", "conditions": [{"type": "Complete", "status": "False"}]},
    }
    insight.tell("OMniLeadsBackup", failed)
    assert (condition("True"), condition("False")) == (0, 1)
    assert ended() is None
    forget_resources()
    assert condition("False") is None


def test_a_resource_of_another_kind_and_the_same_name_is_another() -> None:
    CERTIFICATE_ENDS.labels("ns", "acme").set(7)
    insight.forget("Campaign", "ns", "acme")
    labels = {"namespace": "ns", "name": "acme"}
    name = "omnileads_operator_certificate_ends_timestamp_seconds"
    assert REGISTRY.get_sample_value(name, labels) == 7
    insight.forget("OMniLeads", "ns", "acme")
    assert REGISTRY.get_sample_value(name, labels) is None


def test_a_rotation_under_way_is_told_and_one_that_waits_is_not() -> None:
    labels = {"namespace": "ns", "name": "acme"}

    def rotating(step: str | None = None) -> float | None:
        status = {"secrets": {"step": step}} if step else {}
        insight.tell("OMniLeads", {"metadata": labels, "spec": {}, "status": status})
        return REGISTRY.get_sample_value("omnileads_operator_rotation_under_way", labels)

    assert (rotating(), rotating("Resting")) == (0, 0)
    assert [rotating(step) for step in ("Accepting", "Changing", "Retiring")] == [1, 1, 1]
    insight.forget("OMniLeads", "ns", "acme")
    assert REGISTRY.get_sample_value("omnileads_operator_rotation_under_way", labels) is None


def test_the_end_of_a_certificate() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ends = ends_at(self_signed("contact.example", now)["tls.crt"])
    assert ends is not None
    assert (ends - now).days == 825
    assert ends_at("") is None


def test_namespaces_named_to_the_operator_may_ask(instance: MakeInstance) -> None:
    named = everything(instance(Observed(visitors=("operators", "monitoring"))))
    for component in ("app", "worker", "acd", "dialer"):
        peers = found(named, "NetworkPolicy", component)["spec"]["ingress"][0]["from"]
        expected = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["monitoring", "operators"]}
        assert {"namespaceSelector": {"matchExpressions": [expected]}} in peers
    others = found(everything(instance()), "NetworkPolicy", "worker")["spec"]["ingress"][0]["from"]
    assert others == [{"namespaceSelector": {"matchLabels": {"omnileads.org/scrapes-metrics": "true"}}}]
