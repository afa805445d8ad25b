"""Whom a call is with: recognised, chosen, added, attached, and still so whatever is logged later."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from omnileads.calls import followers
from omnileads.calls.models import Call, CallContact
from omnileads.desk.taken import TakenCalls
from omnileads.kit.audit import AuditEntry
from omnileads.telephony.models import OutboundPattern, OutboundRoute
from tests.conftest import People, SignedIn, VirtualClock
from tests.desk.conftest import ANA, Desk
from tests.domain import API, fields_of, make_campaign


def contact_of(desk: Desk, call_id: str = "c1") -> int | None:
    with desk.runtime.database.transaction() as session:
        return session.get_one(Call, call_id).contact_id


def test_a_caller_is_recognised_by_any_of_its_phones(desk: Desk) -> None:
    ana = desk.contact()
    desk.contact(telefono="3515550002", celular="", documento="B2", nombre="Berta")
    desk.log("c1", "CONNECT", number="+1160000001")
    card = desk.card()
    assert (card["contact"]["id"], card["candidates"], card["is_attached"]) == (ana, [], False)
    assert card["contact"]["values"] == ANA
    assert [column["name"] for column in card["columns"]] == ["Teléfono", "Celular", "Nombre", "Deuda", "Documento"]


def test_several_with_the_number_are_a_choice_and_the_choice_stays(desk: Desk) -> None:
    ana, same = desk.contact(), desk.contact(documento="B2", nombre="Luis Pérez")
    desk.log("c1", "ENTERQUEUE", "CONNECT")
    card = desk.card()
    assert card["contact"] is None
    assert [candidate["id"] for candidate in card["candidates"]] == [ana, same]
    chosen = desk.attach(same)
    assert chosen.status_code == 200
    assert (chosen.json()["contact"]["id"], chosen.json()["is_attached"]) == (same, True)
    assert contact_of(desk) == same
    desk.log("c1", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    assert contact_of(desk) == same, "the call was computed anew from its events"
    assert desk.card()["contact"]["id"] == same
    assert desk.attach(ana).json()["contact"]["id"] == ana, "a mistake can be mended"


def test_a_choice_before_the_log_knows_the_call_is_kept(desk: Desk) -> None:
    ana = desk.contact()
    desk.contact(documento="B2")
    desk.live("c1")
    assert len(desk.card()["candidates"]) == 2
    assert desk.attach(ana).status_code == 200
    desk.log("c1", "CONNECT")
    assert contact_of(desk) == ana


def test_nobody_has_the_number(desk: Desk) -> None:
    desk.contact()
    desk.log("c1", "CONNECT", number="999888777")
    card = desk.card()
    assert (card["contact"], card["candidates"], card["has_contacts"]) == (None, [], True)
    made = desk.client.post(desk.path, json={"values": {"telefono": "999888777", "nombre": "Nora"}, "call_id": "c1"})
    assert made.status_code == 201, made.text
    assert made.json()["is_original"] is False
    assert contact_of(desk) == made.json()["id"]
    with desk.runtime.database.transaction() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "contact.created").order_by(AuditEntry.id)
        ).all()[-1]
        assert entry.actor_id == desk.user.id


def test_a_call_for_a_contact_knows_it(desk: Desk) -> None:
    desk.contact()
    other = desk.contact(documento="B2")
    desk.log("c1", "DIAL", contact_id=other)
    card = desk.card()
    assert (card["contact"]["id"], card["is_attached"]) == (other, True)


def test_who_identified_themselves_is_found_by_the_external_id(desk: Desk) -> None:
    ana = desk.contact()
    desk.log("c1", "CONNECT", number="000111222")
    assert desk.card(customer_id="A1")["contact"]["id"] == ana
    assert desk.card(customer_id="Z9")["contact"] is None


def test_the_number_dialled_is_found_without_the_outside_prefix(desk: Desk) -> None:
    ana = desk.contact()
    with desk.runtime.database.transaction() as session:
        pattern = OutboundPattern(prefix="9", match="X.", position=1)
        session.add(OutboundRoute(name="out", position=1, patterns=[pattern]))
    desk.log("c1", "DIAL", number="93515550001")
    assert desk.card()["contact"]["id"] == ana


def test_the_worker_attaches_whom_the_number_names_and_nobody_else(desk: Desk) -> None:
    follower = TakenCalls(desk.runtime)
    followers.follow(follower)
    try:
        ana = desk.contact()
        desk.log("c1", "CONNECT")
        assert contact_of(desk) == ana
        other = desk.contact(documento="B2")
        desk.log("c2", "CONNECT")
        assert contact_of(desk, "c2") is None, "two have it"
        desk.attach(other, "c1")
        desk.log("c1", "CONNECT", "COMPLETEAGENT")
        assert contact_of(desk) == other, "what the agent said stays"
        desk.log("c3", "CONNECT", number="000")
        assert contact_of(desk, "c3") is None
    finally:
        followers.unfollow(follower)


def test_a_follower_that_fails_loses_no_event(desk: Desk) -> None:
    def fails(session: Any, taken: Any, now: Any) -> None:
        session.add(CallContact(call_id="c1", contact_id=1, attached_at=now))
        session.flush()
        raise RuntimeError

    followers.follow(fails)
    try:
        desk.log("c1", "CONNECT")
    finally:
        followers.unfollow(fails)
    assert contact_of(desk) is None


def test_an_agent_sees_only_the_bases_of_its_active_campaigns(desk: Desk, sign_in: SignedIn, users: People) -> None:
    ana = desk.contact()
    other_base = desk.make_base("Otra")
    foreign = desk.contact(base=other_base)
    other = make_campaign(desk.admin, "Ajena", contact_base_id=other_base)
    desk.log("c1", "CONNECT")
    assert fields_of(desk.attach(foreign)) == {"contact_id": "unknown"}
    assert desk.client.get(f"{desk.path}/{foreign}").status_code == 404
    for method, path in (("GET", ""), ("GET", f"/{foreign}"), ("GET", f"/{foreign}/history")):
        address = f"{API}/agent/campaigns/{other['id']}/contacts{path}"
        assert desk.client.request(method, address).status_code == 404, path
    body = {"values": {"telefono": "123456"}}
    assert desk.client.post(f"{API}/agent/campaigns/{other['id']}/contacts", json=body).status_code == 404
    assert sign_in(users.make("agent")).get(f"{desk.path}/{ana}").json()["code"] == "not-an-agent"
    assert sign_in(desk.team.agent()[0]).get(f"{desk.path}/{ana}").status_code == 404, "another agent's campaign"
    assert desk.admin.get(f"{desk.path}/{ana}").status_code == 403


def test_calls_of_others_have_no_card(desk: Desk) -> None:
    ana = desk.contact()
    desk.log("c1", "CONNECT", agent_id=desk.agent.id + 1)
    assert desk.client.get(f"{API}/agent/calls/c1/card").status_code == 404
    assert desk.attach(ana).status_code == 404
    made = desk.client.post(desk.path, json={"values": {"telefono": "777666555"}, "call_id": "c1"})
    assert made.status_code == 404
    found = desk.client.get(desk.path, params={"search": "777666555"}).json()["items"]
    assert found == [], "nothing half done"
    desk.log("c2", "CONNECT", campaign_id=0)
    assert desk.client.get(f"{API}/agent/calls/c2/card").json()["code"] == "call-without-campaign"


def test_a_paused_campaign_is_closed_but_for_the_call_at_hand(desk: Desk) -> None:
    desk.contact()
    desk.log("c1", "CONNECT")
    assert desk.admin.post(f"{API}/campaigns/{desk.campaign['id']}/pause").status_code == 200
    assert desk.client.get(desk.path).status_code == 404
    desk.live("c1")
    assert desk.card()["contact"] is not None
    desk.live(None)
    assert desk.client.get(desk.path).status_code == 404


def test_a_campaign_without_base_has_a_card_without_contacts(desk: Desk) -> None:
    bare = desk.make_campaign("Sin base", contact_base_id=None, script="Buen día")
    desk.log("c1", "CONNECT", campaign_id=bare["id"])
    card = desk.card()
    assert (card["has_contacts"], card["columns"], card["contact"]) == (False, [], None)
    assert card["script"] == [{"text": "Buen día", "is_value": False}]
    answer = desk.client.get(f"{API}/agent/campaigns/{bare['id']}/contacts")
    assert answer.json()["code"] == "campaign-without-contacts"


def test_contacts_are_searched_by_phone_id_and_words_a_page_at_a_time(desk: Desk) -> None:
    ids = [desk.contact(telefono=f"351700{n:04}", documento=f"D{n}", nombre=f"Vecino {n}") for n in range(5)]
    for search in ("3517000003", "D3", "vecino 3"):
        found = desk.client.get(desk.path, params={"search": search}).json()
        assert [item["id"] for item in found["items"]] == [ids[3]], search
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"search": "vecino", "size": "2", **({"cursor": cursor} if cursor else {})}
        part = desk.client.get(desk.path, params=query).json()
        seen += [item["id"] for item in part["items"]]
        cursor = part["next"]
    assert (seen, cursor) == (ids, None)
    assert len(desk.client.get(desk.path, params={"size": 3}).json()["items"]) == 3
    assert fields_of(desk.client.get(desk.path, params={"search": "v", "cursor": "x"})) == {"cursor": "invalid"}


def test_the_history_has_calls_and_dispositions_of_ones_own_campaigns(desk: Desk, clock: VirtualClock) -> None:
    ana = desk.contact()
    desk.log("c1", "CONNECT", "COMPLETEAGENT", contact_id=ana, talk_seconds=12.0)
    sale = desk.campaign["dispositions"][0]["id"]
    put = desk.client.put(f"{API}/calls/c1/disposition", json={"option_id": sale, "comment": "compra"})
    assert put.json()["contact_id"] == ana
    foreign = make_campaign(desk.admin, "Ajena", contact_base_id=desk.base)
    desk.log("c2", "CONNECT", contact_id=ana, campaign_id=foreign["id"])
    history = desk.client.get(f"{desk.path}/{ana}/history").json()
    assert history["total"] == 1
    [item] = history["items"]
    assert (item["call_id"], item["disposition"], item["comment"]) == ("c1", "Sale", "compra")
    assert (item["direction"], item["outcome"], item["talk_seconds"]) == ("inbound", "answered", 12.0)
    assert item["campaign_name"] == "Cobranzas"
    clock.advance(minutes=5)
    desk.log("c3", "CONNECT", number="000")
    desk.attach(ana, "c3")
    both = desk.client.get(f"{desk.path}/{ana}/history", params={"page_size": 5}).json()
    assert ([item["call_id"] for item in both["items"]], both["total"]) == (["c3", "c1"], 2)
    older = desk.client.get(f"{desk.path}/{ana}/history", params={"page_size": 1, "page": 2}).json()
    assert [item["call_id"] for item in older["items"]] == ["c1"]


def test_a_disposition_is_about_the_contact_the_agent_attached(desk: Desk) -> None:
    desk.contact()
    other = desk.contact(documento="B2")
    desk.log("c1", "CONNECT")
    desk.attach(other)
    sale = desk.campaign["dispositions"][0]["id"]
    assert desk.client.put(f"{API}/calls/c1/disposition", json={"option_id": sale}).json()["contact_id"] == other


@pytest.mark.parametrize("events", [("DIAL", "ANSWER", "COMPLETEOUTNUM"), ("DIAL", "NOANSWER")])
def test_a_call_out_is_ones_own_when_it_is_over(desk: Desk, events: tuple[str, ...]) -> None:
    desk.log("c1", *events)
    [row] = desk.client.get(f"{API}/agent/calls").json()["items"]
    assert (row["id"], row["direction"], row["is_internal"]) == ("c1", "outbound", False)
    sale = desk.campaign["dispositions"][0]["id"]
    assert desk.client.put(f"{API}/calls/c1/disposition", json={"option_id": sale}).status_code == 200


def test_calls_between_agents_are_known_as_such_on_both_sides(desk: Desk) -> None:
    user, colleague = desk.team.agent(first_name="Bruno", last_name="Sosa")
    about = {"campaign_id": 0, "call_type": 7, "number": str(desk.agent.extension), "did": str(colleague.extension)}
    desk.log("c1", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", agent_id=colleague.id, **about)
    [called] = desk.sign_in(user).get(f"{API}/agent/calls").json()["items"]
    assert (called["is_internal"], called["direction"]) == (True, "inbound")
    assert (called["colleague"]["agent_id"], called["colleague"]["extension"]) == (desk.agent.id, desk.agent.extension)
    [caller] = desk.client.get(f"{API}/agent/calls").json()["items"]
    assert (caller["is_internal"], caller["direction"]) == (True, "outbound")
    assert caller["colleague"] == {"agent_id": colleague.id, "name": "Bruno Sosa", "extension": colleague.extension}


def test_an_outside_number_like_an_extension_is_no_colleague(desk: Desk) -> None:
    desk.log("c1", "CONNECT", number=str(desk.agent.extension))
    [row] = desk.client.get(f"{API}/agent/calls").json()["items"]
    assert (row["is_internal"], row["colleague"], row["direction"]) == (False, None, "inbound")
