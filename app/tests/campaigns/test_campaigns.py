"""Inbound campaigns through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from omnileads.accounts.models import User
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.campaigns.presentation import LIVE_CALLS
from omnileads.dispositions.models import Disposition, DispositionChange
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn
from tests.domain import API, OPTIONS, Team, fields_of, make_campaign, wav

CAMPAIGNS = f"{API}/campaigns"


@pytest.fixture
def admin(sign_in: SignedIn) -> TestClient:
    return sign_in("administrator")


@pytest.fixture
def team(runtime: Runtime, users: People) -> Team:
    return Team(runtime, users)


def change(client: TestClient, campaign: dict[str, Any], **fields: Any) -> Any:
    return client.patch(f"{CAMPAIGNS}/{campaign['id']}", json=fields)


def test_every_field_is_kept(admin: TestClient, team: Team, users: People) -> None:
    audio = admin.post(f"{API}/audio-files", data={"name": "Hi"}, files={"file": wav()}).json()
    supervisor = users.make("supervisor")
    _, agent = team.agent(first_name="Ana", last_name="Paz")
    other = make_campaign(admin, "Other")
    fields = {
        "name": "Sales",
        "objective": 50,
        "recording_enabled": True,
        "strategy": "wrandom",
        "weight": 3,
        "max_waiting": 10,
        "max_wait_seconds": 60,
        "ring_seconds": 15,
        "retry_seconds": 2,
        "wrapup_seconds": 4,
        "service_level_seconds": 30,
        "welcome_audio_id": audio["id"],
        "auto_attend": True,
        "auto_unpause_seconds": 0,
        "force_disposition": False,
        "supervisor_ids": [supervisor.id],
    }
    made = make_campaign(
        admin,
        **fields,
        failover={"type": "inbound-campaign", "id": other["id"]},
        members=[{"agent_id": agent.id, "penalty": 4}],
    )
    assert {key: made[key] for key in fields} == fields
    assert made["state"] == "active"
    assert made["failover"] == {"type": "inbound-campaign", "id": other["id"], "name": "Other"}
    assert made["members"] == [{"agent_id": agent.id, "penalty": 4, "name": "Ana Paz", "extension": 1000}]
    assert [option["name"] for option in made["dispositions"]] == ["Sale", "Wrong number"]
    assert admin.get(f"{CAMPAIGNS}/{made['id']}").json() == made
    assert [item["name"] for item in admin.get(CAMPAIGNS).json()["items"]] == ["Other", "Sales"]
    assert admin.get(CAMPAIGNS, params={"search": "sal", "state": "active"}).json()["total"] == 1
    assert admin.get(CAMPAIGNS, params={"state": "paused"}).json()["total"] == 0
    cleared = change(admin, made, failover=None, auto_attend=None, welcome_audio_id=None).json()
    assert cleared["failover"] is cleared["auto_attend"] is cleared["welcome_audio_id"] is None
    assert change(admin, made, failover={"type": "hangup"}).json()["failover"]["type"] == "hangup"


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"name": ""}, {"name": "string-too-short"}),
        ({"strategy": "best"}, {"strategy": "literal-error"}),
        ({"ring_seconds": 0}, {"ring_seconds": "greater-than-equal"}),
        ({"service_level_seconds": 0}, {"service_level_seconds": "greater-than-equal"}),
        ({"max_waiting": -1}, {"max_waiting": "greater-than-equal"}),
        ({"moh_playlist_id": 0}, {"moh_playlist_id": "greater-than-equal"}),
        ({"welcome_audio_id": 9}, {"welcome_audio_id": "unknown"}),
        ({"failover": {"type": "hangup", "id": 1}}, {"failover.id": "not-null"}),
        ({"failover": {"type": "inbound-campaign"}}, {"failover.id": "missing"}),
        ({"failover": {"type": "inbound-campaign", "id": 99}}, {"failover.id": "unknown"}),
        ({"members": [{"agent_id": 9, "penalty": 10}]}, {"members.0.penalty": "less-than-equal"}),
        ({"members": [{"agent_id": 9}]}, {"members.0.agent_id": "unknown"}),
        ({"groups": [{"group_id": 9}]}, {"groups.0.group_id": "unknown"}),
        ({"supervisor_ids": [9, 9]}, {"supervisor_ids.0": "unknown", "supervisor_ids.1": "repeated"}),
        ({"dispositions": []}, {"dispositions": "missing"}),
        (
            {"dispositions": [{"name": "a", "kind": "no-action"}, {"name": "A", "kind": "no-action"}]},
            {"dispositions.1.name": "repeated"},
        ),
        ({"dispositions": [{"name": "Agenda", "kind": "no-action"}]}, {"dispositions.0.name": "reserved"}),
        ({"dispositions": [{"id": 9, "name": "a", "kind": "no-action"}]}, {"dispositions.0.id": "unknown"}),
        ({"dispositions": [{"name": "a", "kind": "no-action", "is_hidden": True}]}, {"dispositions": "missing"}),
        ({"dispositions": [{"name": "x" * 51, "kind": "maybe"}]}, None),
    ],
)
def test_every_field_is_checked(admin: TestClient, fields: dict[str, Any], problems: dict[str, str] | None) -> None:
    answer = admin.post(CAMPAIGNS, json={"kind": "inbound", "name": "Sales", "dispositions": OPTIONS, **fields})
    assert answer.status_code == 422
    if problems is None:
        assert set(fields_of(answer)) == {"dispositions.0.name", "dispositions.0.kind"}
    else:
        assert fields_of(answer) == problems


def test_a_reserved_name_is_for_callbacks(admin: TestClient) -> None:
    make_campaign(admin, dispositions=[{"name": "Agenda", "kind": "callback"}])


def test_names_are_unique_among_the_living(admin: TestClient) -> None:
    first = make_campaign(admin)
    assert fields_of(admin.post(CAMPAIGNS, json={"kind": "inbound", "name": "SUPPORT", "dispositions": OPTIONS})) == {
        "name": "taken"
    }
    second = make_campaign(admin, "Second")
    assert fields_of(change(admin, second, name="support")) == {"name": "taken"}
    assert admin.delete(f"{CAMPAIGNS}/{first['id']}").status_code == 204
    assert change(admin, second, name="support").status_code == 200
    assert admin.get(f"{CAMPAIGNS}/{first['id']}").status_code == 404


def test_callers_are_not_sent_round_for_ever(admin: TestClient) -> None:
    one, two, three = (make_campaign(admin, name) for name in ("One", "Two", "Three"))

    def to(target: dict[str, Any]) -> dict[str, Any]:
        return {"type": "inbound-campaign", "id": target["id"]}

    assert fields_of(change(admin, one, failover=to(one))) == {"failover.id": "loop"}
    assert change(admin, one, failover=to(two)).status_code == 200
    assert change(admin, two, failover=to(three)).status_code == 200
    assert fields_of(change(admin, three, failover=to(one))) == {"failover.id": "loop"}
    assert change(admin, three, failover={"type": "hangup"}).status_code == 200
    finished = make_campaign(admin, "Finished")
    admin.post(f"{CAMPAIGNS}/{finished['id']}/finish")
    assert fields_of(change(admin, three, failover=to(finished))) == {"failover.id": "finished"}


def test_members_come_from_groups_too(admin: TestClient, team: Team) -> None:
    agents = [team.agent()[1] for _ in range(3)]
    made = make_campaign(
        admin, members=[{"agent_id": agents[2].id, "penalty": 5}], groups=[{"group_id": team.group.id}]
    )
    assert {member["agent_id"]: member["penalty"] for member in made["members"]} == {
        agents[0].id: 0,
        agents[1].id: 0,
        agents[2].id: 5,
    }
    changed = change(admin, made, members=[{"agent_id": agents[1].id, "penalty": 9}]).json()
    assert changed["members"] == [{"agent_id": agents[1].id, "penalty": 9, "name": "agent-3", "extension": 1001}]
    raised = change(admin, made, members=[{"agent_id": agents[1].id, "penalty": 2}]).json()
    assert raised["members"][0]["penalty"] == 2
    repeated = change(admin, made, members=[{"agent_id": agents[1].id}, {"agent_id": agents[1].id}])
    assert fields_of(repeated) == {"members.1.agent_id": "repeated"}


def test_only_people_who_may_watch_supervise(admin: TestClient, team: Team) -> None:
    user, _ = team.agent()
    answer = admin.post(
        CAMPAIGNS, json={"kind": "inbound", "name": "S", "dispositions": OPTIONS, "supervisor_ids": [user.id]}
    )
    assert fields_of(answer) == {"supervisor_ids.0": "unknown"}


def test_people_who_left_do_not_block_changes(admin: TestClient, team: Team, users: People, runtime: Runtime) -> None:
    supervisor = users.make("supervisor")
    user, agent = team.agent()
    made = make_campaign(admin, members=[{"agent_id": agent.id}], supervisor_ids=[supervisor.id])
    with runtime.database.transaction() as session:
        session.get_one(User, supervisor.id).deleted_at = runtime.clock.now()
        CampaignAgentDirectory(runtime).retire(session, user.id)
    assert change(admin, made, objective=5).status_code == 200
    assert change(admin, made, supervisor_ids=[supervisor.id], objective=6).status_code == 200
    assert change(admin, made, supervisor_ids=[]).json()["supervisor_ids"] == []


def test_options_are_renamed_swapped_hidden_and_removed(admin: TestClient) -> None:
    made = make_campaign(admin)
    sale, wrong = made["dispositions"]
    swapped = [{**sale, "name": wrong["name"]}, {**wrong, "name": sale["name"]}, {"name": "New", "kind": "callback"}]
    options = change(admin, made, dispositions=swapped).json()["dispositions"]
    assert [(option["id"], option["name"]) for option in options][:2] == [
        (sale["id"], "Wrong number"),
        (wrong["id"], "Sale"),
    ]
    assert options[2]["name"] == "New"
    reordered = change(admin, made, dispositions=[options[2], {**options[0], "is_hidden": True}]).json()
    assert [option["name"] for option in reordered["dispositions"]] == ["New", "Wrong number"]
    twice = change(admin, made, dispositions=[options[2], {**options[2], "name": "Twin"}])
    assert fields_of(twice)["dispositions.1.id"] == "unknown"


def test_a_used_option_is_hidden_not_removed(admin: TestClient, team: Team, runtime: Runtime) -> None:
    _, agent = team.agent()
    made = make_campaign(admin)
    sale, wrong = made["dispositions"]
    with runtime.database.transaction() as session:
        common = {"campaign_id": made["id"], "agent_id": agent.id, "comment": ""}
        session.add(Disposition(call_id="c1", option_id=wrong["id"], **common))
        session.flush()
        session.add(DispositionChange(call_id="c1", option_id=sale["id"], agent_id=agent.id, comment=""))
    refused = change(admin, made, dispositions=[{"name": "New", "kind": "no-action"}])
    assert refused.status_code == 422
    assert [problem["code"] for problem in refused.json()["fields"]] == ["in-use", "in-use"]
    hidden = [{**sale, "is_hidden": True}, {**wrong, "is_hidden": True}, {"name": "New", "kind": "no-action"}]
    assert change(admin, made, dispositions=hidden).status_code == 200


def test_states_are_guarded(admin: TestClient) -> None:
    made = make_campaign(admin)

    def move(verb: str) -> Any:
        return admin.post(f"{CAMPAIGNS}/{made['id']}/{verb}")

    refused = move("activate").json()
    assert refused["code"] == "campaign-state"
    assert [(problem["field"], problem["code"]) for problem in refused["fields"]] == [("state", "active")]
    assert move("pause").json()["state"] == "paused"
    assert move("pause").status_code == 409
    assert move("activate").json()["state"] == "active"
    assert move("finish").json()["state"] == "finished"
    for verb in ("activate", "pause", "finish"):
        assert move(verb).status_code == 409
    refused = change(admin, made, objective=1)
    assert refused.status_code == 409
    assert refused.json()["code"] == "campaign-finished"


def test_what_sends_calls_here_keeps_it(admin: TestClient) -> None:
    made = make_campaign(admin)
    route = admin.post(
        f"{API}/inbound-routes",
        json={"name": "Main", "did": "1", "destination": {"type": "inbound-campaign", "id": made["id"]}},
    ).json()
    other = make_campaign(admin, "Other", failover={"type": "inbound-campaign", "id": made["id"]})
    for refused in (admin.delete(f"{CAMPAIGNS}/{made['id']}"), admin.post(f"{CAMPAIGNS}/{made['id']}/finish")):
        assert refused.status_code == 409
        assert refused.json()["code"] == "campaign-in-use"
        assert refused.json()["message"].startswith('Used by campaign "Other", inbound route "Main".')
    admin.delete(f"{API}/inbound-routes/{route['id']}")
    change(admin, other, failover=None)
    assert admin.delete(f"{CAMPAIGNS}/{made['id']}").status_code == 204


def test_calls_in_it_keep_it_and_waiting_ones_are_counted(admin: TestClient, runtime: Runtime) -> None:
    made = make_campaign(admin)
    call = {"call_id": "c1", "campaign_id": made["id"], "state": "waiting"}
    runtime.redis.hset(LIVE_CALLS, mapping={"c1": json.dumps(call), "c2": json.dumps({**call, "state": "talking"})})
    assert admin.get(f"{CAMPAIGNS}/{made['id']}").json()["waiting"] == 1
    refused = admin.delete(f"{CAMPAIGNS}/{made['id']}")
    assert refused.status_code == 409
    assert refused.json()["message"].startswith("2 calls are in this campaign now.")


def test_scope(admin: TestClient, sign_in: SignedIn, users: People) -> None:
    supervisor = users.make("supervisor")
    own = make_campaign(admin, "Own", supervisor_ids=[supervisor.id])
    other = make_campaign(admin, "Other")
    client = sign_in(supervisor)
    assert [item["id"] for item in client.get(CAMPAIGNS).json()["items"]] == [own["id"]]
    assert client.get(f"{CAMPAIGNS}/{other['id']}").status_code == 404
    assert change(client, other, objective=1).status_code == 404
    assert client.delete(f"{CAMPAIGNS}/{other['id']}").status_code == 404
    assert client.post(f"{CAMPAIGNS}/{other['id']}/pause").status_code == 404
    stolen = change(client, own, failover={"type": "inbound-campaign", "id": other["id"]})
    assert fields_of(stolen) == {"failover.id": "unknown"}
    change(admin, own, failover={"type": "inbound-campaign", "id": other["id"]})
    assert change(client, own, objective=1).status_code == 200, "what an administrator set may stay"
    made = make_campaign(client, "Mine")
    assert made["supervisor_ids"] == [supervisor.id]


@pytest.mark.parametrize(("role", "status"), [("basic-supervisor", 403), ("agent", 403), ("manager", 201)])
def test_who_may_create(sign_in: SignedIn, role: str, status: int) -> None:
    answer = sign_in(role).post(CAMPAIGNS, json={"kind": "inbound", "name": "x", "dispositions": OPTIONS})
    assert answer.status_code == status


def test_writes_are_audited(admin: TestClient, runtime: Runtime) -> None:
    made = make_campaign(admin)
    change(admin, made, objective=9)
    admin.post(f"{CAMPAIGNS}/{made['id']}/pause")
    admin.delete(f"{CAMPAIGNS}/{made['id']}")
    with runtime.database.transaction() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_type == "campaign").order_by(AuditEntry.id)
        ).all()
    assert [(entry.action, entry.before, entry.after) for entry in entries[1:3]] == [
        ("campaign.changed", {"objective": 0}, {"objective": 9}),
        ("campaign.moved", {"state": "active"}, {"state": "paused"}),
    ]
    assert [entries[0].action, entries[3].action] == ["campaign.created", "campaign.deleted"]


def test_a_list_tells_how_far_the_objective_is(admin: TestClient, team: Team, runtime: Runtime) -> None:
    _, agent = team.agent()
    aimed, aimless = make_campaign(admin, "Aimed", objective=5), make_campaign(admin, "Aimless")
    with runtime.database.transaction() as session:
        for campaign in (aimed, aimless):
            sale, wrong = (option["id"] for option in campaign["dispositions"])
            session.add_all(
                Disposition(
                    call_id=f"{campaign['id']}-{number}",
                    campaign_id=campaign["id"],
                    option_id=option,
                    agent_id=agent.id,
                )
                for number, option in enumerate((sale, sale, wrong))
            )
    rows = admin.get(CAMPAIGNS).json()["items"]
    assert {row["name"]: row["positive_count"] for row in rows} == {"Aimed": 2, "Aimless": None}
