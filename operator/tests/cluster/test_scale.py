"""Fifty instances at once: each gets its objects, with few calls, whatever is wrong with some others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.instances import InstanceUnderTest, manifest
from tests.support.api import Api
from tests.support.control_plane import ControlPlane, free_port
from tests.support.namespaces import own_namespace
from tests.support.process import OperatorProcess, wait_for

pytestmark = pytest.mark.timeout(900)
MANY = 50
# 84 were measured: two turns to look, each object made once, the status, the finalizer, events.
CALLS_OF_ONE = 150
# 108 were measured; the Deployment's limit is 512.
MEMORY_MB = 300


@pytest.fixture
def calm(api: Api) -> Iterator[str]:
    with own_namespace(api, "calm") as name:
        yield name


@pytest.fixture
def sick(api: Api) -> Iterator[str]:
    with own_namespace(api, "sick") as name:
        yield name


@pytest.fixture
def alone(
    plane: ControlPlane, operator: OperatorProcess, calm: str, sick: str, tmp_path: Path
) -> Iterator[OperatorProcess]:
    """An operator that looks again only when it hears something, so that its calls can be counted."""
    operator.stop()
    settings = {"OPERATOR_RESYNC_SECONDS": "600", "OPERATOR_NAMESPACES": f"{calm},{sick}"}
    process = OperatorProcess(plane, tmp_path / "alone.log", settings=settings)
    process.start()
    yield process
    process.stop()
    operator.start()


def create(api: Api, namespace: str, names: list[str]) -> None:
    for name in names:
        api.create(manifest(namespace, name))


def reconciled(api: Api, namespace: str) -> set[str]:
    """Names of the instances of which every object is as it should be. One call, however many there are."""

    def is_reconciled(resource: dict[str, object]) -> bool:
        status = resource.get("status")
        conditions = status.get("conditions", []) if isinstance(status, dict) else []
        return any((each["type"], each["status"]) == ("Reconciled", "True") for each in conditions)

    return {each["metadata"]["name"] for each in api.list("OMniLeads", namespace) if is_reconciled(each)}


def test_fifty_at_once(api: Api, alone: OperatorProcess, calm: str) -> None:
    before = alone.calls("get", "post", "patch", "delete")
    names = [f"centre-{number}" for number in range(MANY)]
    create(api, calm, names)
    wait_for("all of them", lambda: reconciled(api, calm) == set(names), seconds=500, evidence=alone.log)
    deployments = api.list("Deployment", calm)
    assert len(deployments) == len(InstanceUnderTest(api, alone, calm, names[0]).children("Deployment")) * MANY
    wait_for("the queue to be empty", lambda: alone.metric("omnileads_operator_queue_length") == 0)
    calls = alone.calls("get", "post", "patch", "delete") - before
    assert calls / MANY < CALLS_OF_ONE, f"{calls / MANY:.0f} calls for each instance"
    assert alone.memory_mb() < MEMORY_MB
    assert alone.metric("omnileads_operator_reconciliations_total", outcome="failed") == 0

    # Settled: a change of one costs what one costs, and nothing is written for the others.
    writes = alone.calls("post", "patch", "delete")
    one = InstanceUnderTest(api, alone, calm, names[7])
    one.change(logLevel="debug")
    one.wait_until_written()
    wait_for("the queue to be empty", lambda: alone.metric("omnileads_operator_queue_length") == 0)
    assert alone.calls("post", "patch", "delete") - writes < CALLS_OF_ONE


@pytest.fixture(params=["hangs", "fails"])
def sickness(request: pytest.FixtureRequest, api: Api, sick: str) -> Iterator[str]:
    """In the sick namespace each network policy, the first of an instance's objects, waits for a webhook that is
    silent, or is refused because the webhook is not there."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        port = silent.getsockname()[1] if request.param == "hangs" else free_port()
        hook = {
            "name": "sick.omnileads.test",
            "clientConfig": {"url": f"https://127.0.0.1:{port}/"},
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": sick}},
            "rules": [
                {
                    "apiGroups": ["networking.k8s.io"],
                    "apiVersions": ["*"],
                    "operations": ["*"],
                    "resources": ["networkpolicies"],
                }
            ],
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 20,
        }
        api.create(
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingWebhookConfiguration",
                "metadata": {"name": "sick"},
                "webhooks": [hook],
            }
        )
        yield request.param
        if api.find("ValidatingWebhookConfiguration", None, "sick"):
            api.delete("ValidatingWebhookConfiguration", None, "sick")


def test_what_hangs_or_fails_does_not_hold_the_others(
    api: Api, alone: OperatorProcess, calm: str, sick: str, sickness: str
) -> None:
    bad = [f"{sickness}-{number}" for number in range(6)]
    good = [f"well-{sickness}-{number}" for number in range(3)]
    create(api, sick, bad)
    wait_for(
        "some to hang or fail",
        lambda: (
            alone.metric("omnileads_operator_queue_length") >= len(bad) - 4
            or alone.metric("omnileads_operator_reconciliations_total", outcome="unreachable") > 0
        ),
        evidence=alone.log,
    )
    create(api, calm, good)
    wait_for("the others", lambda: set(good) <= reconciled(api, calm), evidence=alone.log)
    assert not reconciled(api, sick) & set(bad)
    api.delete("ValidatingWebhookConfiguration", None, "sick")
    wait_for("those that were sick", lambda: set(bad) <= reconciled(api, sick), seconds=500, evidence=alone.log)
