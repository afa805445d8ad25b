"""What the boards and consoles see of the engine's state: the JSON documents `AgentLive` and `CallLive`."""

from typing import Any

from omnileads.acd.core.model import Agent, Call, CallPhase
from omnileads.acd.core.world import World

Document = dict[str, Any]


def agent_live(world: World, agent: Agent) -> Document:
    """An agent as shown now; works for one that has left the configuration too (it is then offline soon)."""
    profile = world.config.agents.get(agent.id)
    call = world.calls.get(agent.call_id or "")
    return {
        "agent_id": agent.id,
        "name": profile.name if profile else "",
        "extension": int(profile.extension) if profile else 0,
        "group_id": profile.group_id if profile else 0,
        "status": agent.status.value,
        "pause_id": agent.pause_id,
        "pause_name": world.config.pauses.get(agent.pause_id or ""),
        "pending_pause_id": agent.pending_pause_id,
        "since": agent.since,
        "acw_until": agent.acw_until,
        "must_disposition": agent.owes_disposition,
        "call_id": agent.call_id,
        "campaign_id": call.campaign_id if call else None,
        "number": call.number if call else None,
        "campaigns": list(world.config.memberships.get(agent.id, ())),
        "registered": agent.is_registered,
    }


def call_live(world: World, call: Call) -> Document | None:
    """A caller as shown now; None for one that is in no campaign."""
    queue = world.queue(call.campaign_id)
    if call.campaign_id == 0 or call.phase is CallPhase.CLOSING:
        return None
    return {
        "call_id": call.id,
        "campaign_id": call.campaign_id,
        "campaign_name": queue.name if queue else "",
        "number": call.number,
        "did": call.did,
        "state": _state(call),
        "since": call.since,
        "entered_at": call.entered_at,
        "agent_ids": [offer.agent_id for offer in call.offers] or ([call.agent_id] if call.agent_id else []),
    }


def _state(call: Call) -> str:
    if call.phase is CallPhase.QUEUED:
        return "ringing" if call.offers else "waiting"
    return "welcome" if call.phase is CallPhase.WELCOME else "talking"
