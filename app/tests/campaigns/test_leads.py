"""Leads: taken from the base, distributed, delivered to agents, worked."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from omnileads.calls.models import CallEvent
from omnileads.campaigns.errors import NoLeadLeft
from omnileads.campaigns.leads import housekeeping
from omnileads.campaigns.leads.delivery import LeadDelivery
from omnileads.campaigns.leads.distribution import distributed
from omnileads.campaigns.leads.filling import follow_base
from omnileads.campaigns.leads.order import MAX_ORDER_LINES
from omnileads.campaigns.leads.work import LEADS_JOB, LeadTask, LeadWork, run_leads_job
from omnileads.campaigns.models import Lead
from omnileads.contacts.models import Contact
from omnileads.kit.jobs import Job
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, Bases, contact_of, dialer, leads_of, make, preview
from tests.conftest import SignedIn, VirtualClock
from tests.domain import API, Team, fields_of

SOME = [
    ["+5493510000001", "", "Ana", "1", ""],
    ["+5493510000002", "", "Bea", " false ", ""],
    ["+5493510000003", "", "Cid", "0", ""],
    ["+5493510000004", "", "Dan", "100", ""],
    ["+5493510000005", "", "Eva", "", ""],
]


def states(runtime: Runtime, campaign: dict[str, Any]) -> list[tuple[str, int | None]]:
    with runtime.database.transaction() as session:
        return [(lead.state, lead.agent_id) for lead in leads_of(session, campaign)]


def counts(client: TestClient, campaign: dict[str, Any]) -> dict[str, int]:
    answer: dict[str, int] = client.get(f"{CAMPAIGNS}/{campaign['id']}/leads/counts").json()
    return answer


def test_leads_come_from_the_base_and_some_are_switched_off(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    base = bases.make(values=SOME)
    made = make(admin, preview(base, deactivation_column="active"))
    with runtime.database.transaction() as session:
        enabled = [lead.is_enabled for lead in leads_of(session, made)]
    assert enabled == [True, False, False, True, True], "exactly 0 and FALSE, not what contains them"
    assert counts(admin, made) == {"pending": 3, "delivered": 0, "assigned": 0, "finished": 0, "disabled": 2}
    admin.patch(f"{CAMPAIGNS}/{made['id']}", json={"deactivation_column": None})
    assert counts(admin, made)["disabled"] == 0


def test_new_contacts_are_followed(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    base = bases.make(values=SOME)
    whole = make(admin, preview(base, deactivation_column="active"))
    finished = make(admin, preview(base, name="Finished"))
    admin.post(f"{CAMPAIGNS}/{finished['id']}/finish")
    values = {"phone": "+5493510000006", "mobile": "", "name": "Fay", "active": "1", "id": ""}
    added = admin.post(f"{API}/contact-bases/{base.id}/contacts", json={"values": values})
    assert added.status_code == 201, added.text
    assert counts(admin, whole)["pending"] == 4
    off = admin.patch(f"{API}/contact-bases/{base.id}/contacts/{added.json()['id']}", json={"values": {"active": "0"}})
    assert off.status_code == 200, off.text
    assert counts(admin, whole) == {"pending": 3, "delivered": 0, "assigned": 0, "finished": 0, "disabled": 3}
    with runtime.database.transaction() as session:
        session.add(contact_of(base.id, ["+5493510000007", "", "Gus", "1", ""]))
        session.flush()
        follow_base(session, base.id)
        follow_base(session, base.id)
    assert counts(admin, whole)["pending"] == 4
    assert sum(counts(admin, finished).values()) == 0


def test_a_dialer_campaign_leaves_out_what_it_cannot_or_should_not_call(admin: TestClient, bases: Bases) -> None:
    phones = ["+341", "+341", "", "+342"]
    base = bases.make(values=[[phone, "", "x", "1", ""] for phone in phones])
    made = make(admin, dialer(base, skip_duplicate_phones=True))
    assert counts(admin, made)["pending"] == 2
    every = make(admin, dialer(base, name="Every", skip_without_phone=False))
    assert counts(admin, every)["pending"] == 4


def test_many_contacts_are_taken_in_a_job(bases: Bases, admin: TestClient, runtime: Runtime) -> None:
    made = make(admin, preview(bases.make(3)))
    with runtime.database.transaction() as session:
        for lead in leads_of(session, made):
            session.delete(lead)
    runtime.jobs.register(LEADS_JOB, run_leads_job)
    with runtime.database.transaction() as session:
        task = LeadTask(campaign_id=made["id"], fills=True)
        assert LeadWork(session, runtime.jobs, few=2).do(task) is None
        session.flush()
        job_id = session.query(Job.id).scalar()
    assert counts(admin, made)["pending"] == 0
    runtime.jobs.run(job_id)
    assert counts(admin, made)["pending"] == 3


@given(
    count=st.integers(0, 200),
    agents=st.lists(st.integers(1, 1000), unique=True, min_size=1, max_size=20),
    seed=st.none() | st.integers(),
)
def test_everybody_gets_the_same_give_or_take_one(count: int, agents: list[int], seed: int | None) -> None:
    chosen = distributed(count, agents, seed)
    shares = Counter(chosen)
    assert len(chosen) == count
    assert max(shares[agent] for agent in agents) - min(shares[agent] for agent in agents) <= 1
    assert distributed(count, agents, seed) == chosen


def test_nobody_gets_anything_without_agents() -> None:
    assert distributed(3, [], None) == []


def test_distribution_reserves_free_leads(admin: TestClient, bases: Bases, team: Team, runtime: Runtime) -> None:
    agents = [team.agent()[1].id for _ in range(2)]
    members = [{"agent_id": agent} for agent in agents]
    made = make(admin, preview(bases.make(5), members=members, distribution="proportional"))
    assert states(runtime, made) == [("pending", agents[index % 2]) for index in range(5)]
    lead_ids = [lead["id"] for lead in admin.get(f"{CAMPAIGNS}/{made['id']}/leads").json()["items"]]
    url = f"{CAMPAIGNS}/{made['id']}/leads"
    assert admin.post(f"{url}/release", json={"lead_ids": lead_ids[:4]}).json() == {"count": 4}
    assert admin.post(f"{url}/reserve", json={"lead_ids": lead_ids[:1], "agent_id": agents[1]}).json() == {"count": 1}
    assert admin.post(f"{url}/distribute", json={"kind": "random"}).json() == {"count": 3}
    assert Counter(agent for _, agent in states(runtime, made))[agents[1]] in (2, 3)
    unknown = admin.post(f"{url}/reserve", json={"lead_ids": lead_ids[:1], "agent_id": 999})
    assert fields_of(unknown) == {"agent_id": "unknown"}


def test_leads_are_listed_in_pieces(admin: TestClient, bases: Bases) -> None:
    made = make(admin, preview(bases.make(5)))
    url = f"{CAMPAIGNS}/{made['id']}/leads"
    first = admin.get(url, params={"page_size": 3}).json()
    rest = admin.get(url, params={"page_size": 3, "cursor": first["next"]}).json()
    phones = [item["phone"] for item in (*first["items"], *rest["items"])]
    assert phones == [f"+54341{number:07}" for number in range(5)]
    assert rest["next"] is None
    assert admin.get(url, params={"state": "finished"}).json()["items"] == []
    assert admin.get(url, params={"cursor": "x"}).status_code == 422


@pytest.fixture
def worked(admin: TestClient, bases: Bases, team: Team, sign_in: SignedIn) -> dict[str, Any]:
    """A preview campaign of four contacts and two agents signed in."""
    people = [team.agent() for _ in range(2)]
    rules = {"name": {"locked": True, "hidden": True}, "mobile": {"locked": True}}
    members = [{"agent_id": agent.id} for _, agent in people]
    made = make(admin, preview(bases.make(4), members=members, field_rules=rules, reservation_minutes=5))
    clients = [sign_in(user) for user, _ in people]
    return {"campaign": made, "clients": clients, "agents": [agent.id for _, agent in people]}


def next_lead(client: TestClient, campaign: dict[str, Any]) -> Any:
    return client.post(f"{API}/agent/campaigns/{campaign['id']}/next-lead")


def test_agents_are_given_one_lead_at_a_time(worked: dict[str, Any], runtime: Runtime) -> None:
    campaign, (first, second), (one, two) = worked["campaign"], worked["clients"], worked["agents"]
    lead = next_lead(first, campaign).json()
    assert lead["phone"] == "+543410000000"
    assert {value["key"]: value["is_locked"] for value in lead["values"]} == {
        "phone": False,
        "mobile": True,
        "active": False,
        "id": False,
    }, "the hidden column is not there"
    assert next_lead(second, campaign).json()["phone"] == "+543410000001"
    following = next_lead(first, campaign).json()
    assert following["phone"] == "+543410000002", "asking again skips the one before, which is free again"
    kept = first.post(f"{API}/agent/leads/{following['id']}/validate").json()
    assert kept["state"] == "assigned"
    assert next_lead(first, campaign).json()["id"] == following["id"], "what is being called comes again"
    assert states(runtime, campaign) == [("pending", None), ("delivered", two), ("assigned", one), ("pending", None)]
    stolen = second.post(f"{API}/agent/leads/{following['id']}/validate")
    assert (stolen.status_code, stolen.json()["code"]) == (409, "lead-lost")
    assert first.post(f"{API}/agent/leads/{following['id']}/release").status_code == 204
    assert first.post(f"{API}/agent/leads/{following['id']}/release").json()["code"] == "lead-lost"


def test_the_order_goes_round_and_reserved_leads_are_not_given_away(worked: dict[str, Any], admin: TestClient) -> None:
    campaign, (first, second), (one, _) = worked["campaign"], worked["clients"], worked["agents"]
    items = admin.get(f"{CAMPAIGNS}/{campaign['id']}/leads").json()["items"]
    body = {"lead_ids": [item["id"] for item in items[:3]], "agent_id": one}
    admin.post(f"{CAMPAIGNS}/{campaign['id']}/leads/reserve", json=body)
    assert next_lead(second, campaign).json()["id"] == items[3]["id"]
    assert next_lead(second, campaign).json()["id"] == items[3]["id"], "the only one comes round again"
    assert next_lead(first, campaign).json()["id"] == items[0]["id"]


def test_only_agents_of_an_active_preview_campaign_are_given_leads(
    worked: dict[str, Any], admin: TestClient, bases: Bases, team: Team, sign_in: SignedIn
) -> None:
    campaign, (first, _) = worked["campaign"], worked["clients"]
    assert next_lead(sign_in(team.agent()[0]), campaign).status_code == 404
    members = [{"agent_id": worked["agents"][0]}]
    assert next_lead(first, make(admin, dialer(bases.make(1, name="D"), members=members))).status_code == 404
    admin.post(f"{CAMPAIGNS}/{campaign['id']}/pause")
    assert next_lead(first, campaign).json()["code"] == "campaign-not-active"
    empty = make(admin, preview(bases.make(name="E"), name="Empty", members=members))
    assert next_lead(first, empty).json()["code"] == "no-lead"


def test_eight_agents_at_once_never_get_the_same_lead(
    admin: TestClient, bases: Bases, team: Team, runtime: Runtime
) -> None:
    agents = [team.agent()[1].id for _ in range(8)]
    made = make(admin, preview(bases.make(60), members=[{"agent_id": agent} for agent in agents]))

    def work(agent_id: int) -> list[int]:
        finished: list[int] = []
        while True:
            with runtime.database.transaction() as session:
                delivery = LeadDelivery(session, agent_id, runtime.clock.now())
                try:
                    lead = delivery.next_lead(made["id"])
                except NoLeadLeft:
                    return finished
                delivery.validate(lead.id)
                lead_id = lead.id
            with runtime.database.transaction() as session:
                session.get_one(Lead, lead_id).state = "finished"
            finished.append(lead_id)

    with ThreadPoolExecutor(8) as threads:
        got = [lead for leads in threads.map(work, agents) for lead in leads]
    assert len(got) == len(set(got)) == 60


def test_forgotten_leads_become_free(worked: dict[str, Any], runtime: Runtime, clock: VirtualClock) -> None:
    campaign, (first, second), (_, two) = worked["campaign"], worked["clients"], worked["agents"]
    next_lead(first, campaign)
    called = next_lead(second, campaign).json()
    second.post(f"{API}/agent/leads/{called['id']}/validate")
    clock.advance(minutes=4)
    housekeeping.keep(runtime)
    assert [state for state, _ in states(runtime, campaign)][:2] == ["delivered", "assigned"]
    clock.advance(minutes=2)
    housekeeping.keep(runtime)
    assert states(runtime, campaign)[:2] == [("pending", None), ("assigned", two)]
    clock.advance(minutes=25)
    housekeeping.keep(runtime)
    assert states(runtime, campaign)[:2] == [("pending", None), ("pending", None)]


def test_a_disposition_finishes_the_lead_and_the_last_one_the_campaign(
    worked: dict[str, Any], admin: TestClient, runtime: Runtime
) -> None:
    campaign, (first, _), (one, _) = worked["campaign"], worked["clients"], worked["agents"]
    option = campaign["dispositions"][0]["id"]
    with runtime.database.transaction() as session:
        contacts = [lead.contact_id for lead in leads_of(session, campaign)]
    for number, contact_id in enumerate(contacts):
        assert admin.get(f"{CAMPAIGNS}/{campaign['id']}").json()["state"] == "active"
        call_id = f"call-{number}"
        _connect(runtime, call_id, campaign["id"], one)
        body = {"option_id": option, "contact_id": contact_id}
        answer = first.put(f"{API}/calls/{call_id}/disposition", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["contact_id"] == contact_id
        assert states(runtime, campaign)[number] == ("finished", one)
    assert admin.get(f"{CAMPAIGNS}/{campaign['id']}").json()["state"] == "finished"
    refused = first.put(f"{API}/calls/call-0/disposition", json={"option_id": option, "contact_id": 999_999})
    assert fields_of(refused) == {"contact_id": "unknown"}


def test_finishing_takes_away_what_nobody_worked(worked: dict[str, Any], admin: TestClient, runtime: Runtime) -> None:
    campaign, (first, second), (_, two) = worked["campaign"], worked["clients"], worked["agents"]
    next_lead(first, campaign)
    called = next_lead(second, campaign).json()
    second.post(f"{API}/agent/leads/{called['id']}/validate")
    admin.post(f"{CAMPAIGNS}/{campaign['id']}/finish")
    assert states(runtime, campaign) == [("assigned", two)]
    refused = admin.post(f"{CAMPAIGNS}/{campaign['id']}/leads/release", json={"lead_ids": [called["id"]]})
    assert refused.json()["code"] == "campaign-finished"


def test_supervisors_see_the_leads_of_their_campaigns_only(worked: dict[str, Any], sign_in: SignedIn) -> None:
    url = f"{CAMPAIGNS}/{worked['campaign']['id']}/leads"
    stranger = sign_in("supervisor")
    assert stranger.get(url).status_code == 404
    assert stranger.get(f"{url}/order").status_code == 404
    assert stranger.post(f"{url}/distribute", json={"kind": "random"}).status_code == 404
    assert sign_in("basic-supervisor").post(f"{url}/distribute", json={"kind": "random"}).status_code == 403


def test_campaigns_without_leads_say_so(admin: TestClient) -> None:
    made = make(admin, {"kind": "manual", "name": "M", "dispositions": [{"name": "a", "kind": "no-action"}]})
    assert admin.get(f"{CAMPAIGNS}/{made['id']}/leads").json()["code"] == "no-leads"


def test_the_order_is_exported_and_read_back(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    base = bases.make(values=SOME)
    made = make(admin, preview(base, deactivation_column="active"))
    url = f"{CAMPAIGNS}/{made['id']}/leads/order"
    lines = admin.get(url).text.lstrip("\ufeff").splitlines()
    assert lines[0] == "contact_id,phone,active"
    assert lines[1].startswith(f"{bases.contact_ids(base)[0]},+5493510000001,1")
    mixed = [lines[0], lines[4], lines[1].removesuffix("1") + "FALSE"]
    answer = admin.post(url, files={"file": ("order.csv", "\r\n".join(mixed).encode())})
    assert answer.json() == {"count": 2}, answer.text
    with runtime.database.transaction() as session:
        names = [session.get_one(Contact, lead.contact_id).values[2] for lead in leads_of(session, made)]
        enabled = [lead.is_enabled for lead in leads_of(session, made)]
    assert names == ["Dan", "Ana", "Bea", "Cid", "Eva"], "those in the file first, the others after them"
    assert enabled == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("phone\r\n1\r\n", {"lines.1": "no-contact-id"}),
        ("contact_id\r\n1\r\n1\r\nx\r\n999\r\n", {"lines.3": "repeated", "lines.4": "not-a-number"}),
        ("contact_id\r\n\r\n999\r\n", {"lines.3": "unknown"}),
        ('contact_id\r\n"1\r\n', {"file": "unclosed-quote"}),
        pytest.param(
            "\n".join(["contact_id", *map(str, range(MAX_ORDER_LINES + 1))]),
            {f"lines.{MAX_ORDER_LINES + 2}": "too-many"},
            id="too-many",
        ),
        ("", {"file": "empty"}),
    ],
)
def test_an_order_with_mistakes_changes_nothing(
    admin: TestClient, bases: Bases, runtime: Runtime, content: str, problems: dict[str, str]
) -> None:
    made = make(admin, preview(bases.make(2)))
    before = states(runtime, made)
    answer = admin.post(f"{CAMPAIGNS}/{made['id']}/leads/order", files={"file": ("o.csv", content.encode())})
    assert answer.status_code == 422, answer.text
    assert set(fields_of(answer)) == set(problems)
    assert {field: code for field, code in fields_of(answer).items() if field != "file"} == {
        field: code for field, code in problems.items() if field != "file"
    }
    assert states(runtime, made) == before


def _connect(runtime: Runtime, call_id: str, campaign_id: int, agent_id: int) -> None:
    """Log that the agent talked in this call."""
    with runtime.database.transaction() as session:
        session.add(
            CallEvent(
                call_id=call_id,
                sequence=0,
                time=runtime.clock.now(),
                event="CONNECT",
                campaign_id=campaign_id,
                campaign_type=4,
                call_type=4,
                agent_id=agent_id,
                number="1",
            )
        )
