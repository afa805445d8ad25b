"""What supervisors look up: the dashboard, the audit log, the contacts of a preview campaign."""

from __future__ import annotations

import json

import pytest

from omnileads.api.v1 import dashboard
from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.campaigns.models import Lead, LeadState
from tests.api_v1.crm import V1, World
from tests.api_v1.test_supervision import live
from tests.conftest import VirtualClock
from tests.domain import Phone

CLOSED = ("dashboard_supervision", "audit_supervisor", "supervision/contactos_asignados_preview/1")


@pytest.mark.parametrize("address", CLOSED)
def test_agents_and_basic_supervisors_look_nothing_up(world: World, address: str) -> None:
    for client in (world.agent, world.by_token(world.users.make("basic-supervisor"))):
        assert client.get(f"{V1}/{address}/").status_code == 403
    del world.agent.headers["Authorization"]
    assert world.agent.get(f"{V1}/{address}/").status_code == 403


def test_the_dashboard_counts_what_the_caller_supervises(world: World) -> None:
    world.make_campaign("In", kind="inbound")
    world.make_campaign("Preview", kind="preview")
    foreign = world.make_campaign("Foreign", kind="inbound", supervisor_ids=[])["id"]
    paused = world.make_campaign("Paused")["id"]
    assert world.admin.post(f"/api/v2/campaigns/{paused}/pause").status_code == 200
    for number, status in enumerate(("READY", "READY", "ONCALL", "PAUSE", "ACW", "OFFLINE")):
        live(world, 900 + number, name=f"A{number}", status=status)
    live(world, 990, name="Elsewhere", campaigns=[foreign])
    phone = Phone(world.runtime)
    talks = {"c1": ("CONNECT", "COMPLETEAGENT"), "c2": ("CONNECT",), "c3": ("DIAL", "BUSY"), "c4": ("ABANDON",)}
    with world.runtime.database.transaction() as session:
        for call_id, events in {**talks, "c5": ("ENTERQUEUE",), "foreign": ("DIAL", "BUSY")}.items():
            campaign = foreign if call_id == "foreign" else world.campaign_id
            for number, event in enumerate(events):
                document = phone.document(call_id, event, campaign_id=campaign, agent_id=world.ana.id)
                store(session, [read_event("call", f"{call_id}:{number}", document)], world.runtime.clock.now())
    told = world.supervisor.get(f"{V1}/dashboard_supervision/")
    assert told.status_code == 200, told.text
    assert told.json() == {
        "active_campaigns": {"inbound": 1, "dialer": "0/0", "manual": 1, "preview": 1},
        "state_agents": {"ready": 2, "oncall": 1, "pause": 2},
        "contacted_calls": {"attended": 2, "failed": 2},
    }
    everything = world.admin.get(f"{V1}/dashboard_supervision").json()
    assert everything["active_campaigns"]["inbound"] == 2
    assert everything["state_agents"]["ready"] == 3
    assert everything["contacted_calls"]["failed"] == 3


def test_calls_of_yesterday_are_not_todays(world: World, clock: VirtualClock) -> None:
    phone = Phone(world.runtime)
    with world.runtime.database.transaction() as session:
        document = phone.document("c1", "CONNECT", campaign_id=world.campaign_id, agent_id=world.ana.id)
        store(session, [read_event("call", "c1:0", document)], clock.now())
    clock.advance(days=1)
    client = world.by_token(world.supervisor_user)
    assert client.get(f"{V1}/dashboard_supervision/").json()["contacted_calls"] == {"attended": 0, "failed": 0}


def test_the_audit_log_says_who_did_what(world: World, clock: VirtualClock) -> None:
    world.make_campaign("Foreign", supervisor_ids=[])
    everything = world.admin.get(f"{V1}/audit_supervisor/").json()
    seen = world.supervisor.get(f"{V1}/audit_supervisor/").json()
    made = next(row for row in seen if (row["object"], row["action"]) == ("campaign", "campaign.created"))
    assert (made["name"], made["username"]) == ("Support", "administrator-1")
    assert made["date"] == clock.now().astimezone().isoformat(timespec="seconds")
    assert json.loads(made["additional_information"])["after"]["kind"] == "manual"
    names = {row["name"] for row in everything if row["object"] == "campaign"}
    assert names == {"Support", "Foreign"}
    assert {row["name"] for row in seen if row["object"] == "campaign"} == {"Support"}
    assert {row["id"] for row in seen} < {row["id"] for row in everything}
    assert [row["id"] for row in everything] == sorted((row["id"] for row in everything), reverse=True)
    assert world.admin.patch(f"/api/v2/users/{world.agent_user.id}", json={"first_name": "Eva"}).status_code == 200
    assert world.supervisor.get(f"{V1}/audit_supervisor/").json()[0]["action"] == "user.changed"
    stranger, _ = world.team.agent()
    assert world.admin.patch(f"/api/v2/users/{stranger.id}", json={"first_name": "Zoe"}).status_code == 200
    newest = world.admin.get(f"{V1}/audit_supervisor/").json()[0]
    assert newest["additional_information"].count("Zoe") == 1
    assert newest not in world.supervisor.get(f"{V1}/audit_supervisor/").json(), "an agent of somebody else"


def test_the_audit_log_begins_where_it_is_wanted(
    world: World, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clock.now().astimezone().date()
    clock.advance(days=1)
    client = world.by_token(world.users.make("administrator"))
    today = client.get(f"{V1}/audit_supervisor/").json()
    assert {row["action"] for row in today} == {"token.told", "sign-in.succeeded"}
    for sent in (first.isoformat(), first.strftime("%d/%m/%Y")):
        assert len(client.get(f"{V1}/audit_supervisor/", params={"date_start": sent}).json()) > len(today)
        by_body = client.post(f"{V1}/audit_supervisor/", data={"date_start": sent}).json()
        assert "campaign.created" in [row["action"] for row in by_body]
    assert client.get(f"{V1}/audit_supervisor/", params={"date_start": "soon"}).status_code == 400
    monkeypatch.setattr(dashboard, "MOST", 2)
    whole = [row["id"] for row in by_body]
    part = client.get(f"{V1}/audit_supervisor/?date_start={first.isoformat()}&offset=1").json()
    assert [row["id"] for row in part] == whole[1:3]


def test_contacts_of_a_preview_campaign(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = [world.contact(f"x{number}", f"35155500{number:02}") for number in range(5)]
    campaign = world.make_campaign("Preview", kind="preview")["id"]
    states: dict[int, tuple[LeadState, bool]] = {
        1: ("pending", True),
        2: ("delivered", True),
        3: ("assigned", True),
        4: ("finished", False),
    }
    with world.runtime.database.transaction() as session:
        for number, (state, is_held) in states.items():
            lead = session.query(Lead).filter_by(campaign_id=campaign, contact_id=contacts[number]).one()
            lead.state, lead.agent_id = state, world.ana.id if is_held else None
    address = f"{V1}/supervision/contactos_asignados_preview"
    told = world.supervisor.get(f"{address}/{campaign}/").json()
    assert told[0] == {
        "id": contacts[0],
        "telefono": "3515550000",
        "id_externo": "x0",
        "estado": "Liberado",
        "agente": "",
    }
    assert [row["estado"] for row in told] == ["Liberado", "Reservado", "Reservado", "Reservado", "Finalizado"]
    assert [row["agente"] for row in told] == ["", "Ana Paz", "Ana Paz", "Ana Paz", ""]
    monkeypatch.setattr(dashboard, "MOST", 2)
    assert [row["id"] for row in world.supervisor.get(f"{address}/{campaign}?offset=3").json()] == contacts[3:]
    foreign = world.make_campaign("Foreign", kind="preview", supervisor_ids=[])["id"]
    for wrong in (foreign, world.campaign_id, 9999, "x"):
        assert world.supervisor.get(f"{address}/{wrong}/").status_code == 404, wrong
