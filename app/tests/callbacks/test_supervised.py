"""Callbacks as supervisors see and change them: lists within their campaigns, other agents, no agent at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from omnileads.callbacks.models import Callback
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.api_v1.crm import World
from tests.conftest import Browsers, People, SignedIn, VirtualClock
from tests.domain import API, fields_of

CALLBACKS = f"{API}/callbacks"


class Floor:
    """A supervisor of the campaign "Support", in which Ana works; Bea works in it too, Carl does not."""

    def __init__(self, world: World, sign_in: SignedIn, clock: VirtualClock) -> None:
        self.world = world
        self.clock = clock
        self.supervisor = sign_in(world.supervisor_user)
        self.bea = world.team.agent(first_name="Bea", last_name="Luz")[1].id
        self.carl = world.team.agent(first_name="Carl", last_name="Sol")[1].id
        self.member(self.bea)

    def member(self, agent_id: int, campaign_id: int | None = None) -> None:
        with self.world.runtime.database.transaction() as session:
            session.add(CampaignMember(campaign_id=campaign_id or self.world.campaign_id, agent_id=agent_id))

    def callback(self, contact_id: int, *, hours: float = 24, **fields: Any) -> int:
        """Somebody is to be called; by Ana and for Support, unless said otherwise."""
        with self.world.runtime.database.transaction() as session:
            callback = Callback(
                **{
                    "kind": "personal",
                    "campaign_id": self.world.campaign_id,
                    "contact_id": contact_id,
                    "agent_id": self.world.ana.id,
                    "due_at": self.clock.now() + timedelta(hours=hours),
                    "phone": "3515550001",
                    **fields,
                }
            )
            session.add(callback)
            session.flush()
            return callback.id

    def listed(self, client: TestClient | None = None, /, **filters: Any) -> list[int]:
        answer = (client or self.supervisor).get(CALLBACKS, params=filters)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["items"]]

    def give(self, callback_id: int, agent_id: Any, client: TestClient | None = None) -> Any:
        return (client or self.supervisor).put(f"{CALLBACKS}/{callback_id}/agent", json={"agent_id": agent_id})

    def audit(self, action: str) -> AuditEntry:
        with self.world.runtime.database.transaction() as session:
            return session.query(AuditEntry).filter_by(action=action).one()


@pytest.fixture
def floor(browsers: Browsers, users: People, sign_in: SignedIn, runtime: Runtime, clock: VirtualClock) -> Floor:
    return Floor(World(browsers, users, sign_in, runtime), sign_in, clock)


def test_a_supervisor_sees_who_is_to_call_whom(floor: Floor) -> None:
    contact = floor.world.contact()
    later = floor.callback(contact, hours=30, note="after work")
    sooner = floor.callback(floor.world.contact("c2", "3515550002"), hours=2, agent_id=floor.bea)
    assert floor.listed() == [sooner, later]
    row = floor.supervisor.get(f"{CALLBACKS}/{later}").json()
    assert row == floor.supervisor.get(CALLBACKS).json()["items"][1]
    assert row == {
        "id": later,
        "kind": "personal",
        "campaign_id": floor.world.campaign_id,
        "campaign_name": "Support",
        "contact_id": contact,
        "contact": "Eva",
        "agent_id": floor.world.ana.id,
        "agent_name": "Ana Paz",
        "due_at": (floor.clock.now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "phone": "3515550001",
        "note": "after work",
    }


def test_filters(floor: Floor) -> None:
    contacts = [floor.world.contact(f"c{number}", f"351555000{number}") for number in range(3)]
    other = floor.world.make_campaign("Sales")["id"]
    overdue = floor.callback(contacts[0], hours=-3)
    now = floor.callback(contacts[1], hours=0, agent_id=floor.bea)
    elsewhere = floor.callback(contacts[2], hours=5, campaign_id=other)
    assert floor.listed() == [overdue, now, elsewhere]
    assert floor.listed(campaign_id=other) == [elsewhere]
    assert floor.listed(agent_id=floor.bea) == [now]
    assert floor.listed(overdue=True) == [overdue], "what is due at this moment is not overdue yet"
    moment = floor.clock.now().isoformat()
    since = floor.supervisor.get(CALLBACKS, params={"from": moment}).json()["items"]
    assert [row["id"] for row in since] == [now, elsewhere], "the start is included"
    assert floor.listed(to=moment) == [overdue], "the end is not"
    later = (floor.clock.now() + timedelta(hours=1)).isoformat()
    assert floor.listed(to=later, overdue=True) == [overdue]
    assert floor.listed(campaign_id=other, agent_id=floor.bea) == []
    assert floor.listed(campaign_id=99) == []
    for wrong in ({"campaign_id": 0}, {"agent_id": "x"}, {"from": "yesterday"}, {"overdue": "maybe"}):
        assert floor.supervisor.get(CALLBACKS, params=wrong).status_code == 422, wrong


def test_pages(floor: Floor) -> None:
    made = [floor.callback(floor.world.contact(f"c{number}", f"351555000{number}"), hours=1) for number in range(3)]
    first = floor.supervisor.get(CALLBACKS, params={"page_size": 2}).json()
    assert ([row["id"] for row in first["items"]], first["total"]) == (made[:2], 3), "of one moment: as they were made"
    assert floor.listed(page_size=2, page=2) == made[2:]
    assert floor.listed(page_size=2, page=3) == []


def test_only_campaigns_the_person_sees(floor: Floor, sign_in: SignedIn) -> None:
    callback = floor.callback(floor.world.contact())
    stranger, reader = sign_in("supervisor"), sign_in("basic-supervisor")
    assert floor.listed(floor.world.admin) == [callback]
    for client in (stranger, reader):
        assert floor.listed(client) == floor.listed(client, campaign_id=floor.world.campaign_id) == []
        assert client.get(f"{CALLBACKS}/{callback}").status_code == 404
        assert client.get(f"{CALLBACKS}/{callback}/agents").status_code == 404
    assert floor.give(callback, floor.bea, stranger).status_code == 404
    assert stranger.delete(f"{CALLBACKS}/{callback}").status_code == 404
    assert floor.give(callback, floor.bea, reader).status_code == 403, "who reads changes nothing"
    assert sign_in(floor.world.agent_user).get(CALLBACKS).status_code == 403
    with floor.world.runtime.database.transaction() as session:
        session.get_one(Campaign, floor.world.campaign_id).deleted_at = floor.clock.now()
    assert floor.listed(floor.world.admin) == [], "a deleted campaign takes its callbacks out of sight"
    assert floor.world.admin.get(f"{CALLBACKS}/{callback}").status_code == 404


def test_what_agents_do_not_see_of_a_contact_is_not_its_name(floor: Floor) -> None:
    floor.callback(floor.world.contact())
    for rules, name in (({"nombre": {"hidden": True}}, "c1"), ({"nombre": {"locked": True}}, "Eva")):
        with floor.world.runtime.database.transaction() as session:
            session.get_one(Campaign, floor.world.campaign_id).field_rules = rules
        assert floor.supervisor.get(CALLBACKS).json()["items"][0]["contact"] == name
    hidden = {"nombre": {"hidden": True}, "idext": {"hidden": True}}
    with floor.world.runtime.database.transaction() as session:
        session.get_one(Campaign, floor.world.campaign_id).field_rules = hidden
    assert floor.supervisor.get(CALLBACKS).json()["items"][0]["contact"] == ""


def test_another_agent_of_the_campaign_is_to_call(floor: Floor, sign_in: SignedIn) -> None:
    callback = floor.callback(floor.world.contact())
    given = floor.give(callback, floor.bea)
    assert (given.status_code, given.json()["agent_name"]) == (200, "Bea Luz")
    assert floor.listed(agent_id=floor.bea) == [callback]
    assert sign_in(floor.world.agent_user).get(f"{API}/agent/callbacks").json()["total"] == 0
    entry = floor.audit("callback.reassigned")
    assert entry.actor_name == floor.world.supervisor_user.username
    assert (entry.before, entry.after) == ({"agent_id": floor.world.ana.id}, {"agent_id": floor.bea})


def test_to_whom_it_can_be_given(floor: Floor) -> None:
    contact = floor.world.contact()
    callback = floor.callback(contact)
    floor.callback(contact, agent_id=floor.bea)
    floor.member(floor.carl)
    address = f"{CALLBACKS}/{callback}/agents"
    listed = floor.supervisor.get(address).json()
    assert [(agent["name"], agent["has_callback"]) for agent in listed["items"]] == [
        ("Bea Luz", True),
        ("Carl Sol", False),
    ]
    found = floor.supervisor.get(address, params={"search": "carl s"}).json()
    assert ([agent["id"] for agent in found["items"]], found["total"]) == ([floor.carl], 1)
    extension = str(listed["items"][1]["extension"])
    assert [agent["id"] for agent in floor.supervisor.get(address, params={"search": extension}).json()["items"]] == [
        floor.carl
    ]
    second = floor.supervisor.get(address, params={"page_size": 1, "page": 2}).json()
    assert ([agent["id"] for agent in second["items"]], second["total"]) == ([floor.carl], 2)
    carls = next(user for user in floor.world.admin.get(f"{API}/users", params={"search": "Carl"}).json()["items"])
    assert floor.world.admin.delete(f"{API}/users/{carls['id']}").status_code == 204
    assert [agent["id"] for agent in floor.supervisor.get(address).json()["items"]] == [floor.bea]
    assert fields_of(floor.give(callback, floor.carl)) == {"agent_id": "not-a-member"}


def test_what_cannot_be_given(floor: Floor) -> None:
    contact = floor.world.contact()
    callback = floor.callback(contact)
    for agent_id in (floor.carl, 9999):
        assert fields_of(floor.give(callback, agent_id)) == {"agent_id": "not-a-member"}
    for wrong in (0, None, "x", 2**31):
        assert floor.give(callback, wrong).status_code == 422
    assert floor.give(9999, floor.bea).status_code == 404
    floor.callback(contact, agent_id=floor.bea)
    refused = floor.give(callback, floor.bea)
    assert (refused.status_code, refused.json()["code"]) == (409, "callback-exists")
    by_the_dialer = floor.callback(floor.world.contact("c2", "3515550002"), kind="global")
    refused = floor.give(by_the_dialer, floor.bea)
    assert (refused.status_code, refused.json()["code"]) == (409, "callback-global")


def test_a_supervisor_takes_a_callback_away(floor: Floor) -> None:
    callback = floor.callback(floor.world.contact(), note="moved abroad")
    assert floor.supervisor.delete(f"{CALLBACKS}/{callback}").status_code == 204
    assert floor.supervisor.delete(f"{CALLBACKS}/{callback}").status_code == 404
    assert floor.listed() == []
    entry = floor.audit("callback.deleted")
    assert (entry.actor_name, entry.subject_id) == (floor.world.supervisor_user.username, str(callback))
    assert (entry.before or {})["note"] == "moved abroad"


def test_supervisors_and_agents_change_the_same_callback_at_once(floor: Floor, sign_in: SignedIn) -> None:
    """Whoever comes second meets what the first one left; nobody meets an error of the database."""
    contact = floor.world.contact()
    due_at = (floor.clock.now() + timedelta(days=1)).isoformat()
    body = {"campaign_id": floor.world.campaign_id, "contact_id": contact, "due_at": due_at}
    agent, second = sign_in(floor.world.agent_user), sign_in("administrator")
    for _ in range(8):
        callback = floor.callback(contact)
        with ThreadPoolExecutor(4) as threads:
            answers = [
                threads.submit(floor.give, callback, floor.bea),
                threads.submit(floor.give, callback, floor.world.ana.id, second),
                threads.submit(agent.put, f"{API}/agent/callbacks", json=body),
                threads.submit(floor.world.admin.delete, f"{CALLBACKS}/{callback}"),
            ]
        statuses = [answer.result().status_code for answer in answers]
        assert set(statuses) <= {200, 201, 204, 404, 409}, statuses
        assert statuses[3] == 204
        with floor.world.runtime.database.transaction() as session:
            assert session.query(Callback).filter_by(agent_id=floor.world.ana.id).count() <= 1
            session.execute(text("DELETE FROM callbacks"))


def fill(session: Session, floor: Floor, contacts: int) -> None:
    """Ana and Bea are to call each of so many contacts in every campaign."""
    session.execute(
        text(
            "INSERT INTO contacts (base_id, phone, values, phones, search)"
            " SELECT :base, '351' || n, ARRAY['Eva', '', '351' || n, ''], ARRAY['351' || n], ''"
            " FROM generate_series(1, :contacts) n"
        ),
        {"base": floor.world.base["id"], "contacts": contacts},
    )
    session.execute(
        text(
            "INSERT INTO callbacks (kind, campaign_id, contact_id, agent_id, due_at, phone, note)"
            " SELECT 'personal', campaigns.id, contacts.id, agents.id,"
            " timestamptz '2026-03-02 12:00Z' + (contacts.id * 7919 % 864000 - 86400) * interval '1 second',"
            " contacts.phone, 'call again' FROM contacts, campaigns,"
            " (VALUES (CAST(:ana AS integer)), (:bea)) agents (id)"
        ),
        {"ana": floor.world.ana.id, "bea": floor.bea},
    )
    session.execute(text("ANALYZE callbacks"))


def plan_of_page(floor: Floor, **filters: Any) -> str:
    """How PostgreSQL finds the rows of the page that the API asks for."""
    engine = floor.world.runtime.database.engine
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "ORDER BY callbacks.due_at" in statement:
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert floor.listed(floor.world.admin, page_size=25, **filters)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, values),) = asked
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN {statement}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_lists_are_read_by_indexes(floor: Floor) -> None:
    """However many there are, the next ones are found without reading the others."""
    campaign = floor.world.make_campaign("Sales")["id"]
    with floor.world.runtime.database.transaction() as session:
        fill(session, floor, 5_000)
    for filters in (
        {},
        {"overdue": True},
        {"campaign_id": campaign},
        {"agent_id": floor.bea},
        {"from": "2026-03-05T00:00:00Z", "to": "2026-03-06T00:00:00Z"},
    ):
        plan = plan_of_page(floor, **filters)
        assert "Seq Scan on callbacks" not in plan, plan
        assert "Index Scan using ix_callbacks_" in plan, plan
