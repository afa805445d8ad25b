"""Reads the routing configuration from Postgres. Called in a thread; one transaction, a few statements."""

from collections.abc import Container
from datetime import tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.accounts.models import User
from omnileads.acd.core.config import AgentProfile, Queue, Route, RoutingConfig, Strategy
from omnileads.acd.flow_configuration import destination, load_flow, media
from omnileads.agents.models import Agent, AgentGroup, Pause, PauseSetPause
from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.telephony.models import InboundRoute
from omnileads.telephony.moh_playlists import moh_class


def load(session: Session, timezone: tzinfo) -> RoutingConfig:
    """The configuration in force: agents and campaigns that are not deleted, campaigns that are not finished.

    `timezone` is the installation's; time conditions are meant in it.
    """
    agents = {profile.id: profile for profile in _profiles(session)}
    campaigns = session.scalars(select(Campaign).where(Campaign.deleted_at.is_(None), Campaign.state != "finished"))
    pauses = session.execute(select(Pause.id, Pause.name).where(Pause.deleted_at.is_(None)))
    routes = session.scalars(select(InboundRoute))
    return RoutingConfig(
        queues={campaign.id: _queue(campaign, agents.keys()) for campaign in campaigns},
        agents=agents,
        routes={route.did: _route(route) for route in routes},
        pauses={str(pause_id): name for pause_id, name in pauses},
        timezone=timezone,
        **load_flow(session),
    )


def _profiles(session: Session) -> list[AgentProfile]:
    limits = _pause_limits(session)
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
            force_unpause=group.force_unpause,
            may_call_off_campaign=group.allow_off_campaign_calls,
            may_call_agents=group.allow_calls_between_agents,
            manual_call_kinds=frozenset(group.manual_call_campaign_kinds),
            pause_limits=limits.get(group.pause_set_id, {}),
        )
        for agent_id, extension, first_name, last_name, username, group in rows
    ]


def _pause_limits(session: Session) -> dict[int | None, dict[str, int]]:
    """Pause set id -> pause id -> seconds; pauses without a limit are left out."""
    limits: dict[int | None, dict[str, int]] = {}
    for row in session.scalars(select(PauseSetPause).where(PauseSetPause.limit_seconds > 0)):
        limits.setdefault(row.pause_set_id, {})[str(row.pause_id)] = row.limit_seconds
    return limits


def _queue(campaign: Campaign, known_agents: Container[int]) -> Queue:
    """A campaign without a queue has the durations of a `Queue`; nobody waits in it."""
    return Queue(
        id=campaign.id,
        name=campaign.name,
        kind=campaign.kind,
        members={member.agent_id: member.penalty for member in campaign.members if member.agent_id in known_agents},
        is_active=campaign.state == "active",
        is_recorded=campaign.recording_enabled,
        auto_attend_inbound=campaign.auto_attend,
        auto_unpause_seconds=campaign.auto_unpause_seconds,
        force_disposition=campaign.force_disposition,
        outbound_route_id=campaign.outbound_route_id,
        caller_id=campaign.caller_id,
        **(_waiting(campaign.queue) if campaign.queue is not None else {}),
    )


def _waiting(queue: CampaignQueue) -> dict[str, Any]:
    """How callers wait."""
    return {
        "strategy": Strategy(queue.strategy),
        "weight": queue.weight,
        "max_waiting": queue.max_waiting,
        "max_wait_seconds": queue.max_wait_seconds,
        "ring_seconds": queue.ring_seconds,
        "retry_seconds": queue.retry_seconds,
        "wrapup_seconds": queue.wrapup_seconds,
        "welcome_media": _sound(queue.welcome_audio_id),
        "moh_class": moh_class(queue.moh_playlist_id),
        "failover": destination(queue.failover_type, queue.failover_id) if queue.failover_type else None,
        "announce_position": queue.announce_position,
        "announce_hold_time": queue.announce_hold_time,
        "announce_seconds": queue.announce_seconds,
        "periodic_media": _sound(queue.periodic_audio_id),
        "periodic_seconds": queue.periodic_seconds,
        "exit_ivr_id": queue.exit_ivr_id,
        "agent_media": _sound(queue.agent_audio_id),
    }


def _sound(audio_id: int | None) -> str | None:
    return media(audio_id) if audio_id is not None else None


def _route(route: InboundRoute) -> Route:
    return Route(
        did=route.did,
        name=route.name,
        destination=destination(route.destination_type, route.destination_id),
        caller_id_prefix=route.caller_id_prefix,
        language=route.language,
    )
