"""Passwords made anew: step by step, each after the one before, whatever becomes of the operator between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from kubernetes import client, config

from omnileads_operator.cluster import KubernetesCluster, NotLeadingError
from omnileads_operator.desired.credentials import OF_APP, OF_POSTGRES, OF_REDIS, OF_VOICE
from omnileads_operator.reconcile import InstanceReconciler
from omnileads_operator.secrets import decoded
from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api, Object
from tests.support.control_plane import ControlPlane
from tests.support.process import OperatorProcess, wait_for

CHANGED_OVER = {"app", "worker", "acd", "dialer", "kamailio"}
ROTATED = (*OF_POSTGRES, *OF_REDIS, *OF_APP, *OF_VOICE)


@pytest.fixture
def instance(api: Api, operator: OperatorProcess, namespace: str) -> InstanceUnderTest:
    made = InstanceUnderTest(api, operator, namespace).create()
    made.make_ready()
    return made


def values(instance: InstanceUnderTest) -> dict[str, str]:
    secret = instance.wait_for_child("Secret", "credentials")
    return {key: decoded(secret, key) or "" for key in secret["data"]}


def hashes(instance: InstanceUnderTest) -> dict[str, str]:
    return {
        component: item["spec"]["template"]["metadata"]["annotations"]["omnileads.org/secrets-hash"]
        for kind in ("Deployment", "StatefulSet")
        for component, item in instance.children(kind).items()
    }


def rotation_jobs(instance: InstanceUnderTest) -> set[str]:
    return {name for name in instance.children("Job") if name.startswith(("accept-", "retire-"))}


def wait_for_reason(instance: InstanceUnderTest, reason: str) -> Object:
    return instance.wait_for_condition("SecretsRotated", "True" if reason == "Rotated" else "False", reason)


def wait_for_message(instance: InstanceUnderTest, message: str) -> None:
    def is_said() -> bool:
        return str(instance.conditions()["SecretsRotated"]["message"]).startswith(message)

    wait_for(message, is_said, evidence=instance.evidence)


def begin_backup(instance: InstanceUnderTest) -> None:
    instance.api.create(
        {
            "apiVersion": "omnileads.org/v1alpha1",
            "kind": "OMniLeadsBackup",
            "metadata": {"name": "slow", "namespace": instance.namespace},
            "spec": {"instance": instance.name},
        }
    )

    def is_running() -> bool:
        conditions = instance.api.get("OMniLeadsBackup", instance.namespace, "slow").get("status", {}).get("conditions")
        return bool(conditions and conditions[0]["reason"] == "Running")

    wait_for("the backup to run", is_running, evidence=instance.evidence)


def test_the_passwords_are_made_anew_in_steps(instance: InstanceUnderTest) -> None:
    before, told = values(instance), hashes(instance)
    instance.change(secrets={"rotate": "2026-06"})
    wait_for_reason(instance, "Accepting")
    between = values(instance)
    made_at = between["made_at_next"]
    assert {key: between[key] for key in before} == before
    assert hashes(instance) == told

    names = {f"accept-{server}-{made_at}" for server in ("postgres", "redis", "asterisk")}
    wait_for("the jobs", lambda: rotation_jobs(instance) == names, evidence=instance.evidence)
    for name in names:
        instance.finish_job(name)
    condition = wait_for_reason(instance, "Changing")
    wait_for("the pods to be told", lambda: hashes(instance) != told, evidence=instance.evidence)
    after = values(instance)
    assert all(after[key] == between[f"{key}_next"] and after[f"{key}_previous"] == before[key] for key in ROTATED)
    assert (after["postgres_user"], before["postgres_user"]) == ("omnileads_second", "omnileads")
    wait_for("jobs to go", lambda: not rotation_jobs(instance), evidence=instance.evidence)

    def is_told() -> bool:
        found = hashes(instance)
        return {component for component in told if found[component] != told[component]} == CHANGED_OVER

    # Redis was told while it runs, and so was a PostgreSQL of one member: neither is started anew.
    wait_for("these to be told, and no others", is_told, evidence=instance.evidence)
    instance.run_pods("app", "worker", "acd", "dialer")
    wait_for_message(instance, "Not yet with the new passwords: kamailio.")
    # A backup that was begun with the old password is awaited.
    begin_backup(instance)
    instance.run_pods()
    wait_for_message(instance, "Not yet with the new passwords: the backup slow.")
    instance.finish_job_named("slow-backup")
    wait_for_reason(instance, "Retiring")
    for name in (f"retire-postgres-{made_at}", f"retire-redis-{made_at}"):
        instance.finish_job(name)
    condition = wait_for_reason(instance, "Rotated")
    wait_for("jobs to go", lambda: not rotation_jobs(instance), evidence=instance.evidence)
    assert condition["message"]
    ended = values(instance)
    assert set(ended) == {*before, "app_internal_token_previous"}
    assert {key for key in before if ended[key] != before[key]} == {
        *ROTATED, "postgres_user", "postgres_replication_user", "asterisk_ari_user", "made_at"
    }  # fmt: skip
    status = instance.resource()["status"]["secrets"]
    assert status == {"rotatedAt": status["rotatedAt"], "step": "Resting"}
    assert int(datetime.strptime(status["rotatedAt"], "%Y-%m-%dT%H:%M:%S%z").timestamp()) == int(made_at)

    def told_of() -> set[str]:
        return {each["reason"] for each in instance.api.list("Event", instance.namespace)}

    # An event is written after the status that it tells of.
    steps = {"Accepting", "Changing", "Retiring", "Rotated"}
    wait_for("an event of each step", lambda: steps <= told_of(), evidence=lambda: str(told_of()))


def test_what_others_run_is_not_rotated(api: Api, operator: OperatorProcess, namespace: str) -> None:
    password = {"name": "mine", "key": "password"}
    data = {kind: {"external": {"host": "data.example", "password": password}} for kind in ("postgres", "redis")}
    instance = InstanceUnderTest(api, operator, namespace).create(**data)
    instance.make_ready()
    before = values(instance)
    instance.change(secrets={"rotate": "now"})
    wait_for_reason(instance, "Accepting")
    instance.finish_job(f"accept-asterisk-{values(instance)['made_at_next']}")
    wait_for_reason(instance, "Changing")
    instance.run_pods()
    wait_for("the end", lambda: "app_internal_token_previous" in values(instance), evidence=instance.evidence)
    message = wait_for_reason(instance, "Rotated")["message"]
    assert "those of postgres and redis, which somebody else runs" in message
    assert not rotation_jobs(instance)
    ended = values(instance)
    assert {key for key in before if ended[key] != before[key]} == {*OF_APP, *OF_VOICE, "asterisk_ari_user", "made_at"}


def test_outside_of_the_window_it_does_not_begin_and_the_voice_stays_as_it_is(instance: InstanceUnderTest) -> None:
    told = instance.wait_for_child("StatefulSet", "asterisk")["spec"]["template"]
    closed = closed_window()
    instance.change(maintenance=closed, logLevel="debug", secrets={"rotate": "now"})
    wait_for_reason(instance, "WaitingForWindow")
    condition = instance.wait_for_condition("Reconciled", "True", "WaitingForWindow")
    assert condition["message"] == "Changes wait for spec.maintenance: asterisk, kamailio, rtpengine."
    assert instance.wait_for_child("StatefulSet", "asterisk")["spec"]["template"] == told
    app = instance.wait_for_child("Deployment", "app")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "OML_LOG_LEVEL", "value": "debug"} in app["env"]
    instance.change(maintenance=None)
    wait_for_reason(instance, "Accepting")
    instance.wait_for_condition("Reconciled", "True", "Applied")
    assert instance.wait_for_child("StatefulSet", "asterisk")["spec"]["template"] != told


def closed_window() -> Object:
    """One that was open twelve hours ago."""
    hour = (datetime.now(UTC).hour + 12) % 24
    return {"start": f"{hour:02}:00", "hours": 1}


@pytest.fixture
def unattended(instance: InstanceUnderTest) -> Iterator[InstanceUnderTest]:
    """The operator of the other tests is away."""
    instance.operator.stop()
    yield instance
    instance.operator.start()


def test_it_goes_on_where_it_was_after_each_single_write(
    plane: ControlPlane, api: Api, unattended: InstanceUnderTest
) -> None:
    """An operator that dies after each of its writes brings it to the same end."""
    instance = unattended
    before = values(instance)
    turn = dying_operator(plane, api, instance)
    instance.change(secrets={"rotate": "now"})
    made: set[str] = set()
    for _ in range(200):
        if turn() and instance.conditions()["SecretsRotated"]["reason"] == "Rotated":
            break
        instance.run_pods()
        for name in rotation_jobs(instance) - made:
            instance.finish_job(name)
            made.add(name)
        found = values(instance)
        # Whoever starts now gets a user and a password that are good.
        pair = found["postgres_user"], found["postgres_password"]
        old = before["postgres_user"], before["postgres_password"]
        assert pair == old or (pair[0] != old[0] and pair[1] != old[1])
        pair = found["asterisk_ari_user"], found["asterisk_ari_password"]
        old = before["asterisk_ari_user"], before["asterisk_ari_password"]
        assert pair == old or (pair[0] != old[0] and pair[1] != old[1])
    else:
        raise AssertionError(instance.evidence())
    assert len(made) == 5
    ended = values(instance)
    assert set(ended) == {*before, "app_internal_token_previous"}
    assert all(ended[key] != before[key] for key in ROTATED)


def dying_operator(plane: ControlPlane, api: Api, instance: InstanceUnderTest) -> Callable[[], bool]:
    """A turn of an operator that dies after its first write. Returns whether it had nothing to write."""
    writes = [0]

    def before_write() -> None:
        writes[0] += 1
        if writes[0] > 1:
            raise NotLeadingError

    token = api.token_of("omnileads-operator", "omnileads-operator")
    settings = client.Configuration()
    kubeconfig = str(plane.kubeconfig("dying", token))
    config.load_kube_config(kubeconfig, client_configuration=settings)  # type: ignore[no-untyped-call]  # has no types
    cluster = KubernetesCluster(client.ApiClient(settings), "dying", before_write)

    def turn() -> bool:
        writes[0] = 0
        try:
            InstanceReconciler(cluster, lambda: datetime.now(UTC))(instance.namespace, instance.name)
        except NotLeadingError:
            return False
        return writes[0] == 0

    return turn
