"""The call log through the API."""

from __future__ import annotations

from typing import Any

import pytest

from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Phone, Team, make_campaign


class Log:
    """Calls of a campaign with one agent."""

    def __init__(self, sign_in: SignedIn, runtime: Runtime, users: People) -> None:
        self.runtime = runtime
        self.admin = sign_in("administrator")
        self.user, self.agent = Team(runtime, users).agent(first_name="Ana", last_name="Paz")
        self.campaign = make_campaign(self.admin, members=[{"agent_id": self.agent.id}])

    def call(self, call_id: str, *names: str, **data: Any) -> None:
        phone = Phone(self.runtime)
        events = []
        for index, name in enumerate(names):
            agent_id = self.agent.id if name in ("CONNECT", "COMPLETEAGENT", "RINGNOANSWER") else -1
            document = {"campaign_id": self.campaign["id"], "agent_id": agent_id, **data}
            events.append(read_event("call", f"{call_id}:{index}", phone.document(call_id, name, **document)))
        with self.runtime.database.transaction() as session:
            store(session, events, self.runtime.clock.now())


@pytest.fixture
def log(sign_in: SignedIn, runtime: Runtime, users: People) -> Log:
    return Log(sign_in, runtime, users)


def found(client: Any, path: str = "calls", **params: Any) -> list[str]:
    answer = client.get(f"{API}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_a_call_is_shown_with_its_names(log: Log, sign_in: SignedIn) -> None:
    log.call("c1", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", wait_seconds=2.0, talk_seconds=30.0)
    option = log.campaign["dispositions"][0]["id"]
    sign_in(log.user).put(f"{API}/calls/c1/disposition", json={"option_id": option, "comment": "yes"})
    (call,) = log.admin.get(f"{API}/calls").json()["items"]
    assert call == {
        "id": "c1",
        "started_at": "2026-03-02T12:00:00Z",
        "campaign": {"id": log.campaign["id"], "name": "Support"},
        "did": "5550100",
        "number": "3515550001",
        "agent": {"id": log.agent.id, "name": "Ana Paz"},
        "direction": "inbound",
        "outcome": "answered",
        "wait_seconds": 2.0,
        "talk_seconds": 30.0,
        "ended_by": "agent",
        "disposition": {
            "option_id": option,
            "name": "Sale",
            "subdisposition": None,
            "comment": "yes",
            "answers": {},
        },
        "is_internal": False,
        "colleague": None,
        "has_recording": False,
    }


def test_filters_and_order(log: Log, clock: VirtualClock) -> None:
    log.call("c1", "ENTERQUEUE", "RINGNOANSWER", "ABANDON", number="+54351")
    clock.advance(minutes=40)
    log.call("c2", "ENTERQUEUE", "CONNECT")
    assert found(log.admin) == ["c2", "c1"]
    assert found(log.admin, event="RINGNOANSWER") == ["c1"]
    assert found(log.admin, number="+543") == ["c1"]
    assert found(log.admin, number="%") == []
    assert found(log.admin, agent_id=log.agent.id) == ["c2"]
    assert found(log.admin, campaign_id=999) == []
    assert found(log.admin, call_id="c1") == ["c1"]
    assert found(log.admin, **{"from": "2026-03-02T12:40:00Z"}) == ["c2"]
    assert found(log.admin, to="2026-03-02T09:40:00-03:00") == ["c1"]
    assert log.admin.get(f"{API}/calls", params={"page_size": 1, "page": 2}).json()["items"][0]["id"] == "c1"


@pytest.mark.parametrize("params", [{"from": "2026-03-02"}, {"agent_id": 0}, {"event": "x y"}])
def test_filters_are_checked(log: Log, params: dict[str, Any]) -> None:
    assert log.admin.get(f"{API}/calls", params=params).status_code == 422


def test_the_events_of_a_call(log: Log) -> None:
    log.call("c1", "ENTERQUEUE", "CONNECT")
    events = log.admin.get(f"{API}/calls/c1/events").json()
    assert [event["event"] for event in events] == ["ENTERQUEUE", "CONNECT"]
    assert events[0]["agent"] is None
    assert events[1]["agent"] == {"id": log.agent.id, "name": "Ana Paz"}
    assert events[1]["id"] == "c1:1"
    assert log.admin.get(f"{API}/calls/none/events").status_code == 404
    assert log.admin.get(f"{API}/calls/bad%20id/events").status_code == 422


def test_scope(log: Log, sign_in: SignedIn, users: People) -> None:
    supervisor = users.make("supervisor")
    own = make_campaign(log.admin, "Own", supervisor_ids=[supervisor.id])
    log.call("mine", "ENTERQUEUE", campaign_id=own["id"])
    log.call("other", "ENTERQUEUE")
    log.call("nobody", "UNKNOWN-DID", campaign_id=0)
    client = sign_in(supervisor)
    assert found(client) == ["mine"]
    assert client.get(f"{API}/calls/other/events").status_code == 404
    assert sorted(found(log.admin)) == ["mine", "nobody", "other"]
    assert found(sign_in("supervisor")) == []
    assert sign_in("agent").get(f"{API}/calls").status_code == 403


def test_agents_see_the_calls_they_took_by_day(log: Log, sign_in: SignedIn, clock: VirtualClock, users: People) -> None:
    log.call("yesterday", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT")
    clock.advance(days=1)
    log.call("today", "ENTERQUEUE", "CONNECT")
    log.call("missed", "ENTERQUEUE", "RINGNOANSWER", "ABANDON")
    client = sign_in(log.user)
    assert found(client, "agent/calls") == ["today"]
    assert found(client, "agent/calls", day="2026-03-02") == ["yesterday"]
    assert client.get(f"{API}/agent/calls", params={"day": "someday"}).status_code == 422
    assert client.get(f"{API}/agent/calls/yesterday").json()["outcome"] == "answered"
    assert client.get(f"{API}/agent/calls/missed").status_code == 404
    assert sign_in(users.make("agent")).get(f"{API}/agent/calls").json()["code"] == "not-an-agent"
