"""Facts 4 to 6: who works where, and what supervisors may do about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from omnileads.accounts.models import User
from omnileads.acd.core.events import AgentLogout, AgentPause, AgentUnpause, SuperviseAgent
from omnileads.acd.core.model import WatchKind
from omnileads.agents.live import LIVE_AGENTS
from omnileads.agents.models import Agent
from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.kit.audit import AuditEntry
from tests.agents.test_console import READY, Engine
from tests.api_v1.crm import V1, World
from tests.domain import Phone


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["nombre"] for row in answer.json()]


def live(world: World, agent_id: int, **fields: Any) -> None:
    document = {**READY, "agent_id": agent_id, "campaigns": [world.campaign_id], **fields}
    world.runtime.redis.hset(LIVE_AGENTS, str(agent_id), json.dumps(document))


def test_004_an_administrator_sees_every_active_campaign(world: World) -> None:
    other = world.make_campaign("Sales", kind="inbound", members=[], objective=9)
    world.make_campaign("Preview", kind="preview", members=[])
    paused = world.make_campaign("Paused", supervisor_ids=[])
    assert world.admin.post(f"/api/v2/campaigns/{paused['id']}/pause").status_code == 200
    address = f"{V1}/supervision/campaigns/"
    assert names(world.admin.get(address)) == ["Support", "Sales", "Preview"]
    assert world.admin.get(address).json()[1] == {"nombre": "Sales", "id": other["id"], "objetivo": 9}
    filters: list[tuple[dict[str, Any], list[str]]] = [
        ({"name": "Sales"}, ["Sales"]),
        ({"name": '["Sales", "Support"]'}, ["Support", "Sales"]),
        ({"type": "3"}, ["Sales"]),
        ({"type": "[1, 4]"}, ["Support", "Preview"]),
        ({"agent": str(world.ana.id)}, ["Support"]),
        ({"status": "5"}, ["Paused"]),
        ({"status": "[2, 5]", "type": 1}, ["Support", "Paused"]),
    ]
    for query, expected in filters:
        assert names(world.admin.get(address, params=query)) == expected, query
    for query in ({"type": "9"}, {"type": '"x"'}, {"type": "[]"}, {"type": '{"a": 1}'}):
        answer = world.admin.get(address, params=query)
        assert answer.json() == {"status": "ERROR", "message": 'Filtro "type" inválido'}, query


def test_005_others_see_the_campaigns_they_supervise(world: World) -> None:
    world.make_campaign("Sales", supervisor_ids=[])
    assert names(world.supervisor.get(f"{V1}/supervision/campaigns/")) == ["Support"]
    assert world.agent.get(f"{V1}/supervision/campaigns/").status_code == 403
    del world.agent.headers["Authorization"]
    assert world.agent.get(f"{V1}/supervision/campaigns/").status_code == 403


def test_006_agents_at_work_are_listed(world: World) -> None:
    live(world, world.ana.id, name="Ana Paz", extension=1000, since=0, status="ONCALL", campaign_id=world.campaign_id)
    live(world, 901, name="Bo", status="PAUSE", pause_id="7")
    live(world, 902, name="Gone", status="OFFLINE")
    live(world, 903, name="Elsewhere", campaigns=[9999])
    world.runtime.redis.hset(LIVE_AGENTS, "904", json.dumps({"agent_id": 904, "name": "No status"}))
    found = world.supervisor.get(f"{V1}/supervision/agents/").json()
    assert [(row["id"], row["status"]) for row in found] == [(world.ana.id, "ONCALL"), (901, "PAUSE")]
    assert found[0]["campana"] == ["Support"]
    assert (found[0]["campana_llamada"], found[0]["sip"], found[1]["pause_id"]) == ("Support", "1000", "7")
    assert len(world.admin.get(f"{V1}/supervision/agents/").json()) == 3
    assert world.agent.get(f"{V1}/supervision/agents/").status_code == 403


def test_users_of_agents_are_told_by_agent(world: World) -> None:
    world.other_agent()
    expected = {"username": world.agent_user.username, "first_name": "Ana", "lastname": "Paz"}
    assert world.supervisor.get(f"{V1}/supervision/agents_users/").json() == {str(world.ana.id): expected}
    assert len(world.admin.get(f"{V1}/supervision/agents_users/").json()) == 2


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("AGENTLOGOUT", AgentLogout),
        ("AGENTPAUSE", lambda agent: AgentPause(agent, "00")),
        ("AGENTUNPAUSE", AgentUnpause),
    ],
)
def test_a_supervisor_acts_on_agents_of_its_campaigns(world: World, engine: Engine, action: str, event: Any) -> None:
    address = f"{V1}/supervision/action_on_agent"
    answer = world.supervisor.post(f"{address}/{world.ana.id}/", data={"accion": action})
    assert answer.json() == {"status": "OK"}
    assert engine.events == [event(world.ana.id)]
    engine.reply = {"ok": False, "code": "offline", "message": "The agent is not logged in."}
    refused = world.supervisor.post(f"{address}/{world.ana.id}/", data={"accion": action})
    assert refused.json() == {"status": "ERROR", "message": "The agent is not logged in."}
    with world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(action="agent.acted-on").all()
    assert {(entry.subject_id, entry.actor_name) for entry in entries} == {
        (str(world.ana.id), world.supervisor_user.username)
    }


def test_no_supervisor_acts_on_agents_of_others(world: World, engine: Engine) -> None:
    _, other = world.other_agent()
    for agent in (other, 9999, "text"):
        answer = world.supervisor.post(f"{V1}/supervision/action_on_agent/{agent}/", data={"accion": "AGENTLOGOUT"})
        assert (answer.status_code, answer.json()) == (404, {"status": "ERROR", "message": "Agent not found"})
    for action in ("NOTHING", "", ["CHANSPY"]):
        own = f"{V1}/supervision/action_on_agent/{world.ana.id}/"
        assert world.supervisor.post(own, json={"accion": action}).json()["status"] == "ERROR"
    assert engine.events == []


WATCHES: dict[str, WatchKind] = {
    "CHANSPY": "listen",
    "CHANSPYWISHPER": "whisper",
    "CHANCONFER": "join",
    "CHANTAKECALL": "take",
}


@pytest.mark.parametrize("action", WATCHES)
def test_a_supervisor_is_rung_at_its_own_webphone_for_an_agents_call(world: World, engine: Engine, action: str) -> None:
    user, own = coach(world)
    foreign = world.make_campaign("Foreign", supervisor_ids=[])
    coached = world.make_campaign("Coached", members=[{"agent_id": world.ana.id}], supervisor_ids=[user.id])
    address = f"{V1}/supervision/action_on_agent/{world.ana.id}/"
    client = world.by_token(user)
    assert client.post(address, data={"accion": action}).json() == {"status": "OK"}
    assert engine.events == [SuperviseAgent(world.ana.id, own, WATCHES[action], frozenset({coached["id"]}))]
    assert foreign["id"] != coached["id"]
    engine.reply = {"ok": False, "code": "agent-not-on-call", "message": "This agent is not talking now."}
    refused = client.post(address, data={"accion": action}).json()
    assert refused == {"status": "ERROR", "message": "El agente no está hablando en este momento."}
    with world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(action="agent.acted-on").all()
    assert {(entry.subject_id, entry.actor_name) for entry in entries} == {(str(world.ana.id), user.username)}
    assert {str(entry.after) for entry in entries} == {str({"action": action})}


def coach(world: World) -> tuple[User, int]:
    """Somebody of a role of the installation's own, who supervises and has a webphone; the agent's id."""
    permissions = ["supervision.read", "supervision.act", "agent.console", "tokens.own"]
    role = world.made("roles", name="Coach", permissions=permissions)
    user = world.users.make(role["slug"])
    with world.runtime.database.transaction() as session:
        CampaignAgentDirectory(world.runtime).create(session, user.id, world.team.group.id)
        own = session.execute(select(Agent.id).where(Agent.user_id == user.id)).scalar_one()
    return user, own


@pytest.mark.parametrize("action", WATCHES)
def test_who_has_no_webphone_hears_no_call(world: World, engine: Engine, action: str) -> None:
    answer = world.supervisor.post(f"{V1}/supervision/action_on_agent/{world.ana.id}/", data={"accion": action}).json()
    assert answer["status"] == "ERROR"
    assert "webphone" in answer["message"]
    assert engine.events == []


def test_a_campaigns_agents_are_counted(world: World) -> None:
    for number, status in enumerate(("READY", "READY", "ONCALL", "PAUSE", "ACW", "OFFLINE")):
        live(world, 900 + number, name=f"A{number}", status=status)
    live(world, 990, campaigns=[9999])
    path = f"campaign/{world.campaign_id}"
    assert world.supervisor.get(f"{V1}/agent_status/{path}").json() == {"ready": 2, "oncall": 1, "pause": 2}
    assert len(world.supervisor.get(f"{V1}/agent_status_list/{path}").json()) == 5
    foreign = world.make_campaign("Sales", supervisor_ids=[])["id"]
    for campaign in (foreign, 9999, "x"):
        assert world.supervisor.get(f"{V1}/agent_status/campaign/{campaign}").status_code == 404


def test_a_campaigns_calls_are_counted_by_day(world: World) -> None:
    phone = Phone(world.runtime)
    events = [("c1", "CONNECT"), ("c2", "ABANDON"), ("c3", "ABANDON"), ("c4", "EXITWITHTIMEOUT")]
    with world.runtime.database.transaction() as session:
        for call_id, event in events:
            document = phone.document(call_id, event, campaign_id=world.campaign_id)
            store(session, [read_event("call", f"{call_id}:0", document)], world.runtime.clock.now())
    address = f"{V1}/call_status/campaign/{world.campaign_id}"
    assert world.supervisor.get(address).json() == {"attended": 1, "abandoned": 2, "expired": 1}
    before = {"date_start": "2026-01-01", "date_end": "31/01/2026"}
    assert world.supervisor.get(address, params=before).json() == {"attended": 0, "abandoned": 0, "expired": 0}
    assert world.supervisor.get(address, params={"date_start": "soon"}).status_code == 400


def test_todays_counters_are_counted_at_this_moment(world: World) -> None:
    inbound = world.make_campaign("In", kind="inbound")
    live(world, world.ana.id, campaigns=[inbound["id"]])
    told = world.supervisor.get(f"{V1}/supervision/status_campanas/entrantes/").json()
    assert told["errors"] is None
    assert told["data"][str(inbound["id"])]["agentes_online"] == 1
