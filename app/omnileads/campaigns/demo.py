"""Demonstration data: two small teams that can take a call the minute after the installation.

Called by `oml demo-data`, in one transaction. Everything goes through the services, so it is what a person could have
made in the console. Running it again changes nothing. How calls reach the teams is made by `demo_telephony`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.groups import AgentGroups
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import AgentGroup
from omnileads.agents.pauses import Pauses
from omnileads.agents.schemas import AgentGroupCreate, PauseCreate
from omnileads.campaigns.demo_outbound import create_demo_outbound
from omnileads.campaigns.demo_telephony import DemoCampaigns, create_demo_telephony
from omnileads.campaigns.leads.work import LeadWork
from omnileads.campaigns.presentation import CampaignPresenter
from omnileads.campaigns.schemas import DispositionOptionIn, InboundCampaign, MemberIn
from omnileads.campaigns.service import Campaigns
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.runtime import Runtime

GROUP_NAME: Final = "Demo agents"
SALES_GROUP_NAME: Final = "Demo sales"


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """A user to be made."""

    username: str
    first_name: str
    last_name: str


SUPPORT_AGENTS: Final = (
    DemoAgent("agent1", "Ana", "Pereyra"),
    DemoAgent("agent2", "Bruno", "Sosa"),
    DemoAgent("agent3", "Carla", "Quiroga"),
)
SALES_AGENTS: Final = (
    DemoAgent("agent4", "Diego", "Funes"),
    DemoAgent("agent5", "Elena", "Ibarra"),
    DemoAgent("agent6", "Fabio", "Luna"),
)

MakeAgent = Callable[[DemoAgent, int], int]
"""Makes the user with a profile in the group of this id; returns the agent's id."""


def create_demo_data(session: Session, runtime: Runtime, make_agent: MakeAgent) -> bool:
    """Returns whether it was made; False when it is already there. Raises AppError when something is in its way."""
    exists = session.scalar(select(AgentGroup.id).where(AgentGroup.name == GROUP_NAME, AgentGroup.deleted_at.is_(None)))
    if exists is not None:
        return False
    changes = ConfigurationChanges(session, runtime, None)
    groups = AgentGroups(session, changes, runtime.clock)
    support = groups.create(
        AgentGroupCreate(name=GROUP_NAME, auto_unpause_seconds=30, force_disposition=True, allow_recordings=True)
    )
    sales = groups.create(
        AgentGroupCreate(
            name=SALES_GROUP_NAME,
            auto_unpause_seconds=15,
            allow_off_campaign_calls=True,
            allow_calls_between_agents=True,
        )
    )
    pauses = Pauses(session, changes, LiveAgents(runtime.redis), runtime.clock)
    for name, kind in (("Lunch", "recreational"), ("Break", "recreational"), ("Coaching", "productive")):
        pauses.create(PauseCreate.model_validate({"name": name, "kind": kind}))
    campaigns = Campaigns(
        session,
        changes,
        CampaignPresenter(session, runtime.redis),
        runtime.clock,
        None,
        None,
        LeadWork(session, runtime.jobs),
    )
    support_ids = [make_agent(agent, support.id) for agent in SUPPORT_AGENTS]
    sales_ids = [make_agent(agent, sales.id) for agent in SALES_AGENTS]
    made = DemoCampaigns(
        support=campaigns.create(_campaign("Demo support", support_ids, ("Solved", "Wrong number", "Call back"))).id,
        sales=campaigns.create(_campaign("Demo sales", sales_ids, ("Sale", "Not interested", "Call back"))).id,
    )
    create_demo_telephony(session, changes, made)
    create_demo_outbound(session, changes, campaigns, runtime.clock, [*support_ids, *sales_ids])
    return True


def _campaign(name: str, agent_ids: Sequence[int], options: tuple[str, str, str]) -> InboundCampaign:
    good, bad, again = options
    return InboundCampaign(
        kind="inbound",
        name=name,
        recording_enabled=True,
        max_wait_seconds=300,
        service_level_seconds=20,
        objective=100,
        members=[MemberIn(agent_id=agent_id) for agent_id in agent_ids],
        dispositions=[
            DispositionOptionIn(name=good, kind="no-action", is_positive=True),
            DispositionOptionIn(name=bad, kind="no-action"),
            DispositionOptionIn(name=again, kind="callback"),
        ],
    )
