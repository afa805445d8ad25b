"""Imports that do not go on undisturbed: cancelled, killed, run twice, two at once, contacts changing meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from omnileads.contacts import loader
from omnileads.contacts.import_job import MAX_ATTEMPTS, ImportBusyError, ImportJob
from omnileads.contacts.models import Contact, ContactBase, ContactImport, ImportChunk
from omnileads.contacts.progress import Progress
from omnileads.kit.jobs import STALE_AFTER, Job
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings
from tests.conftest import VirtualClock
from tests.contacts.conftest import API, Files

APPLICATION = Path(__file__).resolve().parents[2]


def many(count: int, start: int = 0) -> bytes:
    rows = "".join(f"{4_000_000 + number},name {number},{number}\r\n" for number in range(start, start + count))
    return f"phone,name,id\r\n{rows}".encode()


def counted(runtime: Runtime) -> tuple[int, int]:
    """Bases and contacts."""
    with runtime.database.transaction() as session:
        bases = session.scalar(select(func.count()).select_from(ContactBase)) or 0
        return bases, session.scalar(select(func.count()).select_from(Contact)) or 0


class At:
    """Does something when the import has read so many rows, in the middle of its transaction."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, rows: int, action: Callable[[Progress], None]) -> None:
        self._rows, self._action, self._is_done = rows, action, False
        original = Progress.tick

        def tick(progress: Progress) -> None:
            if not self._is_done and progress.counts.read >= self._rows:
                self._is_done = True
                self._action(progress)
                progress.report()
            original(progress)

        monkeypatch.setattr(Progress, "tick", tick)


def test_cancelling_while_it_runs_leaves_nothing(
    files: Files, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = files.upload(many(20_000))
    assert files.start(place, name="People").status_code == 200
    seen: list[dict[str, Any]] = []

    def cancel(progress: Progress) -> None:
        progress.report()
        seen.append(files.client.get(place).json())
        assert files.client.post(f"{place}/cancel").json()["is_cancel_requested"] is True

    At(monkeypatch, 10_000, cancel)
    over = files.run(place)
    assert (over["state"], over["base_id"], over["accepted_count"]) == ("cancelled", None, 0)
    assert seen[0]["state"] == "running"
    assert seen[0]["read_count"] >= 10_000
    assert 0 < seen[0]["percent"] < 100
    assert counted(runtime) == (0, 0)
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0


def test_cancelling_before_the_worker_has_it(files: Files, runtime: Runtime) -> None:
    place = files.upload(many(10))
    files.start(place, name="People")
    assert files.client.post(f"{place}/cancel").json()["state"] == "cancelled"
    assert files.run(place)["state"] == "cancelled"
    assert counted(runtime) == (0, 0)


def test_a_cancel_of_the_last_moment_counts(files: Files, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    place = files.upload(many(10))
    files.start(place, name="People")
    original = ImportJob._record

    def record(self: ImportJob, *arguments: Any) -> None:
        original(self, *arguments)
        files.client.post(f"{place}/cancel")

    monkeypatch.setattr(ImportJob, "_record", record)
    assert files.run(place)["state"] == "cancelled"
    assert counted(runtime) == (0, 0)


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_does_it_again(
    files: Files, runtime: Runtime, settings: Settings, clock: VirtualClock
) -> None:
    place = files.upload(many(120_000))
    files.start(place, name="People")
    import_id = int(place.rpartition("/")[2])
    worker = _subprocess_worker(settings, import_id)
    _until(lambda: files.client.get(place).json()["read_count"] > 1000)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)
    assert files.client.get(place).json()["state"] == "running"
    _until(lambda: not _backends(runtime, "killed-worker"))
    assert counted(runtime) == (0, 0)
    with runtime.database.transaction() as session:
        session.execute(update(Job).values(state="running", touched_at=clock.now()))
    clock.advance(seconds=STALE_AFTER.total_seconds() + 1)
    done = files.run(place)
    assert (done["state"], done["accepted_count"]) == ("done", 120_000)
    assert counted(runtime) == (1, 120_000)


def test_an_import_that_kills_its_worker_again_and_again_is_given_up(files: Files, runtime: Runtime) -> None:
    place = files.upload(many(10))
    files.start(place, name="People")
    with runtime.database.transaction() as session:
        session.execute(update(ContactImport).values(state="running", attempts=MAX_ATTEMPTS))
    failed = files.run(place)
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "interrupted")
    assert counted(runtime) == (0, 0)


def test_two_workers_do_not_run_the_same_import(
    files: Files, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = files.upload(many(2000))
    files.start(place, name="People")
    job = ImportJob(runtime)
    run = type("Run", (), {"arguments": {"import_id": int(place.rpartition("/")[2])}})()

    def second_worker(_progress: Progress) -> None:
        with pytest.raises(ImportBusyError):
            job.run(run)

    At(monkeypatch, 500, second_worker)
    assert files.run(place)["state"] == "done"
    assert counted(runtime) == (1, 2000)


def test_a_second_import_into_a_base_waits_for_the_first(files: Files) -> None:
    base_id = files.load(many(5))["base_id"]
    first = files.upload(many(100, start=100), base_id=base_id)
    second = files.upload(many(100, start=150), base_id=base_id)
    assert files.start(first, sources=[0, 1, 2]).status_code == 200
    refused = files.start(second, sources=[0, 1, 2])
    assert (refused.status_code, refused.json()["code"]) == (409, "base-busy")
    assert files.client.delete(f"{API}/contact-bases/{base_id}").json()["code"] == "base-busy"
    assert files.run(first)["accepted_count"] == 100
    assert files.start(second, sources=[0, 1, 2]).status_code == 200
    done = files.run(second)
    assert (done["accepted_count"], done["duplicate_count"]) == (50, 50)


def test_of_two_starts_at_the_same_moment_one_wins(files: Files) -> None:
    base_id = files.load(many(5))["base_id"]
    places = [files.upload(many(100, start=100), base_id=base_id) for _ in range(2)]
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda place=place: codes.append(files.start(place, sources=[0, 1, 2]).status_code))
        for place in places
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409]


def test_contacts_are_changed_and_made_while_an_import_runs(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    base_id = files.load(many(5))["base_id"]
    place = files.upload(many(3000, start=100), base_id=base_id)
    files.start(place, sources=[0, 1, 2])
    answers: list[int] = []

    def work(_progress: Progress) -> None:
        base = f"{API}/contact-bases/{base_id}"
        new = {"values": {"phone": "5550000", "id": "new"}}
        answers.append(files.client.post(f"{base}/contacts", json=new).status_code)
        answers.append(files.client.patch(f"{base}/contacts/1", json={"values": {"name": "other"}}).status_code)
        answers.append(files.client.patch(base, json={"name": "Renamed"}).status_code)

    At(monkeypatch, 1500, work)
    assert files.run(place)["state"] == "done"
    assert answers == [201, 200, 200]
    base = files.client.get(f"{API}/contact-bases/{base_id}").json()
    assert (base["contact_count"], base["name"]) == (3006, "Renamed")


def test_an_external_id_that_is_taken_meanwhile_is_a_duplicate_like_any_other(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    base_id = files.load(many(5))["base_id"]
    place = files.upload(many(3000, start=100), base_id=base_id)
    files.start(place, sources=[0, 1, 2])

    def take(_progress: Progress) -> None:
        new = {"values": {"phone": "5550000", "id": "3000"}}
        answer = files.client.post(f"{API}/contact-bases/{base_id}/contacts", json=new)
        assert answer.status_code == 201, answer.text

    At(monkeypatch, 500, take)
    done = files.run(place)
    assert (done["state"], done["accepted_count"], done["duplicate_count"]) == ("done", 2999, 1)
    assert files.client.get(f"{API}/contact-bases/{base_id}").json()["contact_count"] == 3005


def test_a_name_that_is_taken_meanwhile_fails_clearly(
    files: Files, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = files.upload(many(1000))
    files.start(place, name="People")

    def take(_progress: Progress) -> None:
        with runtime.database.transaction() as session:
            session.add(ContactBase(name="people", columns=[]))

    At(monkeypatch, 500, take)
    failed = files.run(place)
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "name-taken")
    assert counted(runtime) == (1, 0)


def test_more_doubtful_rows_than_are_kept_at_once(
    files: Files, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "MAX_SUSPECTS", 7)
    twice = many(100) + many(100).partition(b"\r\n")[2]
    done = files.load(twice)
    assert (done["accepted_count"], done["duplicate_count"]) == (100, 100)
    assert counted(runtime) == (1, 100)
    assert len(files.rejects(done)) == 101


def _subprocess_worker(settings: Settings, import_id: int) -> subprocess.Popen[bytes]:
    postgres = settings.postgres
    script = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from omnileads.contacts.import_job import ImportJob\n"
        "from omnileads.kit.runtime import Runtime\n"
        "from omnileads.settings import PlatformSettings, read\n"
        "run = SimpleNamespace(arguments={'import_id': int(sys.argv[1])})\n"
        "ImportJob(Runtime.build(read(PlatformSettings))).run(run)\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(APPLICATION),
        "OML_INSTANCE": "killed-worker",
        "POSTGRES_HOST": postgres.host,
        "POSTGRES_PORT": str(postgres.port),
        "POSTGRES_USER": postgres.user,
        "POSTGRES_PASSWORD": postgres.password.get_secret_value(),
        "POSTGRES_DATABASE": postgres.database,
        "REDIS_HOST": settings.redis.host,
        "REDIS_PORT": str(settings.redis.port),
        "REDIS_PASSWORD": settings.redis.password.get_secret_value(),
    }
    return subprocess.Popen([sys.executable, "-c", script, str(import_id)], env=environment)


def _backends(runtime: Runtime, name: str) -> int:
    with runtime.database.transaction() as session:
        asked = text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE :name")
        return session.scalar(asked, {"name": f"{name}%"}) or 0


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
