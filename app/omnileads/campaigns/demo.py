"""Demonstration data: a small team that can take a call the minute after the installation.

Called by `oml demo-data`, in one transaction. Everything goes through the services, so it is what a person could have
made in the console. Running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.groups import AgentGroups
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import AgentGroup
from omnileads.agents.pauses import Pauses
from omnileads.agents.schemas import AgentGroupCreate, PauseCreate
from omnileads.campaigns.presentation import CampaignPresenter
from omnileads.campaigns.schemas import DispositionOptionIn, InboundCampaignCreate, MemberIn
from omnileads.campaigns.service import InboundCampaigns
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.runtime import Runtime
from omnileads.telephony.inbound_routes import InboundRoutes
from omnileads.telephony.schemas import Destination
from omnileads.telephony.schemas.inbound_routes import RouteCreate

GROUP_NAME: Final = "Demo agents"
DID: Final = "5550100"


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """A user to be made."""

    username: str
    first_name: str
    last_name: str


AGENTS: Final = (
    DemoAgent("agent1", "Ana", "Pereyra"),
    DemoAgent("agent2", "Bruno", "Sosa"),
    DemoAgent("agent3", "Carla", "Quiroga"),
)

MakeAgent = Callable[[DemoAgent, int], int]
"""Makes the user with a profile in the group of this id; returns the agent's id."""


def create_demo_data(session: Session, runtime: Runtime, make_agent: MakeAgent) -> bool:
    """Returns whether it was made; False when it is already there. Raises AppError when something is in its way."""
    exists = session.scalar(select(AgentGroup.id).where(AgentGroup.name == GROUP_NAME, AgentGroup.deleted_at.is_(None)))
    if exists is not None:
        return False
    changes = ConfigurationChanges(session, runtime, None)
    group = AgentGroups(session, changes, runtime.clock).create(
        AgentGroupCreate(name=GROUP_NAME, auto_unpause_seconds=30, force_disposition=True, allow_recordings=True)
    )
    pauses = Pauses(session, changes, LiveAgents(runtime.redis), runtime.clock)
    for name, kind in (("Lunch", "recreational"), ("Break", "recreational"), ("Coaching", "productive")):
        pauses.create(PauseCreate.model_validate({"name": name, "kind": kind}))
    agent_ids = [make_agent(agent, group.id) for agent in AGENTS]
    campaigns = InboundCampaigns(
        session, changes, CampaignPresenter(session, runtime.redis), runtime.clock, actor=None, scope=None
    )
    campaign = campaigns.create(_campaign(agent_ids))
    InboundRoutes(session, changes, scope=None).create(
        RouteCreate(
            name="Demo support",
            did=DID,
            language="en",
            destination=Destination(type="inbound-campaign", id=campaign.id),
        )
    )
    return True


def _campaign(agent_ids: list[int]) -> InboundCampaignCreate:
    return InboundCampaignCreate(
        name="Demo support",
        recording_enabled=True,
        max_wait_seconds=300,
        service_level_seconds=20,
        objective=100,
        members=[MemberIn(agent_id=agent_id) for agent_id in agent_ids],
        dispositions=[
            DispositionOptionIn(name="Solved", kind="engaged", is_positive=True),
            DispositionOptionIn(name="Wrong number", kind="no-action"),
            DispositionOptionIn(name="Call back", kind="callback"),
        ],
    )
