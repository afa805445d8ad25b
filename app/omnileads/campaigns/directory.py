"""The agent profiles of users, as accounts needs them (`accounts.ports.AgentDirectory`)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from omnileads.accounts.ports import AgentRef
from omnileads.agents import profiles
from omnileads.agents.errors import AgentOnCall
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent, AgentGroup
from omnileads.campaigns.models import Campaign, CampaignMember, CampaignSupervisor
from omnileads.kit.revision import bump_config_revision
from omnileads.kit.runtime import Runtime
from omnileads.telephony.destinations import lock_call_flow
from omnileads.telephony.usage import refuse_while_used, users_of_destination


class CampaignAgentDirectory:
    """Methods work in the caller's transaction; the audit of users is the caller's."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def by_user(self, session: Session, user_ids: Collection[int]) -> dict[int, AgentRef]:
        return {agent.user_id: _ref(agent) for agent in profiles.live_profiles(session, user_ids)}

    def create(self, session: Session, user_id: int, group_id: int) -> AgentRef:
        agent = profiles.create_profile(session, user_id, group_id)
        bump_config_revision(session, self._runtime.redis)
        return _ref(agent)

    def change_group(self, session: Session, user_id: int, group_id: int) -> AgentRef:
        agent = profiles.change_group(session, user_id, group_id)
        bump_config_revision(session, self._runtime.redis)
        return _ref(agent)

    def retire(self, session: Session, user_id: int) -> None:
        """Also raises AgentOnCall, and InUse while calls are sent to the agent. Membership of campaigns ends."""
        lock_call_flow(session)
        for agent in profiles.live_profiles(session, [user_id]):
            refuse_while_used(users_of_destination(session, "agent", agent.id), "Send their calls elsewhere first.")
            live = LiveAgents(self._runtime.redis).one(agent.id)
            if live is not None and live.status in ("RINGING", "ONCALL"):
                raise AgentOnCall
            agent.deleted_at = self._runtime.clock.now()
            session.execute(delete(CampaignMember).where(CampaignMember.agent_id == agent.id))
            session.flush()
            bump_config_revision(session, self._runtime.redis)

    def copy(self, session: Session, source_user_id: int, user_id: int) -> AgentRef:
        sources = profiles.live_profiles(session, [source_user_id])
        if not sources:
            raise LookupError(f"user {source_user_id} has no agent profile")
        agent = profiles.create_profile(session, user_id, sources[0].group_id)
        memberships = session.execute(
            select(CampaignMember.campaign_id, CampaignMember.penalty)
            .join(Campaign, Campaign.id == CampaignMember.campaign_id)
            .where(CampaignMember.agent_id == sources[0].id, Campaign.deleted_at.is_(None))
        )
        session.add_all(
            CampaignMember(campaign_id=campaign_id, agent_id=agent.id, penalty=penalty)
            for campaign_id, penalty in memberships
        )
        session.flush()
        bump_config_revision(session, self._runtime.redis)
        return _ref(agent)

    def supervised_by(self, session: Session, supervisor_user_id: int) -> set[int]:
        statement = (
            select(Agent.user_id)
            .join(CampaignMember, CampaignMember.agent_id == Agent.id)
            .join(CampaignSupervisor, CampaignSupervisor.campaign_id == CampaignMember.campaign_id)
            .join(Campaign, Campaign.id == CampaignMember.campaign_id)
            .where(
                CampaignSupervisor.user_id == supervisor_user_id,
                Campaign.deleted_at.is_(None),
                Agent.deleted_at.is_(None),
            )
        )
        return set(session.scalars(statement))

    def supervising_beside(self, session: Session, supervisor_user_id: int) -> set[int]:
        own = (
            select(CampaignSupervisor.campaign_id)
            .join(Campaign, Campaign.id == CampaignSupervisor.campaign_id)
            .where(CampaignSupervisor.user_id == supervisor_user_id, Campaign.deleted_at.is_(None))
        )
        beside = select(CampaignSupervisor.user_id).where(CampaignSupervisor.campaign_id.in_(own))
        return set(session.scalars(beside))

    def in_no_campaign(self, session: Session) -> set[int]:
        is_member = exists(
            select(CampaignMember.agent_id)
            .join(Campaign, Campaign.id == CampaignMember.campaign_id)
            .where(CampaignMember.agent_id == Agent.id, Campaign.deleted_at.is_(None))
        )
        return set(session.scalars(select(Agent.user_id).where(Agent.deleted_at.is_(None), ~is_member)))

    def group_names(self, session: Session) -> dict[int, str]:
        groups = select(AgentGroup.id, AgentGroup.name).where(AgentGroup.deleted_at.is_(None))
        return dict(session.execute(groups).all())


def _ref(agent: Agent) -> AgentRef:
    return AgentRef(
        id=agent.id,
        extension=agent.extension,
        group_id=agent.group_id,
        allow_password_change=agent.group.allow_password_change,
    )
