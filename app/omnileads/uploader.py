"""The uploader's process: beside each Asterisk, it moves finished recordings from its disk to the bucket."""

from __future__ import annotations

import os

import structlog

from omnileads.calls.open_files import ignore_lease_breaks
from omnileads.calls.recording_files import RecordingFiles
from omnileads.calls.recording_transfer import RecordingTransfer
from omnileads.calls.uploader import Uploader
from omnileads.kit.bucket import Bucket
from omnileads.kit.clock import SystemClock
from omnileads.kit.health import HealthServer, Probe
from omnileads.kit.process import ThreadedProcess
from omnileads.settings import SettingsError, UploaderSettings

log = structlog.get_logger(__name__)


def run(settings: UploaderSettings) -> int:
    """Run until SIGTERM. Returns the exit code. Raises SettingsError where recordings are not kept in a bucket."""
    if settings.recordings.store != "s3":
        raise SettingsError("RECORDINGS_STORE is not s3: there is no bucket to move recordings to.")
    clock, directory = SystemClock(), settings.recordings.directory
    bucket = Bucket(settings.bucket)
    files = RecordingFiles(directory, bucket, settings.bucket.prefix)
    uploader = Uploader(directory, RecordingTransfer(files, bucket, clock), clock, settings.uploader.threads)

    def check_folder() -> None:
        if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(directory)

    process = ThreadedProcess(stop_timeout_seconds=5)
    process.add("uploads", uploader.run)
    # Not the service: while it is away this process does what it should.
    probes = (Probe("folder", check_folder),)
    health = HealthServer(settings.uploader.listen, settings.uploader.port, probes, process.is_alive)
    process.handle_signals()
    ignore_lease_breaks()
    health.start()
    log.info("uploader.started", listen=settings.uploader.listen, port=settings.uploader.port)
    try:
        return process.run()
    finally:
        health.stop()
