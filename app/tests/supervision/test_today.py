"""Today's counters of campaigns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from omnileads.agents.live import LIVE_AGENTS
from omnileads.calls.intake import read_event
from omnileads.calls.store import store
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.dispositions.models import Disposition
from omnileads.kit.clock import epoch_ms
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Phone, Team, make_campaign


@pytest.fixture
def campaign(sign_in: SignedIn, users: People) -> dict[str, Any]:
    admin = sign_in("administrator")
    field = {"name": "Plan", "type": "text"}
    form_id = admin.post(f"{API}/forms", json={"name": "Sale", "fields": [field]}).json()["id"]
    options = [
        {"name": "Sale", "kind": "engaged", "form_id": form_id, "is_positive": True},
        {"name": "Wrong number", "kind": "no-action"},
    ]
    return make_campaign(admin, objective=4, service_level_seconds=10, dispositions=options)


class Day:
    """Stores calls of a campaign."""

    def __init__(self, runtime: Runtime, campaign_id: int) -> None:
        self._runtime = runtime
        self._campaign_id = campaign_id
        self._count = 0

    def call(self, *names: str, wait: float | None = None) -> None:
        self._count += 1
        phone = Phone(self._runtime)
        call_id = f"c{self._count}"
        events = [
            read_event(
                "call",
                f"{call_id}:{index}",
                phone.document(call_id, name, campaign_id=self._campaign_id, wait_seconds=wait, agent_id=1),
            )
            for index, name in enumerate(names)
        ]
        with self._runtime.database.transaction() as session:
            store(session, events, self._runtime.clock.now())


def test_the_counters(
    sign_in: SignedIn, runtime: Runtime, users: People, campaign: dict[str, Any], clock: VirtualClock
) -> None:
    _, agent = Team(runtime, users).agent()
    day = Day(runtime, campaign["id"])
    day.call("ENTERQUEUE", "CONNECT", "COMPLETEAGENT", wait=5)
    clock.advance(days=1)
    day.call("ENTERQUEUE", "CONNECT", "COMPLETEAGENT", wait=4)
    day.call("ENTERQUEUE", "CONNECT", wait=16)
    day.call("ENTERQUEUE-TRANSFER", "ABANDON", wait=30)
    day.call("ENTERQUEUE", "EXITWITHTIMEOUT", wait=60)
    day.call("ABANDONWEL")
    day.call("ENTERQUEUE")
    sale, _ = campaign["dispositions"]
    with runtime.database.transaction() as session:
        session.add(
            Disposition(
                call_id="c2",
                campaign_id=campaign["id"],
                option_id=sale["id"],
                agent_id=agent.id,
                updated_at=clock.now(),
            )
        )
    since = epoch_ms(clock.now())
    waiting = {"call_id": "w", "campaign_id": campaign["id"], "state": "waiting", "entered_at": since, "agent_ids": []}
    runtime.redis.hset(
        LIVE_CALLS,
        mapping={"w": json.dumps(waiting), "v": json.dumps({**waiting, "state": "ringing", "entered_at": 7})},
    )
    for agent_id, status in enumerate(("READY", "ONCALL", "PAUSE", "ACW", "OFFLINE", "UNAVAILABLE")):
        document = {
            "agent_id": agent_id,
            "status": status,
            "campaigns": [campaign["id"]],
            "campaign_id": campaign["id"],
        }
        runtime.redis.hset(LIVE_AGENTS, str(agent_id), json.dumps(document))

    answer = sign_in("administrator").get(f"{API}/live/campaigns").json()
    assert answer["campaigns"] == [
        {
            "campaign_id": campaign["id"],
            "name": "Support",
            "received": 5,
            "attended": 2,
            "abandoned": 1,
            "abandoned_welcome": 1,
            "expired": 1,
            "average_wait_seconds": 10.0,
            "average_abandon_seconds": 30.0,
            "service_level": 0.25,
            "service_level_seconds": 10,
            "engaged": 1,
            "positive": 1,
            "objective": 4,
            "objective_percent": 25.0,
            "abandoned_percent": 25.0,
            "waiting": 2,
            "longest_waiting_since": 7,
            "agents_online": 4,
            "agents_on_call": 1,
            "agents_paused": 2,
        }
    ]


def test_a_quiet_day_has_no_ratios(sign_in: SignedIn, campaign: dict[str, Any]) -> None:
    make_campaign(sign_in("administrator"), "No objective")
    first, second = sign_in("administrator").get(f"{API}/live/campaigns").json()["campaigns"]
    assert [item["name"] for item in (first, second)] == ["No objective", "Support"]
    assert first["objective_percent"] is None
    assert second["objective_percent"] == 0.0
    assert second["service_level"] is second["average_wait_seconds"] is second["longest_waiting_since"] is None
    assert (second["received"], second["waiting"]) == (0, 0)


def test_scope(sign_in: SignedIn, campaign: dict[str, Any]) -> None:
    assert sign_in("supervisor").get(f"{API}/live/campaigns").json()["campaigns"] == []
    assert sign_in("agent").get(f"{API}/live/campaigns").status_code == 403
