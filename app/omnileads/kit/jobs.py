"""Background jobs that survive a killed worker, a restarted Redis and a repeated delivery.

The row in `jobs` is the truth; the dramatiq message only says "look at this row". A job is queued in the caller's
transaction and announced after its commit. A message that got lost is sent again by `resend_lost`, a job whose worker
died is taken over once its heartbeat is old. A handler may therefore run twice and must be idempotent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Retries, ShutdownNotifications
from sqlalchemy import Index, String, Text, and_, case, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from omnileads.kit.clock import Clock, epoch_ms
from omnileads.kit.context import RequestContext, within
from omnileads.kit.db import Base, Database, after_commit
from omnileads.kit.errors import AppError
from omnileads.kit.ids import new_id
from omnileads.kit.redis import connect
from omnileads.settings import RedisTopic

log = structlog.get_logger(__name__)

JobState = Literal["queued", "running", "done", "failed"]

MAX_ATTEMPTS: Final = 5
FIRST_RETRY_MS: Final = 5_000
LONGEST_RETRY_MS: Final = 300_000
HEARTBEAT_SECONDS: Final = 15
STALE_AFTER: Final = timedelta(seconds=60)
RESEND_AFTER: Final = timedelta(minutes=2) + timedelta(milliseconds=LONGEST_RETRY_MS)

FAILED_MESSAGE: Final = "This failed several times because of an error in the server. Tell your administrator."


class Job(Base):
    """`done_count` of `total_count` steps are finished; `message` says why a failed job failed, for people."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_unfinished", "touched_at", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_jobs_created_by", "created_by", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[JobState] = mapped_column(String(8))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    message: Mapped[str | None] = mapped_column(Text)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


_NOTHING: Final = literal({}, JSONB)


class JobRun:
    """What a handler is given: its arguments, the database, and a way to report progress."""

    def __init__(self, job: Job, database: Database, clock: Clock) -> None:
        self.id = job.id
        self.arguments: Mapping[str, Any] = job.arguments
        self.created_by = job.created_by
        self.is_last_attempt = job.attempts >= MAX_ATTEMPTS
        self.database = database
        self.clock = clock

    def progress(self, done: int, total: int) -> None:
        with self.database.transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == self.id)
                .values(done_count=done, total_count=total, touched_at=self.clock.now())
            )


JobHandler = Callable[[JobRun], Mapping[str, Any] | None]


class JobFailedError(Exception):
    """Raised with the job's id to make the queue deliver it again later."""


class Jobs:
    """Queues jobs and, in the worker, runs them. Handlers are registered by kind before the worker starts."""

    def __init__(
        self,
        settings: RedisTopic,
        database: Database,
        clock: Clock,
        *,
        namespace: str = "oml:jobs",
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._handlers: dict[str, JobHandler] = {}
        self._forgetting: set[str] = set()
        self.broker = RedisBroker(  # type: ignore[no-untyped-call]  # dramatiq does not annotate its constructor
            client=connect(settings, client_name="jobs", decodes=False),
            namespace=namespace,
            middleware=[
                Retries(max_retries=MAX_ATTEMPTS, min_backoff=FIRST_RETRY_MS, max_backoff=LONGEST_RETRY_MS),
                ShutdownNotifications(),
            ],
        )
        self._actor: dramatiq.Actor[[str], None] = dramatiq.Actor(
            self.run, broker=self.broker, actor_name="run_job", queue_name="jobs", priority=0, options={}
        )

    def register(self, kind: str, handler: JobHandler, *, forgets_arguments: bool = False) -> None:
        """`kind` is dotted, noun first: `recordings.archive`.

        `forgets_arguments`: they are personal data, and are erased in the moment the job is over, done or failed.
        """
        if kind in self._handlers:
            raise ValueError(f"two handlers for jobs of kind {kind}")
        self._handlers[kind] = handler
        if forgets_arguments:
            self._forgetting.add(kind)

    def enqueue(
        self, session: Session, kind: str, arguments: Mapping[str, Any], *, created_by: int | None = None
    ) -> str:
        """Queue a job with the caller's transaction and return its id. `arguments` are JSON."""
        now = self._clock.now()
        job_id = new_id(epoch_ms(now))
        session.add(
            Job(
                id=job_id,
                kind=kind,
                state="queued",
                arguments=dict(arguments),
                created_by=created_by,
                created_at=now,
                touched_at=now,
            )
        )
        after_commit(session, partial(self._actor.send, job_id))
        return job_id

    def resend_lost(self) -> int:
        """Send again the messages of jobs nobody has looked at for long. Returns how many."""
        now = self._clock.now()
        with self._database.transaction() as session:
            lost = list(
                session.scalars(
                    update(Job)
                    .where(Job.state.in_(("queued", "running")), Job.touched_at < now - RESEND_AFTER)
                    .values(touched_at=now - STALE_AFTER * 2)
                    .returning(Job.id)
                )
            )
            for job_id in lost:
                after_commit(session, partial(self._actor.send, job_id))
        return len(lost)

    def run(self, job_id: str) -> None:
        """Run one job to its end. Raises JobFailedError when it should be delivered again."""
        job = self._claim(job_id)
        if job is None:
            return
        with (
            within(RequestContext(request_id=job_id, door="job")),
            structlog.contextvars.bound_contextvars(job_id=job_id, job_kind=job.kind),
        ):
            log.info("job.started", attempt=job.attempts)
            try:
                with self._heartbeat(job_id):
                    result = self._handlers[job.kind](JobRun(job, self._database, self._clock))
            except AppError as error:
                log.warning("job.refused", code=error.code)
                self._finish(job_id, "failed", message=error.text)
            except Exception as error:
                log.exception("job.failed", attempt=job.attempts)
                if job.attempts >= MAX_ATTEMPTS:
                    self._finish(job_id, "failed", message=FAILED_MESSAGE)
                    return
                self._requeue(job_id)
                raise JobFailedError(job_id) from error
            else:
                self._finish(job_id, "done", result=dict(result or {}))
                log.info("job.done")

    def close(self) -> None:
        self.broker.close()
        self.broker.client.close()

    def _claim(self, job_id: str) -> Job | None:
        """Take the job unless it is finished or another worker is busy with it."""
        now = self._clock.now()
        with self._database.transaction() as session:
            return session.scalar(
                update(Job)
                .where(
                    Job.id == job_id,
                    or_(Job.state == "queued", and_(Job.state == "running", Job.touched_at < now - STALE_AFTER)),
                )
                .values(state="running", attempts=Job.attempts + 1, touched_at=now)
                .returning(Job)
                .execution_options(synchronize_session=False)
            )

    def _requeue(self, job_id: str) -> None:
        with self._database.transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(state="queued", touched_at=self._clock.now()))

    def _finish(
        self, job_id: str, state: JobState, *, result: dict[str, Any] | None = None, message: str | None = None
    ) -> None:
        now = self._clock.now()
        with self._database.transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(
                    state=state,
                    result=result,
                    message=message,
                    touched_at=now,
                    finished_at=now,
                    arguments=case((Job.kind.in_(self._forgetting), _NOTHING), else_=Job.arguments),
                )
            )

    @contextmanager
    def _heartbeat(self, job_id: str) -> Iterator[None]:
        """Keep `touched_at` fresh while the block runs, so that nobody else takes the job."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self._heartbeat_seconds):
                try:
                    with self._database.transaction() as session:
                        session.execute(update(Job).where(Job.id == job_id).values(touched_at=self._clock.now()))
                except Exception:
                    log.exception("job.heartbeat-failed")

        thread = threading.Thread(target=beat, name=f"heartbeat-{job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def find_job(session: Session, job_id: str) -> Job | None:
    return session.scalar(select(Job).where(Job.id == job_id))
