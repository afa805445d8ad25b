"""HTTP: the callbacks of the agent who is signed in, and those of the campaigns a supervisor sees."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from omnileads.agents.console import require_agent
from omnileads.agents.models import Agent
from omnileads.callbacks.errors import CallbacksNotAllowed
from omnileads.callbacks.schemas import CallbackAgent, CallbackGiven, CallbackOut, CallbackPut
from omnileads.callbacks.search import CallbackFilter, find_callbacks, find_takers
from omnileads.callbacks.service import Callbacks
from omnileads.campaigns.scope import CurrentScope
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import MAX_INTEGER, PathId

router = APIRouter(prefix="/agent/callbacks", tags=["agent-console"], dependencies=[requires("agent.console")])
supervisors = APIRouter(prefix="/callbacks", tags=["supervision"], dependencies=[requires("supervision.read")])
_ACTS: Final = [requires("supervision.act")]

RowId = Annotated[int | None, Query(ge=1, le=MAX_INTEGER)]
Since = Annotated[AwareDatetime | None, Query(alias="from", description="Start, included; ISO 8601.")]
Until = Annotated[AwareDatetime | None, Query(alias="to", description="End, not included; ISO 8601.")]


def _service(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Callbacks:
    return Callbacks(session, runtime.clock, principal)


def _agent(session: Transaction, principal: CurrentPrincipal) -> Agent:
    return require_agent(session, principal.user_id)


CurrentCallbacks = Annotated[Callbacks, Depends(_service)]
CurrentAgent = Annotated[Agent, Depends(_agent)]


@router.get("")
def list_callbacks(
    service: CurrentCallbacks,
    agent: CurrentAgent,
    paging: Paging,
    since: Since = None,
    until: Until = None,
) -> Page[CallbackOut]:
    """The next one first. Refused with 403 where the agent's group does not show them."""
    if not agent.group.allow_callbacks:
        raise CallbacksNotAllowed
    return service.page_of(agent, paging, since, until)


@router.put("", responses={201: {"model": CallbackOut, "description": "It was made."}})
def put_callback(service: CurrentCallbacks, agent: CurrentAgent, body: CallbackPut, response: Response) -> CallbackOut:
    """The agent's callback of this contact in this campaign: there is one, which is made or changed."""
    stored, is_new = service.put(agent, body)
    response.status_code = 201 if is_new else 200
    return stored


@router.delete("/{callback_id}", status_code=204)
def delete_callback(service: CurrentCallbacks, agent: CurrentAgent, callback_id: PathId) -> None:
    """The contact was called, or is not to be called any more."""
    service.delete(agent, callback_id)


@supervisors.get("")
def list_supervised_callbacks(
    session: Transaction,
    runtime: CurrentRuntime,
    scope: CurrentScope,
    paging: Paging,
    campaign_id: RowId = None,
    agent_id: RowId = None,
    since: Since = None,
    until: Until = None,
    *,
    overdue: Annotated[bool, Query(description="Only those whose moment has passed.")] = False,
) -> Page[CallbackOut]:
    """Callbacks of the campaigns the person sees, the next one first."""
    due_before = runtime.clock.now() if overdue else None
    wanted = CallbackFilter(campaign_id, agent_id, since, until, due_before)
    return find_callbacks(session, wanted, scope, paging)


@supervisors.get("/{callback_id}")
def get_supervised_callback(service: CurrentCallbacks, scope: CurrentScope, callback_id: PathId) -> CallbackOut:
    return service.one(callback_id, scope)


@supervisors.get("/{callback_id}/agents")
def list_callback_agents(
    session: Transaction, service: CurrentCallbacks, scope: CurrentScope, callback_id: PathId, paging: Paging
) -> Page[CallbackAgent]:
    """The other agents of the campaign, as choices; searched by name, username or extension."""
    return find_takers(session, service.seen(callback_id, scope), paging)


@supervisors.put("/{callback_id}/agent", dependencies=_ACTS)
def give_callback(
    service: CurrentCallbacks, scope: CurrentScope, callback_id: PathId, body: CallbackGiven
) -> CallbackOut:
    """Another agent of the campaign is to call. A global callback is the dialer's and refused with 409."""
    return service.give_to(callback_id, body.agent_id, scope)


@supervisors.delete("/{callback_id}", status_code=204, dependencies=_ACTS)
def take_callback_away(service: CurrentCallbacks, scope: CurrentScope, callback_id: PathId) -> None:
    """Nobody is to call: neither the agent, nor the dialer."""
    service.take_away(callback_id, scope)
