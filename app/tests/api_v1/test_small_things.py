"""The small lists, who works in which campaign, pauses of sets, choices for routes, outbound campaigns today."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from tests.api_v1.crm import V1, World
from tests.api_v1.test_configuration import outbound, route, trunk
from tests.api_v1.test_supervision import live
from tests.domain import Phone
from tests.telephony.things import Things


def data(answer: Any, key: str) -> Any:
    assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS"), answer.text
    return answer.json()[key]


def refused(answer: Any, status: int = 400) -> Any:
    assert (answer.status_code, answer.json()["status"]) == (status, "ERROR"), answer.text
    return answer.json()


def test_small_lists(world: World) -> None:
    audio = Things(world.admin).audio("Welcome")
    _, outsider = world.other_agent()
    get = world.supervisor.get
    assert get(f"{V1}/audio/list/").json() == [{"id": audio, "descripcion": "Welcome 1"}]
    assert get(f"{V1}/group/list/").json() == [{"id": world.team.group.id, "nombre": "Team"}]
    (agent,) = get(f"{V1}/agent/list/").json()
    assert (agent["id"], agent["full_name"], agent["sip_extension"]) == (world.ana.id, "Ana Paz", world.ana.extension)
    assert {found["id"] for found in world.admin.get(f"{V1}/agent/list/").json()} == {world.ana.id, outsider}
    assert {"id": "es", "nombre": "Español"} in get(f"{V1}/languages/list").json()
    live(world, world.ana.id, name="Ana Paz")
    live(world, outsider, name="Bo", campaigns=[9999])
    live(world, 903, name="Gone", status="OFFLINE")
    assert get(f"{V1}/active_agents/").json() == [{"id": world.ana.id, "full_name": "Ana Paz", "status": "READY"}]
    assert len(world.agent.get(f"{V1}/active_agents/").json()) == 1
    assert world.agent.get(f"{V1}/agent/list/").status_code == 403


def test_a_campaigns_agents_are_read_and_replaced(world: World) -> None:
    _, other = world.other_agent()
    address = f"{V1}/campaign/{world.campaign_id}/agents/"
    told = data(world.supervisor.get(address), "agentsCampaign")
    assert told == [
        {
            "agent_id": world.ana.id,
            "agent_username": world.agent_user.username,
            "agent_full_name": "Ana Paz",
            "agent_sip_id": world.ana.extension,
            "agent_penalty": 0,
        }
    ]
    wanted = [{"agent_id": world.ana.id, "agent_penalty": 3}, {"agent_id": other, "agent_penalty": 1}]
    sent = {"campaign_id": world.campaign_id, "agents": wanted}
    data(world.admin.post(f"{V1}/campaign/agents_update/", json=sent), "message")
    told = data(world.supervisor.get(address), "agentsCampaign")
    assert {(one["agent_id"], one["agent_penalty"]) for one in told} == {(world.ana.id, 3), (other, 1)}
    refused(world.supervisor.get(f"{V1}/campaign/9999/agents/"), 404)
    foreign = world.make_campaign("Foreign", supervisor_ids=[])["id"]
    refused(world.supervisor.get(f"{V1}/campaign/{foreign}/agents/"), 404)
    refused(world.supervisor.post(f"{V1}/campaign/agents_update/", json={**sent, "campaign_id": foreign}), 404)
    for wrong in ([{"agent_id": 9999}], [{"agent_id": world.ana.id, "agent_penalty": 12}], "text", [7], None):
        refused(world.admin.post(f"{V1}/campaign/agents_update/", json={**sent, "agents": wrong}))
    assert len(data(world.supervisor.get(address), "agentsCampaign")) == 2


def test_an_agents_campaigns_are_replaced_together(world: World) -> None:
    sales, foreign = world.make_campaign("Sales"), world.make_campaign("Foreign", supervisor_ids=[])
    colleague = world.team.agent()[1].id
    members = [{"agent_id": world.ana.id}, {"agent_id": colleague}]
    world.admin.patch(f"/api/v2/campaigns/{world.campaign_id}", json={"members": members})
    address = f"{V1}/agent/campaigns_update/"
    data(world.supervisor.post(address, json={"agent_id": colleague, "campaigns": [sales["id"]]}), "message")
    assert _agents(world, world.campaign_id) == {world.ana.id}
    assert _agents(world, sales["id"]) == {world.ana.id, colleague}
    sent = {"agent_id": colleague, "campaigns": [world.campaign_id, foreign["id"]]}
    refused(world.supervisor.post(address, json=sent))
    assert _agents(world, world.campaign_id) == {world.ana.id}, "all or none"
    assert _agents(world, sales["id"]) == {world.ana.id, colleague}
    for wrong in (
        {"agent_id": 9999, "campaigns": []},
        {"agent_id": colleague},
        {"agent_id": colleague, "campaigns": ["x"]},
    ):
        refused(world.supervisor.post(address, json=wrong))


def _agents(world: World, campaign_id: int) -> set[int]:
    told = data(world.admin.get(f"{V1}/campaign/{campaign_id}/agents/"), "agentsCampaign")
    return {one["agent_id"] for one in told}


@pytest.fixture
def pauses(world: World) -> dict[str, int]:
    post = world.supervisor.post
    found = {}
    for name in ("Lunch", "Coffee"):
        answer = post(f"{V1}/pauses/create/", data={"nombre": name, "tipo": "R"})
        found[name] = data(answer, "pause")["id"]
    sent = {"nombre": "Day", "pausas": [{"pauseId": found["Lunch"], "timeToEndPause": 60}]}
    shown = data(post(f"{V1}/pause_sets/create/", json=sent), "pauseSetDetail")
    return {**found, "set": shown["conjunto"]["id"], "entry": shown["pausas"][0]["id"]}


def test_pauses_of_a_set_are_managed_one_by_one(world: World, pauses: dict[str, int]) -> None:
    base = f"{V1}/pause_config"
    first = data(world.supervisor.get(f"{base}/{pauses['entry']}/"), "pauseConfig")
    assert (first["pause_id"], first["set_id"], first["time_to_end_pause"]) == (pauses["Lunch"], pauses["set"], 60)
    assert data(world.supervisor.get(f"{base}/"), "pauseConfigs") == [first]
    sent = {"pauseId": pauses["Coffee"], "setId": pauses["set"], "timeToEndPause": 300}
    made = data(world.supervisor.post(f"{base}/create/", data=sent), "pauseConfig")
    assert (made["pause_name"], made["time_to_end_pause"]) == ("Coffee", 300)
    changed = world.supervisor.put(f"{base}/{made['id']}/update/", data={"timeToEndPause": 28800})
    assert data(changed, "pauseConfig")["time_to_end_pause"] == 28800
    for wrong in ("-1", "28801", "soon"):
        answer = refused(world.supervisor.put(f"{base}/{made['id']}/update/", data={"timeToEndPause": wrong}))
        assert answer["errors"].keys() == {"timeToEndPause"}
    for wrong_sent in (sent, {**sent, "pauseId": 9999}, {**sent, "pauseId": ""}):
        assert refused(world.supervisor.post(f"{base}/create/", data=wrong_sent))["errors"].keys() == {"pauseId"}
    refused(world.supervisor.post(f"{base}/create/", data={**sent, "setId": 9999}), 404)
    data(world.supervisor.delete(f"{base}/{pauses['entry']}/delete/"), "message")
    last = world.supervisor.delete(f"{base}/{made['id']}/delete/")
    assert (last.status_code, last.json()["status"]) == (200, "ERROR")
    assert len(data(world.supervisor.get(f"{base}/"), "pauseConfigs")) == 1
    for number in (pauses["entry"], 7, "text"):
        refused(world.supervisor.get(f"{base}/{number}/"), 404)


def test_trunks_that_only_one_route_uses(world: World) -> None:
    asked = outbound(world)
    shared, alone = trunk(world), trunk(world, "Provider_b")
    both = asked.made(**route(troncales=[{"troncal": shared}, {"troncal": alone}]))
    asked.made(**route(nombre="Other", troncales=[{"troncal": shared}]))
    told = data(world.supervisor.get(f"{asked.path}/{both}/orphan_trunks"), "orphanTrunks")
    assert told == [{"id": alone, "nombre": "Provider_b"}]
    refused(world.supervisor.get(f"{asked.path}/9999/orphan_trunks"), 404)


def test_destinations_by_type(world: World) -> None:
    inbound = world.make_campaign("In", kind="inbound")
    box = Things(world.admin).make("voicemail-boxes", name="Box")
    answer = world.supervisor.get(f"{V1}/inbound_routes/destinations_by_type/")
    told = data(answer, "inboundRoutesDestinationsByType")
    assert told["1"] == [{"id": inbound["id"], "nombre": "In"}]
    assert told["8"] == [{"id": box["id"], "nombre": "Box"}]
    assert (told["11"][0]["nombre"], told["5"]) == ("Ana Paz", [])


def test_outbound_campaigns_today(world: World) -> None:
    phone = Phone(world.runtime)
    number = world.campaign_id
    events = [("c1", "DIAL"), ("c1", "ANSWER"), ("c2", "DIAL"), ("c2", "BUSY"), ("c3", "DIAL"), ("c3", "NOANSWER")]
    with world.runtime.database.transaction() as session:
        for place, (call_id, event) in enumerate(events):
            document = phone.document(call_id, event, campaign_id=number)
            store(session, [read_event("call", f"{call_id}:{place % 2}", document)], world.runtime.clock.now())
    world.make_campaign("In", kind="inbound")
    world.make_campaign("Foreign", supervisor_ids=[])
    world.admin.patch(f"/api/v2/campaigns/{number}", json={"objective": 4})
    assert world.disposition(world.contact()).status_code == 201
    told = world.supervisor.get(f"{V1}/supervision/status_campanas/salientes/").json()
    assert told == {
        "errors": None,
        "data": {
            str(number): {
                "nombre": "Support",
                "efectuadas": 3,
                "conectadas": 1,
                "no_conectadas": 2,
                "gestiones": 0,
                "porcentaje_objetivo": 25.0,
            }
        },
    }
    assert len(world.admin.get(f"{V1}/supervision/status_campanas/salientes/").json()["data"]) == 2
