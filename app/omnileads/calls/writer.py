"""The consumer of the event stream: from Redis to Postgres, every event once.

Runs in the worker; any number of workers may run it. A batch is read, stored in one transaction and acknowledged after
the commit. Whatever dies in between, the batch is delivered again, and storing it again changes nothing. An entry that
can never be stored goes to the dead letters with the reason; being away of Redis or Postgres is waited out.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from prometheus_client import Counter, Gauge
from redis.exceptions import RedisError
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from omnileads.calls.intake import AgentEventIn, CallEventIn, MalformedEventError, read_event
from omnileads.calls.store import store
from omnileads.kit.clock import Clock
from omnileads.kit.db import Database
from omnileads.kit.events import GroupReader, MalformedEntryError, StreamEntry
from omnileads.kit.runtime import Runtime

log = structlog.get_logger(__name__)

GROUP: Final = "writer"
CONSUMER: Final = f"writer-{socket.gethostname()}"
FIRST_RETRY_SECONDS: Final = 0.1
LONGEST_RETRY_SECONDS: Final = 5.0
UPKEEP_SECONDS: Final = 10.0
GATHER_SECONDS: Final = 0.2
"""Pause after a small batch: events of the same moment then share a transaction, which costs more than they do."""
GATHER_BELOW: Final = 200

_STORED = Counter("oml_events_stored_total", "Events stored in Postgres.", ["kind"])
_BURIED = Counter("oml_events_buried_total", "Stream entries moved to the dead letters.")
_LAG = Gauge("oml_events_lag", "Events in the stream that no writer has read yet.")
_PENDING = Gauge("oml_events_pending", "Events a writer has read and not stored yet.")

Event = CallEventIn | AgentEventIn

_AWAY: Final = (RedisError, OperationalError, InterfaceError, InternalError, ProgrammingError, PoolTimeoutError)
"""Not the entry's fault: a server is away or not migrated yet. Waited out, whatever it takes."""


def run(runtime: Runtime, stop: threading.Event) -> None:
    """Write events until `stop` is set. The batch being written is finished first."""
    reader = GroupReader(runtime.redis, group=GROUP, consumer=CONSUMER)
    EventWriter(runtime.database, reader, runtime.clock, stop).run()


class EventWriter:
    """One reader of the group and the transaction its batches are stored in."""

    def __init__(self, database: Database, reader: GroupReader, clock: Clock, stop: threading.Event) -> None:
        self._database = database
        self._reader = reader
        self._clock = clock
        self._stop = stop
        self._upkeep_due = 0.0
        self._is_recovered = False

    def run(self) -> None:
        """Take turns until told to stop, waiting longer after each failed one."""
        log.info("writer.started")
        pause = FIRST_RETRY_SECONDS
        while not self._stop.is_set():
            try:
                self._turn()
            except (RedisError, SQLAlchemyError) as error:
                _log_setback(error, pause)
                self._is_recovered = False
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_RETRY_SECONDS)
            else:
                pause = FIRST_RETRY_SECONDS
        log.info("writer.stopped")

    def write(self, entries: Sequence[StreamEntry]) -> None:
        """Store a batch and acknowledge it; entries that can never be stored are buried."""
        events: list[tuple[StreamEntry, Event]] = []
        for entry in entries:
            try:
                events.append((entry, read_event(entry.kind, entry.id, entry.data)))
            except (MalformedEventError, MalformedEntryError) as error:
                self._bury(entry, str(error))
        try:
            self._store([event for _, event in events])
        except _AWAY:
            raise
        except Exception:
            log.exception("writer.batch-refused", entries=len(events))
            self._store_one_by_one(events)
        else:
            self._reader.acknowledge(entry for entry, _ in events)

    def _turn(self) -> None:
        """After a start or a setback, what this consumer had in its hands comes first."""
        if not self._is_recovered:
            self._reader.create_group()
            while entries := self._reader.recover():
                log.info("writer.recovered", entries=len(entries))
                self.write(entries)
            self._is_recovered = True
        entries = self._reader.read(block_ms=1_000)
        if entries:
            self.write(entries)
            if len(entries) < GATHER_BELOW:
                self._stop.wait(GATHER_SECONDS)
        if self._clock.monotonic() >= self._upkeep_due:
            self._upkeep_due = self._clock.monotonic() + UPKEEP_SECONDS
            self._reader.trim_handled()
            _PENDING.set(self._reader.pending_count())
            _LAG.set(self._reader.lag() or 0)

    def _store(self, batch: Sequence[Event]) -> None:
        if not batch:
            return
        with self._database.transaction() as session:
            store(session, batch, self._clock.now())
        for event in batch:
            _STORED.labels("call" if isinstance(event, CallEventIn) else "agent").inc()

    def _store_one_by_one(self, events: Iterable[tuple[StreamEntry, Event]]) -> None:
        """Find the entries that cannot be stored; the others must not wait for them."""
        for entry, event in events:
            try:
                self._store([event])
            except _AWAY:
                raise
            except Exception as error:
                log.exception("writer.entry-refused", position=entry.position)
                cause = error.orig if isinstance(error, DBAPIError) else error
                self._bury(entry, f"it cannot be stored: {type(cause).__name__}")
            else:
                self._reader.acknowledge([entry])

    def _bury(self, entry: StreamEntry, reason: str) -> None:
        log.error("writer.buried", position=entry.position, event_id=entry.id, reason=reason)
        self._reader.bury(entry, reason)
        _BURIED.inc()


def _log_setback(error: Exception, pause: float) -> None:
    away = isinstance(error, RedisError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    log.warning("writer.waiting", error=type(error).__name__, retry_seconds=pause, exc_info=None if away else error)
