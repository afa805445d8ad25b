"""Who did what over the contract can be told afterwards: every change has its line in the audit log."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads.agents.models import AgentGroup
from omnileads.kit.audit import AuditEntry
from tests.agents.test_console import Engine
from tests.api_v1.crm import V1, World
from tests.api_v1.test_ivrs import Menus


def trail(world: World) -> list[tuple[str, str | None]]:
    with world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
        return [(entry.action, entry.actor_name) for entry in entries]


def test_what_agents_and_their_crm_do_is_audited(world: World, engine: Engine) -> None:
    with world.runtime.database.transaction() as session:
        group = session.get_one(AgentGroup, world.team.group.id)
        group.allow_off_campaign_calls = group.allow_calls_between_agents = True
    _, colleague = world.other_agent()
    before = len(trail(world))
    made = world.agent.post(f"{V1}/new_contact/", json={"idCampaign": world.campaign_id, "tel": "3515550001"}).json()
    stored = world.disposition(made["id"]).json()
    sent = {"idContact": made["id"], "idDispositionOption": world.wrong, "comments": "no"}
    world.agent.put(f"{V1}/disposition/{stored['id']}/", json=sent)
    new = {"phone": "3515550002", "idDispositionOption": world.success, "comments": "", "callid": "c-2"}
    world.agent.post(f"{V1}/new_contact/disposition/", json=new)
    call = {"idCampaign": world.campaign_id, "idAgent": world.ana.id, "phone": "3515550001"}
    world.agent.post(f"{V1}/makeCall/", json=call)
    for kind, destination in (("EXTERNAL", "3515550003"), ("AGENT", colleague)):
        outside = {"destination_type": kind, "destination": destination}
        answer = world.agent.post(f"{V1}/make_call_outside_campaign/", json=outside)
        assert answer.json()["status"] == "OK", answer.text
    assert len(engine.events) == 3
    name = world.agent_user.username
    assert trail(world)[before:] == [
        ("contact.created", name),
        ("disposition.created", name),
        ("disposition.changed", name),
        ("contact.created", name),
        ("disposition.created", name),
        ("call.requested", name),
        ("call.requested", name),
        ("call.requested", name),
    ]
    with world.runtime.database.transaction() as session:
        entry = session.query(AuditEntry).filter_by(action="call.requested").order_by(AuditEntry.id).first()
        assert entry is not None
        expected = {"agent_id": world.ana.id, "number": "3515550001", "campaign_id": world.campaign_id}
        assert entry.after is not None
        assert entry.after.items() >= expected.items()
        assert (entry.subject_type, len(entry.subject_id)) == ("call", 26)


def test_a_refused_call_is_not_audited(world: World) -> None:
    before = trail(world)
    world.agent.post(f"{V1}/makeCall/", json={"idCampaign": 9999, "idAgent": world.ana.id, "phone": "3515550001"})
    assert trail(world) == before


CREATED: dict[str, tuple[dict[str, Any], str]] = {
    "pauses": ({"nombre": "Lunch", "tipo": "R"}, "pause.created"),
    "call_dispositions": ({"nombre": "Sold", "subcalificaciones": []}, "disposition-name.created"),
    "external_systems": ({"nombre": "Other", "agentes": []}, "external-system.created"),
    "group_of_hours": (
        {"nombre": "Day", "validaciones_de_tiempo": [{"tiempo_inicial": "08:00", "tiempo_final": "18:00"}]},
        "time-group.created",
    ),
}


@pytest.mark.parametrize("family", CREATED)
def test_what_is_configured_is_audited(world: World, family: str) -> None:
    sent, action = CREATED[family]
    before = len(trail(world))
    answer = world.admin.post(f"{V1}/{family}/create/", json=sent)
    assert answer.status_code == 200, answer.text
    assert [found for found, _ in trail(world)[before:]] == [action]


def test_ivrs_lists_and_members_are_audited(world: World) -> None:
    menus = Menus(world)
    before = len(trail(world))
    number = menus.made()
    world.supervisor.delete(f"{V1}/ivrs/{number}/delete/")
    base = {"name": "new", "phone_fields": ["tel"], "data_fields": ["nombre"], "external_id_field": "dni"}
    world.supervisor.post(f"{V1}/contact_database/create/", json=base)
    members = {"campaign_id": world.campaign_id, "agents": []}
    world.supervisor.post(f"{V1}/campaign/agents_update/", json=members)
    name = world.supervisor_user.username
    expected = ["ivr.created", "ivr.deleted", "contact-base.created", "campaign.changed"]
    assert trail(world)[before:] == [(action, name) for action in expected]
