"""`kill -9` of Redis, of Postgres and of the worker, while events flow: none is lost, none is stored twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pydantic import SecretStr

from omnileads.kit.db import Database
from omnileads.kit.events import EVENT_STREAM, dead_letters, event_fields
from omnileads.schema import migrate
from omnileads.settings import PostgresTopic
from tests.calls.killable import (
    Killable,
    client,
    connect,
    killable_postgres,
    killable_redis,
    killable_worker,
    wait_for,
)
from tests.servers import Server

CALLS_BETWEEN_KILLS = 60
LIMIT_SECONDS = 90.0


class Plant:
    """The three programs and a producer that, as the call engine, repeats what Redis did not acknowledge."""

    def __init__(self, folder: Path) -> None:
        folders = [folder / name for name in ("postgres", "redis", "worker")]
        for each in folders:
            each.mkdir()
        self.postgres_program, self.postgres = killable_postgres(folders[0])
        self.redis_program, self.redis = killable_redis(folders[1])
        self.postgres_program.start()
        self.redis_program.start()
        wait_for(lambda: connect(self.postgres).close())
        wait_for(lambda: client(self.redis).ping())
        database = Database(_topic(self.postgres), "test")
        migrate(database)
        database.close()
        self.worker = killable_worker(folders[2], self.postgres, self.redis)
        self.worker.start()
        self.produced = 0
        self.stop = threading.Event()
        self.producer = threading.Thread(target=self._produce)
        self.producer.start()

    def parts(self) -> dict[str, Killable]:
        return {"redis": self.redis_program, "postgres": self.postgres_program, "worker": self.worker}

    def close(self) -> None:
        self.stop.set()
        self.producer.join(timeout=60)
        for part in (self.worker, self.redis_program, self.postgres_program):
            part.remove()

    def _produce(self) -> None:
        connection = client(self.redis)
        while not self.stop.is_set():
            call_id = f"call-{self.produced}"
            for sequence, name in enumerate(("ENTERQUEUE", "CONNECT", "COMPLETEAGENT")):
                self._append(connection, f"{call_id}:{sequence}", _document(call_id, name))
            self.produced += 1
            time.sleep(0.01)

    def _append(self, connection: redis.Redis, event_id: str, document: dict[str, Any]) -> None:
        while True:
            try:
                connection.xadd(EVENT_STREAM, event_fields("call", event_id, document))  # type: ignore[arg-type]
            except redis.RedisError:
                time.sleep(0.1)
            else:
                return

    def ask(self, statement: str) -> Any:
        connection = connect(self.postgres)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()
        finally:
            connection.close()

    def wait_for_more_calls(self, count: int) -> None:
        target = self.produced + count
        _until(lambda: self.produced >= target, lambda: f"produced {self.produced} of {target}")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path)
    yield plant
    plant.close()


@pytest.mark.timeout(300)
def test_every_event_is_stored_once_whatever_dies(plant: Plant) -> None:
    for part in plant.parts().values():
        plant.wait_for_more_calls(CALLS_BETWEEN_KILLS)
        part.kill()
        time.sleep(1.5)
        part.start()
        plant.wait_for_more_calls(CALLS_BETWEEN_KILLS)
    plant.postgres_program.kill()
    plant.redis_program.kill()
    plant.redis_program.start()
    plant.postgres_program.start()
    plant.wait_for_more_calls(CALLS_BETWEEN_KILLS)
    plant.stop.set()
    plant.producer.join(timeout=60)
    wait_for(lambda: connect(plant.postgres).close())

    expected = plant.produced * 3
    stored = "SELECT count(*) FROM call_events"
    _until(lambda: plant.ask(stored)[0] >= expected, lambda: f"{plant.ask(stored)[0]} of {expected} stored")
    assert plant.ask(stored)[0] == expected
    assert plant.ask("SELECT count(*), count(*) FILTER (WHERE outcome = 'answered') FROM calls") == (
        plant.produced,
        plant.produced,
    )
    assert client(plant.redis).xlen(dead_letters(EVENT_STREAM)) == 0
    _until(lambda: _unacknowledged(plant) == 0, lambda: f"{_unacknowledged(plant)} entries unacknowledged")


def _unacknowledged(plant: Plant) -> int:
    groups: Any = client(plant.redis).xinfo_groups(EVENT_STREAM)
    return int(groups[0]["pending"])


def _document(call_id: str, name: str) -> dict[str, Any]:
    return {"time": int(time.time() * 1000), "call_id": call_id, "campaign_id": 1, "agent_id": 1, "event": name}


def _topic(server: Server) -> PostgresTopic:
    return PostgresTopic(
        host=server.host,
        port=server.port,
        database=server.database,
        user=server.user,
        password=SecretStr(server.password),
    )


def _until(condition: Any, evidence: Any) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < end, evidence()
        time.sleep(0.1)
