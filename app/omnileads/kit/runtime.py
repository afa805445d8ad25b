"""What a process is connected to: built once at its start, handed to services."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from omnileads.kit.clock import Clock, SystemClock
from omnileads.kit.db import Database
from omnileads.kit.events import EventStream
from omnileads.kit.jobs import Jobs
from omnileads.kit.redis import connect
from omnileads.settings import PlatformSettings


@dataclass(frozen=True)
class Runtime:
    database: Database
    redis: redis.Redis
    clock: Clock
    events: EventStream
    jobs: Jobs

    @classmethod
    def build(cls, settings: PlatformSettings, clock: Clock | None = None) -> Runtime:
        """Wire the adapters of `settings`. Nothing connects before its first use."""
        name = f"{settings.oml.instance}-{settings.process}"
        clock = clock or SystemClock()
        database = Database(settings.postgres, application_name=name)
        client = connect(settings.redis, client_name=name)
        return cls(
            database=database,
            redis=client,
            clock=clock,
            events=EventStream(client),
            jobs=Jobs(settings.redis, database, clock),
        )

    def close(self) -> None:
        self.jobs.close()
        self.redis.close()
        self.database.close()
