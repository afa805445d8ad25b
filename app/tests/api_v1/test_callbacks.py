"""Callbacks over the contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from omnileads.callbacks.models import Callback
from omnileads.campaigns.models import CampaignMember
from omnileads.kit.audit import AuditEntry
from tests.api_v1.crm import V1, World, errors
from tests.conftest import VirtualClock


def day(clock: VirtualClock, days: int = 1, form: str = "%Y-%m-%d") -> str:
    return (clock.now().astimezone() + timedelta(days=days)).strftime(form)


def put(world: World, contact: Any, clock: VirtualClock, **fields: Any) -> Any:
    body = {"campaign_id": world.campaign_id, "contact_id": contact, "date": day(clock), "time": "18:13", **fields}
    return world.agent.post(f"{V1}/agenda_contacto/", data=body)


def test_a_callback_is_made_and_changed(world: World, clock: VirtualClock) -> None:
    contact = world.contact()
    made = put(world, contact, clock, schedule_type=1, phone="3515550009", observations="after work")
    assert (made.status_code, made.json()["status"], made.json()["created"]) == (200, "OK", True)
    number = made.json()["agenda_id"]
    again = put(world, contact, clock, date=day(clock, 2, "%d/%m/%Y"), time="09:05:00")
    assert again.json() == {"status": "OK", "agenda_id": number, "created": False}
    detail = world.supervisor.get(f"{V1}/supervision/data_agenda_contacto/{number}/")
    assert detail.json() == {
        "status": "OK",
        "agenda_id": number,
        "campaign_id": world.campaign_id,
        "campaign": "Support",
        "contact_id": contact,
        "agent_id": world.ana.id,
        "agent": "Ana Paz",
        "date": day(clock, 2),
        "time": "09:05",
        "phone": "3515550001",
        "schedule_type": 1,
        "observations": "",
    }


def test_wrong_callbacks_are_refused_by_field(world: World, clock: VirtualClock) -> None:
    contact = world.contact()
    assert set(errors(world.agent.post(f"{V1}/agenda_contacto/"))) == {"campaign_id", "contact_id", "date", "time"}
    wrong = {
        "campaign_id": ("x", 9999),
        "contact_id": ("x", 9999),
        "date": ("soon", "2026-02-30", day(clock, -1)),
        "time": ("25:00",),
        "schedule_type": ("3", "x", 2),
        "phone": ("no phone", "1" * 41),
        "observations": ("x" * 1001,),
    }
    for field, values in wrong.items():
        for value in values:
            answer = put(world, contact, clock, **{field: value})
            told = "date" if field == "time" else field
            assert (answer.status_code, set(errors(answer))) == (400, {told}), (field, value)
    past = errors(put(world, contact, clock, date=day(clock, -1)))
    assert past == {"date": ["Este día ya pasó. Elija un día por venir."]}
    with world.runtime.database.transaction() as session:
        assert session.query(Callback).count() == 0


def test_only_agents_make_callbacks_in_campaigns_of_their_own(world: World, clock: VirtualClock) -> None:
    contact = world.contact()
    body = {"campaign_id": world.campaign_id, "contact_id": contact, "date": day(clock), "time": "10:00"}
    assert world.supervisor.post(f"{V1}/agenda_contacto/", data=body).status_code == 403
    stranger, _ = world.other_agent()
    assert set(errors(stranger.post(f"{V1}/agenda_contacto", json=body))) == {"campaign_id"}


def test_a_supervisor_gives_a_callback_to_another_agent(world: World, clock: VirtualClock) -> None:
    contact = world.contact()
    number = put(world, contact, clock).json()["agenda_id"]
    client, other = world.other_agent()
    address = f"{V1}/supervision/reasignar_agenda_contacto/"
    body = {"agenda_id": number, "agent_id": other}
    assert errors(world.supervisor.post(address, data=body)) == {"agent_id": ["El agente no participa en la campaña."]}
    with world.runtime.database.transaction() as session:
        session.add(CampaignMember(campaign_id=world.campaign_id, agent_id=other))
    given = world.supervisor.post(address, data=body).json()
    assert (given["status"], given["agent_id"]) == ("OK", other)
    for wrong in (None, "", "x", 9999):
        assert world.supervisor.post(address, json={**body, "agent_id": wrong}).status_code == 400
        assert world.supervisor.post(address, json={**body, "agenda_id": wrong}).status_code == 404
    assert put(world, contact, clock).json()["created"] is True, "the first agent has none any more"
    taken = world.supervisor.post(address, data={"agenda_id": number, "agent_id": world.ana.id})
    assert (taken.status_code, taken.json()["message"]) == (400, "Este agente ya tiene una agenda de este contacto.")
    with world.runtime.database.transaction() as session:
        entry = session.query(AuditEntry).filter_by(action="callback.reassigned").one()
        session.get_one(Callback, number).kind = "global"
    assert (entry.actor_name, entry.after) == (world.supervisor_user.username, {"agent_id": other})
    assert world.supervisor.post(address, data=body).json()["message"].startswith("Una agenda global")
    assert client.post(address, data=body).status_code == 403


def test_callbacks_of_other_campaigns_are_not_found(world: World, clock: VirtualClock) -> None:
    number = put(world, world.contact(), clock).json()["agenda_id"]
    stranger = world.by_token(world.users.make("supervisor"))
    body = {"agenda_id": number, "agent_id": world.ana.id}
    assert stranger.post(f"{V1}/supervision/reasignar_agenda_contacto/", data=body).status_code == 404
    for wrong in (number, 9999, "x"):
        assert stranger.get(f"{V1}/supervision/data_agenda_contacto/{wrong}/").status_code == 404
    assert world.agent.get(f"{V1}/supervision/data_agenda_contacto/{number}/").status_code == 403
