"""The callbacks of an agent, over the console's API: the list, the limits of its group, two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from omnileads.agents.models import AgentGroup
from omnileads.callbacks.models import Callback
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.api_v1.crm import World
from tests.conftest import Browsers, People, SignedIn, VirtualClock
from tests.domain import API, fields_of

CALLBACKS = f"{API}/agent/callbacks"


class Desk:
    """An agent with its console."""

    def __init__(self, world: World, sign_in: SignedIn, clock: VirtualClock) -> None:
        self.world = world
        self.clock = clock
        self.client = sign_in(world.agent_user)

    def body(self, contact_id: int, *, days: int = 1, **fields: Any) -> dict[str, Any]:
        due_at = (self.clock.now() + timedelta(days=days)).isoformat()
        return {"campaign_id": self.world.campaign_id, "contact_id": contact_id, "due_at": due_at, **fields}

    def put(self, contact_id: int, *, days: int = 1, **fields: Any) -> Any:
        return self.client.put(CALLBACKS, json=self.body(contact_id, days=days, **fields))

    def group(self, **fields: Any) -> None:
        with self.world.runtime.database.transaction() as session:
            group = session.get_one(AgentGroup, self.world.team.group.id)
            for name, value in fields.items():
                setattr(group, name, value)

    def dialer(self) -> int:
        """A dialer campaign of the agent's."""
        days = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "weekdays": [1, 2, 3, 4, 5]}
        made = self.world.make_campaign("Dialer", kind="dialer", opens_at="09:00", closes_at="18:00", **days)
        number: int = made["id"]
        return number


@pytest.fixture
def desk(browsers: Browsers, users: People, sign_in: SignedIn, runtime: Runtime, clock: VirtualClock) -> Desk:
    return Desk(World(browsers, users, sign_in, runtime), sign_in, clock)


def test_an_agent_keeps_a_list_of_whom_to_call_again(desk: Desk) -> None:
    first, second = desk.world.contact(), desk.world.contact("c2", "3515550002")
    later = desk.put(first, days=3, note="after work")
    assert later.status_code == 201, later.text
    sooner = desk.put(second, days=2, phone="351 555-0009").json()
    assert later.json() == {
        "id": later.json()["id"],
        "kind": "personal",
        "campaign_id": desk.world.campaign_id,
        "campaign_name": "Support",
        "contact_id": first,
        "contact": "Eva",
        "agent_id": desk.world.ana.id,
        "agent_name": "Ana Paz",
        "due_at": (desk.clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "phone": "3515550001",
        "note": "after work",
    }
    listed = desk.client.get(CALLBACKS).json()
    assert ([row["id"] for row in listed["items"]], listed["total"]) == ([sooner["id"], later.json()["id"]], 2)
    assert sooner["phone"] == "3515550009"
    until = (desk.clock.now() + timedelta(days=3)).isoformat()
    assert [row["id"] for row in desk.client.get(CALLBACKS, params={"to": until}).json()["items"]] == [sooner["id"]]
    since = desk.client.get(CALLBACKS, params={"from": until}).json()
    assert [row["id"] for row in since["items"]] == [later.json()["id"]]
    assert desk.client.delete(f"{CALLBACKS}/{sooner['id']}").status_code == 204
    assert desk.client.delete(f"{CALLBACKS}/{sooner['id']}").status_code == 404
    assert desk.client.get(CALLBACKS).json()["total"] == 1


def test_there_is_one_of_a_contact(desk: Desk) -> None:
    contact = desk.world.contact()
    first = desk.put(contact).json()
    again = desk.put(contact, days=2, note="again")
    assert (again.status_code, again.json()["id"], again.json()["note"]) == (200, first["id"], "again")
    assert desk.client.get(CALLBACKS).json()["total"] == 1
    with desk.world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(subject_type="callback").order_by(AuditEntry.id).all()
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("callback.created", desk.world.agent_user.username),
        ("callback.changed", desk.world.agent_user.username),
    ]


def test_the_lists_of_two_agents_are_their_own(desk: Desk, sign_in: SignedIn) -> None:
    made = desk.put(desk.world.contact()).json()
    user, _ = desk.world.team.agent()
    other = sign_in(user)
    assert other.get(CALLBACKS).json()["total"] == 0
    assert other.delete(f"{CALLBACKS}/{made['id']}").status_code == 404
    assert fields_of(other.put(CALLBACKS, json=desk.body(made["contact_id"]))) == {"campaign_id": "unknown"}


def test_what_cannot_be_promised_is_refused(desk: Desk) -> None:
    contact = desk.world.contact()
    foreign = desk.world.made("contact-bases", name="Other", columns=[{"name": "tel", "role": "phone"}])["id"]
    values = {"values": {"tel": "3515550009"}}
    elsewhere = desk.world.admin.post(f"{API}/contact-bases/{foreign}/contacts", json=values).json()["id"]
    assert fields_of(desk.put(elsewhere)) == {"contact_id": "unknown"}
    assert fields_of(desk.put(999_999)) == {"contact_id": "unknown"}
    assert fields_of(desk.put(contact, campaign_id=9999)) == {"campaign_id": "unknown"}
    assert fields_of(desk.put(contact, phone="no phone")) == {"phone": "not-a-phone"}
    assert fields_of(desk.put(contact, days=-1)) == {"due_at": "callback-in-past"}
    assert fields_of(desk.put(contact, kind="global")) == {"kind": "not-a-dialer"}
    assert desk.put(contact, note="x" * 1001).status_code == 422
    assert desk.put(contact, days=0).status_code == 201
    desk.world.admin.post(f"{API}/campaigns/{desk.world.campaign_id}/finish")
    assert fields_of(desk.put(contact)) == {"campaign_id": "unknown"}


def test_a_group_limits_the_callbacks_of_its_agents(desk: Desk) -> None:
    contacts = [desk.world.contact(f"c{number}", f"351555000{number}") for number in range(3)]
    desk.group(personal_callback_limit=2, personal_callback_days=5)
    assert fields_of(desk.put(contacts[0], days=6)) == {"due_at": "callback-too-late"}
    for contact in contacts[:2]:
        assert desk.put(contact, days=5).status_code == 201
    assert fields_of(desk.put(contacts[2])) == {"kind": "too-many-callbacks"}
    assert desk.put(contacts[0], days=2).status_code == 200, "it is not one more"
    campaign = desk.dialer()
    by_the_dialer = desk.put(contacts[2], campaign_id=campaign, kind="global", days=9)
    assert by_the_dialer.status_code == 201, by_the_dialer.text
    own = desk.put(contacts[2], campaign_id=campaign)
    assert fields_of(own) == {"kind": "too-many-callbacks"}
    desk.group(allow_callbacks=False)
    refused = desk.client.get(CALLBACKS)
    assert (refused.status_code, refused.json()["code"]) == (403, "callbacks-not-allowed")


def test_two_requests_at_once_stay_within_the_limit(desk: Desk) -> None:
    contacts = [desk.world.contact(f"c{number}", f"351555000{number}") for number in range(4)]
    desk.group(personal_callback_limit=1)
    with ThreadPoolExecutor(len(contacts)) as threads:
        answers = list(threads.map(lambda contact: desk.put(contact).status_code, contacts))
    assert sorted(answers) == [201, 422, 422, 422]
    with ThreadPoolExecutor(4) as threads:
        kept = desk.client.get(CALLBACKS).json()["items"][0]["contact_id"]
        assert set(threads.map(lambda _: desk.put(kept).status_code, range(4))) == {200}
    with desk.world.runtime.database.transaction() as session:
        assert len(session.scalars(select(Callback)).all()) == 1


def test_a_contact_that_goes_takes_its_callbacks_along(desk: Desk) -> None:
    contact = desk.world.contact()
    desk.put(contact)
    assert desk.world.admin.delete(f"{API}/contact-bases/{desk.world.base['id']}/contacts/{contact}").status_code == 204
    assert desk.client.get(CALLBACKS).json()["total"] == 0
