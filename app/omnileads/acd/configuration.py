"""Reads the routing configuration from Postgres. Called in a thread; one transaction, a few statements."""

from collections.abc import Container

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.acd.core.config import (
    AgentProfile,
    Destination,
    DestinationType,
    Queue,
    Route,
    RoutingConfig,
    Strategy,
)
from omnileads.agents.models import Agent, AgentGroup, Pause
from omnileads.campaigns.models import Campaign
from omnileads.telephony.models import InboundRoute
from omnileads.telephony.moh_playlists import moh_class

SOUNDS = "sound:/var/lib/omnileads/asterisk/sounds"
"""Where asterisk-sync puts the audio files, as an ARI media URI; the file is named after the audio file's id."""


def load(session: Session) -> RoutingConfig:
    """The configuration in force: agents and campaigns that are not deleted, campaigns that are not finished."""
    agents = {profile.id: profile for profile in _profiles(session)}
    campaigns = session.scalars(select(Campaign).where(Campaign.deleted_at.is_(None), Campaign.state != "finished"))
    pauses = session.execute(select(Pause.id, Pause.name).where(Pause.deleted_at.is_(None)))
    routes = session.scalars(select(InboundRoute))
    return RoutingConfig(
        queues={campaign.id: _queue(campaign, agents.keys()) for campaign in campaigns},
        agents=agents,
        routes={route.did: _route(route) for route in routes},
        pauses={str(pause_id): name for pause_id, name in pauses},
    )


def _profiles(session: Session) -> list[AgentProfile]:
    rows = session.execute(
        select(Agent.id, Agent.extension, User.first_name, User.last_name, User.username, AgentGroup)
        .join(User, User.id == Agent.user_id)
        .join(AgentGroup, AgentGroup.id == Agent.group_id)
        .where(Agent.deleted_at.is_(None), Agent.extension.is_not(None), User.is_active)
    )
    return [
        AgentProfile(
            id=agent_id,
            name=f"{first_name} {last_name}".strip() or username,
            extension=str(extension),
            group_id=group.id,
            auto_attend_inbound=group.auto_attend_inbound,
            auto_unpause_seconds=group.auto_unpause_seconds,
            force_disposition=group.force_disposition,
        )
        for agent_id, extension, first_name, last_name, username, group in rows
    ]


def _queue(campaign: Campaign, known_agents: Container[int]) -> Queue:
    queue = campaign.queue
    return Queue(
        id=campaign.id,
        name=campaign.name,
        members={member.agent_id: member.penalty for member in campaign.members if member.agent_id in known_agents},
        is_active=campaign.state == "active",
        strategy=Strategy(queue.strategy),
        weight=queue.weight,
        max_waiting=queue.max_waiting,
        max_wait_seconds=queue.max_wait_seconds,
        ring_seconds=queue.ring_seconds,
        retry_seconds=queue.retry_seconds,
        wrapup_seconds=queue.wrapup_seconds,
        welcome_media=f"{SOUNDS}/{queue.welcome_audio_id}" if queue.welcome_audio_id is not None else None,
        moh_class=moh_class(queue.moh_playlist_id),
        is_recorded=campaign.recording_enabled,
        failover=_destination(queue.failover_type, queue.failover_id) if queue.failover_type else None,
        auto_attend_inbound=campaign.auto_attend_inbound,
        auto_unpause_seconds=campaign.auto_unpause_seconds,
        force_disposition=campaign.force_disposition,
    )


def _route(route: InboundRoute) -> Route:
    return Route(
        did=route.did,
        name=route.name,
        destination=_destination(route.destination_type, route.destination_id),
        caller_id_prefix=route.caller_id_prefix,
        language=route.language,
    )


def _destination(kind: str, destination_id: int | None) -> Destination:
    return Destination(DestinationType(kind), destination_id)
