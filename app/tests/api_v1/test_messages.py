"""Fact 59: a supervisor's message reaches the consoles of an agent, a group, a campaign, over the websocket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from omnileads.kit.audit import AuditEntry
from omnileads.kit.clock import epoch_ms
from tests.api_v1.crm import V1, World
from tests.conftest import SignedIn
from tests.supervision.web import Web

ADDRESS = f"{V1}/supervision/enviar_mensaje_agentes/"


@pytest.fixture
def web(app: FastAPI) -> Iterator[Web]:
    with Web(app) as web:
        yield web


def message(kind: str, recipient: object, text: str = "Come to the meeting") -> dict[str, str]:
    return {"recipient-type": kind, "recipient-id": str(recipient), "message-text": text}


def test_059_a_message_reaches_an_agent_a_group_and_a_campaign(web: Web, world: World, sign_in: SignedIn) -> None:
    colleague, _ = world.team.agent(first_name="Bo")
    elsewhere, outsider = world.team.agent(first_name="Cleo")
    world.make_campaign("Other", members=[{"agent_id": outsider.id}], supervisor_ids=[])
    with (
        web.socket(sign_in(world.agent_user)) as mine,
        web.socket(sign_in(elsewhere)) as other,
        web.socket(sign_in("administrator")) as board,
    ):
        for socket in (mine, other, board):
            assert socket.message()["type"] == "snapshot"
        for kind, recipient in (("agent", world.ana.id), ("group", "Team"), ("campaign", "Support")):
            answer = world.supervisor.post(ADDRESS, data=message(kind, recipient, f"To the {kind}"))
            assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
        told = mine.messages(3)
        assert [one["message"]["text"] for one in told] == ["To the agent", "To the group", "To the campaign"]
        assert {one["type"] for one in told} == {"message"}
        assert (
            told[0]["message"].items()
            >= {
                "from": world.supervisor_user.username,
                "sent_at": epoch_ms(world.runtime.clock.now()),
            }.items()
        )
        assert world.admin.post(ADDRESS, json=message("group", "Team", "To everybody")).json() == {"status": "OK"}
        assert mine.message()["message"]["text"] == "To everybody"
        assert other.message()["message"]["text"] == "To everybody", "the supervisor's own reached only its agents"
        world.admin.post(ADDRESS, data=message("agent", colleague.id))
        world.admin.post(ADDRESS, data=message("agent", outsider.id, "Last"))
        assert other.message()["message"]["text"] == "Last"
    with world.runtime.database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(action="agents.messaged").order_by(AuditEntry.id).all()
        assert [entry.subject_id for entry in entries][:3] == [
            f"agent:{world.ana.id}",
            "group:Team",
            "campaign:Support",
        ]
        assert entries[0].after == {"agents": 1, "text": "To the agent"}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"recipient-type": "agent", "recipient-id": "text", "message-text": "Hello"},
        {"recipient-type": "agent", "recipient-id": "999999", "message-text": "Hello"},
        {"recipient-type": "group", "recipient-id": "No such group", "message-text": "Hello"},
        {"recipient-type": "campaign", "recipient-id": "Elsewhere", "message-text": "Hello"},
        {"recipient-type": "everybody", "recipient-id": "1", "message-text": "Hello"},
        {"recipient-type": "campaign", "recipient-id": "Support", "message-text": ""},
        {"recipient-type": "campaign", "recipient-id": "Support", "message-text": "x" * 1001},
        {"recipient_type": "campaign", "recipient_id": "Support", "message": "wrong keys"},
    ],
)
def test_what_reaches_nobody_is_an_error(world: World, sent: dict[str, Any]) -> None:
    outsider = world.other_agent()[1]
    world.make_campaign("Elsewhere", members=[{"agent_id": outsider}], supervisor_ids=[])
    answer = world.supervisor.post(ADDRESS, data=sent)
    assert (answer.status_code, answer.json()) == (200, {"status": "ERROR"})


def test_agents_send_none(world: World) -> None:
    assert world.agent.post(ADDRESS, data=message("campaign", "Support")).status_code == 403
