"""The `oml acd` process: waits for its turn, recovers, works until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Coroutine
from typing import Any

import structlog
import uvloop
from prometheus_client import Gauge
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from omnileads.acd import configuration
from omnileads.acd.core.config import RoutingConfig
from omnileads.acd.lease import Lease, LeaseLost
from omnileads.acd.requests import RequestReader
from omnileads.acd.runner import Runner, epoch_ms
from omnileads.acd.webphones import WebphoneWatcher
from omnileads.kit.clock import installation_zone
from omnileads.kit.db import Database
from omnileads.kit.health import HealthServer, Probe
from omnileads.kit.redis import connect_async
from omnileads.kit.revision import CONFIG_CHANNEL, current_config_revision
from omnileads.settings import AcdSettings

log = structlog.get_logger(__name__)

_POLL_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_STOP_SECONDS = 5.0

_REVISION = Gauge("oml_acd_config_revision", "The revision of the configuration in force; the newest is in PostgreSQL.")


class NotConnectedError(Exception):
    """The engine works and waits for Asterisk."""


class ConfigurationSource:
    """The routing configuration in Postgres, read in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.revision = -1

    async def wait_for_first(self) -> RoutingConfig:
        """Read it, waiting for Postgres if need be."""
        while True:
            try:
                return await asyncio.to_thread(self._load)
            except SQLAlchemyError as error:
                log.warning("acd.postgres-away", reason=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    async def changed(self) -> RoutingConfig | None:
        """The new configuration if there is one. Raises SQLAlchemyError; the old one then stays in force."""
        return await asyncio.to_thread(self._load_if_changed)

    def _load_if_changed(self) -> RoutingConfig | None:
        with self._database.transaction() as session:
            is_changed = current_config_revision(session) != self.revision
        return self._load() if is_changed else None

    def _load(self) -> RoutingConfig:
        with self._database.transaction() as session:
            revision = current_config_revision(session)
            config = configuration.load(session, installation_zone())
        self.revision = revision
        return config


class Process:
    """The parts of the process and how they start and stop."""

    def __init__(self, settings: AcdSettings, node: str) -> None:
        self._settings = settings
        self._redis = connect_async(settings.redis, client_name="acd")
        self._database = Database(settings.postgres, "acd")
        self._source = ConfigurationSource(self._database)
        self._lease = Lease(self._redis, node)
        self._runner: Runner | None = None

    def check_connected(self) -> None:
        """Raises NotConnectedError while this engine works without any Asterisk. A standby is well."""
        if self._runner is not None and not self._runner.asterisks.is_connected:
            raise NotConnectedError("not connected to any Asterisk")

    async def work(self) -> None:
        """Stand by, then work until cancelled. Raises LeaseLost when another node took over."""
        await self._lease.acquire()
        runner = Runner(self._settings, self._redis, await self._source.wait_for_first())
        self._runner = runner
        await runner.recover()
        _REVISION.set(self._source.revision)
        webphones = WebphoneWatcher(self._redis, runner.extensions, runner.webphone)
        requests = RequestReader(self._redis, runner.answer, epoch_ms)
        await _all_of(
            self._lease.keep(),
            runner.asterisks.run(),
            runner.store.run(),
            requests.run(),
            webphones.run(),
            self._follow_configuration(runner, webphones),
        )

    async def finish(self) -> None:
        """Carry out and write what has been decided."""
        if self._runner is not None:
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await self._runner.store.flush()
            except (RedisError, TimeoutError) as error:
                log.warning("acd.last-write-failed", reason=str(error))
        await self._redis.aclose()
        self._database.close()

    async def _follow_configuration(self, runner: Runner, webphones: WebphoneWatcher) -> None:
        """Reload when Redis announces a change, and look every 5 s in case the announcement was lost."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CONFIG_CHANNEL)
                    while True:
                        await self._reload(runner, webphones)
                        await subscription.get_message(timeout=_POLL_SECONDS)
            except RedisError as error:
                log.debug("acd.announcements-interrupted", reason=str(error))
                await self._reload(runner, webphones)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _reload(self, runner: Runner, webphones: WebphoneWatcher) -> None:
        try:
            config = await self._source.changed()
        except SQLAlchemyError as error:
            log.warning("acd.postgres-away", reason=type(error).__name__)
            return
        if config is not None:
            runner.reconfigure(config)
            # A new agent's webphone may have registered before the agent was known here.
            webphones.compare_soon()
            _REVISION.set(self._source.revision)
            log.info("acd.reconfigured", revision=self._source.revision)


async def _all_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run the parts until one fails; then stop the others and raise its error."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(settings: AcdSettings) -> int:
    process = Process(settings, settings.acd.node or socket.gethostname())
    health = HealthServer(
        settings.acd.listen,
        settings.acd.port,
        [Probe("asterisk", process.check_connected)],
        alive=lambda: True,
    )
    health.start()
    work = asyncio.create_task(process.work())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, work.cancel)
    log.info("acd.started", node=settings.acd.node or socket.gethostname())
    try:
        await work
    except asyncio.CancelledError:
        return 0
    except LeaseLost:
        log.exception("acd.lease-lost")
        return 1
    finally:
        await process.finish()
        health.stop()
        log.info("acd.stopped")
    return 0


def run(settings: AcdSettings) -> int:
    """Run until SIGTERM. Returns the process's exit code; 1 asks to be started again."""
    return uvloop.run(_run(settings))
