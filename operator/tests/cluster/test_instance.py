"""An instance's life on a real API server: made, ready, changed, corrected, deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api, Object
from tests.support.namespaces import own_namespace
from tests.support.process import OperatorProcess, wait_for


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    return InstanceUnderTest(api, operator, namespace)


def env_of(workload: Object, container: int = 0) -> dict[str, str]:
    variables = workload["spec"]["template"]["spec"]["containers"][container]["env"]
    return {each["name"]: each.get("value", "") for each in variables}


def test_one_resource_leads_to_all_objects_and_is_ready_once_its_pods_are(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.wait_until_written()
    assert set(instance.children("Deployment")) == {"app", "worker", "acd", "dialer", "kamailio", "rtpengine", "nginx"}
    assert set(instance.children("StatefulSet")) == {"postgres", "redis", "asterisk"}
    assert set(instance.children("Service")) == {
        "app", "postgres", "redis", "asterisk", "asterisk-open", "kamailio", "rtpengine", "nginx"
    }  # fmt: skip
    assert set(instance.children("PersistentVolumeClaim")) == {"recordings"}
    assert instance.child("Secret", "tls")
    assert instance.conditions()["Ready"]["reason"] == "Migrating"

    instance.finish_job("migrate-0-1-0")
    condition = instance.wait_for_condition("Ready", "False", "ComponentsNotReady")
    assert "postgres" in condition["message"]
    instance.run_pods()
    instance.wait_for_condition("Ready", "False", "CreatingAdministrator")
    assert "version" not in instance.resource()["status"]
    instance.finish_job("create-admin")
    instance.wait_for_condition("Ready", "True")
    status = instance.resource()["status"]
    assert status["version"] == "0.1.0"
    assert status["url"] == "https://contact.example"
    assert {each["name"]: each["ready"] for each in status["components"]}["app"] == 2


def test_an_instance_that_is_as_it_should_be_causes_no_writes(
    instance: InstanceUnderTest, operator: OperatorProcess
) -> None:
    # Amounts that the API server writes in its own way.
    instance.create(redis={"managed": {"resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}}}})
    instance.make_ready()
    versions = {
        (kind, name): item["metadata"]["resourceVersion"]
        for kind in ("Deployment", "StatefulSet", "Service", "NetworkPolicy", "PodDisruptionBudget", "Job")
        for name, item in instance.children(kind).items()
    }

    def is_quiet() -> bool:
        """A turn of this instance asks some twenty questions; resources of other tests may write now and then."""
        writes, asked = operator.calls("patch", "post", "delete", "put"), operator.calls("get")
        wait_for("two more turns", lambda: operator.calls("get") > asked + 40)
        return operator.calls("patch", "post", "delete", "put") == writes

    wait_for("turns without a write", is_quiet, evidence=instance.evidence)
    for (kind, name), version in versions.items():
        assert instance.children(kind)[name]["metadata"]["resourceVersion"] == version


CHANGES: list[tuple[str, dict[str, object], str, str, str, object]] = [
    ("replicas", {"app": {"replicas": 5}}, "Deployment", "app", "spec.replicas", 5),
    ("hostname", {"hostname": "new.example"}, "Deployment", "nginx", "env.NGINX_SERVER_NAME", "new.example"),
    ("public URL", {"hostname": "new.example"}, "Deployment", "app", "env.APP_PUBLIC_URL", "https://new.example"),
    ("log level", {"logLevel": "debug"}, "Deployment", "dialer", "env.OML_LOG_LEVEL", "debug"),
    ("time zone", {"timeZone": "America/Lima"}, "StatefulSet", "postgres", "env.TZ", "America/Lima"),
    ("sessions", {"settings": {"sessionSeconds": 600}}, "Deployment", "app", "env.SESSION_COOKIE_AGE", "600"),
    ("realm", {"settings": {"sipRealm": "voice"}}, "Deployment", "kamailio", "env.SIP_REALM", "voice"),
    ("mail", {"settings": {"mail": {"host": "mx.example"}}}, "Deployment", "worker", "env.MAIL_HOST", "mx.example"),
    (
        "flood limit",
        {"voice": {"kamailio": {"floodLimit": 99}}},
        "Deployment",
        "kamailio",
        "env.KAMAILIO_FLOOD_LIMIT",
        "99",
    ),
    (
        "address behind NAT",
        {"voice": {"publicAddress": "198.51.100.7"}},
        "Deployment",
        "rtpengine",
        "env.RTPENGINE_INTERFACE",
        "$(OML_POD_ADDRESS)!198.51.100.7",
    ),
    (
        "drain",
        {"voice": {"drainSeconds": 60}},
        "StatefulSet",
        "asterisk",
        "spec.template.spec.terminationGracePeriodSeconds",
        90,
    ),
    (
        "voice nodes",
        {"voice": {"nodeSelector": {"omnileads.org/voice": None, "role": "media"}}},
        "StatefulSet",
        "asterisk",
        "spec.template.spec.nodeSelector",
        {"role": "media"},
    ),
    (
        "connections",
        {"postgres": {"managed": {"maxConnections": 400}}},
        "StatefulSet",
        "postgres",
        "env.POSTGRES_MAX_CONNECTIONS",
        "400",
    ),
    (
        "memory of redis",
        {"redis": {"managed": {"maxMemory": "2gb"}}},
        "StatefulSet",
        "redis",
        "env.REDIS_MAXMEMORY",
        "2gb",
    ),
    ("members of postgres", {"postgres": {"managed": {"members": 3}}}, "StatefulSet", "postgres", "spec.replicas", 3),
    ("members of redis", {"redis": {"managed": {"members": 3}}}, "StatefulSet", "redis", "spec.replicas", 3),
    (
        "clients of redis",
        {"redis": {"managed": {"members": 3}}},
        "Deployment",
        "kamailio",
        "env.REDIS_SENTINEL_MASTER",
        "omnileads",
    ),
    ("kind of Service", {"expose": {"service": {"type": "ClusterIP"}}}, "Service", "nginx", "spec.type", "ClusterIP"),
    (
        "Ingress",
        {"expose": {"ingress": {"className": "edge"}}},
        "Ingress",
        "nginx",
        "spec.ingressClassName",
        "edge",
    ),
    (
        "autoscaling",
        {"app": {"autoscaling": {"maxReplicas": 9}}},
        "HorizontalPodAutoscaler",
        "app",
        "spec.maxReplicas",
        9,
    ),
]


def value_at(item: Object, path: str) -> object:
    if path.startswith("env."):
        return env_of(item).get(path.removeprefix("env."))
    found: object = item
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


@pytest.fixture(scope="module")
def settled(api: Api, operator: OperatorProcess) -> Iterator[InstanceUnderTest]:
    """One instance for all changes; each test changes another field of it."""
    with own_namespace(api, "changes") as namespace:
        instance = InstanceUnderTest(api, operator, namespace).create()
        instance.wait_until_written()
        yield instance


@pytest.mark.parametrize(
    ("change", "kind", "component", "path", "expected"),
    [case[1:] for case in CHANGES],
    ids=[case[0] for case in CHANGES],
)
def test_a_changed_field_reaches_the_object_it_is_about(
    settled: InstanceUnderTest, change: dict[str, object], kind: str, component: str, path: str, expected: object
) -> None:
    settled.change(**change)
    wait_for(
        f"{path} to be {expected}",
        lambda: value_at(settled.child(kind, component) or {}, path) == expected,
        evidence=settled.evidence,
    )


def test_what_is_no_longer_wanted_goes(instance: InstanceUnderTest) -> None:
    instance.create(expose={"ingress": {}}, worker={"autoscaling": {}})
    instance.wait_for_child("Ingress", "nginx")
    instance.wait_for_child("HorizontalPodAutoscaler", "worker")
    assert "replicas" in instance.wait_for_child("Deployment", "worker")["spec"]
    instance.change(expose=None, worker=None)
    wait_for("the Ingress to go", lambda: instance.child("Ingress", "nginx") is None, evidence=instance.evidence)
    wait_for(
        "the autoscaler to go",
        lambda: instance.child("HorizontalPodAutoscaler", "worker") is None,
        evidence=instance.evidence,
    )


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        ("Deployment", "app"),
        ("StatefulSet", "redis"),
        ("Role", "postgres"),
        ("RoleBinding", "postgres"),
        ("Service", "nginx"),
        ("NetworkPolicy", "default"),
    ],
)
def test_a_deleted_object_comes_back(settled: InstanceUnderTest, kind: str, component: str) -> None:
    before = settled.wait_for_child(kind, component)["metadata"]["uid"]
    settled.api.delete(kind, settled.namespace, f"{settled.name}-{component}")

    def is_back() -> bool:
        found = settled.child(kind, component)
        return found is not None and found["metadata"]["uid"] != before

    wait_for(f"{kind} {component} to come back", is_back, evidence=settled.evidence)


def test_an_edited_object_is_put_right(settled: InstanceUnderTest) -> None:
    name = f"{settled.name}-acd"
    settled.api.change("Deployment", settled.namespace, name, {"spec": {"replicas": 17}})
    wait_for(
        "two engines again",
        lambda: (settled.child("Deployment", "acd") or {})["spec"]["replicas"] == 2,
        evidence=settled.evidence,
    )


def test_what_others_add_beside_it_stays(settled: InstanceUnderTest) -> None:
    name = f"{settled.name}-dialer"
    annotation = {"metadata": {"annotations": {"example.com/note": "mine"}}}
    settled.api.change("Deployment", settled.namespace, name, annotation)
    settled.change(dialer={"placement": {"nodeSelector": {"disk": "fast"}}})
    wait_for(
        "the new placement",
        lambda: value_at(settled.child("Deployment", "dialer") or {}, "spec.template.spec.nodeSelector"),
        evidence=settled.evidence,
    )
    found = settled.wait_for_child("Deployment", "dialer")
    assert found["metadata"]["annotations"]["example.com/note"] == "mine"


def test_pods_roll_when_a_secret_they_read_changes_and_others_do_not(
    instance: InstanceUnderTest, api: Api, namespace: str
) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mx", "namespace": namespace}}
    api.create({**secret, "stringData": {"password": "first"}})
    instance.create(settings={"mail": {"host": "mx.example", "password": {"name": "mx", "key": "password"}}})
    instance.wait_until_written()
    before = {name: item["metadata"]["generation"] for name, item in instance.children("Deployment").items()}
    api.change("Secret", namespace, "mx", {"stringData": {"password": "second"}})
    wait_for(
        "the worker to roll",
        lambda: instance.children("Deployment")["worker"]["metadata"]["generation"] > before["worker"],
        evidence=instance.evidence,
    )
    after = {name: item["metadata"]["generation"] for name, item in instance.children("Deployment").items()}
    assert [name for name in after if after[name] != before[name]] == ["worker"]


def wait_for_turns(operator: OperatorProcess) -> None:
    asked = operator.calls("get")
    wait_for("some turns", lambda: operator.calls("get") > asked + 40, evidence=operator.log)


def test_a_paused_instance_is_left_alone(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.wait_until_written()
    api, namespace, name = instance.api, instance.namespace, instance.name
    api.change("OMniLeads", namespace, name, {"metadata": {"annotations": {"omnileads.org/paused": "true"}}})
    # A turn that began before the annotation may still end.
    wait_for_turns(instance.operator)
    api.delete("Service", namespace, f"{name}-app")
    wait_for_turns(instance.operator)
    assert instance.child("Service", "app") is None
    api.change("OMniLeads", namespace, name, {"metadata": {"annotations": {"omnileads.org/paused": None}}})
    instance.wait_for_child("Service", "app")


def test_transitions_are_told_as_events(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.make_ready()

    def reasons() -> list[str]:
        return [event["reason"] for event in instance.api.list("Event", instance.namespace)]

    # An event is written after the status that it tells of.
    wait_for("the event of being ready", lambda: "Ready" in reasons(), evidence=instance.evidence)
    told = reasons()
    assert {"Applied", "Migrated", "Ready"} <= set(told)
    assert told.count("Ready") == 1
    assert told.count("Applied") == 1


def test_deletion_keeps_volumes_and_passwords(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.wait_until_written()
    # What goes by itself has an owner; nothing collects garbage in this cluster.
    uid = instance.resource()["metadata"]["uid"]
    kinds = ("Deployment", "StatefulSet", "Service", "NetworkPolicy", "PodDisruptionBudget", "Job", "ServiceAccount")
    for kind in (*kinds, "Role", "RoleBinding"):
        for item in instance.children(kind).values():
            assert [owner["uid"] for owner in item["metadata"]["ownerReferences"]] == [uid]
    instance.api.delete("OMniLeads", instance.namespace, instance.name)
    wait_for("the resource to go", lambda: instance.api.find("OMniLeads", instance.namespace, instance.name) is None)
    for kind, component in (("PersistentVolumeClaim", "recordings"), ("Secret", "credentials")):
        kept = instance.child(kind, component)
        assert kept is not None
        assert "ownerReferences" not in kept["metadata"]
    redis = instance.wait_for_child("StatefulSet", "redis")
    assert redis["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"


def test_deletion_takes_the_data_where_the_policy_says_so(instance: InstanceUnderTest) -> None:
    instance.create(deletionPolicy="Delete")
    instance.wait_until_written()
    # As PostgreSQL's members make it: without an owner.
    labels = {"app.kubernetes.io/instance": instance.name, "app.kubernetes.io/name": "postgres"}
    metadata = {"name": f"{instance.name}-postgres-config", "namespace": instance.namespace, "labels": labels}
    instance.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    redis = instance.wait_for_child("StatefulSet", "redis")
    assert redis["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete"
    instance.api.delete("OMniLeads", instance.namespace, instance.name)
    wait_for("the resource to go", lambda: instance.api.find("OMniLeads", instance.namespace, instance.name) is None)
    claim = instance.child("PersistentVolumeClaim", "recordings")
    # The API server itself protects claims; its controller, which does not run here, would let go.
    assert claim is None or claim["metadata"]["deletionTimestamp"]
    assert instance.child("Secret", "credentials") is None
    assert instance.child("ConfigMap", "postgres-config") is None
    assert instance.child("RoleBinding", "postgres") is None


def test_a_new_instance_finds_the_passwords_that_were_kept(instance: InstanceUnderTest) -> None:
    instance.create()
    instance.wait_until_written()
    before = (instance.child("Secret", "credentials") or {})["data"]
    instance.api.delete("OMniLeads", instance.namespace, instance.name)
    wait_for("the resource to go", lambda: instance.api.find("OMniLeads", instance.namespace, instance.name) is None)
    instance.create()
    instance.wait_until_written()
    assert (instance.child("Secret", "credentials") or {})["data"] == before
