"""An instance in the tests' cluster: made, waited for, and its pods' life played, which no kubelet lives here."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api, Object
from tests.support.process import OperatorProcess, wait_for

WORKLOADS = ("Deployment", "StatefulSet")
Conditions = dict[str, Object]


def manifest(namespace: str, name: str = "acme", **spec: Any) -> Object:
    return {
        "apiVersion": "omnileads.org/v1alpha1",
        "kind": "OMniLeads",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"version": "0.1.0", "hostname": "contact.example", **spec},
    }


class InstanceUnderTest:
    def __init__(self, api: Api, operator: OperatorProcess, namespace: str, name: str = "acme") -> None:
        self.api = api
        self.operator = operator
        self.namespace = namespace
        self.name = name

    def create(self, **spec: Any) -> InstanceUnderTest:
        self.api.create(manifest(self.namespace, self.name, **spec))
        return self

    def change(self, **spec: Any) -> None:
        self.api.change("OMniLeads", self.namespace, self.name, {"spec": spec})

    def resource(self) -> Object:
        return self.api.get("OMniLeads", self.namespace, self.name)

    def conditions(self) -> Conditions:
        found = self.resource().get("status", {}).get("conditions", [])
        return {each["type"]: each for each in found}

    def child(self, kind: str, component: str) -> Object | None:
        return self.api.find(kind, self.namespace, f"{self.name}-{component}")

    def children(self, kind: str) -> dict[str, Object]:
        selector = f"app.kubernetes.io/instance={self.name}"
        items = self.api.list(kind, self.namespace, labelSelector=selector)
        return {item["metadata"]["name"].removeprefix(f"{self.name}-"): item for item in items}

    def wait_for_condition(
        self, name: str, status: str, reason: str | None = None, *, seconds: float = 120.0
    ) -> Object:
        def found() -> Object | None:
            condition = self.conditions().get(name)
            is_it = condition and condition["status"] == status and reason in (None, condition["reason"])
            return condition if is_it else None

        return wait_for(f"{name} {status} {reason or ''}", found, seconds=seconds, evidence=self.evidence)

    def wait_for_child(self, kind: str, component: str) -> Object:
        return wait_for(f"{kind} {component}", lambda: self.child(kind, component), evidence=self.evidence)

    def wait_until_written(self) -> None:
        """Until the operator has applied everything that this generation asks for."""

        def is_written() -> bool:
            resource = self.resource()
            condition = self.conditions().get("Reconciled")
            generation = resource["metadata"]["generation"]
            return bool(condition and condition["status"] == "True" and condition["observedGeneration"] == generation)

        wait_for("the reconciliation", is_written, evidence=self.evidence)

    def run_pods(self, *only: str) -> None:
        """What kubelet and controllers would do: all pods of the newest template run and are ready."""
        for kind in WORKLOADS:
            for component, item in self.children(kind).items():
                if not only or component in only:
                    self._run(kind, item)

    def _run(self, kind: str, item: Object) -> None:
        replicas = item["spec"].get("replicas", 1)
        status = {
            "observedGeneration": item["metadata"]["generation"],
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
        }
        self.api.change(kind, self.namespace, item["metadata"]["name"], {"status": status}, "status")

    def finish_job(self, name: str) -> None:
        self.finish_job_named(f"{self.name}-{name}")

    def finish_job_named(self, name: str) -> None:
        """What the Job's controller says when its pod has ended well; `name` is all of the Job's name."""
        wait_for(f"the Job {name}", lambda: self.api.find("Job", self.namespace, name), evidence=self.operator.log)
        stamp = "2026-01-01T00:00:00Z"
        conditions = [
            {"type": kind, "status": "True", "lastTransitionTime": stamp} for kind in ("SuccessCriteriaMet", "Complete")
        ]
        status = {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}
        self.api.change("Job", self.namespace, name, {"status": status}, "status")

    def make_ready(self, version: str = "0.1.0") -> None:
        self.finish_job(f"migrate-{version.replace('.', '-')}")
        self.wait_for_child("Deployment", "nginx")
        self.run_pods()
        self.finish_job("create-admin")
        self.wait_for_condition("Ready", "True")

    def evidence(self) -> str:
        return f"{self.resource().get('status')}\n{self.operator.log()}"
