"""Campaigns as they are answered: with names of people, and with what waits in them now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import redis
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.agents.models import Agent
from omnileads.agents.names import agent_names
from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.campaigns.schemas import DispositionOptionOut, InboundCampaignOut, MemberOut
from omnileads.telephony.destinations import DestinationNames, ref_of
from omnileads.telephony.schemas import Destination, DestinationOut

LIVE_CALLS: Final = "oml:live:calls"
"""Hash: call id -> CallLive as JSON."""


class CampaignPresenter:
    def __init__(self, session: Session, client: redis.Redis) -> None:
        self._session = session
        self._client = client

    def present(self, campaigns: Sequence[Campaign]) -> dict[int, InboundCampaignOut]:
        """Answers by campaign id. The live state being away is no reason not to answer."""
        agent_ids = {member.agent_id for campaign in campaigns for member in campaign.members}
        names = agent_names(self._session, agent_ids)
        extensions = self._extensions(agent_ids)
        failovers = DestinationNames(self._session, [ref_of(failover_of(campaign.queue)) for campaign in campaigns])
        waiting = self._waiting()
        return {
            campaign.id: InboundCampaignOut(
                **_columns(campaign, ("id", "name", "state", "objective", "recording_enabled")),
                **_columns(campaign, ("auto_attend", "auto_unpause_seconds", "force_disposition")),
                **_queue_columns(campaign.queue),
                failover=_failover(campaign.queue, failovers),
                members=[
                    MemberOut(
                        agent_id=member.agent_id,
                        penalty=member.penalty,
                        name=names.get(member.agent_id, ""),
                        extension=extensions.get(member.agent_id),
                    )
                    for member in campaign.members
                ],
                supervisor_ids=[row.user_id for row in campaign.supervisors],
                dispositions=[DispositionOptionOut.model_validate(option) for option in campaign.disposition_options],
                waiting=waiting.get(campaign.id, 0) if waiting is not None else None,
            )
            for campaign in campaigns
        }

    def calls_now(self) -> Mapping[int, int]:
        """How many calls are in each campaign, in whatever state. Raises RedisError."""
        return Counter(int(call.get("campaign_id") or 0) for call in self._live_calls())

    def _waiting(self) -> Mapping[int, int] | None:
        try:
            calls = self._live_calls()
        except RedisError:
            return None
        return Counter(int(call["campaign_id"]) for call in calls if call.get("state") in ("waiting", "ringing"))

    def _live_calls(self) -> list[dict[str, Any]]:
        documents = cast("dict[str, str]", self._client.hgetall(LIVE_CALLS))
        return [json.loads(document) for document in documents.values()]

    def _extensions(self, agent_ids: Iterable[int]) -> dict[int, int]:
        rows = self._session.execute(select(Agent.id, Agent.extension).where(Agent.id.in_(list(agent_ids))))
        return dict(rows.all())


def _columns(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _queue_columns(queue: CampaignQueue) -> dict[str, Any]:
    return _columns(
        queue,
        (
            "strategy",
            "weight",
            "max_waiting",
            "max_wait_seconds",
            "ring_seconds",
            "retry_seconds",
            "wrapup_seconds",
            "service_level_seconds",
            "welcome_audio_id",
            "moh_playlist_id",
        ),
    )


def failover_of(queue: CampaignQueue) -> Destination | None:
    """Where callers go whom the queue does not keep; None when they are hung up on."""
    if queue.failover_type is None:
        return None
    return Destination(type=queue.failover_type, id=queue.failover_id)


def _failover(queue: CampaignQueue, names: DestinationNames) -> DestinationOut | None:
    return names.answer(queue.failover_type, queue.failover_id) if queue.failover_type is not None else None
