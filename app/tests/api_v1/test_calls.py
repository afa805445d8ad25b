"""Facts 31 to 45: click to call; and calls outside of campaigns."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads.acd.core.events import AgentCallAgent, AgentCallOut, AgentHangUp
from tests.agents.test_console import Engine
from tests.api_v1.crm import V1, World, errors

CHOICE = ["Escoja una opción válida. Esa opción no está entre las disponibles."]


def call(world: World, **sent: Any) -> Any:
    wanted = {"idCampaign": world.campaign_id, "idAgent": world.ana.id, "phone": "3515550001", **sent}
    answer = world.agent.post(f"{V1}/makeCall/", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer


def by_system(world: World, **sent: Any) -> Any:
    wanted = {"idExternalSystem": world.system_id, "idCampaign": "crm-1", "idAgent": "crm-ana", **sent}
    return call(world, **wanted)


def test_031_an_unknown_campaign_is_no_choice(world: World) -> None:
    for campaign in (9999, "text"):
        answer = call(world, idCampaign=campaign)
        assert errors(answer) == {"idCampaign": CHOICE}
        assert answer.json()["message"] == "Hubo errores en los datos recibidos"


def test_032_an_unknown_agent_is_no_choice(world: World) -> None:
    for agent in (9999, "text"):
        assert errors(call(world, idAgent=agent)) == {"idAgent": CHOICE}


def test_033_an_unknown_contact_is_no_choice(world: World) -> None:
    for contact in (9999, "text"):
        assert errors(call(world, idContact=contact)) == {"idContact": CHOICE}


def test_034_a_call_needs_no_contact(world: World, engine: Engine) -> None:
    assert call(world).json() == {"status": "OK"}
    (event,) = engine.events
    assert isinstance(event, AgentCallOut)
    assert (event.agent_id, event.number, event.campaign_id) == (world.ana.id, "3515550001", world.campaign_id)
    assert event.contact_id is None


def test_035_the_agent_must_be_in_the_campaign(world: World) -> None:
    other = world.make_campaign("Other", members=[])
    expected = {"idAgent": ["El agente no participa en la campaña."]}
    assert errors(call(world, idCampaign=other["id"])) == expected


def test_036_the_contact_must_be_of_the_campaigns_list(world: World) -> None:
    base = world.made("contact-bases", name="Others", columns=[{"name": "tel", "role": "phone"}])
    contact = world.made(f"contact-bases/{base['id']}/contacts", values={"tel": "3515550001"})["id"]
    expected = {"idContact": ["El contacto no corresponde a la campaña."]}
    assert errors(call(world, idContact=contact)) == expected


def test_037_the_contacts_number_is_called(world: World, engine: Engine) -> None:
    contact = world.contact()
    assert call(world, idContact=contact).json() == {"status": "OK"}
    (event,) = engine.events
    assert isinstance(event, AgentCallOut)
    assert event.contact_id == contact


def test_038_an_unknown_external_system_is_named(world: World) -> None:
    assert errors(by_system(world, idExternalSystem=9999)) == {"idExternalSystem": ["Sistema externo inexistente."]}


def test_039_an_unknown_external_campaign_is_no_choice(world: World) -> None:
    assert errors(by_system(world, idCampaign="crm-2")) == {"idCampaign": CHOICE}


def test_040_an_agent_the_system_does_not_know_is_named(world: World) -> None:
    expected = {"idAgent": ["El agente no corresponde al sistema externo."]}
    assert errors(by_system(world, idAgent="nobody")) == expected


def test_041_an_agent_of_another_system_is_named(world: World) -> None:
    _, other = world.other_agent()
    world.made("external-systems", name="Second", agents=[{"agent_id": other, "external_id": "crm-bob"}])
    expected = {"idAgent": ["El agente no corresponde al sistema externo."]}
    assert errors(by_system(world, idAgent="crm-bob")) == expected


@pytest.mark.parametrize("contact", ["c1", "unknown", None])
def test_042_an_unknown_external_contact_does_not_hinder(world: World, engine: Engine, contact: str | None) -> None:
    known = world.contact("c1")
    assert by_system(world, idContact=contact).json() == {"status": "OK"}
    (event,) = engine.events
    assert isinstance(event, AgentCallOut)
    assert event.contact_id == (known if contact == "c1" else None)


def test_043_an_agent_of_the_system_must_be_in_the_campaign(world: World) -> None:
    members: list[Any] = []
    address = f"/api/v2/campaigns/{world.campaign_id}"
    assert world.admin.patch(address, json={"members": members}).status_code == 200
    assert errors(by_system(world)) == {"idAgent": ["El agente no participa en la campaña."]}


def test_044_fields_must_be_there_and_be_usable(world: World) -> None:
    answer = world.agent.post(f"{V1}/makeCall/", data={})
    expected = ["Este campo es obligatorio."]
    assert (answer.status_code, errors(answer)) == (200, dict.fromkeys(("idCampaign", "idAgent", "phone"), expected))
    for phone in ("1" * 129, "abc", "sip:x@y", {"a": 1}):
        assert list(errors(call(world, phone=phone))) == ["phone"]


def test_045_a_call_that_cannot_be_made_says_why(world: World, engine: Engine) -> None:
    engine.reply = {"ok": False, "code": "not-ready", "message": "Log in first."}
    expected = {"status": "ERROR", "message": "Error al ejecutar la llamada", "errors": ["Log in first."]}
    assert call(world).json() == expected


def test_nobody_makes_the_phone_of_another_agent_dial(world: World, engine: Engine) -> None:
    _, other = world.other_agent()
    assert list(errors(call(world, idAgent=other))) == ["idAgent"]
    assert engine.events == []
    assert world.supervisor.post(f"{V1}/makeCall/", data={}).status_code == 403


def test_campaigns_that_are_not_active_are_not_called_for(world: World) -> None:
    assert world.admin.post(f"/api/v2/campaigns/{world.campaign_id}/pause").status_code == 200
    assert errors(call(world)) == errors(by_system(world)) == {"idCampaign": CHOICE}


def allow(world: World, **switches: bool) -> None:
    answer = world.admin.patch(f"/api/v2/agent-groups/{world.ana.group_id}", json=switches)
    assert answer.status_code == 200, answer.text


def outside(world: World, kind: str, destination: object) -> Any:
    sent = {"destination_type": kind, "destination": destination}
    return world.agent.post(f"{V1}/make_call_outside_campaign/", data=sent)


def test_calls_outside_of_campaigns_are_the_groups_to_allow(world: World, engine: Engine) -> None:
    _, other = world.other_agent()
    refused = {"status": "ERROR", "message": "Usted no tiene permiso para realizar esta acción."}
    for kind, destination in (("EXTERNAL", "3515550001"), ("AGENT", other)):
        answer = outside(world, kind, destination)
        assert (answer.status_code, answer.json()) == (403, refused)
    allow(world, allow_off_campaign_calls=True)
    assert outside(world, "AGENT", other).status_code == 403
    started = {"status": "OK", "message": "Llamada fuera de campaña iniciada"}
    assert outside(world, "EXTERNAL", "3515550001").json() == started
    allow(world, allow_calls_between_agents=True)
    assert outside(world, "AGENT", other).json() == started
    first, second = engine.events
    assert isinstance(first, AgentCallOut)
    assert isinstance(second, AgentCallAgent)
    assert (first.number, first.campaign_id, second.to_agent_id) == ("3515550001", 0, other)
    for kind, destination in (("EXTERNAL", "x"), ("AGENT", "x"), ("AGENT", 9999), ("AGENT", world.ana.id)):
        answer = outside(world, kind, destination)
        assert (answer.status_code, answer.json()["message"]) == (400, "Valor de destination inválido")
    answer = outside(world, "QUEUE", "1")
    assert (answer.status_code, answer.json()["message"]) == (400, "Valor de destination_type inválido")


def test_the_present_call_is_ended(world: World, engine: Engine) -> None:
    assert world.agent.post(f"{V1}/hangupCall/").json() == {"status": "OK"}
    assert engine.events == [AgentHangUp(world.ana.id)]
    engine.reply = {"ok": False, "code": "no-call", "message": "There is no call."}
    answer = world.agent.post(f"{V1}/hangupCall/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ERROR"})
