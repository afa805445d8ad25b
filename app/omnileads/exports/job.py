"""A report as a job: asked for in a request, made by the worker, kept for a day.

Pieces are written as they are read, so neither memory nor a transaction holds the whole file. A job that is run again
begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from omnileads.contacts.csv_file import BYTE_ORDER_MARK, csv_lines
from omnileads.exports.answers import Answers, Forms
from omnileads.exports.contacted import Contacted, Dispositioned, NotAttended
from omnileads.exports.models import ExportPart
from omnileads.exports.report import Cursor, Ground, Report
from omnileads.exports.results import BaseResults
from omnileads.kit.audit import AuditLog
from omnileads.kit.db import Database
from omnileads.kit.errors import AppError, NotFound
from omnileads.kit.jobs import Job, JobRun
from omnileads.kit.permissions import Principal
from omnileads.kit.runtime import Runtime

REPORT_JOB: Final = "exports.report"
RECORDINGS_JOB: Final = "exports.recordings"
KINDS: Final = (REPORT_JOB, RECORDINGS_JOB)

_LONG: Final = text("SET LOCAL statement_timeout = 0")

KEPT: Final = timedelta(days=1)
MOST_AT_ONCE: Final = 3
"""Exports of one user that are not over."""
MOST_FILES: Final = 10
"""Files of one user that are kept; older ones make room."""

ReportKind = Literal["contacted", "dispositioned", "not-attended", "dispositions", "forms", "base-results"]


class TooManyExports(AppError):
    code = "too-many-exports"
    status = 429
    message = "Some of your exports are not finished yet. Wait for them, then ask again."


class ReportTask(BaseModel):
    """The arguments of a `REPORT_JOB`: days of the installation's time zone, both included; null means any."""

    model_config = ConfigDict(frozen=True)

    kind: ReportKind
    campaign_id: int
    first: date | None = None
    last: date | None = None
    is_all: bool = False
    language: str = "es"


_REPORTS: Final[dict[ReportKind, Callable[[Ground], Report]]] = {
    "contacted": Contacted,
    "dispositioned": Dispositioned,
    "not-attended": NotAttended,
    "dispositions": Answers,
    "forms": Forms,
}


def report_of(session: Session, task: ReportTask) -> Report:
    """Raises NotFound for a campaign that is gone."""
    ground = Ground.of(session, task.campaign_id).between(task.first, task.last, task.language)
    if task.kind == "base-results":
        return BaseResults(ground, is_all=task.is_all)
    return _REPORTS[task.kind](ground)


def start(session: Session, runtime: Runtime, actor: Principal, kind: str, arguments: Mapping[str, Any]) -> str:
    """Have an export made; the id of its job. Raises TooManyExports."""
    own = [Job.created_by == actor.user_id, Job.kind.in_(KINDS)]
    unfinished = select(func.count()).select_from(Job).where(*own, Job.state.in_(("queued", "running")))
    if (session.scalar(unfinished) or 0) >= MOST_AT_ONCE:
        raise TooManyExports
    older = select(Job.id).where(*own).order_by(Job.created_at.desc(), Job.id.desc()).offset(MOST_FILES - 1)
    session.execute(delete(ExportPart).where(ExportPart.job_id.in_(older)))
    job_id = runtime.jobs.enqueue(session, kind, arguments, created_by=actor.user_id)
    AuditLog(session, runtime.clock).record("export.started", "export", job_id, actor=actor, after=arguments)
    return job_id


def own_export(session: Session, actor: Principal, job_id: str) -> Job:
    """An export of this person's. Raises NotFound."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.created_by == actor.user_id, Job.kind.in_(KINDS)))
    if job is None:
        raise NotFound
    return job


def run_report(run: JobRun) -> Mapping[str, Any]:
    """The handler of `REPORT_JOB`, in the worker. Returns how many rows there are."""
    task = ReportTask.model_validate(dict(run.arguments))
    with run.database.transaction() as session:
        session.execute(_LONG)
        session.execute(delete(ExportPart).where(ExportPart.job_id == run.id))
        report = report_of(session, task)
        total = report.total(session)
        header = BYTE_ORDER_MARK + csv_lines([report.header()])
        session.add(ExportPart(job_id=run.id, position=0, content=header.encode()))
    cursor: Cursor | None = None
    written, position = 0, 0
    while position == 0 or cursor is not None:
        run.progress(written, max(total, written))
        position += 1
        with run.database.transaction() as session:
            session.execute(_LONG)
            rows, cursor = report.batch(session, cursor)
            session.add(ExportPart(job_id=run.id, position=position, content=csv_lines(rows).encode()))
        written += len(rows)
    run.progress(written, written)
    return {"rows": written}


def has_file(session: Session, job_id: str) -> bool:
    return session.get(ExportPart, (job_id, 0)) is not None


def pieces_of(database: Database, job_id: str) -> Iterator[bytes]:
    """The file piece by piece, each read in a transaction of its own."""
    position = 0
    while True:
        with database.transaction() as session:
            part = session.get(ExportPart, (job_id, position))
        if part is None:
            return
        yield part.content
        position += 1


def prune(session: Session, runtime: Runtime) -> None:
    """Forget the files that were kept long enough."""
    old = select(Job.id).where(Job.kind.in_(KINDS), Job.created_at < runtime.clock.now() - KEPT)
    session.execute(delete(ExportPart).where(ExportPart.job_id.in_(old)))
