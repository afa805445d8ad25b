"""Bringing waiting callers and ready agents together."""

from collections.abc import Iterable
from dataclasses import replace

from omnileads.acd.core.commands import RingAgent
from omnileads.acd.core.config import CAMPAIGN_TYPES, AgentProfile, Queue
from omnileads.acd.core.model import Call, Offer
from omnileads.acd.core.recording import recording_path
from omnileads.acd.core.steps import call_type
from omnileads.acd.core.world import Timer, World


def serve_queue(world: World, queue_id: int) -> None:
    """Offer the queue's callers, longest waiting first, until callers or ready agents run out."""
    queue, waiting = world.queue(queue_id), world.waiting.get(queue_id)
    if queue is None or waiting is None:
        return
    ready = world.ready[queue_id]
    while waiting and len(ready):
        offer(world, world.calls[waiting[0][2]], queue, ready.choose(world.random))


def serve_agents(world: World, agent_ids: Iterable[int]) -> None:
    """These agents became ready: serve their queues, the heaviest first and, among equals, the longest waiting."""
    for agent_id in agent_ids:
        queues = [queue_id for queue_id in world.config.memberships.get(agent_id, ()) if world.waiting.get(queue_id)]
        queues.sort(key=lambda queue_id: (-world.config.queues[queue_id].weight, world.waiting[queue_id][0]))
        for queue_id in queues:
            serve_queue(world, queue_id)


def offer(world: World, call: Call, queue: Queue, agent_ids: list[int]) -> None:
    """Ring these agents for this caller."""
    offers = []
    for number, agent_id in enumerate(agent_ids, start=call.next_leg):
        profile = world.config.agents[agent_id]
        leg_id = f"{call.id}-{number}"
        recording = (
            recording_path(world, call, kind="inbound", agent_id=agent_id, leg_id=leg_id) if queue.is_recorded else None
        )
        placed = Offer(
            leg_id=leg_id,
            agent_id=agent_id,
            ring_until=world.now + queue.ring_seconds * 1000,
            recording=recording,
        )
        offers.append(placed)
        world.set_timer(Timer(placed.ring_until, "ring", leg_id))
        world.put_agent(replace(world.agent(agent_id), is_ringing=True, call_id=call.id, since=world.now))
        world.decision.commands.append(_ring(world, call, queue, profile, placed))
    world.put_call(replace(call, offers=(*call.offers, *offers), next_leg=call.next_leg + len(offers), since=world.now))


def attends_automatically(queue: Queue, profile: AgentProfile) -> bool:
    """The campaign's setting, or the group's where the campaign has none. So also the two below."""
    return profile.auto_attend_inbound if queue.auto_attend_inbound is None else queue.auto_attend_inbound


def unpause_seconds(queue: Queue | None, profile: AgentProfile) -> int:
    """Seconds of after-call work; 0 = until the agent ends it."""
    if queue is None or queue.auto_unpause_seconds is None:
        return profile.auto_unpause_seconds
    return queue.auto_unpause_seconds


def must_disposition(queue: Queue, profile: AgentProfile) -> bool:
    """Whether the agent cannot go on without storing a disposition."""
    return profile.force_disposition if queue.force_disposition is None else queue.force_disposition


def _ring(world: World, call: Call, queue: Queue, profile: AgentProfile, placed: Offer) -> RingAgent:
    route = world.config.route_for(call.did)
    prefix = route.caller_id_prefix if route else ""
    headers = {
        "OMLCALLID": call.id,
        "Origin": "IN" if call.caller_agent_id is None else "agentCall",
        "IDCamp": str(max(queue.id, 0)),
        "OMLCAMPNAME": queue.name,
        "OMLCAMPTYPE": str(CAMPAIGN_TYPES[queue.kind]),
        "OMLCALLTYPEIDTYPE": str(call_type(call, queue).value),
        "OMLOUTNUM": call.number,
        "OMLDID": call.did,
        "OMLINROUTENAME": call.route_name,
        **({"OMLCALLERIDPREFIX": prefix} if prefix else {}),
        "AUTO_ATTEND_INBOUND": str(attends_automatically(queue, profile)),
        "AUTO_UNPAUSE": str(unpause_seconds(queue, profile)),
        "FORCE_DISPOSITION": str(must_disposition(queue, profile)),
        "OMLCallWaitDuration": str((world.now - call.entered_at) // 1000),
        "OML-Ring-Seconds": str(queue.ring_seconds),
        **({"OMLFROMAGENT": str(call.caller_agent_id)} if call.caller_agent_id is not None else {}),
        **({"IDCliente": call.customer_id} if call.customer_id else {}),
        **dict(call.dialplan_data),
    }
    return RingAgent(
        call_id=call.id,
        leg_id=placed.leg_id,
        extension=profile.extension,
        caller_id=f"{prefix}{call.number}",
        timeout_seconds=queue.ring_seconds + 2,
        recording=placed.recording,
        headers=headers,
    )
