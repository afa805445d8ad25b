"""One Asterisk: stays connected to it, tells the engine what happens there, and when it is gone.

It is known by its address. Whoever comes back under the same address is compared with the records: a connection that
broke has cost nothing, an Asterisk that was started anew has lost its calls. One that is replaced comes back under
another address, so the wait has an end.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from prometheus_client import Gauge

from omnileads.acd.ari import reconciliation
from omnileads.acd.ari.connection import AriConnection, AriRefused, AriUnavailable
from omnileads.acd.ari.telephony import Telephony
from omnileads.acd.ari.translation import translate
from omnileads.acd.core.events import CallArrived, Event, NodeChanged, NodeLost
from omnileads.acd.core.model import NodeState
from omnileads.acd.core.world import World
from omnileads.settings import AsteriskTopic

log = structlog.get_logger(__name__)

DRAINING_VARIABLE, UNLISTED_VARIABLE = "OML_DRAINING", "OML_UNLISTED"
"""Of Asterisk's dialplan, which takes no calls from trunks while either is `yes`. The first is set by whoever wants to
stop this Asterisk, the second here, for one that its name does not stand for any more."""

_REFUSALS_OF_NOBODY = 2
"""A port that is closed twice in a row, half a second apart, has no Asterisk behind it, and so no calls."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two tries to connect, two looks at what an Asterisk may be given, and two at the names."""

    reconnect_seconds: float = 0.5
    look_seconds: float = 5.0
    resolve_seconds: float = 5.0


_CONNECTED = Gauge("oml_acd_asterisk_connected", "1 while connected to this Asterisk.", ["asterisk"])
_CONNECTED.labels("").set(0)  # An engine that has found no Asterisk yet has a value too.


@dataclass(frozen=True, slots=True)
class Listener:
    """The engine's side. `tell` takes an event and the Asterisk that it comes from."""

    world: World
    tell: Callable[[Event, str], object]
    new_call_id: Callable[[], str]


class Node:
    """The Asterisk at `address`; it is lost when it has been away for `lost_seconds`."""

    def __init__(
        self,
        address: str,
        asterisk: AsteriskTopic,
        telephony: Telephony,
        listener: Listener,
        lost_seconds: int,
        pace: Pace,
    ) -> None:
        self.address = address
        self.telephony = telephony
        self.is_connected = False
        self.is_listed = True
        """the name in the settings stands for this address; calls begin there only while it does"""
        self._asterisk = asterisk
        self._listener = listener
        self._lost_seconds = lost_seconds
        self._pace = pace
        self._is_lost = False
        self._refusals = 0
        self._away_since = time.monotonic()
        self._shown_as_listed: bool | None = None
        _CONNECTED.labels(address).set(0)

    async def run(self) -> None:
        """Stay connected. Ends when the Asterisk is lost and no name stands for it any more."""
        is_announced = False
        while not (self._is_lost and not self.is_listed):
            try:
                connection = await AriConnection.open(self._asterisk, self.address)
            except AriUnavailable as error:
                if not is_announced:
                    log.warning("acd.asterisk-away", asterisk=self.address, reason=str(error))
                is_announced = True
                self._consider(error)
            else:
                is_announced = False
                await self._serve(connection)
            await asyncio.sleep(self._pace.reconnect_seconds)
        _CONNECTED.remove(self.address)

    def _tell(self, event: Event) -> None:
        placed = replace(event, node=self.address) if isinstance(event, CallArrived) else event
        self._listener.tell(placed, self.address)

    def _consider(self, error: AriUnavailable) -> None:
        """Whether its calls can still be there."""
        self._refusals = self._refusals + 1 if error.is_refused else 0
        is_too_long = time.monotonic() - self._away_since >= self._lost_seconds
        if not self._is_lost and (is_too_long or self._refusals >= _REFUSALS_OF_NOBODY):
            self._is_lost = True
            calls = self._listener.world.node_calls[self.address]
            log.warning("acd.asterisk-lost", asterisk=self.address, calls=calls)
            self._tell(NodeLost(self.address))

    # --- connected ---------------------------------------------------------------------------------------------------

    async def _serve(self, connection: AriConnection) -> None:
        """Events are kept back until the calls have been compared with Asterisk, then told in order."""
        kept_back: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.telephony.use(connection)
        listening = asyncio.create_task(self._compare_then_listen(connection, kept_back))
        try:
            async for document in connection.events():
                if document["type"] == "ApplicationReplaced":
                    reason = "another engine connected to Asterisk as the same application"
                    log.error("acd.replaced", asterisk=self.address, reason=reason)
                    break
                kept_back.put_nowait(document)
        finally:
            self.telephony.use(None)
            listening.cancel()
            await connection.close()
            await asyncio.gather(listening, return_exceptions=True)
            self._left()

    def _left(self) -> None:
        """The connection is gone; the calls may well go on."""
        was_connected, self.is_connected = self.is_connected, False
        self._away_since, self._refusals, self._shown_as_listed = time.monotonic(), 0, None
        _CONNECTED.labels(self.address).set(0)
        log.warning("acd.asterisk-disconnected", asterisk=self.address)
        if was_connected:
            self._tell(NodeChanged(self.address, "away"))

    async def _compare_then_listen(self, connection: AriConnection, documents: asyncio.Queue[dict[str, Any]]) -> None:
        listener = self._listener
        try:
            await connection.choose_events()
            findings = await reconciliation.compare(listener.world, self.address, self.telephony, listener.new_call_id)
            state = await self._present_state()
        except (AriUnavailable, AriRefused) as error:
            log.warning("acd.comparison-failed", asterisk=self.address, reason=str(error))
            await connection.close()
            return
        for event in findings.events:
            self._tell(event)
        self.telephony.submit(findings.repairs)
        self.is_connected, self._is_lost = True, False
        _CONNECTED.labels(self.address).set(1)
        self._tell(NodeChanged(self.address, state))
        log.info(
            "acd.asterisk-connected",
            asterisk=self.address,
            told=len(findings.events),
            repaired=len(findings.repairs),
        )
        watch = asyncio.create_task(self._watch_state())
        try:
            await self._listen(documents)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _listen(self, documents: asyncio.Queue[dict[str, Any]]) -> None:
        while True:
            document = await documents.get()
            try:
                if document["type"] == "StasisStart":
                    self.telephony.entered(document["channel"]["id"])
                happening = translate(document, self._listener.new_call_id)
                if happening is not None:
                    self._tell(happening)
            except Exception:
                log.exception("acd.event-failed", type=document.get("type"))

    async def _watch_state(self) -> None:
        """Whether it may be given new calls: looked at again and again, for nothing tells it."""
        while True:
            await asyncio.sleep(self._pace.look_seconds)
            try:
                state = await self._present_state()
            except (AriUnavailable, AriRefused) as error:
                log.debug("acd.asterisk-state-unknown", asterisk=self.address, reason=str(error))
                continue
            if self._listener.world.nodes.get(self.address) != state:
                log.info("acd.asterisk-state", asterisk=self.address, state=state)
                self._tell(NodeChanged(self.address, state))

    async def _present_state(self) -> NodeState:
        if self._shown_as_listed != self.is_listed:
            is_listed = self.is_listed
            await self.telephony.set_variable(UNLISTED_VARIABLE, "no" if is_listed else "yes")
            self._shown_as_listed = is_listed
        is_draining = await self.telephony.variable(DRAINING_VARIABLE) == "yes"
        return "open" if self.is_listed and not is_draining else "draining"
