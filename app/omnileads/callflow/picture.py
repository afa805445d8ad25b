"""The whole way from a number, drawn from the configuration in force. Pure.

A node is a thing of the configuration, an edge a way out of it. What is wrong with the way is listed as findings: a
loop nobody can leave, a place that does not exist, a campaign that nobody serves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from omnileads.acd.core.config import Destination, DestinationType, Route, RoutingConfig

EdgeKind = Literal[
    "always", "match", "otherwise", "digit", "timeout", "invalid", "identified", "unidentified", "failover", "exit"
]
FindingCode = Literal["loop", "missing", "inactive-campaign", "no-members"]
ROUTE: Final = "inbound-route"

_WITHOUT_A_PERSON: Final = frozenset({"always", "match", "otherwise", "failover"})
"""Ways a call goes by itself; a circle of these alone is a loop."""


@dataclass(frozen=True, slots=True)
class Node:
    """`key` is `<type>:<id>`; a hang-up and a missing thing are nodes of their own."""

    key: str
    type: str
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    kind: EdgeKind
    digit: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    code: FindingCode
    node_key: str
    message: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`nodes` in the order they are reached, the route first."""

    nodes: list[Node]
    edges: list[Edge]
    findings: list[Finding]


Way = tuple[EdgeKind, str | None, Destination]
"""(kind, digit, where to)"""


def key_of(destination: Destination) -> str:
    """What a node is called."""
    return destination.type.value if destination.id is None else f"{destination.type.value}:{destination.id}"


def name_of(config: RoutingConfig, destination: Destination) -> str | None:
    """What people call the place; None when there is no such place, empty for a hang-up."""
    if destination.type is DestinationType.HANGUP:
        return ""
    place = config.place(destination)
    return place.name if place is not None else None


def draw(config: RoutingConfig, route: Route, route_id: int) -> Picture:
    """Follow every way from a route."""
    start = Node(f"{ROUTE}:{route_id}", ROUTE, route_id, route.name)
    nodes, edges = {start.key: start}, [Edge(start.key, key_of(route.destination), "always")]
    to_visit = deque([route.destination])
    while to_visit:
        destination = to_visit.popleft()
        key = key_of(destination)
        if key in nodes:
            continue
        nodes[key] = Node(key, destination.type.value, destination.id, name_of(config, destination) or "")
        for kind, digit, target in ways(config, destination):
            edges.append(Edge(key, key_of(target), kind, digit))
            to_visit.append(target)
    findings = [finding for node in nodes.values() if (finding := _fault(config, node)) is not None]
    return Picture(list(nodes.values()), edges, [*findings, *_loops(list(nodes), edges)])


def ways(config: RoutingConfig, destination: Destination) -> Iterator[Way]:
    """The ways out of a place."""
    target = destination.id or 0
    match destination.type:
        case DestinationType.TIME_CONDITION if (condition := config.time_conditions.get(target)) is not None:
            yield ("match", None, condition.match)
            yield ("otherwise", None, condition.otherwise)
        case DestinationType.IVR if (ivr := config.ivrs.get(target)) is not None:
            for digit, leads_to in sorted(ivr.options.items()):
                yield ("digit", digit, leads_to)
            yield ("timeout", None, ivr.timeout)
            yield ("invalid", None, ivr.invalid)
        case DestinationType.CUSTOMER_IDENTIFICATION if (asking := config.identifications.get(target)) is not None:
            yield ("identified", None, asking.identified)
            yield ("unidentified", None, asking.unidentified)
        case DestinationType.CUSTOM_DESTINATION if (custom := config.custom_destinations.get(target)) is not None:
            yield ("failover", None, custom.failover)
        case DestinationType.INBOUND_CAMPAIGN if (queue := config.queues.get(target)) is not None:
            if queue.failover is not None:
                yield ("failover", None, queue.failover)
            if queue.exit_ivr_id is not None:
                yield ("exit", None, Destination(DestinationType.IVR, queue.exit_ivr_id))


def _fault(config: RoutingConfig, node: Node) -> Finding | None:
    if node.type in (ROUTE, DestinationType.HANGUP.value):
        return None
    destination = Destination(DestinationType(node.type), node.id)
    if config.place(destination) is None:
        return Finding("missing", node.key, "This does not exist: callers hear that the number is not in service.")
    queue = config.queues.get(node.id or 0) if destination.type is DestinationType.INBOUND_CAMPAIGN else None
    if queue is not None and not queue.is_active:
        return Finding("inactive-campaign", node.key, "The campaign is not active: calls go to its failover at once.")
    if queue is not None and not queue.members:
        return Finding("no-members", node.key, "Nobody works in this campaign.")
    return None


def _loops(keys: list[str], edges: list[Edge]) -> Iterator[Finding]:
    """Places from which a call comes back by itself, each circle once, at the place reached first."""
    following: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind in _WITHOUT_A_PERSON and not edge.source.startswith(DestinationType.INBOUND_CAMPAIGN.value):
            following.setdefault(edge.source, []).append(edge.target)
    told: set[str] = set()
    for key in keys:
        reached: set[str] = set()
        to_visit = list(following.get(key, ()))
        while to_visit:
            place = to_visit.pop()
            if place not in reached:
                reached.add(place)
                to_visit += following.get(place, ())
        if key in reached and key not in told:
            told |= reached
            yield Finding("loop", key, "From here a call comes back to here without anybody doing anything.")
