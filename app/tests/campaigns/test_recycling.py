"""Recycling against a simple model, over random histories; and what is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from omnileads.calls.models import Call
from omnileads.campaigns.leads.filling import plan_of, remove_unworked
from omnileads.campaigns.models import Campaign, Lead
from omnileads.campaigns.recycling.choice import RecyclingChoice
from omnileads.campaigns.recycling.leads import counts, recycle
from omnileads.dispositions.models import Disposition
from omnileads.kit.runtime import Runtime
from tests.campaigns.things import CAMPAIGNS, Bases, dialer, leads_of, make, preview
from tests.conftest import SignedIn
from tests.domain import Team, fields_of

CONTACTS = 8
OUTCOMES = ("busy", "no-answer", "answered", "talking")


@dataclass
class History:
    """What happened to one contact, the earliest first: outcomes of calls, and disposed calls by option (0 or 1)."""

    outcomes: list[str] = field(default_factory=list)
    options: list[int] = field(default_factory=list)

    def sort(self) -> Any:
        """The option's number, the outcome, "never", or None while a call goes on."""
        if self.options:
            return self.options[-1]
        if not self.outcomes:
            return "never"
        return None if self.outcomes[-1] == "talking" else self.outcomes[-1]


HISTORIES = st.lists(
    st.builds(
        History,
        outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3),
        options=st.lists(st.integers(0, 1), max_size=2),
    ),
    min_size=CONTACTS,
    max_size=CONTACTS,
)
CHOICES = st.tuples(
    st.frozensets(st.integers(0, 1)), st.frozensets(st.sampled_from(OUTCOMES[:3])), st.booleans()
).filter(any)


def write_history(
    runtime: Runtime, session: Session, campaign: Campaign, contacts: list[int], agent_id: int, histories: list[History]
) -> None:
    session.execute(delete(Disposition))
    session.execute(delete(Call))
    session.execute(update(Lead).where(Lead.campaign_id == campaign.id).values(state="pending", agent_id=None))
    now = runtime.clock.now()
    for contact_id, history in zip(contacts, histories, strict=True):
        for place, outcome in enumerate(history.outcomes):
            session.add(
                Call(
                    id=f"{contact_id}-{place}",
                    started_at=now + timedelta(seconds=place),
                    campaign_id=campaign.id,
                    contact_id=contact_id,
                    number="1",
                    outcome=outcome,
                )
            )
        for place, option in enumerate(history.options):
            session.add(
                Disposition(
                    call_id=f"d{contact_id}-{place}",
                    campaign_id=campaign.id,
                    contact_id=contact_id,
                    agent_id=agent_id,
                    option_id=campaign.disposition_options[option].id,
                    updated_at=now + timedelta(seconds=place),
                )
            )
        if history.options:
            session.execute(
                update(Lead)
                .where(Lead.campaign_id == campaign.id, Lead.contact_id == contact_id)
                .values(state="finished", agent_id=agent_id)
            )
    session.flush()


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories=HISTORIES, choice=CHOICES, was_finished=st.booleans(), into_new=st.booleans())
def test_recycling_agrees_with_the_model_however_often_it_is_done(
    made: dict[str, Any],
    runtime: Runtime,
    histories: list[History],
    choice: tuple[frozenset[int], frozenset[str], bool],
    was_finished: bool,
    into_new: bool,
) -> None:
    options, outcomes, never = choice
    wanted = {*options, *outcomes, *(["never"] if never else [])}
    contacts = made["contacts"]
    chosen = {contact for contact, history in zip(contacts, histories, strict=True) if history.sort() in wanted}
    with runtime.database.rehearsal() as session:
        source = session.get_one(Campaign, made["source"])
        target = session.get_one(Campaign, made["target"]) if into_new else source
        write_history(runtime, session, source, contacts, made["agent"], histories)
        sorts = Counter(history.sort() for history in histories)
        shown = counts(session, source)
        ids = [option.id for option in source.disposition_options]
        assert {ids.index(row.option_id): row.count for row in shown.dispositions} == {
            option: count for option, count in sorts.items() if isinstance(option, int)
        }
        assert {row.outcome: row.count for row in shown.outcomes} == {
            outcome: sorts[outcome] for outcome in OUTCOMES if outcome in sorts
        }
        assert shown.never_called == sorts["never"]
        if was_finished:
            remove_unworked(session, source.id)
        before = {lead.contact_id: lead.state for lead in leads_of(session, {"id": target.id})}
        request = RecyclingChoice(
            option_ids=[ids[option] for option in options], outcomes=sorted(outcomes), never_called=never
        )
        plan = plan_of(session, target.id)
        assert plan is not None
        for _ in range(2):
            recycle(session, plan, (source.id, "base"), request)
            session.expire_all()
            after = {lead.contact_id: lead.state for lead in leads_of(session, {"id": target.id})}
            assert len(leads_of(session, {"id": target.id})) == len(after), "no contact twice"
            assert after == {**before, **dict.fromkeys(chosen, "pending")}


@pytest.fixture
def made(admin: TestClient, bases: Bases, team: Team, runtime: Runtime) -> dict[str, Any]:
    """A campaign with leads, and an empty one of the same base."""
    base = bases.make(CONTACTS)
    agent = team.agent()[1].id
    source = make(admin, dialer(base, members=[{"agent_id": agent}]))
    target = make(admin, dialer(base, name="Target"))
    with runtime.database.transaction() as session:
        session.execute(delete(Lead).where(Lead.campaign_id == target["id"]))
    return {"source": source["id"], "target": target["id"], "agent": agent, "contacts": bases.contact_ids(base)}


def test_into_a_new_campaign(admin: TestClient, bases: Bases, runtime: Runtime) -> None:
    base = bases.make(3)
    made = make(admin, dialer(base))
    url = f"{CAMPAIGNS}/{made['id']}"
    assert admin.get(f"{url}/recycling").json() == {"dispositions": [], "outcomes": [], "never_called": 3}
    request = admin.get(f"{url}/clone").json()
    assert request["name"] == "Dialer (2)"
    new = admin.post(f"{url}/recycle", json={"never_called": True, "campaign": request})
    assert new.status_code == 200, new.text
    shown = new.json()
    assert (shown["state"], shown["lead_selection"], shown["recycled_from_id"]) == ("inactive", "chosen", made["id"])
    with runtime.database.transaction() as session:
        assert len(leads_of(session, shown)) == 3
    again = admin.post(f"{url}/recycle", json={"never_called": True, "campaign": request})
    assert fields_of(again) == {"campaign.name": "taken"}
    other = bases.make(1, name="Other")
    wrong = {**request, "contact_base_id": other.id}
    assert fields_of(admin.post(f"{url}/recycle", json={"never_called": True, "campaign": wrong})) == {
        "campaign.contact_base_id": "other-base"
    }
    kind = preview(base, name="New")
    assert fields_of(admin.post(f"{url}/recycle", json={"never_called": True, "campaign": kind})) == {
        "campaign.kind": "other-kind"
    }


def test_a_finished_campaign_begins_again_with_the_chosen_contacts(
    admin: TestClient, bases: Bases, runtime: Runtime
) -> None:
    base = bases.make(3)
    made = make(admin, preview(base))
    url = f"{CAMPAIGNS}/{made['id']}"
    admin.post(f"{url}/finish")
    with runtime.database.transaction() as session:
        assert leads_of(session, made) == []
        first = bases.contact_ids(base)[0]
        session.add(
            Call(
                id="c",
                started_at=runtime.clock.now(),
                campaign_id=made["id"],
                contact_id=first,
                number="1",
                outcome="busy",
            )
        )
    assert admin.get(f"{url}/recycling").json()["outcomes"] == [{"outcome": "busy", "count": 1}]
    again = admin.post(f"{url}/recycle", json={"outcomes": ["busy"]}).json()
    assert (again["id"], again["state"], again["lead_selection"]) == (made["id"], "active", "chosen")
    with runtime.database.transaction() as session:
        assert [lead.contact_id for lead in leads_of(session, made)] == [first]
    admin.post(f"{url}/finish")
    with runtime.database.transaction() as session:
        assert len(leads_of(session, made)) == 1, "chosen contacts are remembered"


def test_recycling_is_refused(admin: TestClient, bases: Bases, sign_in: SignedIn) -> None:
    made = make(admin, preview(bases.make(1)))
    url = f"{CAMPAIGNS}/{made['id']}/recycle"
    assert fields_of(admin.post(url, json={"option_ids": [999]})) == {"option_ids.0": "unknown"}
    assert fields_of(admin.post(url, json={})) == {"": "value-error"}
    assert admin.post(url, json={"outcomes": ["talking"]}).status_code == 422
    inbound = make(admin, {"kind": "inbound", "name": "I", "dispositions": [{"name": "a", "kind": "no-action"}]})
    refused = admin.post(f"{CAMPAIGNS}/{inbound['id']}/recycle", json={"never_called": True})
    assert refused.json()["code"] == "campaign-state"
    assert sign_in("supervisor").post(url, json={"never_called": True}).status_code == 404
