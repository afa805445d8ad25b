"""The worker's process: writes events to Postgres, runs background jobs, does chores."""

from __future__ import annotations

import dramatiq
import structlog

from omnileads.accounts import housekeeping
from omnileads.accounts.notices import NOTICE_JOB, NoticeSender
from omnileads.calls import followers, writer
from omnileads.calls.recording_check import RecordingCheck
from omnileads.calls.recording_files import RecordingFiles
from omnileads.campaigns.leads import follow_base
from omnileads.campaigns.leads import housekeeping as leads_housekeeping
from omnileads.campaigns.leads.work import LEADS_JOB, run_leads_job
from omnileads.contacts import imports
from omnileads.contacts.followers import follow
from omnileads.contacts.import_job import IMPORT_JOB, ImportJob
from omnileads.crm import journal
from omnileads.crm.sender import SITE_REQUEST_JOB, SiteRequestJob, SiteSender
from omnileads.desk.taken import TakenCalls
from omnileads.exports import job as exports
from omnileads.exports.recordings import RecordingsLook
from omnileads.kit.health import HealthServer, platform_probes
from omnileads.kit.mail import Mailer
from omnileads.kit.periodic import Chore, run_chores
from omnileads.kit.process import StopEvent, ThreadedProcess
from omnileads.kit.runtime import Runtime
from omnileads.settings import WorkerSettings

log = structlog.get_logger(__name__)


def run(settings: WorkerSettings) -> int:
    """Run until SIGTERM; jobs under way are finished first. Returns the exit code."""
    runtime = Runtime.build(settings)
    files = RecordingFiles.of(settings)
    runtime.jobs.register(NOTICE_JOB, NoticeSender(Mailer(settings.mail)).run)
    site_requests = SiteRequestJob(SiteSender(settings.outgoing, runtime))
    runtime.jobs.register(SITE_REQUEST_JOB, site_requests.run, forgets_arguments=True)
    runtime.jobs.register(IMPORT_JOB, ImportJob(runtime).run)
    runtime.jobs.register(LEADS_JOB, run_leads_job)
    runtime.jobs.register(exports.REPORT_JOB, exports.run_report)
    runtime.jobs.register(exports.RECORDINGS_JOB, RecordingsLook(files).run)
    follow(follow_base)
    followers.follow(TakenCalls(runtime))
    process = ThreadedProcess()
    process.add("event-writer", lambda stop: writer.run(runtime, stop))
    process.add("jobs", lambda stop: _run_jobs(runtime, settings.worker.job_threads, stop))
    process.add("chores", lambda stop: run_chores(_chores(runtime, files), runtime.clock, stop))
    health = HealthServer(settings.worker.listen, settings.worker.port, platform_probes(runtime), process.is_alive)
    process.handle_signals()
    health.start()
    log.info("worker.started", listen=settings.worker.listen, port=settings.worker.port)
    try:
        return process.run()
    finally:
        health.stop()
        runtime.close()


def _run_jobs(runtime: Runtime, threads: int, stop: StopEvent) -> None:
    worker = dramatiq.Worker(runtime.jobs.broker, worker_threads=threads)
    worker.start()
    stop.wait()
    worker.stop(timeout=20_000)


def _chores(runtime: Runtime, files: RecordingFiles) -> tuple[Chore, ...]:
    recordings = RecordingCheck(runtime.database, files, runtime.clock)

    def prune_accounts() -> None:
        with runtime.database.transaction() as session:
            housekeeping.prune(session, runtime.clock)

    def prune_imports() -> None:
        with runtime.database.transaction() as session:
            imports.prune(session, runtime)

    def prune_site_requests() -> None:
        with runtime.database.transaction() as session:
            journal.prune(session, runtime.clock.now())

    def prune_exports() -> None:
        with runtime.database.transaction() as session:
            exports.prune(session, runtime)

    def keep_leads() -> None:
        leads_housekeeping.keep(runtime)

    return (
        Chore("campaigns.keep-leads", 60, keep_leads),
        Chore("jobs.resend-lost", 30, runtime.jobs.resend_lost),
        Chore("accounts.prune", 3600, prune_accounts),
        Chore("contacts.prune-imports", 3600, prune_imports),
        Chore("exports.prune", 3600, prune_exports),
        Chore("external-sites.prune", 3600, prune_site_requests),
        Chore("recordings.check", 2, recordings.run_due),
    )
