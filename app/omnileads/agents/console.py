"""The agent's own session: who am I, what may I do, and what does my webphone sign in with."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.errors import NotAnAgent, PauseNotOffered
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.agents.pause_sets import offered_pauses
from omnileads.agents.schemas import (
    AgentLive,
    ConsoleAgent,
    ConsoleCampaign,
    ConsoleDispositionOption,
    ConsoleGroup,
    ConsoleSession,
    ConsoleSite,
    SipCredentials,
)
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.crm.models import ExternalSite
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.db import Reader, table_of
from omnileads.settings import Settings

WEBSOCKET_PATH = "/ws/sip"
RING_SECONDS = 25
"""Of a campaign without a queue, whose calls reach an agent only when somebody passes them on."""

_agents, _users = table_of(Agent).c, table_of(User).c
AGENT_ID: Final = (
    select(_agents.id)
    .join_from(table_of(Agent), table_of(User), _users.id == _agents.user_id)
    .where(_agents.user_id == bindparam("user_id"), _agents.deleted_at.is_(None), _users.deleted_at.is_(None))
)
"""The id of the agent that the user `user_id` is."""


def find_agent(session: Session, user_id: int) -> Agent | None:
    """The user's agent profile."""
    return session.scalar(
        select(Agent)
        .join(User, User.id == Agent.user_id)
        .where(Agent.user_id == user_id, Agent.deleted_at.is_(None), User.deleted_at.is_(None))
    )


def require_agent(session: Session, user_id: int) -> Agent:
    """Raises NotAnAgent."""
    agent = find_agent(session, user_id)
    if agent is None:
        raise NotAnAgent
    return agent


def require_agent_id(session: Session | Reader, user_id: int) -> int:
    """The id alone, where no more is needed. Raises NotAnAgent."""
    found: int | None = session.scalar(AGENT_ID, {"user_id": user_id})
    if found is None:
        raise NotAnAgent
    return found


def check_pause(session: Session, agent: Agent, pause_id: int) -> None:
    """Raise PauseNotOffered unless the agent's group has this pause."""
    if all(pause.id != pause_id for pause in offered_pauses(session, agent.group.pause_set_id)):
        raise PauseNotOffered


class AgentConsole:
    def __init__(self, session: Session, settings: Settings, live: LiveAgents, clock: Clock) -> None:
        self._session = session
        self._settings = settings
        self._live = live
        self._clock = clock

    def open(self, user_id: int) -> ConsoleSession:
        """Everything the console needs to start. Raises NotAnAgent, RedisError."""
        agent = require_agent(self._session, user_id)
        console_agent, campaigns = _console_agent(self._session, agent), _campaigns(self._session, agent.id)
        state = self._live.one(agent.id) or AgentLive(
            agent_id=agent.id,
            name=console_agent.name,
            extension=agent.extension,
            group_id=agent.group_id,
            status="OFFLINE",
            since=epoch_ms(self._clock.now()),
            campaigns=[campaign.id for campaign in campaigns],
        )
        return ConsoleSession(
            agent=console_agent,
            sip=self._credentials(agent.extension),
            pauses=offered_pauses(self._session, agent.group.pause_set_id),
            campaigns=campaigns,
            state=state,
        )

    def credentials_of(self, user_id: int) -> SipCredentials:
        """Raises NotAnAgent."""
        return self._credentials(require_agent(self._session, user_id).extension)

    def _credentials(self, extension: int) -> SipCredentials:
        life = timedelta(seconds=self._settings.ephemeral.user_ttl)
        realm = self._settings.sip.realm
        expires_at = (self._clock.now() + life).replace(microsecond=0)
        user = f"{int(expires_at.timestamp())}:{extension}"
        return SipCredentials(
            uri=f"sip:{extension}@{realm}",
            websocket_path=WEBSOCKET_PATH,
            authorization_user=user,
            password=ephemeral_password(self._settings.sip.ephemeral_secret.get_secret_value(), user),
            expires_at=expires_at,
            realm=realm,
        )


def console_configuration(session: Session, agent_id: int) -> str:
    """What the console of this agent works by (group, pauses, campaigns), as text that changes when any of it does."""
    agent = session.get_one(Agent, agent_id)
    parts = [
        _console_agent(session, agent),
        *offered_pauses(session, agent.group.pause_set_id),
        *_campaigns(session, agent_id),
    ]
    return "\n".join(part.model_dump_json() for part in parts)


def _console_agent(session: Session, agent: Agent) -> ConsoleAgent:
    name = agent_names(session, [agent.id])[agent.id]
    group = ConsoleGroup.model_validate(agent.group)
    return ConsoleAgent(id=agent.id, name=name, extension=agent.extension, group=group)


def _campaigns(session: Session, agent_id: int) -> list[ConsoleCampaign]:
    statement = (
        select(Campaign)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.agent_id == agent_id, Campaign.deleted_at.is_(None), Campaign.state != "finished")
        .order_by(Campaign.name)
    )
    campaigns = session.scalars(statement).unique().all()
    sites = _sites(session, campaigns)
    return [
        ConsoleCampaign(
            id=campaign.id,
            name=campaign.name,
            kind=campaign.kind,
            is_active=campaign.state == "active",
            show_name=campaign.show_name,
            show_did=campaign.show_did,
            show_route_name=campaign.show_route_name,
            show_call_id=campaign.show_call_id,
            ring_seconds=campaign.queue.ring_seconds if campaign.queue is not None else RING_SECONDS,
            has_contacts=campaign.contact_base_id is not None,
            site=_console_site(campaign, sites.get(campaign.external_site_id or 0)),
            dispositions=[ConsoleDispositionOption.model_validate(option) for option in campaign.disposition_options],
        )
        for campaign in campaigns
    ]


def _sites(session: Session, campaigns: Sequence[Campaign]) -> dict[int, ExternalSite]:
    ids = {campaign.external_site_id for campaign in campaigns if campaign.external_site_id is not None}
    sites = session.scalars(select(ExternalSite).where(ExternalSite.id.in_(ids))) if ids else ()
    return {site.id: site for site in sites}


def _console_site(campaign: Campaign, site: ExternalSite | None) -> ConsoleSite | None:
    if site is None or campaign.interaction == "form":
        return None
    parameters = campaign.external_site_parameters
    names = {str(parameter["value"]) for parameter in parameters if parameter["kind"] == "dialplan"}
    return ConsoleSite(name=site.name, trigger=site.trigger, target=site.target, dialplan_names=sorted(names))


def ephemeral_password(secret: str, user: str) -> str:
    """The password Kamailio's auth_ephemeral accepts for `user`, "<unix expiry>:<extension>", until it expires."""
    return base64.b64encode(hmac.digest(secret.encode(), user.encode(), "sha1")).decode()
