"""With Kubernetes' own controllers: pods are made, rolled, protected and collected by them. Only kubelet is played.

A control plane of its own: elsewhere the tests write the status of workloads themselves, which controllers would undo.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Object
from tests.support.control_plane import ControlPlane
from tests.support.controllers import controllers
from tests.support.installed import installed
from tests.support.namespaces import own_namespace
from tests.support.process import OperatorProcess, wait_for

CONTROLLED = (
    *("Deployment", "StatefulSet", "Job", "Service", "PodDisruptionBudget", "NetworkPolicy"),
    *("HorizontalPodAutoscaler", "Pod"),
)


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with installed(tmp_path_factory.mktemp("managed")) as plane, controllers(plane):
        yield plane


@pytest.fixture(scope="module")
def keeper(managed: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    process = OperatorProcess(managed, tmp_path_factory.mktemp("keeper") / "operator.log")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def centre(managed: ControlPlane, keeper: OperatorProcess) -> Iterator[InstanceUnderTest]:
    api = managed.api()
    with own_namespace(api, **{"pod-security.kubernetes.io/enforce": "privileged"}) as namespace:
        yield InstanceUnderTest(api, keeper, namespace)


def pods(centre: InstanceUnderTest, component: str = "") -> list[Object]:
    selector = f"app.kubernetes.io/instance={centre.name}" + (
        f",app.kubernetes.io/name={component}" if component else ""
    )
    return centre.api.list("Pod", centre.namespace, labelSelector=selector)


def play_kubelet(centre: InstanceUnderTest) -> None:
    """All pods there are: those of jobs end well, the others become ready."""
    for pod in pods(centre):
        is_of_job = any(owner["kind"] == "Job" for owner in pod["metadata"]["ownerReferences"])
        is_done = pod.get("status", {}).get("phase") in ("Running", "Succeeded")
        if pod["metadata"].get("deletionTimestamp") or is_done:
            continue
        conditions = [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady", "Initialized")]
        status = {"phase": "Succeeded"} if is_of_job else {"phase": "Running", "conditions": conditions}
        centre.api.change("Pod", centre.namespace, pod["metadata"]["name"], {"status": status}, "status")


def until_ready(centre: InstanceUnderTest) -> None:
    def is_ready() -> bool:
        play_kubelet(centre)
        condition = centre.conditions().get("Ready")
        generation = centre.resource()["metadata"]["generation"]
        return bool(condition and condition["status"] == "True" and condition["observedGeneration"] == generation)

    wait_for("Ready", is_ready, evidence=centre.evidence)


def test_it_is_ready_when_the_pods_that_kubernetes_made_are(centre: InstanceUnderTest) -> None:
    centre.create(app={"replicas": 3})
    until_ready(centre)
    assert len(pods(centre, "app")) == 3
    assert len(pods(centre, "asterisk")) == 1
    deployment, before = centre.child("Deployment", "app"), {each["metadata"]["uid"] for each in pods(centre, "app")}
    assert deployment
    assert deployment["status"]["readyReplicas"] == 3

    # A field of the app's pods: they are others afterwards, those of nginx the same.
    nginx = {each["metadata"]["uid"] for each in pods(centre, "nginx")}
    centre.change(app={"resources": {"requests": {"cpu": "300m"}}})
    wait_for("new pods", lambda: _are_others(centre, before), evidence=centre.evidence)
    until_ready(centre)
    assert {each["metadata"]["uid"] for each in pods(centre, "nginx")} == nginx


def _are_others(centre: InstanceUnderTest, before: set[str]) -> bool:
    play_kubelet(centre)
    now = {each["metadata"]["uid"] for each in pods(centre, "app")}
    return len(now) == 3 and not now & before


def evict(centre: InstanceUnderTest, pod: Object) -> int:
    name = pod["metadata"]["name"]
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": centre.namespace},
    }
    return centre.api.raw("POST", f"/api/v1/namespaces/{centre.namespace}/pods/{name}/eviction", body).status


def test_a_drained_node_takes_no_pod_with_calls_and_the_others_one_by_one(centre: InstanceUnderTest) -> None:
    centre.create()
    until_ready(centre)

    def are_counted() -> bool:
        budgets = centre.children("PodDisruptionBudget")
        return all(each.get("status", {}).get("currentHealthy") for each in budgets.values())

    wait_for("the budgets to count the pods", are_counted, evidence=centre.evidence)
    for component in ("asterisk", "kamailio", "rtpengine", "postgres", "redis"):
        assert evict(centre, pods(centre, component)[0]) == 429, component
    first, second = pods(centre, "app")
    assert evict(centre, first) == 201
    assert evict(centre, second) == 429, "the first has no successor yet"


def test_an_autoscaler_decides_and_the_operator_does_not_undo_it(centre: InstanceUnderTest) -> None:
    centre.create(app={"autoscaling": {"minReplicas": 3, "maxReplicas": 5}})
    until_ready(centre)

    def is_scaled() -> bool:
        deployment = centre.child("Deployment", "app")
        return bool(deployment and deployment["spec"].get("replicas") == 3)

    wait_for("three replicas", is_scaled, evidence=centre.evidence)
    until_ready(centre)
    centre.change(logLevel="debug")
    centre.wait_until_written()
    assert is_scaled()


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_what_is_deleted_is_collected_and_what_is_kept_stays(centre: InstanceUnderTest, policy: str) -> None:
    centre.create(deletionPolicy=policy)
    until_ready(centre)
    assert pods(centre)
    centre.api.delete("OMniLeads", centre.namespace, centre.name)

    def left() -> list[str]:
        # No kubelet ends the containers of what kubelet was played for.
        for pod in pods(centre):
            path = f"/api/v1/namespaces/{centre.namespace}/pods/{pod['metadata']['name']}?gracePeriodSeconds=0"
            centre.api.raw("DELETE", path)
        return [f"{kind} {name}" for kind in CONTROLLED for name in centre.children(kind)]

    wait_for("the garbage to be collected", lambda: not left(), evidence=lambda: f"{left()}\n{centre.operator.log()}")
    kept = policy == "Retain"
    assert bool(centre.children("PersistentVolumeClaim")) == kept
    assert bool(centre.child("Secret", "credentials")) == kept
