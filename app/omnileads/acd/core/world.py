"""All calls and agents, with the indexes that make a decision cheap.

`put_call` and `put_agent` are the only ways to change a record; they keep every index in step. Nothing here decides.
"""

import heapq
from collections import Counter, deque
from dataclasses import replace
from random import Random
from typing import Literal, NamedTuple

from sortedcontainers import SortedList

from omnileads.acd.core.commands import Decision
from omnileads.acd.core.config import Destination, Queue, RoutingConfig
from omnileads.acd.core.model import Agent, Call, CallPhase, MemberStats, NodeState, Snapshot, Watch
from omnileads.acd.core.selection import ReadyAgents

TimerKind = Literal["ring", "wait", "announce", "digits", "dial", "talk", "watch", "acw", "pause", "rest", "logout"]


class Timer(NamedTuple):
    """When to look at a record again. One whose record has moved on meanwhile is ignored when it is due."""

    due: int
    """epoch ms"""
    kind: TimerKind
    key: str = ""
    """the leg that rings, also a supervisor's, the call that waits, asks, dials or talks"""
    agent_id: int = 0
    queue_id: int = 0


WaitingKey = tuple[int, int, str]
"""(0 for callers that lost their agent else 1, when they entered, call id): the order of service"""


class World:
    """The state of the engine. It is replaced by nothing and shared with nobody."""

    def __init__(self, config: RoutingConfig, random: Random, *, unavailable_logout_ms: int) -> None:
        self.config = config
        self.random = random
        self.unavailable_logout_ms = unavailable_logout_ms
        self.calls: dict[str, Call] = {}
        self.agents: dict[int, Agent] = {}
        self.stats: dict[tuple[int, int], MemberStats] = {}
        self.ready: dict[int, ReadyAgents] = {}
        self.waiting: dict[int, SortedList[WaitingKey]] = {}
        self.queued: Counter[int] = Counter()
        """callers in each queue, those being offered included"""
        self.trunk_calls: Counter[int] = Counter()
        """calls that use a channel of each trunk"""
        self.nodes: dict[str, NodeState] = {}
        """the Asterisks, by their addresses"""
        self.node_calls: Counter[str] = Counter()
        """calls on each Asterisk"""
        self.expected_waits: dict[int, float] = {}
        """seconds that callers of each queue waited of late; a new engine learns them anew"""
        self.to_send: deque[tuple[str, Destination | None]] = deque()
        """calls to send to a destination when the present step is done"""
        self.freed: deque[tuple[int, str | None]] = deque()
        """agents whose call between agents has just ended, with the reason if nobody took it"""
        self.unwatched: deque[tuple[str, Watch]] = deque()
        """supervisors whose agent has just left the call, with the call"""
        self.call_of_channel: dict[str, str] = {}
        self.call_of_leg: dict[str, str] = {}
        self.call_of_playback: dict[str, str] = {}
        self.call_of_watch: dict[str, str] = {}
        """supervisors' legs -> calls"""
        self.timers: list[Timer] = []
        self.decision = Decision()
        self.now = 0
        self._index_queues()

    # --- reading -------------------------------------------------------------------------------------------------

    def agent(self, agent_id: int) -> Agent:
        """The agent's record; one that has never worked is offline."""
        return self.agents.get(agent_id) or Agent(id=agent_id)

    def queue(self, campaign_id: int) -> Queue | None:
        """The queue of a campaign, None if there is no such inbound campaign (any more)."""
        return self.config.queues.get(campaign_id)

    def member(self, queue_id: int, agent_id: int) -> MemberStats:
        """What the strategies remember of this membership; created at first use."""
        return self.stats.setdefault((queue_id, agent_id), MemberStats())

    def call_with_channel(self, channel_id: str) -> Call | None:
        """The call whose caller is on this channel."""
        return self.calls.get(self.call_of_channel.get(channel_id, ""))

    def call_with_leg(self, leg_id: str) -> Call | None:
        """The call that this agent's leg belongs to."""
        return self.calls.get(self.call_of_leg.get(leg_id, ""))

    def call_with_playback(self, playback_id: str) -> Call | None:
        """The call that hears this announcement."""
        return self.calls.get(self.call_of_playback.get(playback_id, ""))

    def place_in_queue(self, call: Call) -> int:
        """1 for the caller who is served next; those ringing at an agent are before everybody who is not."""
        ahead = self.queued[call.campaign_id] - len(self.waiting[call.campaign_id])
        return 1 + (0 if call.offers else ahead + self.waiting[call.campaign_id].bisect_left(_waiting_key(call)))

    def least_busy_node(self) -> str | None:
        """The Asterisk on which a call begins best; None while none takes new calls."""
        usable = [node for node, state in self.nodes.items() if state == "open"]
        return min(usable, key=lambda node: (self.node_calls[node], node), default=None)

    # --- changing ------------------------------------------------------------------------------------------------

    def put_call(self, call: Call) -> Call:
        """Store a new version of a call, without the supervisors of an agent who has left it."""
        if lost := call.lost_watches if call.watches else ():
            self.unwatched += [(call.id, watch) for watch in lost]
            call = replace(call, watches=tuple(watch for watch in call.watches if watch not in lost))
        self._unindex_call(self.calls.get(call.id))
        self.calls[call.id] = call
        self._index_call(call)
        self.decision.calls.add(call.id)
        return call

    def drop_call(self, call: Call) -> None:
        """Forget a call that has ended."""
        if call.caller_agent_id is not None and not call.is_outbound:
            result = None if call.phase is CallPhase.TALKING else "NOANSWER"
            self.freed.append((call.caller_agent_id, result))
            if call.phase is CallPhase.TALKING and call.agent_id is not None:
                self.freed.append((call.agent_id, None))
        stored = self.calls.pop(call.id, None)
        if stored is not None:
            self.unwatched += [(call.id, watch) for watch in stored.watches]
        self._unindex_call(stored)
        self.decision.calls.add(call.id)
        self.decision.ended[call.id] = call.node

    def put_agent(self, agent: Agent) -> Agent:
        """Store a new version of an agent and bring the queues' ready lists in step."""
        self.agents[agent.id] = agent
        for queue_id in self.config.memberships.get(agent.id, ()):
            self.refresh_member(queue_id, agent)
        self.decision.agents.add(agent.id)
        return agent

    def refresh_member(self, queue_id: int, agent: Agent) -> None:
        """List or unlist an agent as ready in one queue; a resting member gets a timer for the end of its rest."""
        ready = self.ready[queue_id]
        stats = self.member(queue_id, agent.id)
        if not agent.is_ready:
            ready.discard(agent.id)
        elif stats.resting_until > self.now:
            ready.discard(agent.id)
            self.set_timer(Timer(stats.resting_until, "rest", agent_id=agent.id, queue_id=queue_id))
        else:
            ready.add(agent.id, stats)

    def set_node(self, node: str, state: NodeState) -> None:
        """Note what may be done on an Asterisk. Callers on one that is away are offered to nobody."""
        is_listing_changed = (self.nodes.get(node) == "away") != (state == "away")
        self.nodes[node] = state
        if is_listing_changed:
            self._list_waiting()

    def forget_node(self, node: str) -> None:
        """It is gone, and has no calls any more."""
        self.nodes.pop(node, None)
        self.node_calls.pop(node, None)

    def set_timer(self, timer: Timer) -> None:
        """Ask to be woken at `timer.due`."""
        heapq.heappush(self.timers, timer)

    def apply_config(self, config: RoutingConfig) -> None:
        """Put a new configuration in force for all records."""
        self.config = config
        self._index_queues()
        for call in self.calls.values():
            if call.campaign_id not in self.waiting:
                self.waiting[call.campaign_id] = SortedList()
        self._list_waiting()
        for agent in list(self.agents.values()):
            self.put_agent(agent)

    def restore(self, snapshot: Snapshot, now: int) -> None:
        """Take over the state that a former process left behind."""
        self.now = now
        self.stats.update(snapshot.members)
        self.nodes = {call.node: "away" for call in snapshot.calls if call.node}
        for call in snapshot.calls:
            self.put_call(call)
            self._restore_timers(call)
        for agent in snapshot.agents:
            self.put_agent(agent)
            if agent.acw_until is not None:
                self.set_timer(Timer(agent.acw_until, "acw", agent_id=agent.id))
            if agent.pause_until is not None:
                self.set_timer(Timer(agent.pause_until, "pause", agent_id=agent.id))
            if agent.logout_at is not None:
                self.set_timer(Timer(agent.logout_at, "logout", agent_id=agent.id))

    def snapshot(self) -> Snapshot:
        """The state that must outlive the process."""
        return Snapshot(calls=list(self.calls.values()), agents=list(self.agents.values()), members=dict(self.stats))

    # --- indexes -------------------------------------------------------------------------------------------------

    def _index_queues(self) -> None:
        for queue in self.config.queues.values():
            if queue.id in self.ready:
                self.ready[queue.id].configure(queue)
            else:
                self.ready[queue.id] = ReadyAgents(queue)
            self.waiting.setdefault(queue.id, SortedList())
        for queue_id in self.ready.keys() - self.config.queues.keys():
            del self.ready[queue_id]

    def _list_waiting(self) -> None:
        for keys in self.waiting.values():
            keys.clear()
        self.queued.clear()
        for call in self.calls.values():
            if call.phase is CallPhase.QUEUED:
                self._index_queued(call)

    def _index_call(self, call: Call) -> None:
        if call.channel_id:
            self.call_of_channel[call.channel_id] = call.id
        self.trunk_calls[call.trunk_id] += 1
        self.node_calls[call.node] += 1
        for offer in call.offers:
            self.call_of_leg[offer.leg_id] = call.id
        if call.leg_id is not None:
            self.call_of_leg[call.leg_id] = call.id
        if call.playback_id is not None:
            self.call_of_playback[call.playback_id] = call.id
        for watch in call.watches:
            self.call_of_watch[watch.leg_id] = call.id
        if call.phase is CallPhase.QUEUED:
            self._index_queued(call)

    def _index_queued(self, call: Call) -> None:
        self.queued[call.campaign_id] += 1
        if not call.offers and self.nodes.get(call.node) != "away":
            self.waiting.setdefault(call.campaign_id, SortedList()).add(_waiting_key(call))

    def _unindex_call(self, call: Call | None) -> None:
        if call is None:
            return
        self.call_of_channel.pop(call.channel_id, None)
        self.trunk_calls[call.trunk_id] -= 1
        self.node_calls[call.node] -= 1
        for offer in call.offers:
            self.call_of_leg.pop(offer.leg_id, None)
        if call.leg_id is not None:
            self.call_of_leg.pop(call.leg_id, None)
        if call.playback_id is not None:
            self.call_of_playback.pop(call.playback_id, None)
        for watch in call.watches:
            self.call_of_watch.pop(watch.leg_id, None)
        if call.phase is CallPhase.QUEUED:
            self.queued[call.campaign_id] -= 1
            self.waiting[call.campaign_id].discard(_waiting_key(call))

    def _restore_timers(self, call: Call) -> None:
        if call.wait_until is not None:
            self.set_timer(Timer(call.wait_until, "wait", call.id))
        if call.announce_at is not None:
            self.set_timer(Timer(call.announce_at, "announce", call.id))
        for offer in call.offers:
            self.set_timer(Timer(offer.ring_until, "ring", offer.leg_id))
        for watch in call.watches:
            self.set_timer(Timer(watch.ring_until, "watch", watch.leg_id))
        if call.dialogue is not None and call.dialogue.due is not None:
            self.set_timer(Timer(call.dialogue.due, "digits", call.id))
        if call.dial is not None and call.phase is CallPhase.DIALING:
            self.set_timer(Timer(call.dial.ring_until, "dial", call.id))
        if call.dial is not None and call.dial.talk_until is not None:
            self.set_timer(Timer(call.dial.talk_until, "talk", call.id))


def _waiting_key(call: Call) -> WaitingKey:
    return (0 if call.is_priority else 1, call.entered_at, call.id)
