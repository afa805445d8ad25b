"""Choices of destinations for pickers."""

from __future__ import annotations

from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, Team, make_campaign
from tests.telephony.things import Things


def test_choices_are_listed_searched_and_narrowed(things: Things, runtime: Runtime, users: People) -> None:
    _, agent = Team(runtime, users).agent(first_name="Ana", last_name="Paz")
    campaign = make_campaign(things.client, "Sales")
    finished = make_campaign(things.client, "Old")
    things.client.post(f"{API}/campaigns/{finished['id']}/finish")
    menu = things.item("ivrs", "Menu")
    box = things.item("voicemail-boxes", "Box")
    address = f"{API}/destinations"
    everything = things.client.get(address).json()
    assert [(item["type"], item["id"], item["name"]) for item in everything["items"]] == [
        ("agent", agent.id, "Ana Paz"),
        ("voicemail", box["id"], "Box"),
        ("ivr", menu["id"], "Menu"),
        ("inbound-campaign", campaign["id"], "Sales"),
    ]
    second = things.client.get(address, params={"page": 2, "page_size": 3}).json()
    assert (second["total"], [item["name"] for item in second["items"]]) == (4, ["Sales"])
    assert [item["name"] for item in things.client.get(address, params={"type": "ivr"}).json()["items"]] == ["Menu"]
    assert [item["name"] for item in things.client.get(address, params={"search": "SAL"}).json()["items"]] == ["Sales"]
    assert things.client.get(address, params={"type": "hangup"}).json()["total"] == 0
    assert things.client.get(address, params={"type": "moon"}).status_code == 422


def test_only_campaigns_that_are_seen_are_offered(things: Things, sign_in: SignedIn, users: People) -> None:
    supervisor = users.make("supervisor")
    make_campaign(things.client, "Own", supervisor_ids=[supervisor.id])
    make_campaign(things.client, "Other")
    answer = sign_in(supervisor).get(f"{API}/destinations", params={"type": "inbound-campaign"}).json()
    assert [item["name"] for item in answer["items"]] == ["Own"]
