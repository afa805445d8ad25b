"""HTTP: the picture of a call's way, and trying it: inbound, outbound, and a CRM that identifies customers."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from omnileads.acd import configuration
from omnileads.acd.core.config import Destination, RoutingConfig
from omnileads.acd.core.dialplan import find_route
from omnileads.acd.crm import Crm, form
from omnileads.callflow.picture import draw, key_of, name_of
from omnileads.callflow.schemas import (
    CallFlow,
    FlowOutcome,
    FlowQuestion,
    FlowStep,
    FlowTrial,
    FlowTrialOut,
    IdentificationTrial,
    IdentificationTrialOut,
    OutboundTrial,
    OutboundTrialOut,
    TriedDestination,
    TriedPattern,
    TriedRequest,
    TriedRoute,
    TriedTrunk,
)
from omnileads.callflow.trial import Trial, attempt
from omnileads.kit.clock import epoch_ms, installation_zone
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.errors import NotFound
from omnileads.kit.outgoing import USER_AGENT
from omnileads.kit.permissions import requires
from omnileads.kit.schemas import Id
from omnileads.telephony.models import InboundRoute

call_flow = APIRouter(prefix="/call-flow", tags=["call-flow"], dependencies=[requires("routes.read")])
trials = APIRouter(tags=["call-flow"])


def _configuration(session: Session) -> RoutingConfig:
    """What the call engine reads, read as it reads it."""
    return configuration.load(session, installation_zone())


@call_flow.get("")
def get_call_flow(session: Transaction, route_id: Annotated[Id, Query()]) -> CallFlow:
    """The whole way from an inbound route, with what is wrong with it."""
    row = session.get(InboundRoute, route_id)
    config = _configuration(session)
    route = config.routes.get(row.did) if row is not None else None
    if route is None:
        raise NotFound
    return CallFlow.model_validate(draw(config, route, route_id), from_attributes=True)


@call_flow.post("/try")
def try_call_flow(session: Transaction, runtime: CurrentRuntime, body: FlowTrial) -> FlowTrialOut:
    """Where a call would go at a moment, with these inputs; nothing is called."""
    config = _configuration(session)
    now = epoch_ms(body.at or runtime.clock.now())
    return _present(config, attempt(config, body.did, body.number, now, body.inputs))


@trials.post("/outbound-routes/try", dependencies=[requires("routes.read")])
def try_outbound_route(session: Transaction, body: OutboundTrial) -> OutboundTrialOut:
    """Which route takes a number and what its trunks receive; nothing is called."""
    config = _configuration(session)
    match = find_route(config.outbound_routes, body.number)
    if match is None:
        return OutboundTrialOut(route=None, pattern=None, sent=None, trunks=[])
    trunks = [config.trunks[trunk_id] for trunk_id in match.route.trunk_ids if trunk_id in config.trunks]
    return OutboundTrialOut(
        route=TriedRoute(id=match.route.id, name=match.route.name),
        pattern=TriedPattern(prepend=match.pattern.prepend, prefix=match.pattern.prefix, match=match.pattern.match),
        sent=match.sent,
        trunks=[TriedTrunk(id=trunk.id, name=trunk.name, caller_id=trunk.caller_id) for trunk in trunks],
    )


@trials.post(
    "/customer-identifications/try",
    dependencies=[requires("customer-identifications.read"), requires("customer-identifications.write")],
)
async def try_customer_identification(settings: CurrentSettings, body: IdentificationTrial) -> IdentificationTrialOut:
    """Ask the CRM as a call would, and show all of it."""
    inquiry = await Crm(settings.outgoing).inquire(body.url, body.digits)
    says = inquiry.says
    is_route = isinstance(says, Destination)
    problem = inquiry.problem
    if is_route and body.mode == "crm-decides":
        problem = "In this mode the CRM must answer true or false; a destination counts as not identified."
    return IdentificationTrialOut(
        request=TriedRequest(
            url=body.url,
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form(body.digits)),
        ),
        status=inquiry.status,
        body=inquiry.body,
        duration_ms=inquiry.duration_ms,
        result="unidentified" if problem else "destination" if isinstance(says, Destination) else says,
        destination=TriedDestination(type=says.type.value, id=says.id) if isinstance(says, Destination) else None,
        problem=problem,
    )


def _present(config: RoutingConfig, trial: Trial) -> FlowTrialOut:
    end = trial.ends_with
    return FlowTrialOut(
        steps=[
            FlowStep(
                node_key=step.node_key,
                type=step.destination.type.value,
                name=step.name,
                event=step.event,
                detail=step.detail,
            )
            for step in trial.steps
        ],
        outcome=FlowOutcome(
            type=end.type.value, id=end.id, name=name_of(config, end) or "", is_refused=trial.is_refused
        )
        if end is not None
        else None,
        next=FlowQuestion(kind=trial.waiting_for, node_key=key_of(trial.steps[-1].destination))
        if trial.waiting_for is not None
        else None,
    )
