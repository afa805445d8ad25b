"""The running call engine: joins the core with Asterisk, Redis and Postgres.

Everything that happens is told to the engine on one event loop, one event at a time; what follows is carried out
beside it. No decision waits for Redis, Postgres or Asterisk.
"""

import asyncio
import time
from collections.abc import Callable
from random import SystemRandom
from typing import Any

import redis.asyncio
import structlog
from prometheus_client import Counter, Gauge, Histogram
from redis.exceptions import RedisError

from omnileads.acd.ari.fleet import Fleet
from omnileads.acd.ari.node import Listener
from omnileads.acd.ari.telephony import Telephony
from omnileads.acd.core.commands import Decision
from omnileads.acd.core.config import RoutingConfig
from omnileads.acd.core.engine import Engine
from omnileads.acd.core.events import ConfigurationChanged, Event, Tick, WebphoneChanged
from omnileads.acd.core.model import CallEvent
from omnileads.acd.crm import Crm
from omnileads.acd.live import agent_live
from omnileads.acd.store import Store
from omnileads.kit.ids import new_id
from omnileads.settings import AcdSettings

log = structlog.get_logger(__name__)

_RECONNECT_SECONDS = 0.5

_DECISIONS = Histogram(
    "oml_acd_decision_seconds", "Time one decision takes.", buckets=(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 1e-1)
)
_EVENTS = Counter("oml_acd_call_events_total", "Lines of the call log by event.", ["event"])
_CALLS = Gauge("oml_acd_calls", "Calls in the engine now, by the Asterisk that has them.", ["asterisk"])
_CALLS.labels("").set(0)  # An engine that stands by has a value too.


def epoch_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class CallIds:
    """Ids for calls that sort in the order of arrival, even within a millisecond."""

    def __init__(self, clock: Callable[[], int] = epoch_ms) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """A new id, greater than all before."""
        self._last = max(self._last + 1, self._clock())
        return new_id(self._last)


class Runner:
    """One engine at work."""

    def __init__(
        self,
        settings: AcdSettings,
        client: redis.asyncio.Redis,
        config: RoutingConfig,
    ) -> None:
        self._settings = settings
        self.engine = Engine(config, SystemRandom(), unavailable_logout_seconds=settings.acd.unavailable_logout_seconds)
        self.store = Store(client, self.engine.world, settings.redis.acknowledged_by)
        self._kamailios: dict[str, str] = {}
        """`host:port` of the Kamailio where a webphone is, by extension"""
        self._ids = CallIds()
        self._crm = Crm(settings.outgoing)
        listener = Listener(self.engine.world, self.tell, self._ids.new)
        lost_seconds = settings.acd.lost_asterisk_seconds
        self.asterisks = Fleet(settings.asterisk, lost_seconds, self._telephony, listener)
        self._timer: asyncio.TimerHandle | None = None
        self._counted: set[str] = set()
        """Asterisks whose calls are among the metrics"""

    # --- deciding ------------------------------------------------------------------------------------------------

    def tell(self, event: Event, origin: str = "") -> Decision:
        """Have the engine decide on an event, and set in motion what follows. `origin`: the Asterisk it comes from."""
        with _DECISIONS.time():
            decision = self.engine.handle(event, epoch_ms())
        self._follow(decision, origin)
        return decision

    def answer(self, event: Event) -> dict[str, Any]:
        """Decide an agent's request; the reply as `requests` documents it."""
        decision = self.tell(event)
        if decision.refusal is not None:
            code, message = decision.refusal
            return {"ok": False, "code": code, "message": message}
        agent = self.engine.world.agent(getattr(event, "agent_id", 0))
        return {"ok": True, "agent": agent_live(self.engine.world, agent)}

    def webphone(self, extension: str, kamailio: str | None) -> None:
        """A webphone's state as Kamailio tells it (`webphones.Report`); a repetition changes nothing."""
        if kamailio:
            self._kamailios[extension] = kamailio
        else:
            self._kamailios.pop(extension, None)
        self.tell(WebphoneChanged(extension, kamailio is not None))

    def reconfigure(self, config: RoutingConfig) -> None:
        """Put a new configuration in force."""
        self.tell(ConfigurationChanged(config))

    def extensions(self) -> list[str]:
        """The extensions whose webphones matter."""
        return list(self.engine.world.config.agents_by_extension)

    async def recover(self) -> None:
        """Take over what the last engine left in Redis, waiting for Redis if need be."""
        while True:
            try:
                snapshot = await self.store.load()
                self.engine.restore(snapshot, epoch_ms())
                await self.store.reset_live()
            except RedisError as error:
                log.warning("acd.redis-away", reason=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)
            else:
                log.info("acd.recovered", calls=len(snapshot.calls), agents=len(snapshot.agents))
                return

    # --- following up --------------------------------------------------------------------------------------------

    def _telephony(self, node: str) -> Telephony:
        return Telephony(self._settings.kamailio, self._crm, lambda event: self.tell(event, node), self._kamailios)

    def _follow(self, decision: Decision, origin: str) -> None:
        for line in decision.log:
            if isinstance(line, CallEvent):
                _EVENTS.labels(line.event).inc()
                log.info(
                    "call.event",
                    call_id=line.call_id,
                    call_event=line.event,
                    campaign_id=line.campaign_id,
                    agent_id=line.agent_id,
                )
        self.store.record(decision)
        self.asterisks.submit(decision, origin)
        self._count_calls()
        self._set_timer()

    def _count_calls(self) -> None:
        counts = self.engine.world.node_calls
        for node in self._counted - counts.keys():
            _CALLS.remove(node)
        for node, count in counts.items():
            _CALLS.labels(node).set(count)
        self._counted = set(counts) - {""}

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.engine.next_deadline
        if due is not None:
            delay = max(0.0, (due - epoch_ms()) / 1000)
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.tell(Tick())
