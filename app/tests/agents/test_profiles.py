"""Agent profiles: extensions, groups, retirement, and the list of agents."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert, text, update

from omnileads.agents.errors import NoFreeExtension
from omnileads.agents.live import LIVE_AGENTS
from omnileads.agents.models import EXTENSION_MAX, Agent
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.revision import current_config_revision
from omnileads.kit.runtime import Runtime
from tests.conftest import People, SignedIn, VirtualClock
from tests.domain import API, Team, make_campaign


@pytest.fixture
def team(runtime: Runtime, users: People) -> Team:
    return Team(runtime, users)


@pytest.fixture
def directory(runtime: Runtime) -> CampaignAgentDirectory:
    return CampaignAgentDirectory(runtime)


def test_extensions_are_given_in_order_and_not_handed_on_quickly(
    team: Team, runtime: Runtime, directory: CampaignAgentDirectory, clock: VirtualClock
) -> None:
    (first, one), (second, two) = team.agent(), team.agent()
    assert (one.extension, two.extension) == (1000, 1001)
    for user in (second, first):
        clock.advance(hours=1)
        with runtime.database.transaction() as session:
            directory.retire(session, user.id)
    assert team.agent()[1].extension == 1002, "never used ones first"
    with runtime.database.transaction() as session:
        session.execute(update(Agent).where(Agent.extension == 1002).values(extension=EXTENSION_MAX))
    assert team.agent()[1].extension == 1002


def test_when_all_were_used_the_longest_free_one_is_given(
    team: Team, runtime: Runtime, directory: CampaignAgentDirectory, users: People, clock: VirtualClock
) -> None:
    (first, one), (second, two) = team.agent(), team.agent()
    pattern = users.make("agent")
    with runtime.database.transaction() as session:
        copy_user = text(
            "INSERT INTO users (username, first_name, last_name, email, password_hash, must_change_password, is_active,"
            " role_id, created_at) SELECT 'crowd-' || number, '', '', '', 'x', false, true, role_id, created_at"
            " FROM users, generate_series(:first, :last) AS number WHERE users.id = :pattern RETURNING id"
        )
        limits = {"first": two.extension + 1, "last": EXTENSION_MAX, "pattern": pattern.id}
        crowd = session.scalars(copy_user, limits).all()
        rows = [
            {"user_id": user_id, "group_id": team.group.id, "extension": extension}
            for user_id, extension in zip(crowd, range(two.extension + 1, EXTENSION_MAX + 1), strict=True)
        ]
        session.execute(insert(Agent), rows)
        directory.retire(session, second.id)
        clock.advance(hours=1)
        directory.retire(session, first.id)
    assert team.agent()[1].extension == two.extension
    assert team.agent()[1].extension == one.extension
    with pytest.raises(NoFreeExtension):
        team.agent()


def test_a_returning_agent_keeps_its_id(team: Team, runtime: Runtime, directory: CampaignAgentDirectory) -> None:
    user, agent = team.agent()
    with runtime.database.transaction() as session:
        directory.retire(session, user.id)
        directory.retire(session, user.id)
        assert directory.by_user(session, [user.id]) == {}
    with runtime.database.transaction() as session:
        assert directory.create(session, user.id, team.group.id).id == agent.id


def test_groups_must_exist(team: Team, runtime: Runtime, users: People, directory: CampaignAgentDirectory) -> None:
    user, _ = team.agent()
    other = users.make_group("Other")
    with runtime.database.transaction() as session:
        before = current_config_revision(session)
        assert directory.change_group(session, user.id, other.id).group_id == other.id
        assert current_config_revision(session) == before + 1
    newcomer = users.make("agent")
    with pytest.raises(ValidationFailed) as refused, runtime.database.transaction() as session:
        directory.change_group(session, user.id, 999)
    assert refused.value.fields[0].field == "group_id"
    with pytest.raises(ValidationFailed) as refused, runtime.database.transaction() as session:
        directory.create(session, newcomer.id, 999)
    assert refused.value.fields[0].field == "group_id"
    with pytest.raises(LookupError), runtime.database.transaction() as session:
        directory.change_group(session, users.make("agent").id, other.id)


def test_a_retired_agent_leaves_its_campaigns(
    sign_in: SignedIn, team: Team, runtime: Runtime, users: People, directory: CampaignAgentDirectory
) -> None:
    supervisor = users.make("supervisor")
    user, agent = team.agent()
    campaign = make_campaign(sign_in("administrator"), members=[{"agent_id": agent.id}], supervisor_ids=[supervisor.id])
    with runtime.database.transaction() as session:
        assert directory.supervised_by(session, supervisor.id) == {user.id}
        directory.retire(session, user.id)
    with runtime.database.transaction() as session:
        assert directory.supervised_by(session, supervisor.id) == set()
    shown = sign_in("administrator").get(f"{API}/campaigns/{campaign['id']}").json()
    assert shown["members"] == []


def test_agents_are_found_by_name_username_and_extension(sign_in: SignedIn, team: Team) -> None:
    _, ana = team.agent(first_name="Ana", last_name="Paz", username="apaz")
    team.agent(username="bruno")
    client = sign_in("supervisor")
    listed = client.get(f"{API}/agents").json()
    assert [item["name"] for item in listed["items"]] == ["Ana Paz", "bruno"]
    for wanted in ("ana p", "APAZ", "1000"):
        found = client.get(f"{API}/agents", params={"search": wanted}).json()
        assert [item["id"] for item in found["items"]] == [ana.id], wanted
    assert client.get(f"{API}/agents", params={"group_id": 999}).json()["total"] == 0


@pytest.mark.parametrize("status", ["RINGING", "ONCALL"])
def test_an_agent_on_a_call_stays(sign_in: SignedIn, team: Team, runtime: Runtime, status: str) -> None:
    user, agent = team.agent()
    live = {"agent_id": agent.id, "name": "x", "extension": 1000, "group_id": 1, "status": status, "since": 0}
    runtime.redis.hset(LIVE_AGENTS, str(agent.id), json.dumps(live))
    admin = sign_in("administrator")
    refused = admin.delete(f"{API}/users/{user.id}")
    assert refused.status_code == 409
    assert refused.json()["code"] == "agent-on-call"
    runtime.redis.hset(LIVE_AGENTS, str(agent.id), json.dumps({**live, "status": "ACW"}))
    assert admin.delete(f"{API}/users/{user.id}").status_code == 204


def test_a_renamed_or_deactivated_agent_is_told_to_the_call_engine(
    sign_in: SignedIn, team: Team, runtime: Runtime
) -> None:
    user, _ = team.agent()
    admin = sign_in("administrator")
    for change in ({"first_name": "Ana"}, {"is_active": False}):
        with runtime.database.transaction() as session:
            before = current_config_revision(session)
        assert admin.patch(f"{API}/users/{user.id}", json=change).status_code == 200
        with runtime.database.transaction() as session:
            assert current_config_revision(session) > before
