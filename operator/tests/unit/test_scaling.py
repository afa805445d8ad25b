"""How many Asterisks there are: more at once, fewer only without calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnileads_operator.asterisks import CLOSED_AT, AsteriskScaling
from omnileads_operator.desired.everything import everything
from omnileads_operator.desired.instance import Observed
from omnileads_operator.desired.scaling import NOTICE, Running, scale
from omnileads_operator.desired.voice import TAKES_CALLS
from omnileads_operator.resources.voice import Asterisk, AsteriskAutoscaling
from tests.unit.conftest import MakeInstance, found

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
Calls = tuple[int | None, ...]


def fixed(replicas: int) -> Asterisk:
    return Asterisk(replicas=replicas)


def by_calls(least: int = 1, most: int = 4, each: int = 10) -> Asterisk:
    autoscaling = AsteriskAutoscaling(min_replicas=least, max_replicas=most, calls_per_replica=each, quiet_seconds=900)
    return Asterisk(autoscaling=autoscaling)


def running(*calls: int | None, closed: Mapping[int, datetime] | None = None) -> dict[int, Running]:
    return {ordinal: Running(ordinal, True, count, (closed or {}).get(ordinal)) for ordinal, count in enumerate(calls)}


@pytest.mark.parametrize(
    ("asterisk", "current", "calls", "replicas"),
    [
        (fixed(2), None, (), 2),
        (fixed(3), 1, (5,), 3),
        (by_calls(least=2), None, (), 2),
        (by_calls(), 1, (10,), 1),
        (by_calls(), 1, (11,), 2),
        (by_calls(), 1, (35,), 4),
        (by_calls(), 2, (90, 90), 4),
        (by_calls(least=2), 1, (0,), 2),
        (by_calls(), 2, (None, 30), 2),
    ],
)
def test_more_are_there_at_once(asterisk: Asterisk, current: int | None, calls: Calls, replicas: int) -> None:
    wanted = scale(asterisk, current, running(*calls), None, NOW)
    assert (wanted.replicas, wanted.open) == (replicas, replicas)


@pytest.mark.parametrize(
    ("calls", "closed_at", "replicas"),
    [
        (0, LONG_AGO, 1),
        (1, LONG_AGO, 2),
        (None, LONG_AGO, 2),
        (0, None, 2),
        (0, NOW - NOTICE / 2, 2),
    ],
)
def test_one_goes_when_it_is_closed_and_has_no_calls(
    calls: int | None, closed_at: datetime | None, replicas: int
) -> None:
    pods = running(7, calls, closed={1: closed_at} if closed_at else {})
    wanted = scale(fixed(1), 2, pods, None, NOW)
    assert (wanted.replicas, wanted.open) == (replicas, 1)
    assert bool(wanted.message) == (replicas == 2)


def test_one_that_never_ran_goes_at_once() -> None:
    waiting = {0: Running(0, True, 3), 1: Running(1, False)}
    assert scale(fixed(1), 2, waiting, None, NOW).replicas == 1
    assert scale(fixed(1), 2, {0: Running(0, True, 3)}, None, NOW).replicas == 1


def test_several_go_one_at_a_time() -> None:
    pods = running(1, 0, 0, closed={1: LONG_AGO, 2: LONG_AGO})
    wanted = scale(fixed(1), 3, pods, None, NOW)
    assert (wanted.replicas, wanted.open) == (2, 1)


def test_fewer_must_have_been_enough_for_a_while() -> None:
    first = scale(by_calls(), 2, running(3, 3), None, NOW)
    assert (first.open, first.fewer_since) == (2, NOW)
    later = NOW + timedelta(seconds=899)
    assert scale(by_calls(), 2, running(3, 3), NOW, later).open == 2
    long_after = NOW + timedelta(seconds=900)
    closing = scale(by_calls(), 2, running(3, 3), NOW, long_after)
    assert (closing.replicas, closing.open) == (2, 1)
    busy_again = scale(by_calls(), 2, running(9, 3, closed={1: NOW}), NOW, long_after)
    assert (busy_again.open, busy_again.fewer_since) == (2, None), "it is opened again"
    gone = scale(by_calls(), 2, running(3, 0, closed={1: LONG_AGO}), NOW, long_after)
    assert (gone.replicas, gone.fewer_since) == (1, None), "the next waits for a while of its own"


def test_nothing_goes_below_the_least_or_when_nobody_knows() -> None:
    assert scale(by_calls(least=2), 2, running(0, 0), LONG_AGO, NOW).open == 2
    assert scale(by_calls(), 3, running(0, 0, None), LONG_AGO, NOW).open == 3


class Pods:
    """The pods of an instance, and what was patched."""

    def __init__(self, *pods: dict[str, Any]) -> None:
        self.pods = list(pods)
        self.patched: dict[str, Any] = {}

    def list(self, kind: str, namespace: str | None, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        assert (kind, namespace) == ("Pod", "centres")
        return [pod for pod in self.pods if labels.items() <= pod["metadata"]["labels"].items()]

    def patch(self, kind: str, namespace: str, name: str, body: dict[str, Any], subresource: str = "") -> Any:
        del kind, namespace, subresource
        self.patched[name] = body["metadata"]


def pod(name: str, component: str, address: str, **annotations: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": component, "app.kubernetes.io/instance": "acme"}
    if component == "asterisk":
        labels[TAKES_CALLS] = "false" if annotations else "true"
    return {
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "status": {"phase": "Running", "podIP": address},
    }


METRICS = {
    "10.0.0.8": 'oml_acd_asterisk_connected{asterisk=""} 0.0\noml_acd_calls{asterisk=""} 0.0\n',
    "10.0.0.9": (
        'oml_acd_asterisk_connected{asterisk=""} 0.0\n'
        'oml_acd_asterisk_connected{asterisk="10.0.1.0"} 1.0\n'
        'oml_acd_asterisk_connected{asterisk="10.0.1.1"} 1.0\n'
        'oml_acd_calls{asterisk="10.0.1.0"} 4.0\n'
    ),
}
ENGINES = (pod("acme-acd-a", "acd", "10.0.0.8"), pod("acme-acd-b", "acd", "10.0.0.9"))


def ask(address: str) -> str:
    return METRICS[address]


def advance(instance: MakeInstance, pods: Pods, replicas: int, resource: dict[str, Any] | None = None) -> Any:
    scaling = AsteriskScaling(pods, lambda: NOW, ask)  # type: ignore[arg-type] # what is used of a cluster
    asked = instance(voice={"asterisk": {"replicas": 1}})
    return scaling.advance(resource or {}, asked, {"spec": {"replicas": replicas}})


def test_the_highest_is_closed_and_then_taken_away(instance: MakeInstance) -> None:
    pods = Pods(
        *ENGINES, pod("acme-asterisk-0", "asterisk", "10.0.1.0"), pod("acme-asterisk-1", "asterisk", "10.0.1.1")
    )
    first = advance(instance, pods, 2)
    assert (first.replicas, first.is_watched, first.finding.reason) == (2, True, "Draining")
    assert list(pods.patched) == ["acme-asterisk-1"]
    assert pods.patched["acme-asterisk-1"]["labels"] == {TAKES_CALLS: "false"}
    closed = pod("acme-asterisk-1", "asterisk", "10.0.1.1", **{CLOSED_AT: "2026-03-02T11:00:00Z"})
    later = Pods(*ENGINES, pod("acme-asterisk-0", "asterisk", "10.0.1.0"), closed)
    second = advance(instance, later, 2)
    assert (second.replicas, second.finding.reason) == (1, "ScaledIn")
    assert later.patched == {}


def test_one_with_calls_stays_and_without_an_engine_every_one_does(instance: MakeInstance) -> None:
    closed = {CLOSED_AT: "2026-03-02T11:00:00Z"}
    busy = Pods(
        *ENGINES,
        pod("acme-asterisk-0", "asterisk", "10.0.1.1"),
        pod("acme-asterisk-1", "asterisk", "10.0.1.0", **closed),
    )
    held = advance(instance, busy, 2)
    assert (held.replicas, held.finding.message) == (2, "Asterisk 1 is to go and has 4 calls.")
    nobody = Pods(ENGINES[0], pod("acme-asterisk-1", "asterisk", "10.0.1.1", **closed))
    assert advance(instance, nobody, 2).replicas == 2


def test_one_that_is_wanted_after_all_is_opened_again(instance: MakeInstance) -> None:
    draining = {"status": {"conditions": [{"type": "AsterisksScaled", "status": "False"}]}}
    pods = Pods(*ENGINES, pod("acme-asterisk-0", "asterisk", "10.0.1.0", **{CLOSED_AT: "2026-03-02T11:00:00Z"}))
    advance(instance, pods, 1, draining)
    assert pods.patched == {"acme-asterisk-0": {"labels": {TAKES_CALLS: "true"}, "annotations": {CLOSED_AT: None}}}


def test_a_fixed_number_asks_nobody(instance: MakeInstance) -> None:
    class Nobody:
        """A cluster that is asked nothing."""

    scaling = AsteriskScaling(Nobody(), lambda: NOW, ask)  # type: ignore[arg-type]
    decided = scaling.advance({}, instance(), {"spec": {"replicas": 1}})
    assert (decided.replicas, decided.is_watched) == (1, False)


def test_each_is_on_a_node_of_its_own_and_the_engine_looks_where_calls_may_begin(instance: MakeInstance) -> None:
    objects = everything(instance(Observed(asterisks=3)))
    made = found(objects, "StatefulSet", "asterisk")["spec"]
    assert made["replicas"] == 3
    (term,) = made["template"]["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert made["template"]["metadata"]["labels"][TAKES_CALLS] == "true"
    assert found(objects, "Service", "asterisk-open")["spec"]["selector"][TAKES_CALLS] == "true"
    assert TAKES_CALLS not in found(objects, "Service", "asterisk")["spec"]["selector"]
    engine = found(objects, "Deployment", "acd")["spec"]["template"]["spec"]["containers"][0]["env"]
    (told,) = (each["value"] for each in engine if each["name"] == "ASTERISK_HOST")
    assert told.startswith("acme-asterisk-open")
