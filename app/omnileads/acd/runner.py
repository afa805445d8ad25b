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

from omnileads.acd.ari import reconciliation
from omnileads.acd.ari.connection import AriConnection, AriRefused, AriUnavailable
from omnileads.acd.ari.telephony import Telephony
from omnileads.acd.ari.translation import translate
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
_CONNECTED = Gauge("oml_acd_asterisk_connected", "1 while connected to Asterisk.")
_CALLS = Gauge("oml_acd_calls", "Calls in the engine now.")


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
        self.telephony = Telephony(settings.kamailio, Crm(settings.outgoing), self.tell)
        self.is_connected = False
        self._ids = CallIds()
        self._timer: asyncio.TimerHandle | None = None

    # --- deciding ------------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> Decision:
        """Have the engine decide on an event, and set in motion what follows."""
        with _DECISIONS.time():
            decision = self.engine.handle(event, epoch_ms())
        self._follow(decision)
        return decision

    def answer(self, event: Event) -> dict[str, Any]:
        """Decide an agent's request; the reply as `requests` documents it."""
        decision = self.tell(event)
        if decision.refusal is not None:
            code, message = decision.refusal
            return {"ok": False, "code": code, "message": message}
        agent = self.engine.world.agent(getattr(event, "agent_id", 0))
        return {"ok": True, "agent": agent_live(self.engine.world, agent)}

    def webphone(self, extension: str, is_registered: bool) -> None:  # noqa: FBT001 - the watcher's signature
        """A webphone's state as Kamailio tells it; a repetition changes nothing."""
        self.tell(WebphoneChanged(extension, is_registered))

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

    # --- Asterisk ------------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Stay connected to Asterisk, for ever."""
        is_announced = False
        while True:
            try:
                connection = await AriConnection.open(self._settings.asterisk)
            except AriUnavailable as error:
                if not is_announced:
                    log.warning("acd.asterisk-away", reason=str(error))
                is_announced = True
            else:
                is_announced = False
                await self._serve(connection)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _serve(self, connection: AriConnection) -> None:
        """Events are kept back until the calls have been compared with Asterisk, then told in order."""
        kept_back: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.telephony.use(connection)
        compare = asyncio.create_task(self._compare_then_listen(connection, kept_back))
        try:
            async for document in connection.events():
                if document["type"] == "ApplicationReplaced":
                    log.error("acd.replaced", reason="another engine connected to Asterisk as the same application")
                    break
                kept_back.put_nowait(document)
        finally:
            self.telephony.use(None)
            self.is_connected = False
            _CONNECTED.set(0)
            compare.cancel()
            await connection.close()
            await asyncio.gather(compare, return_exceptions=True)
            log.warning("acd.asterisk-disconnected")

    async def _compare_then_listen(self, connection: AriConnection, documents: asyncio.Queue[dict[str, Any]]) -> None:
        try:
            await connection.choose_events()
            findings = await reconciliation.compare(self.engine.world, self.telephony, self._ids.new)
        except (AriUnavailable, AriRefused) as error:
            log.warning("acd.comparison-failed", reason=str(error))
            await connection.close()
            return
        for event in findings.events:
            self.tell(event)
        self.telephony.submit(findings.repairs)
        self._follow(self.engine.resume(epoch_ms()))
        self.is_connected = True
        _CONNECTED.set(1)
        log.info("acd.asterisk-connected", told=len(findings.events), repaired=len(findings.repairs))
        while True:
            document = await documents.get()
            try:
                if document["type"] == "StasisStart":
                    self.telephony.entered(document["channel"]["id"])
                happening = translate(document, self._ids.new)
                if happening is not None:
                    self.tell(happening)
            except Exception:
                log.exception("acd.event-failed", type=document.get("type"))

    # --- following up --------------------------------------------------------------------------------------------

    def _follow(self, decision: Decision) -> None:
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
        self.telephony.submit(decision.commands)
        _CALLS.set(len(self.engine.world.calls))
        self._set_timer()

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
