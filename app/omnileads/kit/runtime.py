"""What a process is connected to: built once at its start, handed to services."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis

from omnileads.kit.clock import Clock, SystemClock
from omnileads.kit.db import Database
from omnileads.kit.events import EventStream
from omnileads.kit.jobs import Jobs
from omnileads.kit.redis import connect
from omnileads.settings import PlatformSettings, RedisTopic


@dataclass(frozen=True)
class Runtime:
    database: Database
    redis: Redis
    clock: Clock
    events: EventStream
    jobs: Jobs

    @classmethod
    def build(cls, settings: PlatformSettings, clock: Clock | None = None) -> Runtime:
        """Wire the adapters of `settings`. Nothing connects before its first use."""
        name = f"{settings.oml.instance}-{settings.process}"
        database = Database(settings.postgres, application_name=name)
        client = connect(settings.redis, client_name=name)
        return cls.on(database, client, settings.redis, clock or SystemClock())

    @classmethod
    def on(cls, database: Database, client: Redis, settings: RedisTopic, clock: Clock) -> Runtime:
        """Wire the rest around connections that exist."""
        return cls(
            database=database,
            redis=client,
            clock=clock,
            events=EventStream(client),
            jobs=Jobs(settings, database, clock),
        )

    def close(self) -> None:
        self.jobs.close()
        self.redis.close()
        self.database.close()
