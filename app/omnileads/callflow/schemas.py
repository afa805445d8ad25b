"""Requests and answers about the way of a call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omnileads.callflow.picture import EdgeKind, FindingCode
from omnileads.kit.clock import Instant
from omnileads.kit.schemas import RequestModel, ResponseModel
from omnileads.telephony.models import DestinationType, IdentificationMode

NodeType = DestinationType | Literal["inbound-route"]
DialledNumber = Annotated[str, Field(pattern=r"^[0-9*#+]{1,40}$", description="Digits, * # +.")]


class FlowNode(ResponseModel):
    """`key` is `<type>:<id>`, or `hangup`."""

    key: str
    type: NodeType
    id: int | None
    name: str


class FlowEdge(ResponseModel):
    source: str
    target: str
    kind: EdgeKind
    digit: str | None


class FlowFinding(ResponseModel):
    code: FindingCode
    node_key: str
    message: str


class CallFlow(ResponseModel):
    """The first node is the route."""

    nodes: list[FlowNode]
    edges: list[FlowEdge]
    findings: list[FlowFinding]


class FlowTrial(RequestModel):
    """A call to try. `at` null means now; `inputs` are what the caller does at each question, in order."""

    did: Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$")]
    at: Instant | None = None
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{0,20}$")] = ""
    inputs: Annotated[
        list[Annotated[str, Field(pattern=r"^([0-9*#]{1,32}|timeout|true|false|[0-9]{1,2},[0-9]{1,9})$")]],
        Field(max_length=50, default_factory=list),
    ]


class FlowStep(ResponseModel):
    """A place the call came to. `detail` is the input that led there, where one did."""

    node_key: str
    type: DestinationType
    name: str
    event: Literal["always", "digits", "timeout", "crm"]
    detail: str


class FlowOutcome(ResponseModel):
    """Where the call stays. `is_refused`: the caller hears that the number is not in service."""

    type: DestinationType
    id: int | None
    name: str
    is_refused: bool


class FlowQuestion(ResponseModel):
    """What the call waits for: the caller's digits or the CRM's answer."""

    kind: Literal["digits", "crm"]
    node_key: str


class FlowTrialOut(ResponseModel):
    """`outcome` is null while there is a `next` question without an input."""

    steps: list[FlowStep]
    outcome: FlowOutcome | None
    next: FlowQuestion | None


class OutboundTrial(RequestModel):
    number: DialledNumber


class TriedPattern(ResponseModel):
    prepend: str
    prefix: str
    match: str


class TriedTrunk(ResponseModel):
    id: int
    name: str
    caller_id: str


class TriedRoute(ResponseModel):
    id: int
    name: str


class OutboundTrialOut(ResponseModel):
    """`sent` is what the trunks receive, tried in the order of `trunks`. All null or empty when no route takes it."""

    route: TriedRoute | None
    pattern: TriedPattern | None
    sent: str | None
    trunks: list[TriedTrunk]


class IdentificationTrial(RequestModel):
    mode: IdentificationMode
    url: Annotated[str, Field(pattern=r"^https?://[^\s]{1,490}$")]
    digits: Annotated[str, Field(pattern=r"^[0-9*]{1,30}$")]


class TriedRequest(ResponseModel):
    method: Literal["POST"] = "POST"
    url: str
    headers: dict[str, str]
    body: str


class TriedDestination(ResponseModel):
    type: DestinationType
    id: int | None


class IdentificationTrialOut(ResponseModel):
    """The exact request and answer. `problem` says why the customer counts as not identified."""

    request: TriedRequest
    status: int | None
    body: str | None
    duration_ms: int
    result: Literal["identified", "unidentified", "destination"]
    destination: TriedDestination | None
    problem: str | None
