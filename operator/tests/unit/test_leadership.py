"""The lease on a clock of the test's own: never two that may write, whatever fails, and always one in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnileads_operator.cluster import NotLeadingError, Object, RefusedError, UnreachableError
from omnileads_operator.leadership import Leadership, Lease
from omnileads_operator.settings import OperatorSettings

SECONDS = 15.0


class Leases:
    """One lease as the API server keeps it. `is_away`: no request arrives. `loses_answers`: only answers are lost."""

    def __init__(self) -> None:
        self.lease: Object | None = None
        self.is_away = False
        self.loses_answers = False
        self._version = 0

    def get(self, kind: str, namespace: str | None, name: str) -> Object | None:
        self._refuse_if_away()
        return self.lease

    def create(self, manifest: Object) -> Object:
        self._refuse_if_away()
        if self.lease is not None:
            raise RefusedError(409, "exists")
        return self._keep(manifest["spec"])

    def patch(self, kind: str, namespace: str, name: str, body: Object, subresource: str = "") -> Object:
        self._refuse_if_away()
        assert self.lease is not None
        if body["metadata"]["resourceVersion"] != self.lease["metadata"]["resourceVersion"]:
            raise RefusedError(409, "changed")
        return self._keep({**self.lease["spec"], **body["spec"]})

    def list(self, kind: str, namespace: str | None, labels: Mapping[str, str]) -> list[Object]:
        raise NotImplementedError

    def apply(self, manifest: Object) -> Object:
        raise NotImplementedError

    def delete(self, kind: str, namespace: str, name: str) -> None:
        raise NotImplementedError

    def _keep(self, spec: Object) -> Object:
        self._version += 1
        self.lease = {"metadata": {"resourceVersion": str(self._version)}, "spec": spec}
        if self.loses_answers:
            raise UnreachableError("no answer")
        return self.lease

    def _refuse_if_away(self) -> None:
        if self.is_away:
            raise UnreachableError("away")


class Replicas:
    def __init__(self) -> None:
        self.now = 1000.0
        self.servers = Leases()
        self.lease = Lease(self.servers, "ns", "lease")
        self.all = [Leadership(self.lease, name, SECONDS, lambda: self.now) for name in ("one", "two")]

    def leading(self) -> list[int]:
        return [index for index, each in enumerate(self.all) if each.is_leading]


def test_the_first_leads_and_the_other_waits_until_it_is_silent() -> None:
    replicas = Replicas()
    one, two = replicas.all
    one.attempt(replicas.lease)
    two.attempt(replicas.lease)
    assert replicas.leading() == [0]
    one.check()
    with pytest.raises(NotLeadingError):
        two.check()
    replicas.now += 14
    two.attempt(replicas.lease)
    assert replicas.leading() == [], "the deadline of one has passed, the lease has not"
    replicas.now += 1
    two.attempt(replicas.lease)
    assert replicas.leading() == [1]
    assert replicas.servers.lease is not None
    assert replicas.servers.lease["spec"]["leaseTransitions"] == 1


def test_a_leader_that_cannot_renew_ceases_at_its_deadline_and_not_before() -> None:
    replicas = Replicas()
    one = replicas.all[0]
    one.attempt(replicas.lease)
    replicas.servers.is_away = True
    replicas.now += 9.9
    one.attempt(replicas.lease)
    assert one.is_leading
    replicas.now += 0.2
    assert not one.is_leading


def test_released_is_free_at_once() -> None:
    replicas = Replicas()
    one, two = replicas.all
    one.attempt(replicas.lease)
    two.attempt(replicas.lease)
    one.stop(release=True)
    two.attempt(replicas.lease)
    assert replicas.leading() == [1]


def test_not_released_while_something_may_still_be_written() -> None:
    replicas = Replicas()
    one, two = replicas.all
    one.attempt(replicas.lease)
    one.stop(release=False)
    two.attempt(replicas.lease)
    assert replicas.leading() == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["attempt", "away", "silent", "well"]),
        st.integers(min_value=0, max_value=1),
        st.floats(min_value=0, max_value=20),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_never_two_whatever_fails(taken: list[tuple[str, int, float]]) -> None:
    replicas = Replicas()
    for what, which, seconds in taken:
        if what == "attempt":
            replicas.all[which].attempt(replicas.lease)
        else:
            replicas.servers.is_away = what == "away"
            replicas.servers.loses_answers = what == "silent"
        assert len(replicas.leading()) <= 1
        replicas.now += seconds
        assert len(replicas.leading()) <= 1
    replicas.servers.is_away = replicas.servers.loses_answers = False
    for _ in range(20):
        replicas.now += 2
        for each in replicas.all:
            each.attempt(replicas.lease)
    assert len(replicas.leading()) == 1


def test_without_a_lease_it_leads_alone() -> None:
    begun: list[str] = []
    alone = Leadership(None, "one", SECONDS)
    alone.start(lambda: begun.append("begun"), lambda: begun.append("ceased"))
    alone.check()
    assert begun == ["begun"]
    alone.stop(release=True)
    assert not alone.is_leading


@pytest.mark.parametrize("text", ["lease", "/lease", "namespace/"])
def test_a_lease_has_a_namespace_and_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="is `namespace/name`"):
        OperatorSettings.read({"OPERATOR_LEASE": text})


def test_settings_of_the_lease() -> None:
    env: dict[str, Any] = {"OPERATOR_LEASE": "a/b", "OPERATOR_LEASE_SECONDS": "30", "OPERATOR_IDENTITY": "pod-1"}
    read = OperatorSettings.read(env)
    assert (read.lease, read.lease_seconds, read.identity) == (("a", "b"), 30.0, "pod-1")
    assert OperatorSettings.read({}).lease is None
