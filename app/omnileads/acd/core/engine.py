"""The engine: one event in, one decision out.

`handle` is deterministic: the same events at the same times with the same random source give the same decisions, so a
day can be replayed. It is not thread-safe and never waits.
"""

import heapq
from collections.abc import Callable, Iterator
from random import Random

from omnileads.acd.core import agents, callers, dialogues, flow, internal, nodes, outbound, supervision, waiting
from omnileads.acd.core.commands import Decision
from omnileads.acd.core.config import RoutingConfig
from omnileads.acd.core.events import (
    AgentCallAgent,
    AgentCallOut,
    AgentDispositioned,
    AgentHangUp,
    AgentHold,
    AgentLogin,
    AgentLogout,
    AgentPause,
    AgentUnpause,
    CallArrived,
    CallerHungUp,
    ConfigurationChanged,
    CrmAnswered,
    Dialled,
    DialplanFailed,
    DigitPressed,
    Event,
    LegAnswered,
    LegEnded,
    NodeChanged,
    NodeLost,
    PlaybackFinished,
    RingRefused,
    SuperviseAgent,
    Tick,
    WebphoneChanged,
)
from omnileads.acd.core.matching import serve_queue
from omnileads.acd.core.model import CallPhase, Snapshot
from omnileads.acd.core.world import Timer, TimerKind, World

_HANDLERS = {
    CallArrived: flow.arrived,
    DialplanFailed: flow.dialplan_failed,
    CallerHungUp: callers.hung_up,
    DigitPressed: callers.digit_pressed,
    CrmAnswered: dialogues.crm_answered,
    PlaybackFinished: callers.playback_finished,
    LegAnswered: callers.leg_answered,
    LegEnded: callers.leg_ended,
    WebphoneChanged: agents.webphone_changed,
    AgentLogin: agents.login,
    AgentLogout: agents.logout,
    AgentPause: agents.pause,
    AgentUnpause: agents.unpause,
    AgentCallOut: outbound.call_out,
    AgentCallAgent: internal.call_agent,
    AgentHangUp: agents.hang_up,
    AgentHold: agents.hold,
    SuperviseAgent: supervision.supervise,
    Dialled: outbound.dialled,
    AgentDispositioned: agents.dispositioned,
    NodeChanged: nodes.changed,
    NodeLost: nodes.lost,
    RingRefused: nodes.ring_refused,
}

_TIMERS_OF_CALLS: dict[TimerKind, Callable[[World, str, int], None]] = {
    "ring": callers.ring_expired,
    "wait": callers.wait_expired,
    "announce": waiting.expired,
    "digits": dialogues.expired,
    "dial": outbound.dial_expired,
    "talk": outbound.talk_expired,
    "watch": supervision.ring_expired,
}
_TIMERS_OF_AGENTS: dict[TimerKind, Callable[[World, int, int], None]] = {
    "pause": agents.pause_expired,
    "acw": agents.acw_expired,
    "logout": agents.logout_expired,
}


class Engine:
    """Routes callers to agents.

    `unavailable_logout_seconds`: how long an agent without a webphone stays logged in.
    """

    def __init__(self, config: RoutingConfig, random: Random, *, unavailable_logout_seconds: int = 300) -> None:
        self.world = World(config, random, unavailable_logout_ms=unavailable_logout_seconds * 1000)

    def handle(self, event: Event, now: int) -> Decision:
        """Decide what follows from `event` at `now` (epoch ms). Timers that are due are decided first, in order."""
        world = self.world
        world.decision = decision = Decision()
        self._run_timers(now)
        world.now = now
        if isinstance(event, ConfigurationChanged):
            self._reconfigure(event.config)
        elif not isinstance(event, Tick):
            _HANDLERS[type(event)](world, event)  # type: ignore[operator] # each handler takes its own event type
        self._finish_step()
        return decision

    def restore(self, snapshot: Snapshot, now: int) -> None:
        """Take over what a former process left; what became of it meanwhile is then told by events."""
        self.world.restore(snapshot, now)

    @property
    def next_deadline(self) -> int | None:
        """When to send the next `Tick` (epoch ms), None if nothing is pending."""
        return self.world.timers[0].due if self.world.timers else None

    def _run_timers(self, now: int) -> None:
        timers = self.world.timers
        while timers and timers[0].due <= now:
            timer = heapq.heappop(timers)
            self.world.now = max(self.world.now, timer.due)
            if timer.kind == "rest":
                agents.rest_expired(self.world, [timer, *self._others_due_with(timer)])
            else:
                self._run_timer(timer)
            self._finish_step()

    def _finish_step(self) -> None:
        """Carry out what a step left behind for when it is done."""
        flow.send_pending(self.world)
        supervision.end_watches(self.world)
        internal.free_callers(self.world)

    def _others_due_with(self, first: Timer) -> Iterator[Timer]:
        """Take the timers of the same kind that are due in the same millisecond; they lie next to each other."""
        timers = self.world.timers
        while timers and timers[0][:2] == first[:2]:
            yield heapq.heappop(timers)

    def _run_timer(self, timer: Timer) -> None:
        if timer.kind in _TIMERS_OF_CALLS:
            _TIMERS_OF_CALLS[timer.kind](self.world, timer.key, timer.due)
        else:
            _TIMERS_OF_AGENTS[timer.kind](self.world, timer.agent_id, timer.due)

    def _reconfigure(self, config: RoutingConfig) -> None:
        world = self.world
        world.apply_config(config)
        for call in list(world.calls.values()):
            if call.phase is CallPhase.QUEUED and world.queue(call.campaign_id) is None:
                callers.queue_removed(world, call)
        for queue_id in config.queues:
            serve_queue(world, queue_id)
