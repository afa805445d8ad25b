"""The Asterisks. All channels of a call are on one of them; those of an Asterisk that dies end with it."""

from dataclasses import replace

from omnileads.acd.core import callers
from omnileads.acd.core.events import CallerHungUp, LegEnded, NodeChanged, NodeLost, RingRefused
from omnileads.acd.core.matching import serve_queue
from omnileads.acd.core.model import Call, CallPhase
from omnileads.acd.core.world import Timer, World

TEMPORARY_FAILURE = 41
"""Q.850 cause of a leg that Asterisk did not make."""


def changed(world: World, event: NodeChanged) -> None:
    """An Asterisk takes calls, takes no new ones, or is away: its callers then keep their places until it is back."""
    for call in [call for call in world.calls.values() if not call.node]:
        # Recorded by a version that knew one Asterisk only.
        world.put_call(replace(call, node=event.node))
    world.set_node(event.node, event.state)
    if event.state == "away":
        return
    for queue_id in world.config.queues:
        serve_queue(world, queue_id)


def lost(world: World, event: NodeLost) -> None:
    """Its calls ended as if their callers had hung up, calls out that nobody had answered as if given up."""
    world.set_node(event.node, "away")
    for call in [call for call in world.calls.values() if call.node == event.node]:
        if call.is_outbound and call.phase is not CallPhase.TALKING:
            callers.leg_ended(world, LegEnded(call.leg_id or "", TEMPORARY_FAILURE))
        else:
            callers.hung_up(world, CallerHungUp(call.channel_id))
    world.forget_node(event.node)


def ring_refused(world: World, event: RingRefused) -> None:
    """An agent's own call begins on another Asterisk, before the agent has heard anything; other legs have failed."""
    leg_id = event.ring.leg_id
    call = world.call_with_leg(leg_id)
    if call is None or call.phase is not CallPhase.CALLING_AGENT or call.leg_id != leg_id:
        callers.leg_ended(world, LegEnded(leg_id, TEMPORARY_FAILURE))
        return
    if world.nodes.get(call.node) == "open":
        world.set_node(call.node, "draining")
    node = world.least_busy_node()
    if node is None:
        callers.leg_ended(world, LegEnded(leg_id, TEMPORARY_FAILURE))
    else:
        _begin_again(world, call, node, event)


def _begin_again(world: World, call: Call, node: str, event: RingRefused) -> None:
    """The leg has another name: should the first one come to be after all, nobody knows it, and it is ended."""
    leg_id = f"{call.id}-{call.next_leg}"
    offers = tuple(replace(offer, leg_id=leg_id) for offer in call.offers)
    world.put_call(replace(call, node=node, leg_id=leg_id, offers=offers, next_leg=call.next_leg + 1))
    for offer in offers:
        world.set_timer(Timer(offer.ring_until, "ring", leg_id))
    world.decision.commands.append(replace(event.ring, leg_id=leg_id))
