"""Two replicas of the operator: one acts, the other goes on when it dies, hangs, or loses the API server.

That only the holder of the lease writes is read in the API server's own audit log.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.instances import InstanceUnderTest
from tests.support.api import Api
from tests.support.audit import writes
from tests.support.control_plane import ControlPlane
from tests.support.network import Way
from tests.support.process import OperatorProcess, wait_for

SHORT_LEASE_SECONDS = 10
LONG_LEASE_SECONDS = 180
SERVICES = ("app", "redis", "postgres", "nginx", "asterisk", "kamailio", "rtpengine")


class Pair:
    """Two replicas on one cluster, the first with a way to it that can be cut. The first one started leads."""

    def __init__(self, plane: ControlPlane, folder: Path, way: Way, namespace: str, lease_seconds: int) -> None:
        def replica(name: str, url: str | None = None) -> OperatorProcess:
            # Nothing but what the test made: what the tests before have left would be looked at as well.
            settings = {"OPERATOR_NAMESPACES": namespace}
            log = folder / f"{name}.log"
            return OperatorProcess(plane, log, name, url=url, lease_seconds=lease_seconds, settings=settings)

        self.way = way
        self.first = replica("first", f"https://127.0.0.1:{way.port}")
        self.second = replica("second")
        self._audit_log = plane.audit_log

    def start(self) -> None:
        self.first.start()
        wait_for("the first to lead", self.first.is_leading, evidence=self.evidence)
        self.second.start()

    def writers(self, namespace: str) -> list[str]:
        """Who wrote in this namespace, in order, without repetitions."""
        agents = [each.agent for each in writes(self._audit_log) if each.namespace == namespace]
        return [agent for before, agent in zip(["", *agents], agents, strict=False) if agent != before]

    def check_that_only_the_holder_wrote(self, namespace: str) -> None:
        """Each write was received while the last one who had taken or renewed the lease was its writer."""
        taken = [each for each in writes(self._audit_log, to="leases") if each.status < 300]
        for each in writes(self._audit_log):
            if each.namespace == namespace:
                holder = [lease.agent for lease in taken if lease.at < each.at][-1]
                assert each.agent == holder, f"{each} while {holder} held the lease\n{self.evidence()}"

    def evidence(self) -> str:
        return f"first: {self.first.log()}\nsecond: {self.second.log()}"


def pair_of(
    plane: ControlPlane, operator: OperatorProcess, folder: Path, namespace: str, lease_seconds: int
) -> Iterator[Pair]:
    """Instead of the operator that the other tests share."""
    operator.stop()
    with Way(plane.port).open() as way:
        pair = Pair(plane, folder, way, namespace, lease_seconds)
        pair.start()
        yield pair
        for each in (pair.first, pair.second):
            each.kill()
    plane.api().delete("Lease", "omnileads-operator", "omnileads-operator")
    operator.start()


@pytest.fixture
def pair(plane: ControlPlane, operator: OperatorProcess, tmp_path: Path, namespace: str) -> Iterator[Pair]:
    yield from pair_of(plane, operator, tmp_path, namespace, SHORT_LEASE_SECONDS)


@pytest.fixture
def patient_pair(plane: ControlPlane, operator: OperatorProcess, tmp_path: Path, namespace: str) -> Iterator[Pair]:
    """Nobody waits for this lease to run out: who goes on before was let go on. It is asked for every 24 s."""
    yield from pair_of(plane, operator, tmp_path, namespace, LONG_LEASE_SECONDS)


def disturb(api: Api, namespace: str) -> None:
    """Gives an operator something to write, much of it at once."""
    for service in SERVICES:
        if api.find("Service", namespace, f"acme-{service}"):
            api.delete("Service", namespace, f"acme-{service}")


def wait_until_undisturbed(instance: InstanceUnderTest, pair: Pair) -> None:
    for service in SERVICES:
        wait_for(f"{service} to be back", lambda: instance.child("Service", service), evidence=pair.evidence)  # noqa: B023 - called at once


def agent(name: str) -> str:
    return f"omnileads-operator/0.1.0 ({name})"


def test_one_of_two_writes(api: Api, patient_pair: Pair, namespace: str) -> None:
    pair = patient_pair
    instance = InstanceUnderTest(api, pair.first, namespace).create()
    instance.make_ready()
    for _ in range(3):
        disturb(api, namespace)
        wait_until_undisturbed(instance, pair)
    pair.check_that_only_the_holder_wrote(namespace)
    assert pair.writers(namespace) == [agent("first")]
    assert (pair.first.is_leading(), pair.second.is_leading()) == (True, False)
    assert pair.first.metric("omnileads_operator_resource_ready", namespace=namespace) == 1
    assert f'namespace="{namespace}"' not in pair.second.metrics()


def test_the_other_goes_on_when_the_leader_is_killed(api: Api, pair: Pair, namespace: str) -> None:
    instance = InstanceUnderTest(api, pair.second, namespace).create()
    instance.wait_for_child("StatefulSet", "postgres")
    pair.first.kill()
    instance.make_ready()
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    assert pair.second.is_leading()
    assert set(pair.writers(namespace)) == {agent("first"), agent("second")}
    pair.check_that_only_the_holder_wrote(namespace)
    pair.first.start()
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    assert not pair.first.is_leading(), "one that comes back does not take over"


def test_a_leader_that_is_told_to_stop_lets_the_other_go_on_at_once(
    api: Api, patient_pair: Pair, namespace: str
) -> None:
    pair = patient_pair
    instance = InstanceUnderTest(api, pair.second, namespace).create()
    instance.wait_for_child("StatefulSet", "postgres")
    assert pair.first.stop() == 0
    assert not api.get("Lease", "omnileads-operator", "omnileads-operator")["spec"]["holderIdentity"]
    wait_for("the second to lead", pair.second.is_leading, seconds=100, evidence=pair.evidence)
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    pair.check_that_only_the_holder_wrote(namespace)


def test_a_leader_that_was_stopped_for_a_while_writes_no_more(api: Api, pair: Pair, namespace: str) -> None:
    instance = InstanceUnderTest(api, pair.second, namespace).create()
    instance.wait_until_written()
    disturb(api, namespace)
    pair.first.send(signal.SIGSTOP)
    wait_for("the second to lead", pair.second.is_leading, evidence=pair.evidence)
    wait_until_undisturbed(instance, pair)
    disturb(api, namespace)
    pair.first.send(signal.SIGCONT)
    wait_for("the first to stand by", lambda: not pair.first.is_leading(), evidence=pair.evidence)
    wait_until_undisturbed(instance, pair)
    pair.check_that_only_the_holder_wrote(namespace)
    pair.second.kill()
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    assert pair.first.is_leading()
    pair.check_that_only_the_holder_wrote(namespace)


def test_a_leader_that_loses_the_api_server_ceases_before_the_other_begins(
    api: Api, pair: Pair, namespace: str
) -> None:
    instance = InstanceUnderTest(api, pair.second, namespace).create()
    instance.wait_until_written()
    pair.way.cut()
    disturb(api, namespace)
    wait_for("the second to lead", pair.second.is_leading, evidence=pair.evidence)
    assert not pair.first.is_leading()
    wait_until_undisturbed(instance, pair)
    pair.way.mend()
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    pair.check_that_only_the_holder_wrote(namespace)
    pair.second.stop()
    wait_for("the first to lead again", pair.first.is_leading, evidence=pair.evidence)
    disturb(api, namespace)
    wait_until_undisturbed(instance, pair)
    pair.check_that_only_the_holder_wrote(namespace)
