"""HTTP: the callbacks of the agent who is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from omnileads.agents.console import require_agent
from omnileads.agents.models import Agent
from omnileads.callbacks.errors import CallbacksNotAllowed
from omnileads.callbacks.schemas import CallbackOut, CallbackPut
from omnileads.callbacks.service import Callbacks
from omnileads.kit.edge import CurrentRuntime, Transaction
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.schemas import PathId

router = APIRouter(prefix="/agent/callbacks", tags=["agent-console"], dependencies=[requires("agent.console")])


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
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Start, included; ISO 8601.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="End, not included; ISO 8601.")] = None,
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
