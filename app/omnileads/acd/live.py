"""What the boards and consoles see of the engine's state: the JSON documents `AgentLive` and `CallLive`."""

from typing import Any

from omnileads.acd.core.model import Agent, Call, CallPhase
from omnileads.acd.core.world import World

Document = dict[str, Any]


def agent_live(world: World, agent: Agent) -> Document:
    """An agent as shown now; works for one that has left the configuration too (it is then offline soon)."""
    profile = world.config.agents.get(agent.id)
    call = world.calls.get(agent.call_id or "")
    is_wrap_up = call is None and agent.call_id is not None
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
        "last_call_result": agent.last_result,
        "pause_until": agent.pause_until,
        "call_id": agent.call_id,
        "campaign_id": max(call.campaign_id, 0) if call else agent.wrap_up_campaign_id if is_wrap_up else None,
        "number": _other_side(call, agent) if call else agent.wrap_up_number if is_wrap_up else None,
        "campaigns": world.config.campaigns_of(agent.id),
        "registered": agent.is_registered,
    }


def _other_side(call: Call, agent: Agent) -> str:
    return call.did if call.caller_agent_id == agent.id else call.number


_STATES = {
    CallPhase.WELCOME: "welcome",
    CallPhase.QUEUED: "waiting",
    CallPhase.CALLING_AGENT: "dialing",
    CallPhase.DIALING: "dialing",
    CallPhase.TALKING: "talking",
}


def call_live(world: World, call: Call) -> Document | None:
    """A call as shown now; None for one that is in no campaign and with no agent, as in an IVR.

    `campaign_id` is 0 for a call outside of campaigns and for one to an agent in person.
    """
    state = _STATES.get(call.phase)
    if state is None:
        return None
    queue = world.queue(call.campaign_id)
    return {
        "call_id": call.id,
        "campaign_id": max(call.campaign_id, 0),
        "campaign_name": queue.name if queue is not None and queue.id > 0 else "",
        "direction": "outbound" if call.is_outbound else "inbound",
        "number": call.number,
        "did": call.did,
        "state": "ringing" if call.phase is CallPhase.QUEUED and call.offers else state,
        "since": call.since,
        "entered_at": call.entered_at,
        "agent_ids": [offer.agent_id for offer in call.offers] or ([call.agent_id] if call.agent_id else []),
    }
