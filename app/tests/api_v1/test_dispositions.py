"""Facts 2, 3 and 7 to 12: the options of a campaign, and dispositions stored by a CRM."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from omnileads.acd.core.events import AgentDispositioned
from omnileads.acd.requests import parse
from omnileads.agents.engine import COMMANDS
from omnileads.agents.live import LIVE_AGENTS
from omnileads.campaigns.models import Lead
from omnileads.contacts.models import Contact
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.kit.audit import AuditEntry
from tests.agents.test_console import READY
from tests.api_v1.crm import COLUMNS, V1, World, bearer, token_of

NOT_FOUND = {"status": "ERROR", "idDispositionOption": "Disposition option id not found"}
SECOND = {"status": "ERROR", "msg": "There is another disposition for this contact on this campaign"}
OWN_CALL = "01KJQ6PSG00000000000000001"


def options_at(world: World, *path: object) -> str:
    return f"{V1}/campaign/{path[0]}/dispositionOptions/" + (f"{path[1]}/" if len(path) > 1 else "")


def count(world: World, table: Any) -> int:
    with world.runtime.database.transaction() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_002_an_agents_token_opens_the_options(world: World) -> None:
    answer = world.agent.get(options_at(world, world.campaign_id))
    assert answer.status_code == 200
    assert answer.json()[0]["name"] == "Success"


@pytest.mark.parametrize("role", ["supervisor", "administrator"])
def test_003_the_tokens_of_others_do_not(world: World, role: str) -> None:
    token = token_of(world.admin, world.users.make(role))
    world.agent.headers.update(bearer(token))
    answer = world.agent.get(options_at(world, world.campaign_id))
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])


def test_007_options_are_told_to_agents_by_either_id(world: World) -> None:
    assert world.admin.get(options_at(world, world.campaign_id)).status_code == 403
    del world.supervisor.headers["Authorization"]
    assert world.supervisor.get(options_at(world, world.campaign_id)).status_code == 403
    expected = [
        {"id": world.success, "name": "Success", "hidden": False},
        {"id": world.hidden, "name": "Hangs up angry", "hidden": True},
        {"id": world.wrong, "name": "Wrong number", "hidden": False},
    ]
    assert world.agent.get(options_at(world, world.campaign_id)).json() == expected
    assert world.agent.get(options_at(world, "crm-1", world.system_id)).json() == expected
    for path in ((world.campaign_id, 9999), ("crm-2", world.system_id), ("crm-1", "x"), ("text",), (9999,)):
        answer = world.agent.get(options_at(world, *path))
        assert (answer.status_code, answer.json()) == (404, {"detail": "No encontrado."}), path


def test_007_campaigns_of_others_are_not_told(world: World) -> None:
    other, _ = world.other_agent()
    assert other.get(options_at(world, world.campaign_id)).status_code == 404


def test_008_a_disposition_is_stored_by_either_id(world: World) -> None:
    first, second = world.contact("c1"), world.contact("c2", "3515550002")
    answer = world.disposition(first, callid="96855041", idAgent=9999)
    assert answer.status_code == 201, answer.text
    stored = answer.json()
    assert stored == {
        "id": stored["id"],
        "idContact": first,
        "callid": "96855041",
        "idDispositionOption": world.success,
        "comments": "bought",
    }
    sent = {"idContact": "c2", "idExternalSystem": world.system_id, "idDispositionOption": world.wrong}
    assert world.agent.post(f"{V1}/disposition", data=sent).json()["idContact"] == second
    assert count(world, Disposition) == count(world, DispositionChange) == 2
    assert world.supervisor.post(f"{V1}/disposition", data=sent).status_code == 403
    with world.runtime.database.transaction() as session:
        entries = session.scalars(select(AuditEntry.actor_name).where(AuditEntry.action == "disposition.created"))
        assert list(entries) == [world.agent_user.username] * 2


def test_008_what_is_not_known_is_refused(world: World) -> None:
    contact = world.contact()
    for option in (9999, None, "text", "", 2**40):
        answer = world.disposition(contact, idDispositionOption=option)
        assert (answer.status_code, answer.json()) == (400, NOT_FOUND), option
    for sent in (
        {"idContact": 9999},
        {"idContact": "text"},
        {"idContact": None},
        {"idExternalSystem": world.system_id},
    ):
        answer = world.disposition(contact, **sent)
        assert (answer.status_code, answer.json()) == (400, {"status": "ERROR", "idContact": "Contact id not found"})
    assert world.disposition(contact, idExternalSystem=9999).status_code == 400
    assert world.disposition(contact, comments="x" * 2001).status_code == 400
    foreign = world.make_campaign("Foreign", members=[])["dispositions"][0]["id"]
    assert world.disposition(contact, idDispositionOption=foreign).json() == NOT_FOUND
    assert count(world, Disposition) == 0


def test_008_the_call_the_agent_took_is_dispositioned_with_it(world: World) -> None:
    live = {**READY, "agent_id": world.ana.id, "status": "ACW", "call_id": OWN_CALL, "campaign_id": world.campaign_id}
    world.runtime.redis.hset(LIVE_AGENTS, str(world.ana.id), json.dumps(live))
    stored = world.disposition(world.contact(), callid=OWN_CALL).json()
    assert world.admin.get(f"/api/v2/calls/{OWN_CALL}/disposition").json()["option_id"] == world.success
    entries: Any = world.runtime.redis.xrange(COMMANDS)
    notices = [parse(json.loads(fields["command"])) for _, fields in entries]
    assert notices == [AgentDispositioned(world.ana.id, OWN_CALL)]
    assert world.agent.get(f"{V1}/disposition/{stored['id']}/").json() == stored
    assert count(world, Disposition) == 1


def test_009_a_contact_has_one_disposition_in_a_campaign(world: World) -> None:
    first, second = world.contact("c1"), world.contact("c2", "3515550002")
    stored = world.disposition(first).json()
    answer = world.disposition(first)
    assert (answer.status_code, answer.json()) == (400, SECOND)
    other = world.disposition(second).json()
    moved = {"idContact": first, "idDispositionOption": world.success, "comments": "x"}
    answer = world.agent.put(f"{V1}/disposition/{other['id']}/", json=moved)
    assert (answer.status_code, answer.json()) == (400, SECOND)
    assert world.agent.put(f"{V1}/disposition/{stored['id']}/", json=moved).status_code == 200
    elsewhere = world.make_campaign("Elsewhere")["dispositions"][0]["id"]
    assert world.disposition(first, idDispositionOption=elsewhere).status_code == 201


def test_009_of_two_at_the_same_moment_one_is_stored(world: World) -> None:
    contact = world.contact()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: world.disposition(contact).status_code, range(4)))
    assert sorted(answers) == [201, 400, 400, 400]


def test_010_a_hidden_option_can_be_kept_but_not_chosen(world: World) -> None:
    contact = world.contact()
    stored = world.disposition(contact).json()
    world.hide(world.success)
    address = f"{V1}/disposition/{stored['id']}/"
    kept = {"idContact": contact, "idDispositionOption": world.success, "comments": "later"}
    answer = world.agent.put(address, json=kept)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**kept, "id": stored["id"], "callid": None}
    answer = world.agent.put(address, json={**kept, "idDispositionOption": world.hidden})
    assert (answer.status_code, answer.json()) == (400, NOT_FOUND)
    answer = world.disposition(world.contact("c2", "3515550002"))
    assert (answer.status_code, answer.json()) == (400, NOT_FOUND)


def test_011_an_agent_lists_its_own(world: World) -> None:
    user, agent = world.team.agent()
    members = [{"agent_id": world.ana.id}, {"agent_id": agent.id}]
    assert world.admin.patch(f"/api/v2/campaigns/{world.campaign_id}", json={"members": members}).status_code == 200
    mine = world.disposition(world.contact()).json()
    other = world.by_token(user)
    sent = {"idContact": world.contact("c2", "3515550002"), "idDispositionOption": world.success}
    theirs = other.post(f"{V1}/disposition/", json=sent).json()
    assert world.agent.get(f"{V1}/disposition/").json() == [mine]
    assert other.get(f"{V1}/disposition/").json() == [theirs]
    address = f"{V1}/disposition/{theirs['id']}/"
    assert world.agent.get(address).status_code == 404
    assert world.agent.put(address, json=sent).status_code == 404
    assert world.agent.get(f"{V1}/disposition/text/").status_code == 404
    assert world.agent.delete(address).status_code == world.agent.patch(address).status_code == 405
    assert world.agent.get(f"{V1}/disposition/", params={"offset": 1}).json() == []


def new(world: World, **fields: Any) -> Any:
    sent = {"phone": "3515550009", "idDispositionOption": world.success, "comments": "new", "callid": "7", **fields}
    return world.agent.post(f"{V1}/new_contact/disposition/", json=sent)


def test_012_a_contact_comes_with_its_disposition(world: World) -> None:
    answer = new(world)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown == {"id": shown["id"], "callid": "7", "idDispositionOption": world.success, "comments": "new"}
    answer = new(world, idExternalContact="c9", nombre="Juan", tel2="3515550010")
    assert answer.status_code == 201, answer.text
    with world.runtime.database.transaction() as session:
        values = [contact.values for contact in session.scalars(select(Contact).order_by(Contact.id))]
    assert values == [["", "", "3515550009", ""], ["Juan", "c9", "3515550009", "3515550010"]]
    assert count(world, Disposition) == 2


def test_012_what_is_refused_leaves_nothing_behind(world: World) -> None:
    world.contact("c1")
    before = count(world, Contact), count(world, Disposition)
    assert (
        new(world, idDispositionOption=world.hidden).status_code,
        new(world, idDispositionOption=0).status_code,
    ) == (
        400,
        400,
    )
    taken = "There is another contact with this external id on this database"
    answer = new(world, idExternalContact="c1")
    assert (answer.status_code, answer.json()) == (400, {"status": "ERROR", "idExternalContact": taken})
    for phone in ("", None, "abc"):
        answer = new(world, phone=phone)
        assert (answer.status_code, answer.json()) == (400, {"status": "ERROR", "contacto": "Contact data is invalid"})
    assert (count(world, Contact), count(world, Disposition)) == before


def test_012_a_column_called_telefono_has_a_key_of_its_own(world: World) -> None:
    base = world.made("contact-bases", name="Odd", columns=[*COLUMNS, {"name": "telefono"}])
    campaign = world.make_campaign("Odd", kind="preview", contact_base_id=base["id"])
    option = campaign["dispositions"][0]["id"]
    assert new(world, idDispositionOption=option, input_telefono_en_datos_OML="x").status_code == 201
    with world.runtime.database.transaction() as session:
        (contact,) = session.scalars(select(Contact))
        (lead,) = session.scalars(select(Lead))
    assert contact.values[-1] == "x"
    assert (lead.state, lead.agent_id, lead.contact_id) == ("finished", world.ana.id, contact.id)
