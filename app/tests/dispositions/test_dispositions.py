"""Dispositions through the API, and the notice to the call engine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from omnileads.acd.core.events import AgentDispositioned
from omnileads.acd.requests import parse
from omnileads.agents.engine import COMMANDS
from omnileads.agents.live import LIVE_AGENTS
from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.contacts.models import Contact, ContactBase
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Phone, Team, fields_of, make_campaign


class Desk:
    """An agent, signed in, member of a campaign."""

    def __init__(self, sign_in: SignedIn, team: Team, runtime: Runtime) -> None:
        self.runtime = runtime
        self.admin = sign_in("administrator")
        self.user, self.agent = team.agent()
        self.client = sign_in(self.user)
        self.campaign = make_campaign(self.admin, members=[{"agent_id": self.agent.id}])
        self.sale, self.wrong = (option["id"] for option in self.campaign["dispositions"])

    def connected(self, call_id: str = "c1", **data: Any) -> None:
        """The call was connected to this agent, as far as the log knows."""
        document = Phone(self.runtime).document(
            call_id, "CONNECT", **{"campaign_id": self.campaign["id"], "agent_id": self.agent.id, **data}
        )
        with self.runtime.database.transaction() as session:
            store(session, [read_event("call", f"{call_id}:0", document)], self.runtime.clock.now())

    def put(self, call_id: str = "c1", **fields: Any) -> Any:
        return self.client.put(f"{API}/calls/{call_id}/disposition", json={"option_id": self.sale, **fields})


@pytest.fixture
def desk(sign_in: SignedIn, runtime: Runtime, users: People) -> Desk:
    return Desk(sign_in, Team(runtime, users), runtime)


def notices(runtime: Runtime) -> list[Any]:
    entries: Any = runtime.redis.xrange(COMMANDS)
    return [parse(json.loads(fields["command"])) for _, fields in entries]


def test_an_answer_is_stored_changed_and_its_history_kept(desk: Desk, clock: VirtualClock) -> None:
    desk.connected()
    first = desk.put(comment=" bought two ")
    assert first.status_code == 200
    assert (first.json()["name"], first.json()["comment"]) == ("Sale", "bought two")
    clock.advance(minutes=1)
    changed = desk.put(option_id=desk.wrong).json()
    assert changed["name"] == "Wrong number"
    assert changed["created_at"] == first.json()["created_at"]
    assert changed["updated_at"] > first.json()["updated_at"]
    assert [(entry["name"], entry["comment"]) for entry in changed["history"]] == [
        ("Wrong number", ""),
        ("Sale", "bought two"),
    ]
    assert desk.client.get(f"{API}/calls/c1/disposition").json() == changed
    assert desk.admin.get(f"{API}/calls/c1/disposition").json() == changed


def test_the_same_answer_again_changes_nothing_and_is_told_again(desk: Desk) -> None:
    desk.connected()
    assert desk.put().json() == desk.put().json()
    assert notices(desk.runtime) == [AgentDispositioned(desk.agent.id, "c1")] * 2


def test_the_live_call_counts_before_the_log_knows_it(desk: Desk) -> None:
    live = {
        "agent_id": desk.agent.id,
        "name": "x",
        "extension": 1000,
        "group_id": 1,
        "status": "ONCALL",
        "since": 0,
        "call_id": "c9",
        "campaign_id": desk.campaign["id"],
    }
    desk.runtime.redis.hset(LIVE_AGENTS, str(desk.agent.id), json.dumps(live))
    assert desk.put("c9").status_code == 200
    assert desk.put("c8").status_code == 404
    desk.runtime.redis.hset(LIVE_AGENTS, str(desk.agent.id), json.dumps({**live, "campaign_id": 0}))
    assert desk.put("c9").json()["code"] == "call-without-campaign"


def test_only_ones_own_calls(desk: Desk, sign_in: SignedIn, users: People) -> None:
    desk.connected()
    desk.put()
    stranger = sign_in(users.make("agent"))
    assert stranger.put(f"{API}/calls/c1/disposition", json={"option_id": desk.sale}).json()["code"] == "not-an-agent"
    assert stranger.get(f"{API}/calls/c1/disposition").status_code == 404
    assert desk.put("unknown").status_code == 404
    assert desk.client.get(f"{API}/calls/unknown/disposition").status_code == 404


def test_options_must_be_the_campaigns_and_shown(desk: Desk) -> None:
    desk.connected()
    foreign = make_campaign(desk.admin, "Other")["dispositions"][0]["id"]
    assert fields_of(desk.put(option_id=foreign)) == {"option_id": "unknown"}
    assert fields_of(desk.put(option_id=999)) == {"option_id": "unknown"}
    assert desk.put(option_id=desk.wrong).status_code == 200
    options = [{**option, "is_hidden": option["id"] == desk.wrong} for option in desk.campaign["dispositions"]]
    desk.admin.patch(f"{API}/campaigns/{desk.campaign['id']}", json={"dispositions": options})
    assert desk.put(option_id=desk.wrong, comment="still").status_code == 200, "its present answer may stay"
    assert desk.put().status_code == 200
    assert fields_of(desk.put(option_id=desk.wrong)) == {"option_id": "unknown"}


@pytest.mark.parametrize(("body", "field"), [({}, "option_id"), ({"option_id": 1, "comment": "x" * 2001}, "comment")])
def test_fields_are_checked(desk: Desk, body: dict[str, Any], field: str) -> None:
    answer = desk.client.put(f"{API}/calls/c1/disposition", json=body)
    assert set(fields_of(answer)) == {field}


def test_scope(desk: Desk, sign_in: SignedIn) -> None:
    desk.connected()
    desk.put()
    assert sign_in("supervisor").get(f"{API}/calls/c1/disposition").status_code == 404
    assert desk.admin.put(f"{API}/calls/c1/disposition", json={"option_id": 1}).status_code == 403


def test_an_answer_the_engine_cannot_be_told_is_stored_and_may_be_sent_again(desk: Desk) -> None:
    desk.connected()
    desk.runtime.redis.set(COMMANDS, "not a stream, so nothing can be appended")
    refused = desk.put()
    assert refused.status_code == 503
    assert refused.json()["code"] == "engine-unavailable"
    assert desk.client.get(f"{API}/calls/c1/disposition").json()["name"] == "Sale"
    desk.runtime.redis.delete(COMMANDS)
    assert desk.put().status_code == 200
    assert notices(desk.runtime) == [AgentDispositioned(desk.agent.id, "c1")]


def test_a_subdisposition_is_one_of_the_options_and_kept_in_the_history(desk: Desk) -> None:
    desk.connected()
    options = [{**option, "subdispositions": ["Price", "Other"]} for option in desk.campaign["dispositions"]]
    desk.admin.patch(f"{API}/campaigns/{desk.campaign['id']}", json={"dispositions": options})
    assert fields_of(desk.put(subdisposition="Weather")) == {"subdisposition": "unknown"}
    assert desk.put(subdisposition="Price").json()["subdisposition"] == "Price"
    changed = desk.put(subdisposition="Other").json()
    assert [entry["subdisposition"] for entry in changed["history"]] == ["Other", "Price"]
    assert desk.put().json()["subdisposition"] is None


def test_the_contact_is_the_one_named_or_that_of_the_call(desk: Desk, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        bases = [ContactBase(name=name, columns=[]) for name in ("Own", "Other")]
        session.add_all(bases)
        session.flush()
        contacts = [
            Contact(base_id=base.id, phone="341", values=[], phones=[], search="") for base in (bases[0], *bases)
        ]
        session.add_all(contacts)
        session.flush()
        own, named, foreign = (contact.id for contact in contacts)
        base_id = bases[0].id
    desk.admin.patch(f"{API}/campaigns/{desk.campaign['id']}", json={"contact_base_id": base_id})
    desk.connected(contact_id=own)
    desk.connected("c2", contact_id=foreign)
    desk.connected("c3")
    assert desk.put().json()["contact_id"] == own
    assert desk.put(contact_id=named).json()["contact_id"] == named
    assert desk.put(comment="again").json()["contact_id"] == named, "what is known stays"
    assert desk.put("c2").json()["contact_id"] is None, "it is not one of the campaign's"
    assert desk.put("c3").json()["contact_id"] is None
    assert fields_of(desk.put("c3", contact_id=foreign)) == {"contact_id": "unknown"}
