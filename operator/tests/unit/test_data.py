"""PostgreSQL and Redis with one member and with three."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Manifest
from tests.unit.conftest import MakeInstance, found

THREE = {"managed": {"members": 3}}


def containers(objects: list[Manifest], component: str) -> dict[str, Any]:
    pod = found(objects, "StatefulSet", component)["spec"]["template"]["spec"]
    return {each["name"]: each for each in pod["containers"]}


def told(container: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in container["env"]}


@pytest.mark.parametrize("component", ["postgres", "redis"])
def test_of_three_members_a_node_that_is_emptied_takes_one_at_a_time(instance: MakeInstance, component: str) -> None:
    objects = everything(instance(**{component: THREE}))
    workload = found(objects, "StatefulSet", component)["spec"]
    assert workload["replicas"] == 3
    # All at once after all were away: the last leader need not be the first pod.
    assert workload["podManagementPolicy"] == "Parallel"
    assert found(objects, "PodDisruptionBudget", component)["spec"]["maxUnavailable"] == 1
    spread = {each["topologyKey"]: each for each in workload["template"]["spec"]["topologySpreadConstraints"]}
    assert spread["kubernetes.io/hostname"]["whenUnsatisfiable"] == "DoNotSchedule"
    assert spread["topology.kubernetes.io/zone"]["whenUnsatisfiable"] == "ScheduleAnyway"


def test_one_member_of_postgres_is_a_cluster_already(instance: MakeInstance) -> None:
    one, three = everything(instance()), everything(instance(postgres=THREE))
    assert told(containers(one, "postgres")["postgres"]) == told(containers(three, "postgres")["postgres"])
    assert "acme-postgres-replicas" not in {item["metadata"]["name"] for item in one}
    for objects in (one, three):
        selector = found(objects, "Service", "postgres")["spec"]["selector"]
        assert selector["omnileads.org/role"] == "primary"


def test_members_of_postgres_may_touch_their_own_votes_and_pods_only(instance: MakeInstance) -> None:
    objects = everything(instance(postgres=THREE))
    rules = found(objects, "Role", "postgres")["rules"]
    unnamed = {
        (rule["resources"][0], verb) for rule in rules if not rule.get("resourceNames") for verb in rule["verbs"]
    }
    assert unnamed == {
        ("configmaps", "create"),
        ("configmaps", "list"),
        ("configmaps", "watch"),
        ("pods", "list"),
        ("pods", "watch"),
    }
    assert {name for rule in rules for name in rule.get("resourceNames", []) if rule["resources"] == ["pods"]} == {
        "acme-postgres-0",
        "acme-postgres-1",
        "acme-postgres-2",
    }
    assert {rule["apiGroups"][0] for rule in rules} == {""}


def test_no_other_pod_has_rights_at_the_api_server(instance: MakeInstance) -> None:
    for item in everything(instance(postgres=THREE, redis=THREE)):
        if item["kind"] in ("Deployment", "StatefulSet", "Job"):
            pod = item["spec"]["template"]["spec"]
            is_postgres = item["metadata"]["name"] == "acme-postgres"
            assert pod["automountServiceAccountToken"] is is_postgres
            assert pod.get("serviceAccountName") == ("acme-postgres" if is_postgres else None)


def test_clients_of_three_members_of_redis_ask_the_sentinels(instance: MakeInstance) -> None:
    objects = everything(instance(redis=THREE))
    sentinels = ",".join(f"acme-redis-{number}.acme-redis-members.centres.svc:26379" for number in range(3))
    for component in ("app", "worker", "acd", "dialer", "kamailio"):
        pod = found(objects, "Deployment", component)["spec"]["template"]["spec"]
        variables = told(pod["containers"][0])
        assert (variables["REDIS_SENTINELS"], variables["REDIS_SENTINEL_MASTER"]) == (sentinels, "omnileads")
        assert variables["REDIS_ACKNOWLEDGED_BY"] == "1"
    members = found(objects, "Service", "redis-members")["spec"]
    assert (members["clusterIP"], members["publishNotReadyAddresses"]) == ("None", True)
    assert found(objects, "StatefulSet", "redis")["spec"]["serviceName"] == "acme-redis-members"
    assert set(containers(objects, "redis")) == {"redis", "sentinel"}
    # Its own name is put together from the pod's, which must stand before it.
    names = [each["name"] for each in containers(objects, "redis")["redis"]["env"]]
    assert names.index("OML_POD_NAME") < names.index("REDIS_ANNOUNCE")


def test_one_member_of_redis_has_no_sentinel(instance: MakeInstance) -> None:
    objects = everything(instance())
    assert set(containers(objects, "redis")) == {"redis"}
    assert "REDIS_SENTINELS" not in told(containers(objects, "redis")["redis"])
    acd = found(objects, "Deployment", "acd")["spec"]["template"]["spec"]["containers"][0]
    assert told(acd)["REDIS_HOST"] == "acme-redis.centres.svc"
    assert "REDIS_ACKNOWLEDGED_BY" not in told(acd)


def test_members_may_reach_each_other_and_the_api_server(instance: MakeInstance) -> None:
    objects = everything(instance(postgres=THREE, redis=THREE))
    for component, ports in (("postgres", {5432, 8008}), ("redis", {6379, 26379})):
        policy = found(objects, "NetworkPolicy", component)["spec"]
        own = {"podSelector": {"matchLabels": instance().selector(component)}}
        assert any(
            own in rule["from"] and ports <= {port["port"] for port in rule["ports"]} for rule in policy["ingress"]
        )
        assert any(
            rule.get("to") == [own] and ports <= {port["port"] for port in rule["ports"]} for rule in policy["egress"]
        )
    anywhere = [rule for rule in found(objects, "NetworkPolicy", "postgres")["spec"]["egress"] if "to" not in rule]
    assert [{port["port"] for port in rule["ports"]} for rule in anywhere] == [{443, 6443, 8443}]
