"""`supervision/...`, `agent_status/...`: who works where at this moment, for who supervises it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Query
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.console import find_agent
from omnileads.agents.errors import EngineRefused, EngineUnavailable
from omnileads.agents.live import LIVE_AGENTS, LiveAgents
from omnileads.agents.models import CAMPAIGN_KINDS, Agent, AgentGroup
from omnileads.agents.schemas import AgentLive
from omnileads.api.v1.bodies import Data, Fields, as_day, as_id, takes
from omnileads.api.v1.crm_calls import ask_engine
from omnileads.api.v1.errors import Body, Refused, failed, missing, sentence_of
from omnileads.api.v1.language import say
from omnileads.calls.models import CallEvent
from omnileads.campaigns.models import Campaign, CampaignMember, CampaignState
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.campaigns.scope import CurrentScope, Scope, campaign_scope, find_seen
from omnileads.kit.audit import AuditLog
from omnileads.kit.clock import epoch_ms, midnight
from omnileads.kit.edge import CurrentRuntime, CurrentSettings, Transaction
from omnileads.kit.permissions import CurrentPrincipal, Principal, requires
from omnileads.kit.schemas import PlainText
from omnileads.supervision.outbound_today import OutboundToday
from omnileads.supervision.state import LiveState
from omnileads.supervision.today import ONLINE, Today
from omnileads.telephony.destinations import campaign_names

router = APIRouter(tags=["supervision"], dependencies=[requires("supervision.read")])
acts: Final = [requires("supervision.act")]

STATES: Final[dict[int, CampaignState]] = {2: "active", 3: "finished", 5: "paused", 6: "inactive"}
KINDS: Final = dict(enumerate(CAMPAIGN_KINDS, start=1))
PAUSED: Final = ("PAUSE", "ACW")
SUPERVISORS_PAUSE: Final = "00"
COMMANDS: Final[dict[str, dict[str, object]]] = {
    "AGENTLOGOUT": {"type": "agent.logout"},
    "AGENTPAUSE": {"type": "agent.pause", "pause_id": SUPERVISORS_PAUSE},
    "AGENTUNPAUSE": {"type": "agent.unpause"},
}
WATCHES: Final = {"CHANSPY": "listen", "CHANSPYWISHPER": "whisper", "CHANCONFER": "join", "CHANTAKECALL": "take"}

Filter = Annotated[PlainText | None, Query(max_length=500, description="A JSON scalar or list.")]


@router.get("/supervision/campaigns")
def campaigns(
    session: Transaction,
    scope: CurrentScope,
    kind: Annotated[PlainText | None, Query(alias="type", max_length=500)] = None,
    name: Filter = None,
    agent: Filter = None,
    status: Filter = None,
) -> list[Body]:
    """The campaigns the caller sees: the active ones, unless other states are asked for."""
    statement = select(Campaign.id, Campaign.name, Campaign.objective).where(Campaign.deleted_at.is_(None))
    if scope is not None:
        statement = statement.where(Campaign.id.in_(scope))
    states = [STATES.get(number) for number in _numbers("status", status)] if status else ["active"]
    if None in states:
        raise _wrong_filter("status")
    statement = statement.where(Campaign.state.in_(states))
    if kind:
        kinds = [KINDS.get(number) for number in _numbers("type", kind)]
        if None in kinds:
            raise _wrong_filter("type")
        statement = statement.where(Campaign.kind.in_(kinds))
    if name:
        statement = statement.where(Campaign.name.in_(_texts(name)))
    if agent:
        of_agents = select(CampaignMember.campaign_id).where(CampaignMember.agent_id.in_(_numbers("agent", agent)))
        statement = statement.where(Campaign.id.in_(of_agents))
    rows = session.execute(statement.order_by(Campaign.id))
    return [{"nombre": found, "id": number, "objetivo": objective} for number, found, objective in rows]


def _values(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    return value if isinstance(value, list) else [value]


def _numbers(name: str, text: str) -> list[int]:
    numbers = [as_id(value) for value in _values(text)]
    if None in numbers or not numbers:
        raise _wrong_filter(name)
    return [number for number in numbers if number is not None]


def _texts(text: str) -> list[str]:
    return [value if isinstance(value, str) else json.dumps(value) for value in _values(text)][:200]


def _wrong_filter(name: str) -> Refused:
    return failed(say(f'Filtro "{name}" inválido', f'Invalid filter "{name}"'))


def _seen_agents(runtime: CurrentRuntime, scope: CurrentScope) -> list[AgentLive]:
    """The agents at work in the campaigns the caller sees."""
    at_work = [agent for agent in LiveAgents(runtime.redis).all() if agent.status != "OFFLINE"]
    return [agent for agent in at_work if scope is None or not scope.isdisjoint(agent.campaigns)]


SeenAgents = Annotated[list[AgentLive], Depends(_seen_agents)]


@router.get("/supervision/agents")
def agents(session: Transaction, runtime: CurrentRuntime, seen: SeenAgents) -> list[Body]:
    """What the agents at work do now; `tiempo` is the seconds since it began."""
    groups = dict(session.execute(select(AgentGroup.id, AgentGroup.name)).all())
    numbers = {number for agent in seen for number in (*agent.campaigns, agent.campaign_id) if number}
    names = campaign_names(session, numbers)
    now = epoch_ms(runtime.clock.now())
    return [
        {
            "id": agent.agent_id,
            "nombre": agent.name,
            "status": agent.status,
            "sip": str(agent.extension),
            "pause_id": agent.pause_id or "",
            "campana_llamada": names.get(agent.campaign_id or 0, ""),
            "contacto": agent.number or "",
            "tiempo": max(0, (now - agent.since) // 1000),
            "grupo": groups.get(agent.group_id, ""),
            "campana": [names[number] for number in agent.campaigns if number in names],
        }
        for agent in sorted(seen, key=lambda agent: agent.name.casefold())
    ]


@router.get("/supervision/agents_users", dependencies=acts)
def agents_users(session: Transaction, scope: CurrentScope) -> dict[str, Body]:
    """The users of the agents of the campaigns the caller sees, by agent."""
    statement = (
        select(Agent.id, User.username, User.first_name, User.last_name)
        .join(User, User.id == Agent.user_id)
        .where(Agent.deleted_at.is_(None), *in_scope(scope))
    )
    return {
        str(number): {"username": username, "first_name": first, "lastname": last}
        for number, username, first, last in session.execute(statement.order_by(Agent.id))
    }


def in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    """Agents of the campaigns in scope."""
    if scope is None:
        return []
    return [Agent.id.in_(select(CampaignMember.agent_id).where(CampaignMember.campaign_id.in_(scope)))]


@router.get("/supervision/status_campanas/entrantes")
def inbound_today(session: Transaction, runtime: CurrentRuntime, scope: CurrentScope) -> Body:
    """Today's counters of inbound campaigns, counted at this moment."""
    agents_now = cast("dict[str, str]", runtime.redis.hgetall(LIVE_AGENTS))
    calls_now = cast("dict[str, str]", runtime.redis.hgetall(LIVE_CALLS))
    live = LiveState.read(agents_now, calls_now)
    counted = Today(session, runtime.clock, live).campaigns(scope).campaigns
    return {"errors": None, "data": {str(row.campaign_id): _counters(row.model_dump()) for row in counted}}


@router.get("/supervision/status_campanas/salientes")
def outbound_today(session: Transaction, runtime: CurrentRuntime, scope: CurrentScope) -> Body:
    """Today's counters of manual and preview campaigns, counted at this moment."""
    counted = OutboundToday(session, runtime.clock).campaigns(scope)
    return {"errors": None, "data": {str(row.pop("id")): row for row in counted}}


def _counters(row: Body) -> Body:
    return {
        "nombre": row["name"],
        "agentes_online": row["agents_online"],
        "agentes_llamada": row["agents_on_call"],
        "agentes_pausa": row["agents_paused"],
        "llamadas_en_espera": row["waiting"],
        "atendidas": row["attended"],
        "abandonadas": row["abandoned"],
        "expiradas": row["expired"],
        "tiempo_promedio_espera": row["average_wait_seconds"],
        "tiempo_promedio_abandono": row["average_abandon_seconds"],
        "porcentaje_abandono": row["abandoned_percent"],
        "gestiones": row["engaged"],
        "porcentaje_objetivo": row["objective_percent"],
    }


class Action(Fields):
    """AGENTLOGOUT, AGENTPAUSE, AGENTUNPAUSE; or CHANSPY, CHANSPYWISHPER, CHANCONFER, CHANTAKECALL of its call."""

    accion: str


def _action(runtime: CurrentRuntime, principal: CurrentPrincipal, agent_pk: str, data: Data) -> dict[str, object]:
    """The engine's command. Raises Refused: 404 for an agent the caller does not supervise."""
    number = as_id(agent_pk)
    with runtime.database.transaction() as session:
        scope = campaign_scope(session, principal)
        statement = select(Agent.id).where(Agent.id == (number or 0), Agent.deleted_at.is_(None), *in_scope(scope))
        if session.scalar(statement) is None:
            raise Refused(404, {"status": "ERROR", "message": "Agent not found"})
        wanted = str(data.get("accion"))
        if wanted in COMMANDS:
            command = COMMANDS[wanted]
        elif wanted in WATCHES:
            command = _watch(session, principal, scope, WATCHES[wanted])
        else:
            raise failed(say("Acción inválida", "Invalid action"))
        AuditLog(session, runtime.clock).record(
            "agent.acted-on", "agent", number or 0, actor=principal, after={"action": wanted}
        )
        return {**command, "agent_id": number}


def _watch(session: Session, principal: Principal, scope: Scope, kind: str) -> dict[str, object]:
    """The supervisor's own webphone is that of its agent profile. Raises Refused when there is none."""
    own = find_agent(session, principal.user_id)
    if own is None:
        text = "Su usuario no tiene webphone propio: necesita un perfil de agente."
        raise failed(say(text, "You have no webphone of your own: your user needs an agent profile."))
    campaign_ids = None if scope is None else sorted(scope)
    return {"type": "agent.supervise", "supervisor_id": own.id, "kind": kind, "campaign_ids": campaign_ids}


@router.post("/supervision/action_on_agent/{agent_pk}", dependencies=acts, openapi_extra=takes(Action))
async def act_on_agent(
    runtime: CurrentRuntime, settings: CurrentSettings, command: Annotated[dict[str, object], Depends(_action)]
) -> Body:
    """Log an agent out, pause it or end its pause; hear its call, be heard by it or by both, or take the call."""
    try:
        await ask_engine(runtime, settings, command)
    except (EngineRefused, EngineUnavailable) as error:
        code = error.fields[0].code if error.fields else error.code
        raise failed(sentence_of(code, error.text)) from error
    return {"status": "OK"}


def seen_campaign(session: Session, scope: Scope, campaign_id: str) -> int:
    """Raises Refused (404) for a campaign the caller does not see."""
    campaign = find_seen(session, scope, as_id(campaign_id))
    if campaign is None:
        raise missing()
    return campaign.id


@router.get("/agent_status/campaign/{campaign_id}", dependencies=acts)
def agent_status(session: Transaction, runtime: CurrentRuntime, scope: CurrentScope, campaign_id: str) -> Body:
    """How many agents of a campaign are ready, on a call, in a pause."""
    return counted(_agents_of(runtime, seen_campaign(session, scope, campaign_id)))


def counted(agents: Iterable[AgentLive]) -> Body:
    """How many there are of each status that supervisors are told."""
    statuses = [agent.status for agent in agents]
    return {
        "ready": statuses.count("READY"),
        "oncall": statuses.count("ONCALL"),
        "pause": sum(status in PAUSED for status in statuses),
    }


@router.get("/agent_status_list/campaign/{campaign_id}", dependencies=acts)
def agent_status_list(
    session: Transaction, runtime: CurrentRuntime, scope: CurrentScope, campaign_id: str
) -> list[Body]:
    at_work = _agents_of(runtime, seen_campaign(session, scope, campaign_id))
    return [{"name": agent.name, "status": agent.status} for agent in at_work]


def _agents_of(runtime: CurrentRuntime, campaign_id: int) -> list[AgentLive]:
    return [
        agent for agent in LiveAgents(runtime.redis).all() if campaign_id in agent.campaigns and agent.status in ONLINE
    ]


@router.get("/call_status/campaign/{campaign_id}", dependencies=acts)
def call_status(
    session: Transaction,
    runtime: CurrentRuntime,
    scope: CurrentScope,
    campaign_id: str,
    date_start: Annotated[str | None, Query(max_length=30)] = None,
    date_end: Annotated[str | None, Query(max_length=30)] = None,
) -> Body:
    """Calls of a campaign that were taken, given up, or waited too long; today, or from one day to another."""
    number = seen_campaign(session, scope, campaign_id)
    today = runtime.clock.now().astimezone().date()
    since, until = midnight(wanted_day(date_start, today)), midnight(wanted_day(date_end, today) + timedelta(days=1))
    counts = dict(
        session.execute(
            select(CallEvent.event, func.count())
            .where(CallEvent.campaign_id == number, CallEvent.time >= since, CallEvent.time < until)
            .group_by(CallEvent.event)
        ).all()
    )
    return {
        "attended": counts.get("CONNECT", 0),
        "abandoned": counts.get("ABANDON", 0) + counts.get("ABANDONWEL", 0),
        "expired": counts.get("EXITWITHTIMEOUT", 0),
    }


def wanted_day(text: str | None, otherwise: date) -> date:
    """A day as a client writes it. Raises Refused."""
    if not text:
        return otherwise
    day = as_day(text)
    if day is None:
        raise failed(say("Fecha inválida", "Invalid date"), 400)
    return day
