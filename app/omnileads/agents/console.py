"""The agent's own session: who am I, what may I do, and what does my webphone sign in with."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.agents.errors import NotAnAgent
from omnileads.agents.live import LiveAgents
from omnileads.agents.models import Agent, Pause
from omnileads.agents.names import agent_names
from omnileads.agents.schemas import (
    AgentLive,
    ConsoleAgent,
    ConsoleCampaign,
    ConsoleDispositionOption,
    ConsoleGroup,
    ConsoleSession,
    PauseOut,
    SipCredentials,
)
from omnileads.campaigns.models import Campaign, CampaignMember
from omnileads.kit.clock import Clock, epoch_ms
from omnileads.settings import Settings

WEBSOCKET_PATH = "/ws/sip"


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


class AgentConsole:
    def __init__(self, session: Session, settings: Settings, live: LiveAgents, clock: Clock) -> None:
        self._session = session
        self._settings = settings
        self._live = live
        self._clock = clock

    def open(self, user_id: int) -> ConsoleSession:
        """Everything the console needs to start. Raises NotAnAgent, RedisError."""
        agent = require_agent(self._session, user_id)
        name = agent_names(self._session, [agent.id])[agent.id]
        campaigns = self._campaigns(agent.id)
        state = self._live.one(agent.id) or AgentLive(
            agent_id=agent.id,
            name=name,
            extension=agent.extension,
            group_id=agent.group_id,
            status="OFFLINE",
            since=epoch_ms(self._clock.now()),
            campaigns=[campaign.id for campaign in campaigns],
        )
        return ConsoleSession(
            agent=ConsoleAgent(
                id=agent.id, name=name, extension=agent.extension, group=ConsoleGroup.model_validate(agent.group)
            ),
            sip=self._credentials(agent.extension),
            pauses=self._pauses(),
            campaigns=campaigns,
            state=state,
        )

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

    def _pauses(self) -> list[PauseOut]:
        rows = self._session.scalars(select(Pause).where(Pause.deleted_at.is_(None)).order_by(Pause.name))
        return [PauseOut.model_validate(pause) for pause in rows]

    def _campaigns(self, agent_id: int) -> list[ConsoleCampaign]:
        statement = (
            select(Campaign)
            .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
            .where(CampaignMember.agent_id == agent_id, Campaign.deleted_at.is_(None), Campaign.state != "finished")
            .order_by(Campaign.name)
        )
        return [
            ConsoleCampaign(
                id=campaign.id,
                name=campaign.name,
                ring_seconds=campaign.queue.ring_seconds,
                dispositions=[
                    ConsoleDispositionOption.model_validate(option) for option in campaign.disposition_options
                ],
            )
            for campaign in self._session.scalars(statement).unique()
        ]


def ephemeral_password(secret: str, user: str) -> str:
    """The password Kamailio's auth_ephemeral accepts for `user`, "<unix expiry>:<extension>", until it expires."""
    return base64.b64encode(hmac.digest(secret.encode(), user.encode(), "sha1")).decode()
