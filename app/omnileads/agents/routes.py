"""HTTP: agent groups, pauses, the list of agents and the agent console."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from omnileads.agents.colleagues import colleagues_of
from omnileads.agents.console import AgentConsole, check_pause, require_agent
from omnileads.agents.engine import EngineClient
from omnileads.agents.groups import AgentGroups
from omnileads.agents.live import LiveAgents
from omnileads.agents.pause_sets import PauseSets
from omnileads.agents.pauses import Pauses
from omnileads.agents.profiles import page_of_agents
from omnileads.agents.schemas import (
    AgentGroupCreate,
    AgentGroupOut,
    AgentGroupPatch,
    AgentLive,
    AgentOption,
    CallRequest,
    Colleague,
    ColleagueCallRequest,
    ConsoleSession,
    PauseCreate,
    PauseOut,
    PausePatch,
    PauseRequest,
    PauseSetCreate,
    PauseSetOut,
    PauseSetPatch,
)
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import epoch_ms
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.ids import new_id
from omnileads.kit.pagination import Page, Paging
from omnileads.kit.permissions import CurrentPrincipal, requires
from omnileads.kit.redis import connect_async
from omnileads.kit.schemas import PathId

groups = APIRouter(prefix="/agent-groups", tags=["agent-groups"], dependencies=[requires("agent-groups.read")])
pauses = APIRouter(prefix="/pauses", tags=["pauses"], dependencies=[requires("pauses.read")])
pause_sets = APIRouter(prefix="/pause-sets", tags=["pauses"], dependencies=[requires("pauses.read")])
agents = APIRouter(prefix="/agents", tags=["agents"], dependencies=[requires("campaigns.read")])
console = APIRouter(prefix="/agent", tags=["agent-console"], dependencies=[requires("agent.console")])


def _groups(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> AgentGroups:
    return AgentGroups(session, ConfigurationChanges(session, runtime, principal), runtime.clock)


def _pauses(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> Pauses:
    changes = ConfigurationChanges(session, runtime, principal)
    return Pauses(session, changes, LiveAgents(runtime.redis), runtime.clock)


def _pause_sets(session: Transaction, runtime: CurrentRuntime, principal: CurrentPrincipal) -> PauseSets:
    return PauseSets(session, ConfigurationChanges(session, runtime, principal))


CurrentGroups = Annotated[AgentGroups, Depends(_groups)]
CurrentPauses = Annotated[Pauses, Depends(_pauses)]
CurrentPauseSets = Annotated[PauseSets, Depends(_pause_sets)]


@groups.get("")
def list_groups(service: CurrentGroups, paging: Paging) -> Page[AgentGroupOut]:
    return service.page(paging)


@groups.post("", status_code=201, dependencies=[requires("agent-groups.write")])
def create_group(service: CurrentGroups, body: AgentGroupCreate) -> AgentGroupOut:
    return service.create(body)


@groups.get("/{group_id}")
def get_group(service: CurrentGroups, group_id: PathId) -> AgentGroupOut:
    return service.one(group_id)


@groups.patch("/{group_id}", dependencies=[requires("agent-groups.write")])
def change_group(service: CurrentGroups, group_id: PathId, body: AgentGroupPatch) -> AgentGroupOut:
    return service.change(group_id, body)


@groups.delete("/{group_id}", status_code=204, dependencies=[requires("agent-groups.write")])
def delete_group(service: CurrentGroups, group_id: PathId) -> None:
    service.delete(group_id)


@pauses.get("")
def list_pauses(service: CurrentPauses, paging: Paging) -> Page[PauseOut]:
    return service.page(paging)


@pauses.post("", status_code=201, dependencies=[requires("pauses.write")])
def create_pause(service: CurrentPauses, body: PauseCreate) -> PauseOut:
    return service.create(body)


@pauses.get("/{pause_id}")
def get_pause(service: CurrentPauses, pause_id: PathId) -> PauseOut:
    return service.one(pause_id)


@pauses.patch("/{pause_id}", dependencies=[requires("pauses.write")])
def change_pause(service: CurrentPauses, pause_id: PathId, body: PausePatch) -> PauseOut:
    return service.change(pause_id, body)


@pauses.delete("/{pause_id}", status_code=204, dependencies=[requires("pauses.write")])
def delete_pause(service: CurrentPauses, pause_id: PathId) -> None:
    service.delete(pause_id)


@pause_sets.get("")
def list_pause_sets(service: CurrentPauseSets, paging: Paging) -> Page[PauseSetOut]:
    return service.page(paging)


@pause_sets.post("", status_code=201, dependencies=[requires("pauses.write")])
def create_pause_set(service: CurrentPauseSets, body: PauseSetCreate) -> PauseSetOut:
    return service.create(body)


@pause_sets.get("/{pause_set_id}")
def get_pause_set(service: CurrentPauseSets, pause_set_id: PathId) -> PauseSetOut:
    return service.one(pause_set_id)


@pause_sets.patch("/{pause_set_id}", dependencies=[requires("pauses.write")])
def change_pause_set(service: CurrentPauseSets, pause_set_id: PathId, body: PauseSetPatch) -> PauseSetOut:
    return service.change(pause_set_id, body)


@pause_sets.delete("/{pause_set_id}", status_code=204, dependencies=[requires("pauses.write")])
def delete_pause_set(service: CurrentPauseSets, pause_set_id: PathId) -> None:
    service.delete(pause_set_id)


@agents.get("")
def list_agents(session: Transaction, paging: Paging, group_id: int | None = None) -> Page[AgentOption]:
    """Agents as choices, for example for a campaign's members; searched by name, username or extension."""
    return page_of_agents(session, paging, group_id)


def _agent_id(runtime: CurrentRuntime, principal: CurrentPrincipal) -> int:
    """The caller's agent id, read in a transaction of its own: no connection is held while the engine is asked."""
    with runtime.database.transaction() as session:
        return require_agent(session, principal.user_id).id


CurrentAgentId = Annotated[int, Depends(_agent_id)]


@console.get("/session")
def open_session(
    session: Transaction, runtime: CurrentRuntime, settings: CurrentSettings, principal: CurrentPrincipal
) -> ConsoleSession:
    return AgentConsole(session, settings, LiveAgents(runtime.redis), runtime.clock).open(principal.user_id)


async def _ask(runtime: CurrentRuntime, settings: CurrentSettings, command: dict[str, object]) -> AgentLive:
    async with connect_async(settings.redis, client_name=f"{settings.oml.instance}-agent-command") as client:
        return await EngineClient(client, runtime.clock).ask(command)


@console.post("/login")
async def log_in(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: CurrentAgentId) -> AgentLive:
    return await _ask(runtime, settings, {"type": "agent.login", "agent_id": agent_id})


@console.post("/logout")
async def log_out(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: CurrentAgentId) -> AgentLive:
    return await _ask(runtime, settings, {"type": "agent.logout", "agent_id": agent_id})


def _agent_for_pause(runtime: CurrentRuntime, principal: CurrentPrincipal, body: PauseRequest) -> int:
    """The caller's agent id, if their group has the wanted pause. Raises NotAnAgent, PauseNotOffered."""
    with runtime.database.transaction() as session:
        agent = require_agent(session, principal.user_id)
        check_pause(session, agent, body.pause_id)
        return agent.id


@console.post("/pause")
async def pause(
    runtime: CurrentRuntime,
    settings: CurrentSettings,
    agent_id: Annotated[int, Depends(_agent_for_pause)],
    body: PauseRequest,
) -> AgentLive:
    command: dict[str, object] = {"type": "agent.pause", "agent_id": agent_id, "pause_id": str(body.pause_id)}
    return await _ask(runtime, settings, command)


@console.post("/unpause")
async def unpause(runtime: CurrentRuntime, settings: CurrentSettings, agent_id: CurrentAgentId) -> AgentLive:
    return await _ask(runtime, settings, {"type": "agent.unpause", "agent_id": agent_id})


@console.post("/calls")
async def call_out(
    runtime: CurrentRuntime, settings: CurrentSettings, agent_id: CurrentAgentId, body: CallRequest
) -> AgentLive:
    """Call a number: the agent's webphone rings first and takes the call by itself, then the number is dialled.

    How it goes on is told over `/ws/live`; the webphone ends the call. Refused with 409 where the agent, its group or
    the outbound routes do not allow it.
    """
    command: dict[str, object] = {
        "type": "agent.call",
        "agent_id": agent_id,
        "call_id": new_id(epoch_ms(runtime.clock.now())),
        "number": body.number,
        "campaign_id": body.campaign_id,
    }
    return await _ask(runtime, settings, command)


@console.get("/colleagues")
def list_colleagues(
    session: Transaction,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    search: Annotated[str, Query(max_length=60)] = "",
) -> list[Colleague]:
    """The agents who are at work, those who can take a call first; at most 50, searched by name or extension.

    Empty where the agent's group does not let its agents call each other.
    """
    return colleagues_of(require_agent(session, principal.user_id), LiveAgents(runtime.redis), search)


@console.post("/calls/colleague")
async def call_colleague(
    runtime: CurrentRuntime, settings: CurrentSettings, agent_id: CurrentAgentId, body: ColleagueCallRequest
) -> AgentLive:
    """Call another agent: the caller's webphone rings first and takes the call by itself, then the colleague's rings.

    Refused with 409 where the group does not allow it or the colleague cannot take a call now.
    """
    command: dict[str, object] = {
        "type": "agent.call-agent",
        "agent_id": agent_id,
        "call_id": new_id(epoch_ms(runtime.clock.now())),
        "to_agent_id": body.agent_id,
    }
    return await _ask(runtime, settings, command)
