"""A day of a CRM, over HTTP alone: sign in, map ids, click to call, store and change a disposition."""

from __future__ import annotations

import json

from omnileads.acd.core.events import AgentCallOut
from omnileads.agents.live import LIVE_AGENTS
from tests.agents.test_console import READY, Engine
from tests.api_v1.crm import V1, World


def test_a_crm_does_its_work_with_its_own_ids(world: World, engine: Engine) -> None:
    crm, system = world.agent, {"idExternalSystem": world.system_id}
    metadata = crm.post(f"{V1}/campaign/database_metadata/", json={"idCampaign": "crm-1", **system}).json()
    values = {metadata["main_phone"]: "3515550001", metadata["external_id"]: "person-7", "nombre": "Eva"}
    added = crm.post(f"{V1}/new_contact/", json={"idCampaign": "crm-1", **system, **values}).json()
    ids = {"idCampaign": "crm-1", "idAgent": "crm-ana", "idContact": "person-7", **system}
    assert crm.post(f"{V1}/makeCall/", data={**ids, "phone": "3515550001"}).json() == {"status": "OK"}
    (call,) = engine.events
    assert isinstance(call, AgentCallOut)
    assert call.contact_id == added["id"]

    live = {**READY, "agent_id": world.ana.id, "call_id": call.call_id, "campaign_id": world.campaign_id}
    world.runtime.redis.hset(LIVE_AGENTS, str(world.ana.id), json.dumps(live))
    options = crm.get(f"{V1}/campaign/crm-1/dispositionOptions/{world.system_id}/").json()
    visible = [option["id"] for option in options if not option["hidden"]]
    sent = {"idContact": "person-7", "idDispositionOption": visible[0], "callid": call.call_id, **system}
    stored = crm.post(f"{V1}/disposition/", data={**sent, "comments": "bought"}).json()
    changed = {**sent, "idDispositionOption": visible[1], "comments": "sent it back"}
    assert crm.put(f"{V1}/disposition/{stored['id']}/", json=changed).status_code == 200

    shown = world.admin.get(f"/api/v2/calls/{call.call_id}/disposition").json()
    assert (shown["name"], shown["comment"]) == ("Wrong number", "sent it back")
    assert [answer["comment"] for answer in shown["history"]] == ["sent it back", "bought"]
