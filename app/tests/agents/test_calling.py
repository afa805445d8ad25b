"""What the engine is told of a call an agent wants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from omnileads.agents.calling import call_command
from omnileads.agents.models import Agent
from omnileads.agents.schemas import CallRequest
from omnileads.contacts.models import Blacklist, BlacklistEntry, Contact, ContactBase
from omnileads.kit.errors import ValidationFailed
from omnileads.kit.runtime import Runtime
from omnileads.telephony.models import OutboundPattern, OutboundRoute
from tests.conftest import People
from tests.domain import Team


@pytest.fixture
def agent(runtime: Runtime, users: People) -> Agent:
    return Team(runtime, users).agent()[1]


def is_blocked(runtime: Runtime, agent: Agent, number: str, campaign_id: int | None = None) -> object:
    with runtime.database.transaction() as session:
        return call_command(session, agent, "c", CallRequest(number=number, campaign_id=campaign_id))["is_blocked"]


def test_a_number_on_a_list_is_blocked_with_and_without_the_prefix_for_the_route(
    runtime: Runtime, agent: Agent
) -> None:
    with runtime.database.transaction() as session:
        listed = Blacklist(name="Do not call", applies_to_all=True, is_enabled=True)
        route = OutboundRoute(name="out", position=1, patterns=[OutboundPattern(prefix="9", match="X.", position=1)])
        session.add_all([listed, route])
        session.flush()
        yesterday = datetime.now(UTC) - timedelta(days=1)
        session.add_all(
            [
                BlacklistEntry(blacklist_id=listed.id, number="3514551234"),
                BlacklistEntry(blacklist_id=listed.id, number="3514559999", expires_at=yesterday),
            ]
        )
    blocked = {number: is_blocked(runtime, agent, number) for number in NUMBERS}
    assert blocked == NUMBERS


NUMBERS: dict[str, object] = {
    "3514551234": True,
    "+3514551234": True,
    "93514551234": True,
    "83514551234": False,
    "3514559999": False,
    "*98": False,
}


def test_a_contact_must_be_one_of_the_campaigns(runtime: Runtime, agent: Agent) -> None:
    with runtime.database.transaction() as session:
        base = ContactBase(name="base", columns=[{"key": "phone", "name": "phone", "role": "phone"}])
        session.add(base)
        session.flush()
        contact = Contact(base_id=base.id, phone="3514551234", values=["3514551234"], phones=["3514551234"], search="x")
        session.add(contact)
        session.flush()
        request = CallRequest(number="3514551234", contact_id=contact.id)
        with pytest.raises(ValidationFailed) as refused:
            call_command(session, agent, "c", request)
    assert [problem.field for problem in refused.value.fields] == ["contact_id"]
