"""The dialer's process. It is healthy and connected; outbound campaigns are not served yet, and its log says so."""

from __future__ import annotations

import structlog

from omnileads.kit.health import HealthServer, platform_probes
from omnileads.kit.process import ThreadedProcess
from omnileads.kit.runtime import Runtime
from omnileads.settings import DialerSettings

log = structlog.get_logger(__name__)


def run(settings: DialerSettings) -> int:
    """Run until SIGTERM. Returns the exit code."""
    runtime = Runtime.build(settings)
    process = ThreadedProcess()
    health = HealthServer(settings.dialer.listen, settings.dialer.port, platform_probes(runtime), process.is_alive)
    process.handle_signals()
    health.start()
    log.info("dialer.started", listen=settings.dialer.listen, port=settings.dialer.port)
    log.warning("dialer.no-outbound-campaigns", reason="This version serves no outbound campaign yet.")
    try:
        return process.run()
    finally:
        health.stop()
        runtime.close()
