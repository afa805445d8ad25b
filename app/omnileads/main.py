"""The web application's process: read the settings, build, serve."""

from __future__ import annotations

import signal
import sys

import structlog
import uvicorn

from omnileads.api import create_app
from omnileads.settings import Settings

log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM; requests under way are finished first (30 seconds at most)."""
    app = create_app(settings)
    # uvicorn raises the signal again once it has stopped; being asked to stop is no failure
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    log.info("app.starting", listen=settings.app.listen, port=settings.app.port)
    uvicorn.run(
        app,
        host=settings.app.listen,
        port=settings.app.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.app.forwarded_allow_ips,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_max_size=64 * 1024,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=30,
    )
