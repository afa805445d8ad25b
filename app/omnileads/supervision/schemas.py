"""Live state as the boards receive it. Times are milliseconds since 1970, in the server's clock."""

from __future__ import annotations

from typing import Literal

from omnileads.agents.schemas import AgentLive
from omnileads.kit.schemas import ResponseModel


class CallLive(ResponseModel):
    """A call in progress. `entered_at` is when it entered its queue (or the platform, before that)."""

    call_id: str
    campaign_id: int | None
    campaign_name: str | None
    number: str
    did: str | None
    direction: Literal["inbound", "outbound"] = "inbound"
    state: Literal["welcome", "waiting", "ringing", "dialing", "talking"]
    since: int
    entered_at: int
    agent_ids: list[int]


class LiveSnapshot(ResponseModel):
    type: Literal["snapshot"] = "snapshot"
    agents: list[AgentLive]
    calls: list[CallLive]
    now: int


class CampaignToday(ResponseModel):
    """An inbound campaign's counters since midnight, in the time zone of the installation, and its state now.

    `service_level` is answered within `service_level_seconds` divided by answered, abandoned and expired together;
    null before the first of them. `objective_percent` is null without an objective.
    """

    campaign_id: int
    name: str
    received: int
    attended: int
    abandoned: int
    abandoned_welcome: int
    expired: int
    average_wait_seconds: float | None
    average_abandon_seconds: float | None
    service_level: float | None
    service_level_seconds: int
    engaged: int
    positive: int
    objective: int
    objective_percent: float | None
    abandoned_percent: float | None
    waiting: int | None
    longest_waiting_since: int | None
    agents_online: int | None
    agents_on_call: int | None
    agents_paused: int | None


class CampaignsToday(ResponseModel):
    """`since` is the start of the counted day; counts of the present moment are null when Redis is not reachable."""

    since: int
    now: int
    campaigns: list[CampaignToday]
